//! `split`: each row goes to one of several outputs, by a keyed hash of its group or of the whole row.
//!
//! The hash decides alone, so that a group never lies in two splits, equal rows never do either, and neither more rows nor another
//! order move a row. The price: shares are met on average, not to the row.

use sha2::{Digest, Sha256};
use toml::Value as Given;

use super::{Step, canonical, places_of};
use crate::prepare::recipe::{
    Before,
    fields::{Fields, number_of},
};
use crate::prepare::stage::{Flow, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::Columns;

/// Keeps the hashes of splits apart from every other use of the same seed.
const DOMAIN: &[u8] = b"chancery split 1\0";
/// How far the shares may be from 1 together: what decimals such as 0.1 lose as doubles.
const TOLERANCE: f64 = 1e-9;
const MAXIMUM_SPLITS: usize = 16;
const MAXIMUM_NAME: usize = 32;

struct Split {
    /// Up to which share of all hashes each split reaches.
    bounds: Vec<f64>,
    seed: u64,
    group: Option<Vec<String>>,
}

pub(super) fn parse(number: usize, fields: &mut Fields, before: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    if let Some((first, _)) = before.split {
        return Err(fields.invalid("kind", format!("splits again what step[{first}] splits; remove one of them")));
    }
    let into = fields.pairs("into")?;
    let (mut names, mut bounds, mut sum) = (Vec::new(), Vec::new(), 0.0);
    for (name, share) in into {
        if !is_name(&name) {
            let expected = format!("named in `a-z`, `0-9`, `-` and `_`, at most {MAXIMUM_NAME} characters each");
            return Err(fields.wrong("into", &expected));
        }
        sum += share_of(&share).ok_or_else(|| fields.wrong("into", "a table of shares above 0"))?;
        names.push(name);
        bounds.push(sum);
    }
    if (sum - 1.0).abs() > TOLERANCE {
        return Err(fields.invalid("into", format!("has shares that add up to {sum}; make them add up to 1")));
    }
    if !(2..=MAXIMUM_SPLITS).contains(&names.len()) {
        return Err(fields.wrong("into", &format!("a table of 2 to {MAXIMUM_SPLITS} shares")));
    }
    let group = fields.optional_texts("group")?;
    let seed = fields.seed()?;
    before.split = Some((number, names));
    Ok(Box::new(Split { bounds, seed, group }))
}

fn share_of(share: &Given) -> Option<f64> {
    number_of(share).filter(|share| *share > 0.0)
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    (1..=MAXIMUM_NAME).contains(&name.len()) && name.bytes().all(allowed)
}

impl Step for Split {
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let places = places_of(columns, self.group.as_ref(), number)?;
        Ok(Box::new(Work { columns: columns.clone(), places, bounds: self.bounds.clone(), seed: self.seed }))
    }
}

struct Work {
    columns: Columns,
    places: Vec<usize>,
    bounds: Vec<f64>,
    seed: u64,
}

impl Stage for Work {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, _: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let share = share(self.seed, &canonical(&flow.cells, &self.places));
        let last = self.bounds.len().saturating_sub(1);
        flow.split = Some(self.bounds.iter().position(|bound| share < *bound).unwrap_or(last));
        Ok(Verdict::Keep)
    }
}

/// A number from 0 up to 1 that the key decides: the first 53 bits of a SHA-256, which a double holds exactly.
fn share(seed: u64, key: &[u8]) -> f64 {
    let digest = Sha256::new().chain_update(DOMAIN).chain_update(seed.to_be_bytes()).chain_update(key).finalize();
    let first = digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    (first >> 11) as f64 / (1_u64 << 53) as f64
}
