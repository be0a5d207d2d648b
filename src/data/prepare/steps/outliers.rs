//! `outliers`: rows with a number far from the others are flagged in a column, or left out.

use serde_json::json;

use super::learning::LearnFrom;
use super::moments::Moments;
use super::quantiles::{PASSES, Quantiles};
use super::{Step, number_in, places_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Learnt, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::{Column, ColumnKind, Columns, Value};

/// Standard deviations from the mean beyond which a number is far, unless the recipe says otherwise.
const DEVIATIONS: f64 = 3.0;
/// Interquartile ranges from the quartiles beyond which a number is far, unless the recipe says otherwise (Tukey, 1977).
const RANGES: f64 = 1.5;
/// Columns for which quartiles are sought: counting takes 2 MiB for each.
const MAXIMUM_COLUMNS: usize = 100;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    ZScore,
    Quartiles,
}

struct Outliers {
    columns: Vec<String>,
    method: Method,
    threshold: f64,
    flag: Option<String>,
    learn_from: LearnFrom,
}

pub(super) fn parse(_: usize, fields: &mut Fields, before: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    let columns = fields.texts("columns")?;
    if columns.len() > MAXIMUM_COLUMNS {
        return Err(fields.wrong("columns", &format!("a list of at most {MAXIMUM_COLUMNS}")));
    }
    let method = fields.choice("method", None, &[("z-score", Method::ZScore), ("iqr", Method::Quartiles)])?;
    let threshold = fields.positive_or("threshold", if method == Method::ZScore { DEVIATIONS } else { RANGES })?;
    let flagged = fields.choice("action", Some("flag"), &[("flag", true), ("drop", false)])?;
    if !flagged && fields.has("into") {
        return Err(fields.invalid("into", "does not go with `action = \"drop\"`; remove one of them"));
    }
    let flag = if flagged { Some(fields.text_or("into", "outlier")?) } else { None };
    let learn_from = LearnFrom::parse(fields, before)?;
    Ok(Box::new(Outliers { columns, method, threshold, flag, learn_from }))
}

impl Step for Outliers {
    fn passes(&self) -> usize {
        if self.method == Method::ZScore { 1 } else { PASSES }
    }

    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let places = places_of(columns, Some(&self.columns), number)?;
        let flag = self.flag.iter().map(|name| Column { name: name.clone(), kind: ColumnKind::Bool });
        let after = Columns::new(columns.iter().cloned().chain(flag))
            .map_err(|error| PrepareError::Columns { step: number, error })?;
        let watched = places.into_iter().map(|place| Watched {
            place,
            moments: Moments::default(),
            quantiles: (self.method == Method::Quartiles).then(|| Quantiles::new(&[0.25, 0.75])),
            inside: (f64::NEG_INFINITY, f64::INFINITY),
        });
        Ok(Box::new(Work {
            number,
            watched: watched.collect(),
            before: columns.clone(),
            after,
            threshold: self.threshold,
            flags: self.flag.is_some(),
            learn_from: self.learn_from,
            left: self.passes(),
        }))
    }
}

/// A column and what is near in it.
struct Watched {
    place: usize,
    moments: Moments,
    quantiles: Option<Quantiles>,
    inside: (f64, f64),
}

struct Work {
    number: usize,
    watched: Vec<Watched>,
    before: Columns,
    after: Columns,
    threshold: f64,
    flags: bool,
    learn_from: LearnFrom,
    left: usize,
}

impl Stage for Work {
    fn learning(&self) -> bool {
        self.left > 0
    }

    fn learn(&mut self, flow: &Flow) -> Result<(), PrepareError> {
        if !self.learn_from.admits(flow) {
            return Ok(());
        }
        for watched in &mut self.watched {
            let number = number_in(&flow.cells, watched.place, &self.before, flow.row, self.number)?;
            let Some(number) = number else { continue };
            match &mut watched.quantiles {
                Some(quantiles) => quantiles.see(number),
                None => watched.moments.see(number),
            }
        }
        Ok(())
    }

    fn end_of_pass(&mut self) -> Result<(), PrepareError> {
        self.left = self.left.saturating_sub(1);
        for watched in &mut self.watched {
            if let Some(quantiles) = &mut watched.quantiles {
                quantiles.end_of_pass();
            }
            if self.left == 0 {
                watched.inside = watched.limits(self.threshold).ok_or_else(|| PrepareError::NothingToLearn {
                    step: self.number,
                    column: self.before.name(watched.place).unwrap_or_default().to_owned(),
                })?;
            }
        }
        Ok(())
    }

    fn columns(&self) -> &Columns {
        &self.after
    }

    fn apply(&mut self, flow: &mut Flow, marks: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let mut outside = Vec::new();
        for watched in &self.watched {
            let number = number_in(&flow.cells, watched.place, &self.before, flow.row, self.number)?;
            if number.is_some_and(|number| number < watched.inside.0 || number > watched.inside.1) {
                outside.push(format!("column `{}`", self.before.name(watched.place).unwrap_or_default()));
            }
        }
        let detail = outside.join(", ");
        if self.flags {
            flow.cells.push(Value::Bool(!outside.is_empty()));
            if !outside.is_empty() {
                marks.count("flagged as outlier");
                marks.traced = Some(detail);
            }
        } else if !outside.is_empty() {
            return Ok(Verdict::Remove { reason: "outlier", detail });
        }
        Ok(Verdict::Keep)
    }

    fn learnt(&self) -> Learnt {
        let each = |watched: &Watched| {
            let name = self.before.name(watched.place).unwrap_or_default().to_owned();
            (name, json!({"from": watched.inside.0, "to": watched.inside.1}))
        };
        self.watched.iter().map(each).collect()
    }
}

impl Watched {
    /// From where to where numbers are near; nothing if there was no number.
    fn limits(&self, threshold: f64) -> Option<(f64, f64)> {
        match &self.quantiles {
            Some(quantiles) => {
                let found = quantiles.found()?;
                let (low, high) = (found.first()?, found.last()?);
                let reach = (high - low) * threshold;
                Some((low - reach, high + reach))
            }
            None if self.moments.count() == 0.0 => None,
            None => {
                let reach = self.moments.deviation() * threshold;
                Some((self.moments.mean() - reach, self.moments.mean() + reach))
            }
        }
    }
}
