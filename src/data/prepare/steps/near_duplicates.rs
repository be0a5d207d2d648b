//! `near-duplicates`: of texts that are alike the first stays.
//!
//! Alike is an estimate: MinHash signatures, compared where they meet in a band (see `minhash`). A signature of 128 minima takes
//! 512 bytes for every row that stays, and its bands about as much again.

use unicode_segmentation::UnicodeSegmentation;

use super::minhash::{BUCKET_LIMIT, Bands, Index, Signer, shingles};
use super::{Step, places_of};
use crate::prepare::recipe::{Before, fields::Fields};
use crate::prepare::stage::{Flow, Learnt, Marks, Stage, Verdict};
use crate::prepare::{PrepareError, RecipeError};
use crate::table::Columns;

/// Orders of the shingles unless the recipe says otherwise; the standard error of the similarity is then below 0.045.
const PERMUTATIONS: u64 = 128;
/// Similarity from which texts are alike unless the recipe says otherwise.
const THRESHOLD: f64 = 0.8;
/// Units of a shingle unless the recipe says otherwise.
const SHINGLE: u64 = 5;

#[derive(Clone, Copy)]
struct NearDuplicates {
    characters: bool,
    shingle: usize,
    permutations: usize,
    threshold: f64,
    seed: u64,
}

struct Recipe {
    columns: Vec<String>,
    settings: NearDuplicates,
}

pub(super) fn parse(_: usize, fields: &mut Fields, _: &mut Before) -> Result<Box<dyn Step>, RecipeError> {
    let columns = fields.texts("columns")?;
    let threshold = fields.positive_or("threshold", THRESHOLD)?;
    if threshold > 1.0 {
        return Err(fields.wrong("threshold", "a number above 0 and at most 1"));
    }
    let settings = NearDuplicates {
        characters: fields.choice("unit", Some("characters"), &[("characters", true), ("words", false)])?,
        shingle: as_usize(fields.whole("shingle", Some(SHINGLE), 1, 100)?),
        permutations: as_usize(fields.whole("permutations", Some(PERMUTATIONS), 16, 1_024)?),
        threshold,
        seed: fields.seed()?,
    };
    Ok(Box::new(Recipe { columns, settings }))
}

fn as_usize(whole: u64) -> usize {
    usize::try_from(whole).unwrap_or(usize::MAX)
}

impl Step for Recipe {
    fn build(&self, columns: &Columns, number: usize) -> Result<Box<dyn Stage>, PrepareError> {
        let places = places_of(columns, Some(&self.columns), number)?;
        let bands = Bands::of(self.settings.permutations, self.settings.threshold);
        let signer = Signer::new(self.settings.permutations, self.settings.seed);
        let index = Index::new(bands);
        Ok(Box::new(Work { columns: columns.clone(), places, settings: self.settings, bands, signer, index }))
    }
}

struct Work {
    columns: Columns,
    places: Vec<usize>,
    settings: NearDuplicates,
    bands: Bands,
    signer: Signer,
    index: Index,
}

impl Stage for Work {
    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn apply(&mut self, flow: &mut Flow, marks: &mut Marks<'_>) -> Result<Verdict, PrepareError> {
        let cells: Vec<_> =
            self.places.iter().filter_map(|place| flow.cells.get(*place)).map(|cell| cell.spelling()).collect();
        let text = cells.join("\n");
        let units: Vec<&str> = if self.settings.characters {
            text.split_whitespace().flat_map(|word| word.graphemes(true)).collect()
        } else {
            text.unicode_words().collect()
        };
        let Some(signature) = self.signer.sign(&shingles(&units, self.settings.shingle)) else {
            marks.count("without text");
            return Ok(Verdict::Keep);
        };
        if let Some((first, similarity)) = self.index.find(&signature, self.settings.threshold) {
            let detail = format!("of row {first}, similarity {similarity:.2}");
            return Ok(Verdict::Remove { reason: "near duplicate", detail });
        }
        self.index.keep(flow.row, signature);
        Ok(Verdict::Keep)
    }

    fn restart(&mut self) {
        self.index = Index::new(self.bands);
    }

    fn learnt(&self) -> Learnt {
        Learnt::from([
            ("method".to_owned(), "MinHash, bands, similarity estimated from signatures".into()),
            ("bands".to_owned(), self.bands.count.into()),
            ("minima per band".to_owned(), self.bands.rows.into()),
            ("chance to meet at the threshold".to_owned(), self.bands.chance(self.settings.threshold).into()),
            ("compared at most per bucket".to_owned(), BUCKET_LIMIT.into()),
            ("times a bucket was full".to_owned(), self.index.full.into()),
        ])
    }
}
