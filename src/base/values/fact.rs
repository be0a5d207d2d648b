//! Who stands behind a fact.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a fact came to be known; shown wherever the fact is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// This server performed or saw it.
    Observed,
    /// Somebody said so and signed it.
    Declared,
    /// Derived from other facts.
    Computed,
    /// Nobody said anything.
    Missing,
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Observed => "observed",
            Self::Declared => "declared",
            Self::Computed => "computed",
            Self::Missing => "missing",
        })
    }
}
