//! Looking things up in JSON-LD as people write it: with a prefix, with the whole name, alone or in a list.
//!
//! This is no JSON-LD processor: contexts are not expanded. The prefixes are those that the context of Croissant defines.

use serde_json::Value;

/// The ways in which the names of a vocabulary begin.
pub(super) type Vocabulary = &'static [&'static str];

/// schema.org.
pub(super) const SCHEMA: Vocabulary = &["", "sc:", "schema:", "https://schema.org/", "http://schema.org/"];
/// Croissant.
pub(super) const CROISSANT: Vocabulary = &["", "cr:", "http://mlcommons.org/croissant/"];
/// Its responsible-AI vocabulary, which some write without a prefix or with Croissant's own.
pub(super) const RAI: Vocabulary = &["rai:", "http://mlcommons.org/croissant/RAI/", "", "cr:"];
/// Dublin Core terms.
pub(super) const TERMS: Vocabulary = &["", "dct:", "http://purl.org/dc/terms/"];
/// PROV-O.
pub(super) const PROVENANCE: Vocabulary = &["prov:", "http://www.w3.org/ns/prov#"];

/// The property of this name.
pub(super) fn find<'v>(node: &'v Value, vocabulary: Vocabulary, name: &str) -> Option<&'v Value> {
    vocabulary.iter().find_map(|prefix| node.get(format!("{prefix}{name}"))).filter(|value| !value.is_null())
}

/// The values of the property of this name, which may be one or a list.
pub(super) fn each<'v>(node: &'v Value, vocabulary: Vocabulary, name: &str) -> &'v [Value] {
    match find(node, vocabulary, name) {
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
        None => &[],
    }
}

/// The texts of the property of this name.
pub(super) fn texts(node: &Value, vocabulary: Vocabulary, name: &str) -> Vec<String> {
    each(node, vocabulary, name).iter().filter_map(text).collect()
}

/// What a value says: itself, its value, its text in English or any language, its name, or else its identifier.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Object(members) => {
            let named = ["@value", "en", "name", "sc:name", "url", "@id"].iter().find_map(|name| members.get(*name));
            let any = || members.iter().find(|(name, _)| !name.starts_with('@')).map(|(_, value)| value);
            named.or_else(any).and_then(Value::as_str).map(str::to_owned)
        }
        _ => None,
    }
}

/// What a node is referred to by.
pub(super) fn id(node: &Value) -> Option<&str> {
    node.get("@id").and_then(Value::as_str)
}

/// Whether a node is of the type that ends so.
pub(super) fn is_a(node: &Value, kind: &str) -> bool {
    each(node, &["@type"], "").iter().filter_map(Value::as_str).any(|named| named.ends_with(kind))
}
