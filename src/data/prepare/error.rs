//! Why a recipe cannot be read, and why preparing stops.

use crate::table::{TableError, WriteError};

/// Why a recipe is refused. Steps are counted from 1, as in reports and traces.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecipeError {
    /// Not TOML.
    #[error("the recipe is not TOML ({reason}); correct it")]
    Toml {
        /// What the parser says.
        reason: String,
    },
    /// Of another version.
    #[error("`version` must be {version}; write `version = {version}` and check the recipe against its reference", version = super::recipe::VERSION)]
    Version,
    /// A field that nothing reads.
    #[error("`{place}` is no field here; remove it or correct its name")]
    UnknownField {
        /// Such as `step[2].colour`.
        place: String,
    },
    /// A field that must be there.
    #[error("`{place}` is missing; add it")]
    MissingField {
        /// Such as `step[2].column`.
        place: String,
    },
    /// A field of another type.
    #[error("`{place}` must be {expected}; correct it")]
    WrongType {
        /// Such as `step[2].seed`.
        place: String,
        /// What it must be.
        expected: String,
    },
    /// A field whose value does not work, or does not go with the others.
    #[error("`{place}` {problem}")]
    Invalid {
        /// Such as `step[2].threshold`.
        place: String,
        /// What is wrong, and what to do.
        problem: String,
    },
}

/// Why preparing stops. Nothing written so far may be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// The input cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A row cannot be written.
    #[error("input row {row} cannot be written: {error}")]
    Write {
        /// The input row; 0 before the first.
        row: u64,
        /// Why.
        error: WriteError,
    },
    /// Output or trace cannot be put where they belong.
    #[error("the output cannot be written ({reason}); try again")]
    Output {
        /// What the writer said.
        reason: String,
    },
    /// A column that the data do not have where the step stands.
    #[error("step[{step}]: there is no column `{column}` here; correct the name, or move the step")]
    NoColumn {
        /// The step.
        step: usize,
        /// The name, shortened.
        column: String,
    },
    /// Columns that the step would make cannot be.
    #[error("step[{step}]: {error}")]
    Columns {
        /// The step.
        step: usize,
        /// Why.
        error: TableError,
    },
    /// Text where a number must be.
    #[error(
        "step[{step}], row {row}, column `{column}`: `{cell}` is not a number; correct it, or filter such rows first"
    )]
    NotANumber {
        /// The step.
        step: usize,
        /// The input row.
        row: u64,
        /// The column.
        column: String,
        /// The cell, shortened.
        cell: String,
    },
    /// No number at all in a column to learn from.
    #[error("step[{step}]: column `{column}` holds no number to learn from; leave it out")]
    NothingToLearn {
        /// The step.
        step: usize,
        /// The column.
        column: String,
    },
    /// A category that was neither given nor learnt.
    #[error(
        "step[{step}], row {row}, column `{column}`: `{category}` is no known category; add it to `categories`, or set `other = true`"
    )]
    UnknownCategory {
        /// The step.
        step: usize,
        /// The input row.
        row: u64,
        /// The column.
        column: String,
        /// The cell, shortened.
        category: String,
    },
    /// More categories than columns should be made of.
    #[error(
        "step[{step}]: column `{column}` has more than {limit} categories; list the ones that matter and set `other = true`"
    )]
    TooManyCategories {
        /// The step.
        step: usize,
        /// The column.
        column: String,
        /// How many are allowed.
        limit: usize,
    },
    /// A recipe that redacts, run without a redactor.
    #[error("step[{step}] redacts, and nothing to redact with was given; start the run with a redactor")]
    NoRedactor {
        /// The step.
        step: usize,
    },
    /// The source gave other rows in another pass.
    #[error("the data had {first} rows in the first pass and {now} in a later one; give data that do not change")]
    SourceChanged {
        /// Rows of the first pass.
        first: u64,
        /// Rows of this one.
        now: u64,
    },
    /// Whoever watched wanted it so.
    #[error("preparing was stopped; start it again")]
    Stopped,
}
