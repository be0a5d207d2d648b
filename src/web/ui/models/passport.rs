//! The papers of a version, a passport or a datasheet: every fact with who stands behind it.

use std::collections::BTreeMap;

use askama::Template;
use chancery_base::values::{ArtifactKind, Standing};
use chancery_domain::{
    passport::{Document, Fact},
    provenance::{MissingFact, Need, missing_provenance},
};

use super::{
    about::{About, Asked, tag},
    place::ArtifactPlace,
};
use crate::web::{
    blocking,
    call::Answer,
    ui::{frame::Frame, visit::Visit},
};

/// Digits of a SHA-256 in hexadecimal.
const DIGEST_DIGITS: usize = 64;

#[derive(Template)]
#[template(path = "model/passport.html")]
struct PassportPage {
    frame: Frame,
    about: About,
    sections: Vec<Section>,
    /// Facts that are there, and facts there could be.
    stated: (usize, usize),
    /// What is missing and matters.
    essential: Vec<MissingFact>,
}

/// A section of the passport.
struct Section {
    /// Its name in addresses on the page.
    id: String,
    title: String,
    lines: Vec<Line>,
}

/// One fact.
struct Line {
    label: String,
    /// What was said; nothing where nothing was.
    values: Vec<String>,
    standing: Standing,
    /// Why it is asked for, and by whom, where its absence matters.
    asked: Option<(String, &'static str)>,
}

impl Line {
    fn is_digest(&self, value: &str) -> bool {
        value.len() == DIGEST_DIGITS && value.bytes().all(|byte| byte.is_ascii_hexdigit())
    }
}

/// `GET /models/{owner}/{name}/passport?version=` and `GET /datasets/{owner}/{name}/datasheet?version=`
pub async fn passport(visit: Visit, path: ArtifactPlace) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let asked = Asked::read(&path, &fields)?;
    let tab = if asked.kind == ArtifactKind::Model { "passport" } else { "datasheet" };
    let about = blocking::record(move || About::read(&app, &caller, &asked, tab)).await?;
    let missing = missing_provenance(&about.document);
    let sections = sections(&frame, &about.document, &missing);
    let lines = || sections.iter().flat_map(|section| &section.lines);
    let stated = (lines().filter(|line| line.standing != Standing::Missing).count(), lines().count());
    let essential = missing.into_iter().filter(|fact| fact.need == Need::Essential).collect();
    Visit::show(&PassportPage { frame, about, sections, stated, essential })
}

fn sections(frame: &Frame, document: &Document, missing: &[MissingFact]) -> Vec<Section> {
    let mut found: BTreeMap<(usize, String), Vec<Line>> = BTreeMap::new();
    for fact in document.facts() {
        let Some((section, field)) = parted(&fact.field) else { continue };
        let place = ORDER.iter().position(|known| section.split('[').next() == Some(known)).unwrap_or(ORDER.len());
        let lines = found.entry((place, section.clone())).or_default();
        add(frame, lines, &section, &field, fact, missing);
    }
    let section = |((_, name), lines): ((usize, String), Vec<Line>)| Section {
        title: title(frame, document, &name),
        id: name.replace(['[', ']'], "-").trim_end_matches('-').to_owned(),
        lines,
    };
    found.into_iter().map(section).collect()
}

/// The order in which sections are shown.
const ORDER: [&str; 16] = [
    "about",
    "model",
    "dataset",
    "data",
    "evidence",
    "parent",
    "licence",
    "copyright",
    "privacy",
    "processing",
    "transfer",
    "retention",
    "use",
    "documentation",
    "liability",
    "filing",
];

/// Section and field of a fact: `dataset[0].origin.name` is `origin.name` of `dataset[0]`. A section that is empty has no field.
fn parted(field: &str) -> Option<(String, String)> {
    match field.split_once('.') {
        Some((section, field)) => Some((section.to_owned(), field.to_owned())),
        None if ORDER.contains(&field) => Some((field.to_owned(), String::new())),
        // The version of the format.
        None => None,
    }
}

/// Adds a fact to its section; the elements of a list are one fact.
fn add(frame: &Frame, lines: &mut Vec<Line>, section: &str, field: &str, fact: Fact, missing: &[MissingFact]) {
    let name = field.strip_suffix(']').and_then(|field| field.rsplit_once('[')).map_or(field, |(name, _)| name);
    let label = match name {
        "" => frame.named("section", section),
        name => frame.named("field", name.replace('.', "-")),
    };
    let value = fact.value.map(|value| word(frame, name, value));
    if let (true, Some(line)) = (name != field, lines.iter_mut().find(|line| line.label == label)) {
        line.values.extend(value);
        return;
    }
    let asked = missing.iter().find(|missing| missing.field == format!("{section}.{name}"));
    let asked = asked.map(|missing| (missing.reason.in_language(frame.language()).to_owned(), missing.source));
    lines.push(Line { label, values: value.into_iter().collect(), standing: fact.standing, asked });
}

/// A value that is a code, in words.
fn word(frame: &Frame, name: &str, value: String) -> String {
    match name {
        "acquisition" => frame.named("acquisition", value),
        "privacy.class" => frame.named("privacyclass", value),
        "activity" => frame.named("activity", value),
        _ => value,
    }
}

/// What a section is called; that of a data set or parent with its name.
fn title(frame: &Frame, document: &Document, section: &str) -> String {
    let (kind, index) = section.split_once('[').unwrap_or((section, ""));
    let word = frame.named("section", kind);
    let index: Option<usize> = index.trim_end_matches(']').parse().ok();
    let name = match (document, kind, index) {
        (Document::Passport(passport), "dataset", Some(index)) => {
            passport.datasets.get(index).map(|dataset| dataset.title())
        }
        (Document::Passport(passport), "parent", Some(index)) => {
            passport.parents.get(index).map(|parent| parent.source.title())
        }
        (Document::Passport(passport), "data", Some(index)) => {
            passport.registered_data.get(index).map(|data| data.dataset.to_string())
        }
        (Document::Datasheet(datasheet), "parent", Some(index)) => {
            datasheet.parents.get(index).map(|parent| parent.reference.to_string())
        }
        _ => None,
    };
    name.map_or_else(|| word.clone(), |name| format!("{word}: {name}"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn every_field_of_a_passport_has_words() {
        let text = include_str!("../../../domain/passport/template.en.toml");
        let fields = text.lines().filter_map(|line| line.trim_start_matches(['#', ' ']).split_once(" = "));
        let frame = Frame::of(&TestRequest::get().uri("/").to_http_request(), String::new());
        let mut count = 0;
        for (name, _) in fields.filter(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')) {
            let known =
                |beginning: &str| frame.named("field", format!("{beginning}{name}")) != format!("{beginning}{name}");
            let beginnings =
                ["", "origin-", "privacy-", "privacy-lawful_basis-", "collected-", "permission-", "insurance-"];
            assert!(name == "passport" || beginnings.into_iter().any(known), "`{name}` has no words");
            count += 1;
        }
        assert!(count > 60, "{count}");
    }
}
