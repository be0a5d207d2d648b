//! `tokenise`: text as a list of words or characters, in a column of its own or in place.
//!
//! Words are those of UAX #29, in which every Chinese character is a word; characters are its extended grapheme clusters.

use unicode_segmentation::{UNICODE_VERSION, UnicodeSegmentation};

use super::{Step, place_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Learnt, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::{Column, ColumnKind, Columns, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Words,
    Characters,
    Whitespace,
}

struct Tokenise {
    column: String,
    into: String,
    unit: Unit,
    json: bool,
}

pub(super) fn parse(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    let column = fields.text("column")?;
    let into = fields.text_or("into", &format!("{column}_tokens"))?;
    let units = [("words", Unit::Words), ("characters", Unit::Characters), ("whitespace", Unit::Whitespace)];
    let unit = fields.choice("unit", Some("words"), &units)?;
    let json = fields.choice("format", Some("json"), &[("json", true), ("spaces", false)])?;
    Ok(Box::new(Tokenise { column, into, unit, json }))
}

impl Step for Tokenise {
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let place = place_of(columns, &self.column, number)?;
        let kind = if self.json { ColumnKind::Json } else { ColumnKind::Text };
        let replaces = self.into == self.column;
        let mut after: Vec<Column> = columns.iter().cloned().collect();
        match after.get_mut(place).filter(|_| replaces) {
            Some(column) => column.kind = kind,
            None => after.push(Column { name: self.into.clone(), kind }),
        }
        let columns = Columns::new(after).map_err(|error| PrepareError::Columns { step: number, error })?;
        Ok(Box::new(Work { columns, place, replaces, unit: self.unit, json: self.json }))
    }
}

struct Work {
    columns: Columns,
    place: usize,
    replaces: bool,
    unit: Unit,
    json: bool,
}

impl Stage for Work {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, marks: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let cell = flow.cells.get(self.place).cloned().unwrap_or_default();
        let tokens = if cell.is_missing() { Value::Missing } else { self.tokens(&cell.spelling(), marks) };
        marks.cells += 1;
        match flow.cells.get_mut(self.place).filter(|_| self.replaces) {
            Some(cell) => *cell = tokens,
            None => flow.cells.push(tokens),
        }
        Ok(Verdict::Keep)
    }

    fn learnt(&self) -> Learnt {
        let (major, minor, patch) = UNICODE_VERSION;
        Learnt::from([("unicode".to_owned(), format!("{major}.{minor}.{patch}").into())])
    }
}

impl Work {
    fn tokens(&self, text: &str, marks: &mut Marks<'_>) -> Value {
        let tokens = self.unit.of(text);
        marks.changed("tokens", tokens.len() as u64);
        if self.json {
            Value::Json(serde_json::Value::from(tokens).to_string())
        } else {
            Value::from_text(&tokens.join(" "))
        }
    }
}

impl Unit {
    fn of(self, text: &str) -> Vec<&str> {
        match self {
            Self::Words => text.unicode_words().collect(),
            Self::Characters => text.graphemes(true).filter(|character| !character.trim().is_empty()).collect(),
            Self::Whitespace => text.split_whitespace().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_words_or_characters_in_every_script() {
        assert_eq!(Unit::Words.of("I can't read 我爱北京 3.5."), ["I", "can't", "read", "我", "爱", "北", "京", "3.5"]);
        assert_eq!(Unit::Characters.of("ab 中\u{301}"), ["a", "b", "中\u{301}"]);
        assert_eq!(Unit::Whitespace.of(" a,b  中文 "), ["a,b", "中文"]);
    }
}
