//! The text of a dataset card, by the headings of the hub's template and of the one before it.

use super::draft::{Draft, Place};
use crate::documents::read;

/// A heading of the templates, where its text goes, and whether that is a list.
const HEADINGS: [(&str, Place, bool); 19] = [
    ("dataset summary", ("about", "summary"), false),
    ("dataset description", ("about", "summary"), false),
    ("direct use", ("documentation", "use_cases"), true),
    ("out-of-scope use", ("about", "prohibited_use"), true),
    ("curation rationale", ("dataset", "original_purpose"), false),
    ("data collection and processing", ("documentation", "collection"), false),
    ("initial data collection and normalization", ("documentation", "collection"), false),
    ("annotation process", ("documentation", "annotation"), false),
    ("who are the annotators?", ("documentation", "annotators"), true),
    ("personal and sensitive information", ("documentation", "sensitive"), true),
    ("social impact of dataset", ("documentation", "social_impact"), false),
    ("discussion of biases", ("documentation", "biases"), true),
    ("bias, risks, and limitations", ("documentation", "limitations"), true),
    ("other known limitations", ("documentation", "limitations"), true),
    ("citation", ("about", "citation"), false),
    ("citation information", ("about", "citation"), false),
    ("dataset card contact", ("about", "contact"), false),
    ("dataset curators", ("dataset.origin", "name"), false),
    ("maintenance", ("documentation", "maintenance"), false),
];
/// What the templates ask for in lines of their own, `- **Homepage:** …`, and where that goes; the rest is known from the front matter or
/// said elsewhere.
const LINES: [(&str, Option<Place>); 11] = [
    ("homepage", Some(("about", "website"))),
    ("point of contact", Some(("about", "contact"))),
    ("curated by", Some(("dataset.origin", "name"))),
    ("repository", None),
    ("paper", None),
    ("leaderboard", None),
    ("funded by", None),
    ("shared by", None),
    ("language(s) (nlp)", None),
    ("license", None),
    ("demo", None),
];
/// What the templates leave where nobody wrote anything.
const BLANKS: [&str; 3] = ["[more information needed]", "[needs more information]", "n/a"];

/// What the heading of a card begins with, before the name of the data set.
const TITLE: &str = "dataset card for ";

/// Takes the sections over that a datasheet has a field for; the front matter has the last word, and of two sections for one field the one
/// that the table above has first.
pub(super) fn read_sections(body: &str, draft: &mut Draft) {
    for (label, value) in body.lines().filter_map(line_of) {
        let place = LINES.iter().find(|(known, _)| *known == label).and_then(|(_, place)| *place);
        match place.filter(|place| !is_blank(&value) && !draft.has(*place)) {
            Some(place @ (_, "website")) => _ = draft.checked(place, &label, &value, read::web_address),
            Some(place) => draft.text(place, &label, &value),
            None => {}
        }
    }
    let sections = sections(body);
    for (known, place, is_list) in HEADINGS {
        let Some((heading, text)) = sections.iter().find(|(heading, _)| name_of(heading) == known) else { continue };
        if draft.has(place) {
            continue;
        }
        if is_list {
            draft.list(place, heading, std::slice::from_ref(text), read::text);
        } else {
            draft.text(place, heading, text);
        }
    }
    let titled = sections.iter().find_map(|(heading, _)| {
        let (begins, title) = heading.split_at_checked(TITLE.len())?;
        begins.eq_ignore_ascii_case(TITLE).then_some((heading, title))
    });
    if let Some((heading, title)) = titled.filter(|_| !draft.has(("dataset", "name"))) {
        draft.text(("dataset", "name"), heading, title);
    }
}

/// Label and value of a line that the templates ask for. Of a link the address counts.
fn line_of(line: &str) -> Option<(String, String)> {
    let (label, value) = line.trim().strip_prefix("- **")?.split_once(":**")?;
    let label = name_of(label);
    let link = value.split_once("](").and_then(|(_, behind)| behind.split_once(')')).map(|(address, _)| address);
    let value = link.unwrap_or(value).trim().trim_start_matches('<').trim_end_matches('>');
    LINES.iter().any(|(known, _)| *known == label).then(|| (label, value.to_owned()))
}

fn is_blank(text: &str) -> bool {
    text.is_empty() || BLANKS.contains(&text.to_ascii_lowercase().as_str())
}

/// A heading as the table has it; those that may be left out say so in the template.
fn name_of(heading: &str) -> String {
    let name = heading.to_ascii_lowercase();
    name.strip_suffix("[optional]").unwrap_or(&name).trim().to_owned()
}

/// The headings that somebody wrote something under, and the title, each with its text.
fn sections(body: &str) -> Vec<(String, String)> {
    let (mut sections, mut is_code) = (vec![(String::new(), String::new())], false);
    for line in body.lines() {
        is_code ^= line.trim_start().starts_with("```");
        // A heading has a space behind its signs (CommonMark 4.2).
        let heading = line.strip_prefix('#').and_then(|rest| rest.trim_start_matches('#').strip_prefix(' '));
        if let Some(heading) = heading.filter(|_| !is_code) {
            sections.push((heading.trim().to_owned(), String::new()));
        } else if let Some((_, text)) = sections.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    let tidy = sections.into_iter().map(|(heading, text)| (heading, without_markup(&text)));
    let is_said =
        |(heading, text): &(String, String)| !is_blank(text) || heading.to_ascii_lowercase().starts_with(TITLE);
    tidy.filter(is_said).collect()
}

/// A section's text without comments, fences and the lines that are read for themselves.
fn without_markup(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, behind)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = behind.split_once("-->").map_or("", |(_, behind)| behind);
    }
    kept.push_str(rest);
    let lines = kept.lines().filter(|line| !line.trim_start().starts_with("```") && line_of(line).is_none());
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
