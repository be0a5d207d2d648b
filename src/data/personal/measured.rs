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
        measured(Class::Email, 777, 1000, 995),
        measured(Class::ResidentId, 270, 1000, 996),
        measured(Class::Iban, 330, 1000, 991),
        measured(Class::Card, 404, 995, 993),
        measured(Class::CreditCode, 205, 1000, 1000),
        measured(Class::Phone, 1365, 993, 960),
        measured(Class::Passport, 254, 1000, 697),
        measured(Class::IpAddress, 742, 1000, 996),
        measured(Class::Coordinates, 363, 1000, 931),
        measured(Class::Secret, 688, 1000, 770),
        measured(Class::BirthDate, 559, 996, 809),
        measured(Class::Name, 3102, 957, 623),
        measured(Class::Address, 619, 1000, 877),
        measured(Class::SocialSecurity, 188, 787, 883),
        measured(Class::MedicalRecord, 401, 1000, 920),
    ],
};

/// The figures of the rules of this build.
pub(super) fn current() -> &'static Measured {
    &MEASURED
}
