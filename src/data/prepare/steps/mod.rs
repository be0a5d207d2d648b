//! The kinds of steps, one file each.

mod columns;
mod drop_empty;
mod drop_malformed;
mod encoding;
mod exact_duplicates;
mod filter;
mod learning;
mod minhash;
mod moments;
mod near_duplicates;
mod normalise;
mod one_hot;
mod outliers;
mod quantiles;
mod redact;
mod split;
mod standardise;
mod tokenise;

use super::recipe::{Before, fields::Fields};
use super::stage::Stage;
use super::{PrepareError, RecipeError};
use crate::table::{Columns, Value, shortened};

/// The kind that lets rows pass that cannot be read.
pub(crate) const DROP_MALFORMED: &str = "drop-malformed";
/// The kind that needs a redactor.
pub(crate) const REDACT: &str = "redact";

/// A step as the recipe describes it.
pub(crate) trait Step: Send + Sync {
    /// How many passes it learns for.
    fn passes(&self) -> usize {
        0
    }

    /// The step at work on rows of these columns.
    ///
    /// # Errors
    /// [`PrepareError::NoColumn`] and [`PrepareError::Columns`].
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError>;
}

type Parse = fn(usize, &mut Fields, &mut Before) -> Result<Box<dyn Step>, RecipeError>;

const KINDS: [(&str, Parse); 16] = [
    (DROP_MALFORMED, drop_malformed::parse),
    ("encoding", encoding::parse),
    ("drop-empty", drop_empty::parse),
    ("exact-duplicates", exact_duplicates::parse),
    ("near-duplicates", near_duplicates::parse),
    ("outliers", outliers::parse),
    ("filter", filter::parse),
    ("normalise", normalise::parse),
    ("tokenise", tokenise::parse),
    ("split", split::parse),
    ("standardise", standardise::parse),
    ("one-hot", one_hot::parse),
    ("select", columns::parse_select),
    ("rename", columns::parse_rename),
    ("drop", columns::parse_drop),
    (REDACT, redact::parse),
];

/// The step of this kind.
///
/// # Errors
/// [`RecipeError`] for an unknown kind, and for fields that are missing, wrong or contradict one another.
pub(crate) fn parse(
    kind: &str,
    number: usize,
    fields: &mut Fields,
    before: &mut Before,
) -> Result<Box<dyn Step>, RecipeError> {
    let Some((_, parse)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let known: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        return Err(fields.wrong("kind", &format!("one of {}, not `{}`", known.join(", "), shortened(kind))));
    };
    parse(number, fields, before)
}

/// The place of one column.
fn place_of(columns: &Columns, name: &str, step: usize) -> Result<usize, PrepareError> {
    columns.place(name).ok_or_else(|| PrepareError::NoColumn { step, column: shortened(name) })
}

/// The places of the named columns, or of all.
fn places_of(columns: &Columns, names: Option<&Vec<String>>, step: usize) -> Result<Vec<usize>, PrepareError> {
    match names {
        None => Ok((0..columns.count()).collect()),
        Some(names) => names.iter().map(|name| place_of(columns, name, step)).collect(),
    }
}

/// The cells at these places, as bytes that tell different rows apart.
fn canonical(cells: &[Value], places: &[usize]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for cell in places.iter().filter_map(|place| cells.get(*place)) {
        cell.write_canonical(&mut bytes);
    }
    bytes
}

/// The number in a cell, nothing if the cell is missing.
fn number_in(
    cells: &[Value],
    place: usize,
    columns: &Columns,
    row: u64,
    step: usize,
) -> Result<Option<f64>, PrepareError> {
    let Some(cell) = cells.get(place).filter(|cell| !cell.is_missing()) else { return Ok(None) };
    cell.as_number().map(Some).ok_or_else(|| PrepareError::NotANumber {
        step,
        row,
        column: columns.name(place).unwrap_or_default().to_owned(),
        cell: shortened(&cell.spelling()),
    })
}
