//! What comes of reading another format: a draft, and everything that did not go into it.

use serde::Serialize;

/// A datasheet begun from somebody else's description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The commented template with every field filled in that had an answer; its owner completes and signs it.
    pub datasheet_toml: String,
    /// What is missing, not as it should be, or has no field of its own.
    pub notes: Vec<Note>,
}

/// One thing that the description says otherwise than a datasheet needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Where in the description, such as `distribution[0].sha256` or `license (line 4)`.
    pub field: String,
    /// What stands there, shortened.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

/// Why a text is not read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON.
    #[error("line {line}, column {column}: not JSON: {cause}")]
    Json {
        /// Where it stops being JSON.
        line: usize,
        /// Where in that line.
        column: usize,
        /// What the parser says.
        cause: String,
    },
    /// JSON, but no Croissant.
    #[error(
        "this is no Croissant document: it has neither `conformsTo` of Croissant nor a `distribution` of a `Dataset`"
    )]
    NotCroissant,
    /// A dataset card whose front matter is more than flat YAML.
    #[error("line {line}: expected {expected}")]
    Card {
        /// The line, counted from one.
        line: usize,
        /// What stands in such a place in a card that can be read.
        expected: &'static str,
    },
}
