//! `one-hot`: a column of categories becomes a column of 0 and 1 for each.

use std::collections::BTreeSet;

use super::learning::LearnFrom;
use super::{Step, place_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Learnt, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::{Column, ColumnKind, Columns, Value, shortened};

/// Categories of one column.
const MAXIMUM_CATEGORIES: usize = 1_000;
/// The column for what is no known category ends so.
const OTHER: &str = "other";

struct OneHot {
    column: String,
    prefix: String,
    categories: Option<Vec<String>>,
    other: bool,
    learn_from: LearnFrom,
}

pub(super) fn parse(_: usize, fields: &mut Fields, before: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    let column = fields.text("column")?;
    let prefix = fields.text_or("prefix", &column)?;
    let other = fields.flag_or("other", false)?;
    let categories = fields.optional_texts("categories")?;
    if categories.as_ref().is_some_and(|categories| categories.len() > MAXIMUM_CATEGORIES) {
        return Err(fields.wrong("categories", &format!("a list of at most {MAXIMUM_CATEGORIES}")));
    }
    if categories.is_some() && fields.has("learn_from") {
        return Err(fields.invalid("learn_from", "does not go with `categories`; remove one of them"));
    }
    let learn_from = match categories {
        Some(_) => LearnFrom::parse(fields, &Before::default())?,
        None => LearnFrom::parse(fields, before)?,
    };
    Ok(Box::new(OneHot { column, prefix, categories, other, learn_from }))
}

impl Step for OneHot {
    fn passes(&self) -> usize {
        usize::from(self.categories.is_none())
    }

    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let mut work = Work {
            number,
            place: place_of(columns, &self.column, number)?,
            before: columns.clone(),
            after: columns.clone(),
            prefix: self.prefix.clone(),
            other: self.other,
            learn_from: self.learn_from,
            seen: BTreeSet::new(),
            categories: self.categories.clone().unwrap_or_default(),
            learning: self.categories.is_none(),
        };
        if !work.learning {
            work.make_columns()?;
        }
        Ok(Box::new(work))
    }
}

struct Work {
    number: usize,
    place: usize,
    before: Columns,
    after: Columns,
    prefix: String,
    other: bool,
    learn_from: LearnFrom,
    seen: BTreeSet<String>,
    categories: Vec<String>,
    learning: bool,
}

impl Work {
    /// The new columns stand where the old one stood.
    fn make_columns(&mut self) -> Result<(), PrepareError> {
        let other = self.other.then_some(OTHER);
        let names = self.categories.iter().map(String::as_str).chain(other);
        let new: Vec<Column> =
            names.map(|name| Column { name: format!("{}_{name}", self.prefix), kind: ColumnKind::Integer }).collect();
        let mut after: Vec<Column> = self.before.iter().cloned().collect();
        after.splice(self.place..=self.place, new);
        self.after = Columns::new(after).map_err(|error| PrepareError::Columns { step: self.number, error })?;
        Ok(())
    }

    fn column(&self) -> String {
        self.before.name(self.place).unwrap_or_default().to_owned()
    }
}

impl Stage for Work {
    fn learning(&self) -> bool {
        self.learning
    }

    fn learn(&mut self, flow: &Flow) -> Result<(), PrepareError> {
        let cell = flow.cells.get(self.place).filter(|cell| !cell.is_missing());
        if let Some(cell) = cell.filter(|_| self.learn_from.admits(flow)) {
            self.seen.insert(cell.spelling().into_owned());
        }
        if self.seen.len() > MAXIMUM_CATEGORIES {
            let (step, column) = (self.number, self.column());
            return Err(PrepareError::TooManyCategories { step, column, limit: MAXIMUM_CATEGORIES });
        }
        Ok(())
    }

    fn end_of_pass(&mut self) -> Result<(), PrepareError> {
        self.learning = false;
        self.categories = std::mem::take(&mut self.seen).into_iter().collect();
        self.make_columns()
    }

    fn columns(&self) -> &Columns {
        &self.after
    }

    fn apply(&mut self, flow: &mut Flow, marks: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let cell = flow.cells.get(self.place).cloned().unwrap_or_default();
        let width = self.categories.len() + usize::from(self.other);
        let mut new = vec![Value::Integer(0); width];
        if cell.is_missing() {
            marks.count("missing");
        } else {
            let found = self.categories.iter().position(|category| *category == cell.spelling());
            if found.is_none() && self.other {
                marks.count(OTHER);
            }
            let hot = found.or_else(|| self.other.then_some(self.categories.len()));
            let hot = hot.and_then(|place| new.get_mut(place)).ok_or_else(|| PrepareError::UnknownCategory {
                step: self.number,
                row: flow.row,
                column: self.column(),
                category: shortened(&cell.spelling()),
            })?;
            *hot = Value::Integer(1);
        }
        marks.cells += 1;
        flow.cells.splice(self.place..=self.place, new);
        Ok(Verdict::Keep)
    }

    fn learnt(&self) -> Learnt {
        Learnt::from([("categories".to_owned(), self.categories.clone().into())])
    }
}
