//! `normalise`: one form for text that means the same to a model. Compatibility forms (NFKC, UAX #15), then lower case, then trimmed.

use unicode_normalization::UnicodeNormalization;

use super::{Step, places_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::{Columns, Value};

#[derive(Clone, Copy)]
struct Forms {
    nfkc: bool,
    lowercase: bool,
    trim: bool,
}

struct Normalise {
    columns: Option<Vec<String>>,
    forms: Forms,
}

pub(super) fn parse(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    let columns = fields.optional_texts("columns")?;
    let forms = Forms {
        nfkc: fields.flag_or("nfkc", false)?,
        lowercase: fields.flag_or("lowercase", false)?,
        trim: fields.flag_or("trim", false)?,
    };
    if !(forms.nfkc || forms.lowercase || forms.trim) {
        return Err(fields.invalid("kind", "does nothing so; set `nfkc`, `lowercase` or `trim` to `true`"));
    }
    Ok(Box::new(Normalise { columns, forms }))
}

impl Step for Normalise {
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let places = places_of(columns, self.columns.as_ref(), number)?;
        Ok(Box::new(Work { columns: columns.clone(), places, forms: self.forms }))
    }
}

struct Work {
    columns: Columns,
    places: Vec<usize>,
    forms: Forms,
}

impl Stage for Work {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, marks: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let mut changed = 0;
        for place in &self.places {
            let Some(cell) = flow.cells.get_mut(*place) else { continue };
            let Some(text) = cell.as_text() else { continue };
            let normal = self.forms.of(text);
            if normal != text {
                *cell = Value::from_text(&normal);
                changed += 1;
            }
        }
        marks.cells += changed;
        marks.changed("normalised", changed);
        Ok(Verdict::Keep)
    }
}

impl Forms {
    fn of(self, text: &str) -> String {
        let text: String = if self.nfkc { text.nfkc().collect() } else { text.to_owned() };
        let text = if self.lowercase { text.to_lowercase() } else { text };
        if self.trim { text.trim().to_owned() } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_applied_in_order() {
        let all = Forms { nfkc: true, lowercase: true, trim: true };
        assert_eq!(all.of(" ＡＢＣ ﬁ Ⅳ "), "abc fi iv");
        assert_eq!(Forms { nfkc: false, lowercase: true, trim: false }.of("STRASSE Ü"), "strasse ü");
    }
}
