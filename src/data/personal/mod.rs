//! Personal data in text: what is found, how surely, and what is put in its place.
//!
//! Rules are patterns, checksums and words beside them; no model is asked, so that the same text always gives the same findings.
//! A scan that finds nothing is no proof that there is nothing: what was measured, and where it fails, is in the report.

mod checks;
mod class;
mod context;
pub mod corpus;
mod evaluate;
mod fold;
mod measured;
mod overlap;
mod placeholder;
mod random;
mod recognise;
mod redact;
mod report;
mod ruleset;
mod scanner;
mod terms;
#[cfg(test)]
mod tests;
mod view;

pub use class::{Category, Class, Confidence, Finding, Flag};
pub use evaluate::{Score, evaluate};
pub use measured::{Measured, MeasuredClass};
pub use redact::{Plan, Redacted, Redaction, Redactor};
pub use report::{Commitment, Report, Sample, ScannedCell};
pub use ruleset::{RULESET_VERSION, Ruleset};
pub use scanner::{Scanner, ScannerConfig};
