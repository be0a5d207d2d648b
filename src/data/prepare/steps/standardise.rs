//! `standardise`: numbers with mean 0 and standard deviation 1 over the rows learnt from.

use serde_json::json;

use super::learning::LearnFrom;
use super::moments::Moments;
use super::{Step, number_in, places_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Learnt, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::{Column, ColumnKind, Columns, Value};

struct Standardise {
    columns: Vec<String>,
    learn_from: LearnFrom,
}

pub(super) fn parse(_: usize, fields: &mut Fields, before: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    Ok(Box::new(Standardise { columns: fields.texts("columns")?, learn_from: LearnFrom::parse(fields, before)? }))
}

impl Step for Standardise {
    fn passes(&self) -> usize {
        1
    }

    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let places = places_of(columns, Some(&self.columns), number)?;
        let after = columns.iter().enumerate().map(|(place, column)| Column {
            name: column.name.clone(),
            kind: if places.contains(&place) { ColumnKind::Float } else { column.kind },
        });
        let after = Columns::new(after).map_err(|error| PrepareError::Columns { step: number, error })?;
        let learnt = places.into_iter().map(|place| (place, Moments::default())).collect();
        Ok(Box::new(Work { number, columns: after, learnt, learn_from: self.learn_from, learning: true }))
    }
}

struct Work {
    number: usize,
    columns: Columns,
    learnt: Vec<(usize, Moments)>,
    learn_from: LearnFrom,
    learning: bool,
}

impl Stage for Work {
    fn learning(&self) -> bool {
        self.learning
    }

    fn learn(&mut self, flow: &Flow) -> Result<(), PrepareError> {
        if self.learn_from.admits(flow) {
            for (place, moments) in &mut self.learnt {
                if let Some(number) = number_in(&flow.cells, *place, &self.columns, flow.row, self.number)? {
                    moments.see(number);
                }
            }
        }
        Ok(())
    }

    fn end_of_pass(&mut self) -> Result<(), PrepareError> {
        self.learning = false;
        match self.learnt.iter().find(|(_, moments)| moments.count() == 0.0) {
            None => Ok(()),
            Some((place, _)) => Err(PrepareError::NothingToLearn {
                step: self.number,
                column: self.columns.name(*place).unwrap_or_default().to_owned(),
            }),
        }
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, marks: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        for (place, moments) in &self.learnt {
            let Some(number) = number_in(&flow.cells, *place, &self.columns, flow.row, self.number)? else { continue };
            let deviation = moments.deviation();
            // Numbers that are all the same have nothing to tell apart.
            let standard = if deviation == 0.0 { 0.0 } else { (number - moments.mean()) / deviation };
            if let Some(cell) = flow.cells.get_mut(*place) {
                *cell = Value::Float(standard);
                marks.cells += 1;
            }
        }
        Ok(Verdict::Keep)
    }

    fn learnt(&self) -> Learnt {
        let each = |(place, moments): &(usize, Moments)| {
            let name = self.columns.name(*place).unwrap_or_default().to_owned();
            // Members in the order of their names: whether JSON objects keep another is up to the rest of the build.
            (name, json!({"count": moments.count(), "deviation": moments.deviation(), "mean": moments.mean()}))
        };
        self.learnt.iter().map(each).collect()
    }
}
