//! Canonical JSON (RFC 8785): one byte string per document, so that digests and signatures mean the same everywhere.

use std::fmt;

use serde::{Serialize, Serializer};

/// Largest integer a document may hold: beyond it, readers that keep numbers as IEEE 754 doubles disagree (RFC 8785, 3.2.2.3).
pub const MAXIMUM_INTEGER: i64 = (1 << 53) - 1;

/// The canonical JSON of `value`.
///
/// Errors only for values that JSON cannot express, such as maps whose keys are not text; documents hold none.
pub fn canonical_json(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    serde_json_canonicalizer::to_vec(value)
}

/// Serialises a value as the text it displays as.
pub fn as_text<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Serialises an optional value as the text it displays as, or null.
pub fn as_optional_text<S: Serializer>(value: &Option<impl fmt::Display>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
