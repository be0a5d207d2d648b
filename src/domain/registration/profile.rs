//! What this server found when it read the rows of a data set.

use std::collections::BTreeMap;

use chancery_base::{problem::Problem, values::ArtifactPath};
use chancery_data::{
    personal::Report,
    table::{self, Finding, Format},
};
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
    /// Where a column changes its kind on the way: a cell that its first rows do not lead to expect.
    pub changes: Vec<ChangeOfKind>,
    /// What looks like personal data.
    pub personal: PersonalCounts,
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

/// The first cell of a column that is of another kind than the column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOfKind {
    /// The row, counted from one.
    pub row: u64,
    /// The column.
    pub column: String,
    /// What the column's first rows are.
    pub expected: String,
    /// What this cell is.
    pub found: String,
}

/// How often what looks like personal data was found. None found is no proof that there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalCounts {
    /// Which version of the rules looked.
    pub ruleset: u32,
    /// Findings by class, with those that a checksum or grammar bears out.
    pub classes: BTreeMap<String, PersonalCount>,
    /// What reads like special categories (GDPR Art. 9; PIPL Art. 28) or children, by category.
    pub flags: BTreeMap<String, u64>,
}

/// Findings of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalCount {
    /// All of them.
    pub found: u64,
    /// Those that a checksum or grammar bears out.
    pub certain: u64,
}

impl FileProfile {
    pub(super) fn new(
        path: ArtifactPath,
        format: Format,
        profile: &table::Profile,
        changes: &[Finding],
        personal: &Report,
    ) -> Self {
        let columns = profile.columns.iter().map(|column| ColumnProfile {
            name: column.name.clone(),
            kind: column.kind.to_string(),
            missing: column.missing,
        });
        let changes = changes.iter().map(|change| ChangeOfKind {
            row: change.row,
            column: change.column.clone(),
            expected: change.expected.to_string(),
            found: change.found.to_string(),
        });
        Self {
            path,
            format: format.as_str().to_owned(),
            rows: profile.rows,
            columns: columns.collect(),
            changes: changes.collect(),
            personal: PersonalCounts::of(personal),
        }
    }
}

impl PersonalCounts {
    /// Counts of a scan.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let classes = report.findings.iter().map(|(class, counts)| {
            let found = counts.values().sum();
            let certain = counts.get(&chancery_data::personal::Confidence::Certain).copied().unwrap_or_default();
            (class.name().to_owned(), PersonalCount { found, certain })
        });
        let flags = report.flags.iter().map(|(category, count)| (category.name().to_owned(), *count));
        Self { ruleset: chancery_data::personal::RULESET_VERSION, classes: classes.collect(), flags: flags.collect() }
    }
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

    /// What looks like personal data in all files together, by class.
    #[must_use]
    pub fn personal(&self) -> BTreeMap<String, PersonalCount> {
        let mut all: BTreeMap<String, PersonalCount> = BTreeMap::new();
        for (class, count) in self.files.iter().flat_map(|file| &file.personal.classes) {
            let sum = all.entry(class.clone()).or_default();
            (sum.found, sum.certain) = (sum.found + count.found, sum.certain + count.certain);
        }
        all
    }

    /// Where columns change their kind, in all files.
    pub fn changes(&self) -> impl Iterator<Item = &ChangeOfKind> {
        self.files.iter().flat_map(|file| &file.changes)
    }

    /// What reads like special categories or children in all files together.
    #[must_use]
    pub fn flags(&self) -> BTreeMap<String, u64> {
        let mut all: BTreeMap<String, u64> = BTreeMap::new();
        for (category, count) in self.files.iter().flat_map(|file| &file.personal.flags) {
            *all.entry(category.clone()).or_default() += count;
        }
        all
    }
}
