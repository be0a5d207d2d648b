//! Reading Croissant 1.0 and 1.1 into a draft.
//!
//! Stricter than mlcroissant 1.1.1, which accepts a digest `zz`, a timeframe `not a date` and any text as a licence: what a
//! datasheet could not say is noted, with what it should have been.

use chancery_base::values::Language;
use serde_json::Value;

use super::{
    croissant_structure::check_structure,
    draft::Draft,
    imported::{Imported, Unreadable},
    json_ld::{CROISSANT, PROVENANCE, RAI, SCHEMA, TERMS, each, find, is_a, text, texts},
    rai::PROPERTIES,
    written_licence::read_licence,
};
use crate::{
    documents::{Day, Node, read},
    licensing::Catalogue,
    passport::LicenceExpression,
};

/// What versions are read, without the scheme.
const READ: [&str; 2] = ["mlcommons.org/croissant/1.0", "mlcommons.org/croissant/1.1"];
/// What the days of collection stand in.
const TIMEFRAME: &str = "rai:dataCollectionTimeframe";
/// Length of `2026-11-23`, which times begin with.
const DAY_LENGTH: usize = 10;

/// Reads a Croissant document into the draft of a datasheet, with the comments in `language`.
///
/// Errors: the text is not JSON, or no Croissant.
pub fn read_croissant(source: &str, language: Language, catalogue: &Catalogue) -> Result<Imported, Unreadable> {
    let document: Value = serde_json::from_str(source).map_err(|error| Unreadable::Json {
        line: error.line(),
        column: error.column(),
        cause: error.to_string(),
    })?;
    let declared = texts(&document, TERMS, "conformsTo");
    let is_croissant = declared.iter().any(|standard| standard.contains("mlcommons.org/croissant"))
        || (is_a(&document, "Dataset") && find(&document, SCHEMA, "distribution").is_some());
    if !is_croissant {
        return Err(Unreadable::NotCroissant);
    }
    let mut draft = Draft::default();
    check_standard(&declared, &mut draft);
    read_about(&document, &mut draft);
    read_makers(&document, &mut draft);
    read_licences(&document, catalogue, &mut draft);
    read_days(&document, &mut draft);
    check_structure(&document, &mut draft);
    read_responsibility(&document, &mut draft);
    note_ancestors(&document, &mut draft);
    Ok(draft.finish(language))
}

fn check_standard(declared: &[String], draft: &mut Draft) {
    let is_read = |standard: &String| {
        let standard = standard.trim_start_matches("https://").trim_start_matches("http://");
        READ.contains(&standard.trim_end_matches('/'))
    };
    if !declared.iter().any(is_read) {
        draft.note("conformsTo", &declared.join(", "), "http://mlcommons.org/croissant/1.0 or …/1.1");
    }
}

fn read_about(document: &Value, draft: &mut Draft) {
    let first = |name| texts(document, SCHEMA, name).into_iter().next();
    let required = [("name", ("dataset", "name")), ("description", ("about", "summary"))];
    for (property, place) in required {
        match first(property) {
            Some(found) => draft.text(place, property, &found),
            None => draft.note(property, "", "a text, which Croissant requires"),
        }
    }
    if let Some(version) = first("version") {
        draft.text(("dataset", "version"), "version", &version);
    }
    if let Some(url) = first("url") {
        draft.checked(("about", "website"), "url", &url, read::web_address);
    }
    if let Some(citation) = find(document, CROISSANT, "citeAs") {
        draft.text(("about", "citation"), "citeAs", &text(citation).unwrap_or_default());
    }
    let keywords = texts(document, SCHEMA, "keywords");
    let keywords: Vec<String> = match keywords.as_slice() {
        [one] => one.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect(),
        _ => keywords,
    };
    draft.list(("about", "keywords"), "keywords", &keywords, read::text);
    draft.list(("dataset", "languages"), "inLanguage", &texts(document, SCHEMA, "inLanguage"), read::language_tag);
}

