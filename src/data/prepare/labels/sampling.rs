//! Which rows of a corpus are inspected, as TC260-003 asks before a model may be trained on it.
//!
//! The numbers are those on which several guides to filing generative services agree; the standard itself (TC260-003, and GB/T
//! 45654 after it) was not read, and may differ in detail (`reference/law-licences-ledger.md`, section 2.3).

use serde::Serialize;

use super::LabelError;
use crate::prepare::splitmix::SplitMix;

/// Items that people inspect at least, or all if there are fewer. TC260-003, by filing guides.
pub const MANUAL_ITEMS: u64 = 4_000;
/// Per cent of these that must be without fault. TC260-003, by filing guides.
pub const MANUAL_PASS_PERCENT: u64 = 96;
/// Per cent of the corpus that programs inspect at least. TC260-003, by filing guides.
pub const TECHNICAL_PERCENT: u64 = 10;
/// Per cent of these that must be without fault. TC260-003, by filing guides.
pub const TECHNICAL_PASS_PERCENT: u64 = 98;
/// A source with more bad content than this, in per cent, is left out whole. TC260-003, by filing guides.
pub const BAD_SOURCE_PERCENT: u64 = 5;

/// Who inspects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Inspection {
    /// People.
    Manual,
    /// Programs: keywords, classifiers.
    Technical,
}

impl Inspection {
    /// Per cent that must be without fault.
    #[must_use]
    pub fn pass_percent(self) -> u64 {
        match self {
            Self::Manual => MANUAL_PASS_PERCENT,
            Self::Technical => TECHNICAL_PASS_PERCENT,
        }
    }
}

/// Which rows are inspected. The seed should be fixed before anybody has seen the corpus: who may choose it may choose the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SamplingPlan {
    inspection: Inspection,
    corpus: u64,
    size: u64,
    seed: u64,
}

impl SamplingPlan {
    /// The plan for a corpus of so many rows.
    ///
    /// # Errors
    /// [`LabelError::EmptyCorpus`].
    pub fn new(inspection: Inspection, corpus: u64, seed: u64) -> Result<Self, LabelError> {
        let size = match inspection {
            Inspection::Manual => corpus.min(MANUAL_ITEMS),
            Inspection::Technical => corpus.div_ceil(100 / TECHNICAL_PERCENT),
        };
        if corpus == 0 { Err(LabelError::EmptyCorpus) } else { Ok(Self { inspection, corpus, size, seed }) }
    }

    /// Who inspects.
    #[must_use]
    pub fn inspection(&self) -> Inspection {
        self.inspection
    }

    /// How many rows are inspected.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The rows, from 1, in order: every set of rows of this size is equally likely (Knuth, "The Art of Computer Programming", volume 2,
    /// algorithm 3.4.2 S), drawn with SplitMix64 from the seed.
    pub fn rows(&self) -> impl Iterator<Item = u64> + use<> {
        let (mut numbers, mut needed, corpus) = (SplitMix::new(self.seed), self.size, self.corpus);
        (1..=corpus).filter(move |row| {
            let left = corpus - row + 1;
            let drawn = needed > 0 && numbers.below(left) < needed;
            needed -= u64::from(drawn);
            drawn
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_standard() {
        let size = |inspection, corpus| SamplingPlan::new(inspection, corpus, 1).unwrap().size();
        for (corpus, manual, technical) in
            [(1, 1, 1), (3_999, 3_999, 400), (4_001, 4_000, 401), (1_000_000, 4_000, 100_000)]
        {
            assert_eq!((size(Inspection::Manual, corpus), size(Inspection::Technical, corpus)), (manual, technical));
        }
        assert_eq!(SamplingPlan::new(Inspection::Manual, 0, 1), Err(LabelError::EmptyCorpus));
    }

    #[test]
    fn the_seed_decides_and_the_size_is_met() {
        let rows = |seed| SamplingPlan::new(Inspection::Technical, 10_000, seed).unwrap().rows().collect::<Vec<_>>();
        assert_eq!(rows(1), rows(1));
        assert_ne!(rows(1), rows(2));
        for seed in 0..50 {
            let rows = rows(seed);
            assert_eq!(rows.len(), 1_000);
            assert!(rows.windows(2).all(|pair| pair[0] < pair[1]) && rows.last() <= Some(&10_000));
        }
        // Of 1 000 draws out of 10 000 the first half holds 500 on average, with a standard deviation of 15.
        let first_half = rows(3).iter().filter(|row| **row <= 5_000).count();
        assert!(first_half.abs_diff(500) < 60, "{first_half}");
    }
}
