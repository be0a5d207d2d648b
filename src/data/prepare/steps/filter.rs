//! `filter`: only rows of which something simple is true stay.

use toml::Value as Given;

use super::{Step, place_of};
use crate::prepare::recipe::{
    Before,
    fields::{Fields, number_of},
};
use crate::prepare::stage::{Flow, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::{Columns, Value};

/// What must be true of a cell.
#[derive(Debug, Clone, PartialEq)]
enum Test {
    Present,
    Missing,
    Equals(Vec<Given>),
    Differs(Vec<Given>),
    Contains(String),
    AtLeast(f64),
    AtMost(f64),
    LengthAtLeast(u64),
    LengthAtMost(u64),
}

struct Filter {
    column: String,
    test: Test,
}

pub(super) fn parse(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    let column = fields.text("column")?;
    let kinds = [
        "equals",
        "not-equals",
        "in",
        "not-in",
        "contains",
        "at-least",
        "at-most",
        "length-at-least",
        "length-at-most",
        "present",
        "missing",
    ];
    let test = match fields.choice("op", None, &kinds.map(|kind| (kind, kind)))? {
        "present" => Test::Present,
        "missing" => Test::Missing,
        "equals" => Test::Equals(vec![fields.scalar("value")?]),
        "not-equals" => Test::Differs(vec![fields.scalar("value")?]),
        "in" => Test::Equals(listed(fields)?),
        "not-in" => Test::Differs(listed(fields)?),
        "contains" => Test::Contains(fields.text("value")?),
        "at-least" => Test::AtLeast(fields.number("value")?),
        "at-most" => Test::AtMost(fields.number("value")?),
        "length-at-least" => Test::LengthAtLeast(fields.whole("value", None, 0, u64::from(u32::MAX))?),
        _ => Test::LengthAtMost(fields.whole("value", None, 0, u64::from(u32::MAX))?),
    };
    Ok(Box::new(Filter { column, test }))
}

fn listed(fields: &mut Fields) -> Result<Vec<Given>, RecipeError> {
    match fields.take("values") {
        Some(Given::Array(values)) if !values.is_empty() && values.iter().all(is_plain) => Ok(values),
        _ => Err(fields.wrong("values", "a list of texts, numbers or truths, not empty")),
    }
}

fn is_plain(value: &Given) -> bool {
    matches!(value, Given::String(_) | Given::Integer(_) | Given::Float(_) | Given::Boolean(_))
}

impl Step for Filter {
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let place = place_of(columns, &self.column, number)?;
        Ok(Box::new(Work { columns: columns.clone(), place, test: self.test.clone() }))
    }
}

struct Work {
    columns: Columns,
    place: usize,
    test: Test,
}

impl Stage for Work {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, _: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let passes = flow.cells.get(self.place).is_some_and(|cell| self.test.passes(cell));
        Ok(if passes { Verdict::Keep } else { Verdict::Remove { reason: "filtered", detail: String::new() } })
    }
}

impl Test {
    /// A missing cell equals nothing, contains nothing, is no number and has length 0.
    fn passes(&self, cell: &Value) -> bool {
        match self {
            Self::Present => !cell.is_missing(),
            Self::Missing => cell.is_missing(),
            Self::Equals(values) => values.iter().any(|value| equals(cell, value)),
            Self::Differs(values) => !values.iter().any(|value| equals(cell, value)),
            Self::Contains(part) => cell.spelling().contains(part.as_str()),
            Self::AtLeast(least) => cell.as_number().is_some_and(|number| number >= *least),
            Self::AtMost(most) => cell.as_number().is_some_and(|number| number <= *most),
            Self::LengthAtLeast(least) => length(cell) >= *least,
            Self::LengthAtMost(most) => length(cell) <= *most,
        }
    }
}

fn length(cell: &Value) -> u64 {
    cell.spelling().chars().count() as u64
}

/// Numbers are compared as numbers, also those that text spells; everything else as it is spelt.
fn equals(cell: &Value, value: &Given) -> bool {
    match value {
        _ if cell.is_missing() => false,
        Given::Integer(integer) => match cell {
            Value::Integer(found) => found == integer,
            _ => cell.as_number().zip(number_of(value)).is_some_and(|(found, number)| found == number),
        },
        Given::Float(float) => cell.as_number() == Some(*float),
        Given::Boolean(truth) => cell.spelling().eq_ignore_ascii_case(if *truth { "true" } else { "false" }),
        Given::String(text) => cell.spelling() == text.as_str(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_compared_as_what_the_recipe_says() {
        let text = |text: &str| Value::Text(text.into());
        let equal = |value: Given| Test::Equals(vec![value]);
        for (test, cell, passes) in [
            (equal(Given::Integer(1)), text("1.0"), true),
            (equal(Given::Integer(1)), Value::Integer(1), true),
            (equal(Given::String("1".into())), text("1.0"), false),
            (equal(Given::Boolean(true)), text("TRUE"), true),
            (equal(Given::String("a".into())), Value::Missing, false),
            (Test::Differs(vec![Given::String("a".into())]), Value::Missing, true),
            (Test::AtLeast(2.0), text("2"), true),
            (Test::AtLeast(2.0), text("x"), false),
            (Test::AtMost(2.0), Value::Float(2.5), false),
            (Test::LengthAtLeast(2), text("中文"), true),
            (Test::LengthAtMost(1), text("中文"), false),
            (Test::Contains("b".into()), text("abc"), true),
            (Test::Present, text(""), false),
            (Test::Missing, Value::Missing, true),
        ] {
            assert_eq!(test.passes(&cell), passes, "{test:?} {cell:?}");
        }
    }
}