fn read_makers(document: &Value, draft: &mut Draft) {
    let creators = texts(document, SCHEMA, "creator");
    draft.list(("dataset", "rights_holders"), "creator", &creators, read::text);
    match creators.first() {
        Some(creator) => draft.text(("dataset.origin", "name"), "creator", creator),
        None => draft.note("creator", "", "a person or organisation, which Croissant requires"),
    }
    let makers = ["creator", "publisher", "maintainer"].into_iter();
    let mut addresses =
        makers.flat_map(|role| each(document, SCHEMA, role)).flat_map(|one| texts(one, SCHEMA, "email"));
    if let Some(address) = addresses.next() {
        draft.text(("about", "contact"), "creator.email", &address);
    }
}

fn read_licences(document: &Value, catalogue: &Catalogue, draft: &mut Draft) {
    match texts(document, SCHEMA, "license").as_slice() {
        [] => draft.note("license", "", "an SPDX licence expression or LicenseRef-Name"),
        [written] => match read_licence(written, catalogue) {
            Ok(licence) => {
                draft.checked(("dataset", "licence"), "license", &licence, read::parsed::<LicenceExpression>);
            }
            Err(expected) => draft.note("license", written, expected),
        },
        several => {
            draft.note("license", &several.join(", "), "one expression, such as A AND B where all apply, or A OR B")
        }
    }
}

/// A day, which may be the beginning of a time.
fn day_of(written: &str) -> &str {
    written.get(..DAY_LENGTH).filter(|_| written.as_bytes().get(DAY_LENGTH) == Some(&b'T')).unwrap_or(written)
}

fn read_days(document: &Value, draft: &mut Draft) {
    match texts(document, SCHEMA, "datePublished").first() {
        Some(written) => {
            draft.checked(("use", "issued"), "datePublished", day_of(written), read::day);
        }
        None => draft.note("datePublished", "", "a day such as 2026-11-23, which Croissant requires"),
    }
    let frame = texts(document, RAI, "dataCollectionTimeframe");
    // One text may hold both, as ISO 8601 writes an interval.
    let frame: Vec<&str> = frame.iter().flat_map(|written| written.split('/')).map(|day| day_of(day.trim())).collect();
    let days: Vec<Option<Day>> = frame.iter().map(|day| day.parse().ok()).collect();
    match (frame.as_slice(), days.as_slice()) {
        ([], _) => {}
        ([from, until], [Some(first), Some(last)]) if first <= last => {
            let day = |node: &Node| read::day(node);
            draft.checked(("dataset.collected", "from"), TIMEFRAME, from, day);
            draft.checked(("dataset.collected", "until"), TIMEFRAME, until, day);
        }
        _ => draft.note(TIMEFRAME, &frame.join(", "), "two days such as 2026-11-23, the first not after the last"),
    }
}

fn read_responsibility(document: &Value, draft: &mut Draft) {
    for property in &PROPERTIES {
        let (found, field) = (texts(document, RAI, property.name), format!("rai:{}", property.name));
        let place = ("documentation", property.key);
        if property.is_list {
            draft.list(place, &field, &found, read::text);
        } else if !found.is_empty() {
            draft.text(place, &field, &found.join("\n"));
        }
    }
}

/// What it was made from is named by whoever registers it: an address elsewhere proves nothing here.
fn note_ancestors(document: &Value, draft: &mut Draft) {
    let derived = texts(document, PROVENANCE, "wasDerivedFrom").into_iter().map(|one| ("prov:wasDerivedFrom", one));
    let based = texts(document, SCHEMA, "isBasedOn").into_iter().map(|one| ("isBasedOn", one));
    for (field, ancestor) in derived.chain(based) {
        draft.note(field, &ancestor, "a [[parent]] that names a data set registered here, such as acme/raw@v1");
    }
}
