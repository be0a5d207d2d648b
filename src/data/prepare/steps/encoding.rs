//! `encoding`: one spelling for the same text. Unicode is composed (NFC, UAX #15), line ends become `\n`, control characters go, white
//! space is trimmed or collapsed. Only text cells are touched.

use unicode_normalization::{UNICODE_VERSION, UnicodeNormalization, is_nfc};

use super::{Step, places_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Learnt, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::{Columns, Value};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    Keep,
    Trim,
    Collapse,
}

#[derive(Clone)]
struct Encoding {
    columns: Option<Vec<String>>,
    controls: bool,
    space: Space,
}

pub(super) fn parse(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    Ok(Box::new(Encoding {
        columns: fields.optional_texts("columns")?,
        controls: fields.choice("controls", Some("remove"), &[("remove", true), ("keep", false)])?,
        space: fields.choice(
            "whitespace",
            Some("trim"),
            &[("trim", Space::Trim), ("collapse", Space::Collapse), ("keep", Space::Keep)],
        )?,
    }))
}

impl Step for Encoding {
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let places = places_of(columns, self.columns.as_ref(), number)?;
        Ok(Box::new(Work { columns: columns.clone(), places, encoding: self.clone() }))
    }
}

struct Work {
    columns: Columns,
    places: Vec<usize>,
    encoding: Encoding,
}

impl Stage for Work {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, marks: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let mut reasons = [("unicode form", 0), ("control characters", 0), ("white space", 0)];
        for place in &self.places {
            let Some(cell) = flow.cells.get_mut(*place) else { continue };
            let Some(text) = cell.as_text() else { continue };
            let (cleaned, why) = self.encoding.clean(text);
            if why.contains(&true) {
                *cell = Value::from_text(&cleaned);
                marks.cells += 1;
                reasons.iter_mut().zip(why).for_each(|((_, count), changed)| *count += u64::from(changed));
            }
        }
        reasons.into_iter().for_each(|(reason, count)| marks.changed(reason, count));
        Ok(Verdict::Keep)
    }

    fn learnt(&self) -> Learnt {
        let (major, minor, patch) = UNICODE_VERSION;
        Learnt::from([("unicode".to_owned(), format!("{major}.{minor}.{patch}").into())])
    }
}

impl Encoding {
    /// The text, and whether its form, its control characters and its white space were changed.
    fn clean(&self, text: &str) -> (String, [bool; 3]) {
        let composed = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
        let plain = if self.controls { without_controls(&composed) } else { composed.clone() };
        let spaced = match self.space {
            Space::Keep => plain.clone(),
            Space::Trim => plain.trim().to_owned(),
            Space::Collapse => plain.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        let why = [composed != text, plain != composed, spaced != plain];
        (spaced, why)
    }
}

/// Line ends as `\n`; of the control characters (general category Cc) only `\n` and the tab stay, and no byte order mark.
fn without_controls(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    unified.chars().filter(|character| matches!(character, '\n' | '\t') || !is_control(*character)).collect()
}

fn is_control(character: char) -> bool {
    character.is_control() || character == '\u{feff}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cleaned_and_the_reasons_told() {
        let collapse = Encoding { columns: None, controls: true, space: Space::Collapse };
        for (text, cleaned, why) in [
            ("plain", "plain", [false, false, false]),
            ("e\u{301}", "é", [true, false, false]),
            ("a\0b\u{feff}", "ab", [false, true, false]),
            (" a \t b\u{a0}", "a b", [false, false, true]),
            ("a\r\nb", "a b", [false, true, true]),
        ] {
            assert_eq!(collapse.clean(text), (cleaned.to_owned(), why), "{text:?}");
        }
        let keep = Encoding { columns: None, controls: false, space: Space::Keep };
        assert_eq!(keep.clean(" a\r"), (" a\r".to_owned(), [false; 3]));
    }
}
