//! Which log.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::values::Invalid;

/// One of the two logs; each has its own origin and keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogName {
    /// What was decided and done.
    Audit,
    /// Who answers for what, and what is owed.
    Liability,
}

impl LogName {
    /// Both logs.
    pub const ALL: [Self; 2] = [Self::Audit, Self::Liability];

    /// The name as in paths and rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Liability => "liability",
        }
    }

    /// The PostgreSQL advisory lock under which this log is sequenced and its checkpoints stored. The numbers are ours and
    /// arbitrary.
    pub(super) const fn lock(self) -> i64 {
        match self {
            Self::Audit => 0x4348_414e_0101,
            Self::Liability => 0x4348_414e_0102,
        }
    }
}

impl fmt::Display for LogName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for LogName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let named = Self::ALL.into_iter().find(|log| log.as_str() == text);
        named.ok_or_else(|| Invalid::new(text, "a log (audit or liability)"))
    }
}
