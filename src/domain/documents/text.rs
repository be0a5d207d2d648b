//! How values stand in documents that are written as canonical JSON (RFC 8785): as the text they display as.

use std::fmt;

use serde::Serializer;

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
