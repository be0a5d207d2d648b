//! `select`, `rename` and `drop`: which columns there are, in which order, under which names.

use toml::Value as Given;

use super::{Step, place_of, places_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::{Column, Columns};

enum Change {
    Select(Vec<String>),
    Rename(Vec<(String, String)>),
    Drop(Vec<String>),
}

pub(super) fn parse_select(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    Ok(Box::new(Change::Select(fields.texts("columns")?)))
}

pub(super) fn parse_drop(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    Ok(Box::new(Change::Drop(fields.texts("columns")?)))
}

pub(super) fn parse_rename(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    let mut names = Vec::new();
    for (old, new) in fields.pairs("columns")? {
        match new {
            Given::String(new) => names.push((old, new)),
            _ => return Err(fields.wrong("columns", "a table of new names by old names")),
        }
    }
    Ok(Box::new(Change::Rename(names)))
}

impl Step for Change {
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let all = || 0..columns.count();
        let mut renamed: Vec<Column> = columns.iter().cloned().collect();
        let places: Vec<usize> = match self {
            Self::Select(names) => places_of(columns, Some(names), number)?,
            Self::Drop(names) => {
                let dropped = places_of(columns, Some(names), number)?;
                all().filter(|place| !dropped.contains(place)).collect()
            }
            Self::Rename(names) => {
                for (old, new) in names {
                    if let Some(column) = renamed.get_mut(place_of(columns, old, number)?) {
                        column.name.clone_from(new);
                    }
                }
                all().collect()
            }
        };
        let after = places.iter().filter_map(|place| renamed.get(*place)).cloned();
        let columns = Columns::new(after).map_err(|error| PrepareError::Columns { step: number, error })?;
        Ok(Box::new(Work { columns, places }))
    }
}

struct Work {
    columns: Columns,
    places: Vec<usize>,
}

impl Stage for Work {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, _: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let mut cells = std::mem::take(&mut flow.cells);
        flow.cells =
            self.places.iter().map(|place| cells.get_mut(*place).map(std::mem::take).unwrap_or_default()).collect();
        Ok(Verdict::Keep)
    }
}
