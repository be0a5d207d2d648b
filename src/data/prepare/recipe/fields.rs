//! The fields of one step: each is taken once, and what is left over is refused by name.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::prepare::RecipeError;
use crate::table::shortened;

/// What a step works with, defaults included, in the order of their names.
pub type Parameters = BTreeMap<String, Value>;

/// The fields of a table of the recipe.
pub(crate) struct Fields {
    place: String,
    given: Table,
    taken: Parameters,
}

impl Fields {
    /// The fields of the table that stands at `place`, such as `step[2]`.
    pub(crate) fn new(place: impl Into<String>, given: Table) -> Self {
        Self { place: place.into(), given, taken: Parameters::new() }
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<String, RecipeError> {
        self.optional_text(name)?.ok_or_else(|| RecipeError::MissingField { place: self.place(name) })
    }

    pub(crate) fn text_or(&mut self, name: &str, default: &str) -> Result<String, RecipeError> {
        let text = self.optional_text(name)?.unwrap_or_else(|| default.to_owned());
        self.keep(name, text.clone());
        Ok(text)
    }

    pub(crate) fn optional_text(&mut self, name: &str) -> Result<Option<String>, RecipeError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "text that is not empty")),
        }
    }

    pub(crate) fn texts(&mut self, name: &str) -> Result<Vec<String>, RecipeError> {
        self.optional_texts(name)?.ok_or_else(|| RecipeError::MissingField { place: self.place(name) })
    }

    /// A list of texts without repetitions, not empty if it is given.
    pub(crate) fn optional_texts(&mut self, name: &str) -> Result<Option<Vec<String>>, RecipeError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let expected = "a list of texts, not empty, none twice";
        let Value::Array(items) = value else { return Err(self.wrong(name, expected)) };
        let mut texts: Vec<String> = Vec::new();
        for item in items {
            match item {
                Value::String(text) if !texts.contains(&text) => texts.push(text),
                _ => return Err(self.wrong(name, expected)),
            }
        }
        if texts.is_empty() { Err(self.wrong(name, expected)) } else { Ok(Some(texts)) }
    }

    /// Text for text, in order.
    pub(crate) fn pairs(&mut self, name: &str) -> Result<Vec<(String, Value)>, RecipeError> {
        match self.take(name) {
            None => Err(RecipeError::MissingField { place: self.place(name) }),
            Some(Value::Table(table)) if !table.is_empty() => Ok(table.into_iter().collect()),
            Some(_) => Err(self.wrong(name, "a table that is not empty")),
        }
    }

    /// Any single value: text, number or truth.
    pub(crate) fn scalar(&mut self, name: &str) -> Result<Value, RecipeError> {
        match self.take(name) {
            None => Err(RecipeError::MissingField { place: self.place(name) }),
            Some(value @ (Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_))) => Ok(value),
            Some(_) => Err(self.wrong(name, "a text, a number, `true` or `false`")),
        }
    }

    /// A positive, finite number.
    pub(crate) fn positive_or(&mut self, name: &str, default: f64) -> Result<f64, RecipeError> {
        let number = match self.take(name) {
            None => Some(default),
            Some(value) => number_of(&value),
        };
        let number = number.filter(|number| *number > 0.0).ok_or_else(|| self.wrong(name, "a number above 0"))?;
        self.keep(name, number);
        Ok(number)
    }

    /// A finite number.
    pub(crate) fn number(&mut self, name: &str) -> Result<f64, RecipeError> {
        let value = self.take(name).ok_or_else(|| RecipeError::MissingField { place: self.place(name) })?;
        number_of(&value).ok_or_else(|| self.wrong(name, "a number"))
    }

    /// A whole number in a range.
    pub(crate) fn whole(&mut self, name: &str, default: Option<u64>, from: u64, to: u64) -> Result<u64, RecipeError> {
        let whole = match self.take(name) {
            None => default.ok_or_else(|| RecipeError::MissingField { place: self.place(name) })?,
            Some(Value::Integer(integer)) => u64::try_from(integer).unwrap_or(u64::MAX),
            Some(_) => u64::MAX,
        };
        if !(from..=to).contains(&whole) {
            return Err(self.wrong(name, &format!("a whole number from {from} to {to}")));
        }
        self.keep(name, i64::try_from(whole).unwrap_or(i64::MAX));
        Ok(whole)
    }

    /// The number that makes what is random repeatable.
    pub(crate) fn seed(&mut self) -> Result<u64, RecipeError> {
        self.whole("seed", None, 0, i64::MAX.unsigned_abs())
    }

    pub(crate) fn flag_or(&mut self, name: &str, default: bool) -> Result<bool, RecipeError> {
        let flag = match self.take(name) {
            None => default,
            Some(Value::Boolean(flag)) => flag,
            Some(_) => return Err(self.wrong(name, "`true` or `false`")),
        };
        self.keep(name, flag);
        Ok(flag)
    }

    /// One of several words; the first is the default if there is one.
    pub(crate) fn choice<Choice: Copy>(
        &mut self,
        name: &str,
        default: Option<&str>,
        choices: &[(&str, Choice)],
    ) -> Result<Choice, RecipeError> {
        let given = match default {
            Some(default) => self.text_or(name, default)?,
            None => self.text(name)?,
        };
        let chosen = choices.iter().find(|(word, _)| *word == given).map(|(_, choice)| *choice);
        chosen.ok_or_else(|| {
            let words: Vec<String> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.wrong(name, &format!("one of {}, not `{}`", words.join(", "), shortened(&given)))
        })
    }

    /// Whether the field is given and not yet taken.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// A refusal of this field.
    pub(crate) fn invalid(&self, name: &str, problem: impl Into<String>) -> RecipeError {
        RecipeError::Invalid { place: self.place(name), problem: problem.into() }
    }

    pub(crate) fn wrong(&self, name: &str, expected: &str) -> RecipeError {
        RecipeError::WrongType { place: self.place(name), expected: expected.to_owned() }
    }

    /// Refuses what nobody took; gives what was.
    pub(crate) fn finish(self) -> Result<Parameters, RecipeError> {
        match self.given.keys().next() {
            Some(name) => Err(RecipeError::UnknownField { place: self.place(name) }),
            None => Ok(self.taken),
        }
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        let value = self.given.remove(name)?;
        self.taken.insert(name.to_owned(), value.clone());
        Some(value)
    }

    fn keep(&mut self, name: &str, value: impl Into<Value>) {
        self.taken.insert(name.to_owned(), value.into());
    }

    fn place(&self, name: &str) -> String {
        let name = shortened(name);
        if self.place.is_empty() { name } else { format!("{}.{name}", self.place) }
    }
}

/// The finite number of an integer or a float.
pub(crate) fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(integer) => Some(*integer as f64),
        Value::Float(float) => float.is_finite().then_some(*float),
        _ => None,
    }
}
