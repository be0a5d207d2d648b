//! `exact-duplicates`: of rows that are equal in the chosen columns the first stays. SHA-256 of the cells stands for the row, 32
//! bytes each.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sha2::{Digest, Sha256};

use super::{Step, canonical, places_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::Columns;

struct ExactDuplicates {
    columns: Option<Vec<String>>,
}

pub(super) fn parse(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    Ok(Box::new(ExactDuplicates { columns: fields.optional_texts("columns")? }))
}

impl Step for ExactDuplicates {
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let places = places_of(columns, self.columns.as_ref(), number)?;
        Ok(Box::new(Work { columns: columns.clone(), places, firsts: HashMap::new() }))
    }
}

struct Work {
    columns: Columns,
    places: Vec<usize>,
    firsts: HashMap<[u8; 32], u64>,
}

impl Stage for Work {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, _: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let digest: [u8; 32] = Sha256::digest(canonical(&flow.cells, &self.places)).into();
        Ok(match self.firsts.entry(digest) {
            Entry::Vacant(place) => {
                place.insert(flow.row);
                Verdict::Keep
            }
            Entry::Occupied(first) => {
                Verdict::Remove { reason: "exact duplicate", detail: format!("of row {}", first.get()) }
            }
        })
    }

    fn restart(&mut self) {
        self.firsts.clear();
    }
}
