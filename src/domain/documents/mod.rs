//! Documents that people write and others rely on: passports of models and terms of grants.
//!
//! One way to read them, whether they come as TOML from a person or as canonical JSON from a signature: the text becomes
//! a tree whose nodes know their line, and a [`Section`] takes fields out of it, collecting every [`Fault`] instead of
//! stopping at the first. Fields nobody asked for are refused with the name that was probably meant. This module knows no
//! field of any document; it follows TOML 1.0, JSON (RFC 8259) and its canonical form (RFC 8785).

mod codes;
mod day;
mod fault;
mod nearest;
mod node;
pub mod read;
mod remark;
mod section;
mod text;
mod toml_text;

pub(crate) use codes::codes;
pub use day::Day;
pub use fault::{Fault, Faults, Position};
pub use nearest::nearest;
pub use node::{Content, Entry, Node};
pub use remark::require_remark;
pub use section::{Section, read_document};
pub use text::{as_optional_text, as_text};
pub use toml_text::parse_toml;

/// Largest document that is read, in bytes; a passport of a hundred data sets has about 100 KiB.
pub const MAXIMUM_DOCUMENT_BYTES: usize = 256 * 1024;

/// Reads a document from JSON; faults carry no line, because canonical JSON has only one.
pub fn parse_json(document: &'static str, json: &[u8]) -> Result<Node, Faults> {
    if json.len() > MAXIMUM_DOCUMENT_BYTES {
        return Err(Faults::too_large(document, json.len()));
    }
    serde_json::from_slice(json).map_err(|error| {
        let position = Position { line: error.line(), column: error.column() };
        Faults::syntax(document, Some(position), "well-formed JSON without repeated fields", &error.to_string())
    })
}
