//! Recipes: what is done to a data set, as TOML that is checked before any row is read.

pub(crate) mod fields;

use std::fmt;

use toml::{Table, Value};

use self::fields::{Fields, Parameters};
use super::RecipeError;
use super::steps::{self, Step};
use crate::table::{Format, TableOptions, shortened};

/// The version of recipes that is understood.
pub const VERSION: i64 = 1;
/// Steps of one recipe.
pub const MAXIMUM_STEPS: usize = 100;
/// The name of the output if the recipe does not split.
pub const WHOLE: &str = "all";

/// A recipe in which every field is known and fits the others.
pub struct Recipe {
    pub(crate) input: TableOptions,
    pub(crate) format: Option<Format>,
    pub(crate) drop_malformed: bool,
    pub(crate) steps: Vec<PlannedStep>,
    outputs: Vec<String>,
}

/// One step, its kind and what it works with.
pub(crate) struct PlannedStep {
    pub(crate) kind: String,
    pub(crate) parameters: Parameters,
    pub(crate) step: Box<dyn Step>,
}

/// What the steps before one have done.
#[derive(Default)]
pub(crate) struct Before {
    /// The step that split, and into what.
    pub(crate) split: Option<(usize, Vec<String>)>,
}

impl Recipe {
    /// Reads a recipe.
    ///
    /// # Errors
    /// [`RecipeError`], naming the field as `step[2].field`, steps counted from 1.
    pub fn parse(text: &str) -> Result<Self, RecipeError> {
        let table: Table =
            text.parse().map_err(|error: toml::de::Error| RecipeError::Toml { reason: shortened(error.message()) })?;
        let mut fields = Fields::new("", table);
        if !matches!(fields.take("version"), Some(Value::Integer(VERSION))) {
            return Err(RecipeError::Version);
        }
        let input = match fields.take("input") {
            None => TableOptions::default(),
            Some(Value::Table(table)) => input_of(table)?,
            Some(_) => return Err(fields.wrong("input", "a table")),
        };
        let format = match fields.take("output") {
            None => None,
            Some(Value::Table(table)) => output_of(table)?,
            Some(_) => return Err(fields.wrong("output", "a table")),
        };
        let given = match fields.take("step") {
            None => Vec::new(),
            Some(Value::Array(steps)) => steps,
            Some(_) => return Err(fields.wrong("step", "written as `[[step]]`")),
        };
        if given.len() > MAXIMUM_STEPS {
            return Err(
                fields.invalid("step", format!("stands more than {MAXIMUM_STEPS} times; make two recipes of it"))
            );
        }
        fields.finish()?;
        let (mut before, mut planned, mut drop_malformed) = (Before::default(), Vec::new(), false);
        for (index, value) in given.into_iter().enumerate() {
            let number = index + 1;
            let place = format!("step[{number}]");
            let Value::Table(table) = value else {
                return Err(RecipeError::WrongType { place, expected: "a table".to_owned() });
            };
            let mut fields = Fields::new(place, table);
            let kind = fields.text("kind")?;
            let step = steps::parse(&kind, number, &mut fields, &mut before)?;
            drop_malformed |= kind == steps::DROP_MALFORMED;
            let mut parameters = fields.finish()?;
            parameters.remove("kind");
            planned.push(PlannedStep { kind, parameters, step });
        }
        let outputs = before.split.map_or_else(|| vec![WHOLE.to_owned()], |(_, names)| names);
        Ok(Self { input, format, drop_malformed, steps: planned, outputs })
    }

    /// The names of what comes out: those of the splits, or [`WHOLE`].
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = &str> {
        self.outputs.iter().map(String::as_str)
    }

    /// How often the input is read from its beginning, not counting the look at the first rows.
    #[must_use]
    pub fn passes(&self) -> usize {
        1 + self.steps.iter().map(|planned| planned.step.passes()).sum::<usize>()
    }

    /// Whether a redactor is needed.
    #[must_use]
    pub fn redacts(&self) -> bool {
        self.steps.iter().any(|planned| planned.kind == steps::REDACT)
    }
}

impl fmt::Debug for Recipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = self.steps.iter().map(|planned| (&planned.kind, &planned.parameters));
        formatter.debug_struct("Recipe").field("input", &self.input).field("steps", &kinds.collect::<Vec<_>>()).finish()
    }
}

fn input_of(table: Table) -> Result<TableOptions, RecipeError> {
    let mut fields = Fields::new("input", table);
    let delimiter = match fields.optional_text("delimiter")? {
        None => None,
        Some(text) => match text.as_str() {
            "," => Some(','),
            ";" => Some(';'),
            "\t" => Some('\t'),
            _ => return Err(fields.wrong("delimiter", "`,`, `;` or a tab")),
        },
    };
    let options = TableOptions {
        format: format_of(&mut fields)?,
        encoding: fields.optional_text("encoding")?,
        delimiter,
        columns: fields.optional_texts("columns")?,
        strict: fields.flag_or("strict", false)?,
    };
    if options.format.is_some_and(|format| format != Format::JsonLines) && options.columns.is_some() {
        return Err(fields.invalid("columns", "is for JSON lines only, other formats name their columns; remove it"));
    }
    if options.format.is_some_and(|format| format != Format::Csv) && options.delimiter.is_some() {
        return Err(fields.invalid("delimiter", "is for CSV only; remove it"));
    }
    fields.finish()?;
    Ok(options)
}

fn output_of(table: Table) -> Result<Option<Format>, RecipeError> {
    let mut fields = Fields::new("output", table);
    let format = format_of(&mut fields)?;
    if format == Some(Format::Parquet) {
        return Err(fields.wrong("format", "`csv`, `json-lines` or `text`, since Parquet is not written"));
    }
    fields.finish()?;
    Ok(format)
}

fn format_of(fields: &mut Fields) -> Result<Option<Format>, RecipeError> {
    let Some(name) = fields.optional_text("format")? else { return Ok(None) };
    let format = Format::parse(&name);
    format.map(Some).ok_or_else(|| fields.wrong("format", "`csv`, `json-lines`, `parquet` or `text`"))
}
