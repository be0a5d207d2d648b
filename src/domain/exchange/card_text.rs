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
/// What the templates leave where nobody wrote anything.
const BLANKS: [&str; 3] = ["[more information needed]", "[needs more information]", "n/a"];

/// Takes the sections over that a datasheet has a field for; the front matter has the last word.
pub(super) fn read_sections(body: &str, draft: &mut Draft) {
    let (mut heading, mut text, mut is_code) = (String::new(), String::new(), false);
    for line in body.lines() {
        is_code ^= line.trim_start().starts_with("```");
        match line.strip_prefix('#').filter(|_| !is_code) {
            Some(rest) => {
                take(&heading, &text, draft);
                rest.trim_start_matches('#').trim().clone_into(&mut heading);
                text.clear();
            }
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    take(&heading, &text, draft);
}

fn take(heading: &str, text: &str, draft: &mut Draft) {
    let name = heading.to_ascii_lowercase();
    // Headings that may be left out say so in the template.
    let name = name.strip_suffix("[optional]").unwrap_or(&name).trim();
    let text = without_markup(text);
    let is_blank = text.is_empty() || BLANKS.contains(&text.to_ascii_lowercase().as_str());
    let known = HEADINGS.iter().find(|(known, ..)| *known == name);
    let Some((_, place, is_list)) = known.filter(|(_, place, _)| !is_blank && !draft.has(*place)) else {
        if let Some(title) = name.strip_prefix("dataset card for ").filter(|_| !draft.has(("dataset", "name"))) {
            let written = heading.get(heading.len().saturating_sub(title.len())..).unwrap_or(title);
            draft.text(("dataset", "name"), heading, written);
        }
        return;
    };
    if *is_list {
        draft.list(*place, heading, &[text], read::text);
    } else {
        draft.text(*place, heading, &text);
    }
}

/// A section's text without comments and fences.
fn without_markup(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, behind)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = behind.split_once("-->").map_or("", |(_, behind)| behind);
    }
    kept.push_str(rest);
    let lines = kept.lines().filter(|line| !line.trim_start().starts_with("```"));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
