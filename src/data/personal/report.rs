//! What a scan of many cells comes to, without any of the text.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::{
    class::{Category, Class, Confidence, Finding, Flag},
    measured::{self, Measured},
    ruleset::{self, Ruleset},
};

/// Counts of what was found, and a sample that can be checked later by whoever holds the text and the salt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The rules that were used.
    pub ruleset: Ruleset,
    /// Rows looked at.
    pub rows: u64,
    /// Cells looked at; a text alone is a row of one cell.
    pub cells: u64,
    /// Cells with any finding.
    pub cells_with_findings: u64,
    /// Findings by class and confidence.
    pub findings: BTreeMap<Class, BTreeMap<Confidence, u64>>,
    /// Flags by category.
    pub flags: BTreeMap<Category, u64>,
    /// The findings with the smallest commitments: with salted commitments, a sample drawn evenly.
    pub samples: BTreeSet<Sample>,
    /// How many samples are kept.
    pub most_samples: usize,
    /// How good the rules are, as last measured, and on what.
    pub measured: &'static Measured,
}

/// One finding, without its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Sample {
    /// A salted commitment to the text that was found.
    pub commitment: Commitment,
    /// What it is.
    pub class: Class,
    /// How sure that is.
    pub confidence: Confidence,
    /// The row, counted from 0.
    pub row: u64,
    /// The column's name.
    pub column: String,
}

/// 32 bytes that bind to a text without telling it, such as an HMAC under a salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Commitment(pub [u8; 32]);

impl Serialize for Commitment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&ruleset::Hex(&self.0))
    }
}

/// A cell that was scanned.
pub struct ScannedCell<'c> {
    /// The column's name; empty for a text alone.
    pub column: &'c str,
    /// Its text.
    pub text: &'c str,
    /// What was found in it.
    pub findings: &'c [Finding],
    /// What was flagged in it.
    pub flags: &'c [Flag],
}

impl Report {
    /// An empty report that keeps at most so many samples.
    pub fn new(most_samples: usize) -> Self {
        Self {
            ruleset: Ruleset::current(),
            rows: 0,
            cells: 0,
            cells_with_findings: 0,
            findings: BTreeMap::new(),
            flags: BTreeMap::new(),
            samples: BTreeSet::new(),
            most_samples,
            measured: measured::current(),
        }
    }

    /// Counts a row, after its cells.
    pub fn end_row(&mut self) {
        self.rows += 1;
    }

    /// Counts a cell of the row that is being read. `commit` makes the commitment; no text is kept.
    pub fn add_cell(&mut self, cell: &ScannedCell<'_>, mut commit: impl FnMut(&str) -> Commitment) {
        self.cells += 1;
        self.cells_with_findings += u64::from(!cell.findings.is_empty());
        for flag in cell.flags {
            *self.flags.entry(flag.category).or_default() += 1;
        }
        for finding in cell.findings {
            let of_class = self.findings.entry(finding.class).or_default();
            *of_class.entry(finding.confidence).or_default() += 1;
            if self.most_samples > 0 {
                let text = cell.text.get(finding.start..finding.end).unwrap_or_default();
                self.keep(Sample {
                    commitment: commit(text),
                    class: finding.class,
                    confidence: finding.confidence,
                    row: self.rows,
                    column: cell.column.to_owned(),
                });
            }
        }
    }

    /// How many findings there are of a class.
    pub fn count(&self, class: Class) -> u64 {
        self.findings.get(&class).map_or(0, |counts| counts.values().sum())
    }

    fn keep(&mut self, sample: Sample) {
        self.samples.insert(sample);
        if self.samples.len() > self.most_samples {
            self.samples.pop_last();
        }
    }
}
