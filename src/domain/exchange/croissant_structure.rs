//! Whether the files and fields of a Croissant document hold together: every file has a digest that can be one, and every field comes
//! from something that the document has.

use std::collections::BTreeSet;

use chancery_base::values::Sha256Digest;
use serde_json::Value;

use super::{
    draft::Draft,
    json_ld::{CROISSANT, SCHEMA, each, find, id, is_a, text, texts},
};
use crate::documents::read;

/// What a field can come from.
const SOURCES: [&str; 5] = ["fileObject", "fileSet", "recordSet", "field", "distribution"];

/// Checks files and fields, and takes digest and address over where the data are one file.
pub(super) fn check_structure(document: &Value, draft: &mut Draft) {
    let (files, record_sets) = (each(document, SCHEMA, "distribution"), each(document, CROISSANT, "recordSet"));
    if files.is_empty() {
        draft.note("distribution", "", "at least one file with its sha256");
    }
    let mut known = BTreeSet::new();
    files.iter().for_each(|file| known.extend(id(file)));
    record_sets.iter().for_each(|set| learn(set, &mut known));
    for (place, file) in files.iter().enumerate() {
        check_file(file, &format!("distribution[{place}]"), &known, draft);
    }
    if let [file] = files {
        read_only_file(file, draft);
    }
    for (place, set) in record_sets.iter().enumerate() {
        let has_data = find(set, CROISSANT, "data").is_some();
        check_fields(set, "field", &format!("recordSet[{place}]"), has_data, &known, draft);
    }
}

/// Remembers a record set or field with all fields below it.
fn learn<'d>(node: &'d Value, known: &mut BTreeSet<&'d str>) {
    known.extend(id(node));
    let below = ["field", "subField"].into_iter().flat_map(|name| each(node, CROISSANT, name));
    below.for_each(|field| learn(field, known));
}

fn check_file(file: &Value, path: &str, known: &BTreeSet<&str>, draft: &mut Draft) {
    let held = each(file, CROISSANT, "containedIn").iter().chain(each(file, SCHEMA, "containedIn"));
    for container in held.filter_map(text).filter(|container| !known.contains(container.as_str())) {
        draft.note(format!("{path}.containedIn"), &container, "the @id of a file or file set of this document");
    }
    if is_a(file, "FileSet") {
        return;
    }
    let digest = digest(file);
    if digest.parse::<Sha256Digest>().is_err() {
        draft.note(format!("{path}.sha256"), &digest, "a SHA-256 digest (64 lower-case hexadecimal digits)");
    }
}

/// The digest of a file; some write the property as Croissant's own.
fn digest(file: &Value) -> String {
    let found = find(file, SCHEMA, "sha256").or_else(|| find(file, CROISSANT, "sha256"));
    found.and_then(text).unwrap_or_default()
}

fn read_only_file(file: &Value, draft: &mut Draft) {
    let digest = digest(file);
    if digest.parse::<Sha256Digest>().is_ok() {
        draft.checked(("dataset", "digest"), "distribution[0].sha256", &digest, read::parsed::<Sha256Digest>);
    }
    // A path beside the document is no address.
    if let Some(address) = texts(file, SCHEMA, "contentUrl").into_iter().find(|address| address.contains("://")) {
        draft.checked(("dataset", "location"), "distribution[0].contentUrl", &address, read::web_address);
    }
}

fn check_fields(node: &Value, name: &str, path: &str, has_data: bool, known: &BTreeSet<&str>, draft: &mut Draft) {
    for (place, field) in each(node, CROISSANT, name).iter().enumerate() {
        let path = format!("{path}.{name}[{place}]");
        let is_made_of_others = !each(field, CROISSANT, "subField").is_empty();
        let is_given = has_data || is_made_of_others || find(field, CROISSANT, "value").is_some();
        match find(field, CROISSANT, "source") {
            Some(source) => check_source(source, &format!("{path}.source"), known, draft),
            None if is_given => {}
            None => draft.note(format!("{path}.source"), "", "where the field comes from"),
        }
        check_fields(field, "subField", &path, has_data, known, draft);
    }
}

fn check_source(source: &Value, path: &str, known: &BTreeSet<&str>, draft: &mut Draft) {
    let named = SOURCES.iter().find_map(|name| find(source, CROISSANT, name));
    // Another field can be named directly (Croissant 1.1, identifiers and references).
    let named = named.and_then(|named| id(named).or_else(|| named.as_str())).or_else(|| id(source)).unwrap_or_default();
    if !known.contains(named) {
        draft.note(path, named, "the @id of a file, file set, record set or field of this document");
    }
}
