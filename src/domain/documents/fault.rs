//! What is wrong with a document, all of it at once.

use std::fmt;

use chancery_base::problem::{Problem, ProblemKind};
use serde::Serialize;

use super::MAXIMUM_DOCUMENT_BYTES;

/// Most faults that a message shows; [`Faults::list`] has them all.
const SHOWN_FAULTS: usize = 50;

/// A place in a text; both numbers start at one, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// Line number.
    pub line: usize,
    /// Character within the line.
    pub column: usize,
}

/// One field that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Path of the field, such as `dataset[0].licence`; empty for the document as a whole.
    pub field: String,
    /// Where it stands, if the document was a text with lines.
    pub position: Option<Position>,
    /// What would have been accepted.
    pub expected: String,
    /// What was there instead.
    pub found: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Position { line, column }) = self.position {
            write!(formatter, "line {line}, column {column}: ")?;
        }
        if !self.field.is_empty() {
            write!(formatter, "`{}`: ", self.field)?;
        }
        write!(formatter, "expected {}, found {}", self.expected, self.found)
    }
}

/// Every fault of one document, in the order of its lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Faults {
    /// What kind of document it was meant to be, as a noun: `passport`.
    document: &'static str,
    list: Vec<Fault>,
}

impl Faults {
    pub(super) fn new(document: &'static str, mut list: Vec<Fault>) -> Self {
        list.sort_by_key(|fault| fault.position);
        Self { document, list }
    }

    pub(super) fn too_large(document: &'static str, bytes: usize) -> Self {
        Self::syntax(document, None, &format!("at most {MAXIMUM_DOCUMENT_BYTES} bytes"), &format!("{bytes} bytes"))
    }

    pub(super) fn syntax(document: &'static str, position: Option<Position>, expected: &str, found: &str) -> Self {
        let fault = Fault { field: String::new(), position, expected: expected.to_owned(), found: found.to_owned() };
        Self { document, list: vec![fault] }
    }

    /// The faults, in the order of their lines.
    #[must_use]
    pub fn list(&self) -> &[Fault] {
        &self.list
    }

    /// The faults as a refusal of a request; the first field is named as the one at fault.
    #[must_use]
    pub fn into_problem(self, kind: ProblemKind) -> Problem {
        let field = self.list.first().map(|fault| fault.field.clone()).filter(|field| !field.is_empty());
        Problem { field, ..Problem::new(kind, self.to_string()) }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the {} is not complete; correct what follows and try again", self.document)?;
        self.list.iter().take(SHOWN_FAULTS).try_for_each(|fault| write!(formatter, "\n  {fault}"))?;
        match self.list.len().saturating_sub(SHOWN_FAULTS) {
            0 => Ok(()),
            hidden => write!(formatter, "\n  and {hidden} more"),
        }
    }
}
