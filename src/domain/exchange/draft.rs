//! A draft of a datasheet: the commented template, with the fields filled in that another format has an answer for.
//!
//! Every value goes through the reader that the datasheet itself is read with, so that a draft holds nothing that would be refused.

use std::collections::BTreeMap;

use chancery_base::values::{ArtifactKind, Language};

use super::imported::{Imported, Note};
use crate::{
    documents::{
        Content, Node,
        read::{self, Expected, MAXIMUM_TEXT_CHARACTERS},
    },
    passport::template,
};

/// Section and field of a datasheet.
pub(super) type Place = (&'static str, &'static str);

/// What has been found so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Values as TOML.
    fields: BTreeMap<Place, String>,
    notes: Vec<Note>,
}

impl Draft {
    /// Says what was expected in a place of the description.
    pub fn note(&mut self, field: impl Into<String>, found: &str, expected: impl Into<String>) {
        let found = Content::Text(found.to_owned()).describe();
        self.notes.push(Note { field: field.into(), found, expected: expected.into() });
    }

    /// Fills in a text of one field; one that is too long is cut, and that is noted.
    pub fn text(&mut self, place: Place, field: &str, found: &str) {
        let tidy = self.tidy(field, found);
        if !tidy.is_empty() {
            self.checked(place, field, &tidy, read::text);
        }
    }

    /// Fills in a text of one field that `read` accepts; a text that it does not is noted.
    pub fn checked<T>(
        &mut self,
        place: Place,
        field: &str,
        found: &str,
        read: impl Fn(&Node) -> Result<T, Expected>,
    ) -> bool {
        match read(&Content::Text(found.to_owned()).into()) {
            Ok(_) => {
                self.fields.insert(place, quoted(found));
                true
            }
            Err(expected) => {
                self.note(field, found, expected);
                false
            }
        }
    }

    /// Fills in a list of texts, without those that `read` does not accept, which are noted.
    pub fn list<T>(
        &mut self,
        place: Place,
        field: &str,
        found: &[String],
        read: impl Fn(&Node) -> Result<T, Expected>,
    ) {
        let mut kept: Vec<String> = Vec::new();
        for text in found {
            let tidy = self.tidy(field, text);
            match read(&Content::Text(tidy.clone()).into()) {
                Ok(_) => kept.push(quoted(&tidy)),
                Err(expected) => self.note(field, text, expected),
            }
        }
        if !kept.is_empty() {
            self.fields.insert(place, format!("[{}]", kept.join(", ")));
        }
    }

    /// Whether the field is filled in already.
    pub fn has(&self, place: Place) -> bool {
        self.fields.contains_key(&place)
    }

    /// Writes the template with what was found.
    pub fn finish(self, language: Language) -> Imported {
        let mut section = String::new();
        let mut datasheet_toml = String::new();
        for line in template(ArtifactKind::Dataset, language).lines() {
            let written = if let Some(name) = section_of(line) {
                name.clone_into(&mut section);
                let is_begun = self.fields.keys().any(|(begun, _)| *begun == name);
                if is_begun { line.trim_start_matches('#').to_owned() } else { line.to_owned() }
            } else {
                self.filled(&section, line).unwrap_or_else(|| line.to_owned())
            };
            datasheet_toml.push_str(&written);
            datasheet_toml.push('\n');
        }
        Imported { datasheet_toml, notes: self.notes }
    }

    /// The line of a field with its value, if there is one.
    fn filled(&self, section: &str, line: &str) -> Option<String> {
        let (key, _) = line.strip_prefix('#').unwrap_or(line).split_once(" = ")?;
        let value = self.fields.iter().find(|((of, field), _)| *of == section && *field == key)?.1;
        Some(format!("{key} = {value}"))
    }

    fn tidy(&mut self, field: &str, found: &str) -> String {
        let tidy = found.replace("\r\n", "\n");
        let tidy = tidy.trim();
        if tidy.chars().count() <= MAXIMUM_TEXT_CHARACTERS {
            return tidy.to_owned();
        }
        self.note(field, tidy, format!("at most {MAXIMUM_TEXT_CHARACTERS} characters; the draft has the beginning"));
        tidy.chars().take(MAXIMUM_TEXT_CHARACTERS).collect()
    }
}

/// The section that a line of the template begins, in use or not.
fn section_of(line: &str) -> Option<&str> {
    let name = line.strip_prefix('#').unwrap_or(line).strip_prefix('[')?;
    name.trim_start_matches('[').split(']').next()
}

/// A text as TOML writes it in one line: as JSON does, and DEL escaped as well (TOML 1.0, basic strings).
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
