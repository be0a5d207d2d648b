//! How good the rules are: precision and recall of each class on the made-up corpus. A test measures them again and refuses a table
//! that says anything else.

use serde::Serialize;

use super::{class::Class, corpus};

/// What was measured, when and on what.
#[derive(Debug, PartialEq, Serialize)]
pub struct Measured {
    /// The day, as `YYYY-MM-DD`.
    pub date: &'static str,
    /// The corpus: its seed and size.
    pub seed: u64,
    /// How many items it has.
    pub items: usize,
    /// What the figures are not.
    pub note: &'static str,
    /// Precision and recall by class, for findings of confidence `Likely` and above.
    pub classes: &'static [MeasuredClass],
}

/// Precision and recall of a class, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MeasuredClass {
    /// The class.
    pub class: Class,
    /// How many values of it the corpus has.
    pub values: u64,
    /// The share of findings that are right.
    pub precision_permille: u16,
    /// The share of values that were found.
    pub recall_permille: u16,
}

const fn measured(class: Class, values: u64, precision_permille: u16, recall_permille: u16) -> MeasuredClass {
    MeasuredClass { class, values, precision_permille, recall_permille }
}

static MEASURED: Measured = Measured {
    date: "2026-11-27",
    seed: corpus::SEED,
    items: corpus::SIZE,
    note: "made-up sentences by the authors of the rules; real text is harder, and a scan that finds nothing is no proof that there is \
           nothing",
    classes: &[
        measured(Class::Email, 0, 0, 0),
    ],
};

/// The figures of the rules of this build.
pub(super) fn current() -> &'static Measured {
    &MEASURED
}
