//! What a run did, for people and for the records; it repeats no cell except categories and limits that steps learnt.

use std::collections::BTreeMap;

use serde::Serialize;

use super::recipe::fields::Parameters;
use super::stage::{Learnt, Marks};
use crate::table::{Finding, Format, Profile};

/// What a run did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The format of the input.
    pub input_format: Format,
    /// The format of the outputs.
    pub output_format: Format,
    /// Rows of the input, those included that could not be read.
    pub rows_in: u64,
    /// Rows of all outputs together.
    pub rows_out: u64,
    /// What each step did, in order.
    pub steps: Vec<StepReport>,
    /// What each output looks like, in the order of the recipe.
    pub outputs: Vec<OutputReport>,
    /// What the rows that could be read look like.
    pub input: Profile,
    /// Of each column the first cell of another kind than the column's first rows.
    pub findings: Vec<Finding>,
}

/// What one step did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepReport {
    /// From 1.
    pub step: usize,
    /// Its kind.
    pub kind: String,
    /// What it worked with, defaults included.
    pub parameters: Parameters,
    /// Rows that came to it.
    pub rows_in: u64,
    /// Rows that went on.
    pub rows_out: u64,
    /// Cells that have another content now.
    pub cells_changed: u64,
    /// How often for which reason rows were removed, cells changed or rows flagged.
    pub counts: BTreeMap<String, u64>,
    /// What it learnt from the data, or says of its method.
    pub learnt: Learnt,
}

/// What one output looks like.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutputReport {
    /// The name of the split, or `all`.
    pub name: String,
    /// Its rows and columns.
    pub profile: Profile,
}

impl StepReport {
    pub(crate) fn new(step: usize, kind: &str, parameters: &Parameters) -> Self {
        Self {
            step,
            kind: kind.to_owned(),
            parameters: parameters.clone(),
            rows_in: 0,
            rows_out: 0,
            cells_changed: 0,
            counts: BTreeMap::new(),
            learnt: Learnt::new(),
        }
    }

    pub(crate) fn add(&mut self, marks: &Marks<'_>) {
        self.cells_changed += marks.cells;
        for (reason, count) in &marks.counts {
            self.count(reason, *count);
        }
    }

    pub(crate) fn count(&mut self, reason: &str, count: u64) {
        match self.counts.get_mut(reason) {
            Some(sum) => *sum += count,
            None => drop(self.counts.insert(reason.to_owned(), count)),
        }
    }
}
