//! What an artifact is: a model, or the data that models are made from.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Invalid;

/// What a registered artifact, or a node of a lineage, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArtifactKind {
    /// Weights, and what is needed to run them.
    Model,
    /// Rows that models are made from.
    Dataset,
}

impl ArtifactKind {
    /// The code it is written as.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Dataset => "dataset",
        }
    }

    /// What the addresses of its kind begin with, of pages and of the API.
    #[must_use]
    pub const fn collection(self) -> &'static str {
        match self {
            Self::Model => "models",
            Self::Dataset => "datasets",
        }
    }

    /// What it is called in a message.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Dataset => "data set",
        }
    }
}

impl fmt::Display for ArtifactKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for ArtifactKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        [Self::Model, Self::Dataset]
            .into_iter()
            .find(|kind| kind.code() == text)
            .ok_or_else(|| Invalid::new(text, "one of: model dataset"))
    }
}
