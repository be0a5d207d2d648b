//! What this server found when it read the rows of a data set.

use chancery_base::{problem::Problem, values::ArtifactPath};
use serde::{Deserialize, Serialize};

/// What was found in the data files of a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataProfile {
    /// Each data file, by path; other files have no rows.
    pub files: Vec<FileProfile>,
}

/// What was found in one data file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProfile {
    /// Its path in the data set.
    pub path: ArtifactPath,
    /// How it is written.
    pub format: String,
    /// How many rows it has, its heading not counted.
    pub rows: u64,
    /// Its columns, in their order.
    pub columns: Vec<ColumnProfile>,
}

/// What was found in one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: String,
    /// Rows that have no value in it.
    pub missing: u64,
}

impl DataProfile {
    /// Reads a profile as it is stored.
    ///
    /// Errors: it is not one.
    pub fn parse(json: &str) -> Result<Self, Problem> {
        serde_json::from_str(json).map_err(Problem::internal)
    }

    /// Rows of all files together.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }
}
