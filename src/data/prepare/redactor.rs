//! What the step `redact` asks of whoever finds personal data in text.

use std::collections::BTreeMap;

/// Text after redaction, and what was found in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Redacted {
    /// The text to keep.
    pub text: String,
    /// How many findings of each class, such as `email`; empty if the text is as it was.
    pub found: BTreeMap<String, u64>,
}

/// Finds personal data in text and puts something in its place.
///
/// The same text must always give the same result, within a run and between runs: cells are shown again in later passes, and a
/// recipe must be repeatable. A class is a word of the redactor's own, never a piece of the text.
pub trait Redactor {
    /// Redacts one cell.
    fn redact(&mut self, text: &str) -> Redacted;
}

impl<Closure: FnMut(&str) -> Redacted> Redactor for Closure {
    fn redact(&mut self, text: &str) -> Redacted {
        self(text)
    }
}
