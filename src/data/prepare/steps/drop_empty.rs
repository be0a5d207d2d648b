//! `drop-empty`: rows that hold nothing, or nothing in the columns that matter, are left out.

use super::{Step, places_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::{Columns, Value};

struct DropEmpty {
    columns: Option<Vec<String>>,
    any: bool,
}

pub(super) fn parse(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    Ok(Box::new(DropEmpty {
        columns: fields.optional_texts("columns")?,
        any: fields.choice("missing", Some("all"), &[("all", false), ("any", true)])?,
    }))
}

impl Step for DropEmpty {
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let places = places_of(columns, self.columns.as_ref(), number)?;
        Ok(Box::new(Work { columns: columns.clone(), places, any: self.any }))
    }
}

struct Work {
    columns: Columns,
    places: Vec<usize>,
    any: bool,
}

impl Stage for Work {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, _: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let mut missing = self.places.iter().map(|place| flow.cells.get(*place).is_none_or(Value::is_missing));
        let empty = if self.any { missing.any(|missing| missing) } else { missing.all(|missing| missing) };
        Ok(if empty { Verdict::Remove { reason: "empty", detail: String::new() } } else { Verdict::Keep })
    }
}
