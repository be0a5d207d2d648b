//! Why labels are refused.

use crate::table::TableError;

/// Why labels cannot be read or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// The table cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The table lacks a column.
    #[error("the labels have no column `{column}`; add it, or name the column that holds it")]
    NoColumn {
        /// The name looked for, shortened.
        column: String,
    },
    /// A cell that must hold something.
    #[error("row {row}, column `{column}`: the cell is empty; fill it in")]
    EmptyCell {
        /// The row.
        row: u64,
        /// The column.
        column: String,
    },
    /// A label that was not declared.
    #[error("row {row}, column `{column}`: `{label}` is not among the declared labels; correct it, or declare it")]
    Undeclared {
        /// The row.
        row: u64,
        /// The column.
        column: String,
        /// The label, shortened.
        label: String,
    },
    /// One annotator labelled one item twice.
    #[error("row {row}, column `{column}`: `{annotator}` labels `{item}` again; keep one of the labels")]
    Twice {
        /// The row.
        row: u64,
        /// The column of the annotator.
        column: String,
        /// Who, shortened.
        annotator: String,
        /// What, shortened.
        item: String,
    },
    /// More labels than are kept in memory.
    #[error("there are more than {limit} labels; give them in parts", limit = super::MAXIMUM_LABELS)]
    TooMany,
    /// Labels declared badly.
    #[error("the declared labels {problem}")]
    Declaration {
        /// What is wrong, and what to do.
        problem: &'static str,
    },
    /// Somebody who gave no label.
    #[error("`{annotator}` gave none of the labels; name one of the annotators")]
    UnknownAnnotator {
        /// The name, shortened.
        annotator: String,
    },
    /// Distances between labels that are not numbers.
    #[error("`{label}` is not a number, so that labels have no distances; use the nominal or ordinal scale")]
    NotANumber {
        /// The label, shortened.
        label: String,
    },
    /// A result about a row that the plan does not ask for.
    #[error("row {row} is not in the sample, or was inspected twice; give one result for each row of the plan")]
    NotSampled {
        /// The row.
        row: u64,
    },
    /// Rows of the plan without a result.
    #[error("{missing} rows of the sample have no result, the first is row {first}; inspect them")]
    NotInspected {
        /// How many.
        missing: u64,
        /// The first of them.
        first: u64,
    },
    /// Nothing to inspect.
    #[error("the corpus has no rows; there is nothing to sample")]
    EmptyCorpus,
}
