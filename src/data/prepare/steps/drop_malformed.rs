//! `drop-malformed`: rows that cannot be read are left out, each with its reason, instead of ending the run.
//!
//! The rows never get here: whoever runs the recipe leaves them out while reading, and counts them for this step, which is the first.

use super::Step;
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::Columns;

struct DropMalformed;

pub(super) fn parse(number: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    if number != 1 {
        return Err(fields.invalid("kind", "`drop-malformed` concerns the reading of rows; make it the first step"));
    }
    Ok(Box::new(DropMalformed))
}

impl Step for DropMalformed {
    fn build(&self, columns: &Columns, _: usize) -> Result<Box<dyn Stage>, PrepareError> {
        Ok(Box::new(Pass(columns.clone())))
    }
}

struct Pass(Columns);

impl Stage for Pass {
    fn columns(&self) -> &Columns {
        &self.0
    }

    fn apply(&mut self, _: &mut Flow, _: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        Ok(Verdict::Keep)
    }
}
