//! `redact`: personal data in cells gives way to what the caller's redactor puts in its place.
//!
//! Numbers are shown as they are spelt, since telephone numbers are often kept as numbers; inside JSON every text, name and number
//! is shown.

use std::collections::BTreeMap;

use super::{Step, places_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError, Redactor};
use crate::table::{Columns, Value};

struct Redact {
    columns: Option<Vec<String>>,
}

pub(super) fn parse(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    Ok(Box::new(Redact { columns: fields.optional_texts("columns")? }))
}

impl Step for Redact {
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let places = places_of(columns, self.columns.as_ref(), number)?;
        Ok(Box::new(Work { columns: columns.clone(), places, number }))
    }
}

struct Work {
    columns: Columns,
    places: Vec<usize>,
    number: usize,
}

type Found = BTreeMap<String, u64>;

impl Stage for Work {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, marks: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let step = self.number;
        let redactor = marks.redactor.as_deref_mut().ok_or(PrepareError::NoRedactor { step })?;
        let (mut found, mut changed) = (Found::new(), 0);
        for place in &self.places {
            let Some(cell) = flow.cells.get_mut(*place) else { continue };
            let redacted = match &*cell {
                Value::Missing | Value::Bool(_) => None,
                Value::Json(json) => redacted_json(json, redactor, &mut found).map(Value::Json),
                plain => redacted(&plain.spelling(), redactor, &mut found).map(|text| Value::from_text(&text)),
            };
            if let Some(redacted) = redacted {
                *cell = redacted;
                changed += 1;
            }
        }
        marks.cells += changed;
        found.into_iter().for_each(|(class, count)| marks.changed(class, count));
        Ok(Verdict::Keep)
    }
}

/// The text after redaction; nothing if it stays as it is.
fn redacted(text: &str, redactor: &mut dyn Redactor, found: &mut Found) -> Option<String> {
    let redacted = redactor.redact(text);
    redacted.found.into_iter().for_each(|(class, count)| *found.entry(class).or_default() += count);
    (redacted.text != text).then_some(redacted.text)
}

/// JSON in which every text and number was shown to the redactor; what is not changed stays byte for byte. Nothing if all stays.
fn redacted_json(json: &str, redactor: &mut dyn Redactor, found: &mut Found) -> Option<String> {
    let (mut written, mut changed, mut rest) = (String::new(), false, json);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => text_length(rest),
            '-' | '0'..='9' => rest.find([',', ']', '}', ' ', '\t']).unwrap_or(rest.len()),
            other => other.len_utf8(),
        };
        let Some((token, after)) = rest.split_at_checked(length) else { break };
        rest = after;
        let text = match first {
            '"' => serde_json::from_str::<String>(token).ok(),
            '-' | '0'..='9' => Some(token.to_owned()),
            _ => None,
        };
        match text.and_then(|text| redacted(&text, redactor, found)) {
            None => written.push_str(token),
            Some(text) => {
                written.push_str(&serde_json::Value::from(text).to_string());
                changed = true;
            }
        }
    }
    changed.then_some(written)
}

/// Bytes of the quoted text at the beginning, quotes included.
fn text_length(json: &str) -> usize {
    let mut escaped = false;
    let end = json.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = !escaped && *byte == b'"';
        escaped = !escaped && *byte == b'\\';
        ends
    });
    end.map_or(json.len(), |(place, _)| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::Redacted;

    #[test]
    fn texts_and_numbers_inside_json_are_redacted() {
        let mut redactor = |text: &str| {
            let found = text.contains("138");
            Redacted {
                text: if found { "[phone \"x\"]".to_owned() } else { text.to_owned() },
                found: found.then(|| ("phone".to_owned(), 1)).into_iter().collect(),
            }
        };
        let mut found = Found::new();
        let json = r#"{"a": ["\"1380\"", 138, 1.50], "138": null}"#;
        let expected = r#"{"a": ["[phone \"x\"]", "[phone \"x\"]", 1.50], "[phone \"x\"]": null}"#;
        assert_eq!(redacted_json(json, &mut redactor, &mut found).as_deref(), Some(expected));
        assert_eq!(found, Found::from([("phone".to_owned(), 3)]));
        assert_eq!(redacted_json("[1, \"a\"]", &mut redactor, &mut found), None);
    }
}
