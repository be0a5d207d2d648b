//! MinHash signatures and the buckets in which similar ones meet.
//!
//! Broder, "On the resemblance and containment of documents" (1997): the share of equal minima over random orders of all shingles
//! estimates the Jaccard similarity of two sets of shingles. Signatures are cut into bands; texts that agree in a whole band are
//! compared (Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4).

use std::collections::{BTreeSet, HashMap};

use crate::prepare::splitmix::{SplitMix, mixed};

/// Signatures that one bucket holds for comparison. Boilerplate would otherwise make every text meet every other.
pub(crate) const BUCKET_LIMIT: usize = 100;

/// How signatures are made and cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bands {
    /// Bands of a signature.
    pub(crate) count: usize,
    /// Minima in each.
    pub(crate) rows: usize,
}

impl Bands {
    /// The widest bands in which a pair at the threshold still meets more often than not.
    ///
    /// The similarity at which the chance to meet rises fastest is about (1 / bands)^(1 / rows); it is kept at or below the threshold.
    pub(crate) fn of(permutations: usize, threshold: f64) -> Self {
        let fits = |rows: &usize| permutations.is_multiple_of(*rows) && rise(permutations / rows, *rows) <= threshold;
        let rows = (1..=permutations).rev().find(fits).unwrap_or(1);
        Self { count: permutations / rows, rows }
    }

    /// How likely two texts of this similarity meet in at least one band.
    pub(crate) fn chance(self, similarity: f64) -> f64 {
        1.0 - (1.0 - similarity.powi(as_i32(self.rows))).powi(as_i32(self.count))
    }
}

fn rise(bands: usize, rows: usize) -> f64 {
    (1.0 / f64::from(as_i32(bands))).powf(1.0 / f64::from(as_i32(rows)))
}

fn as_i32(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The smallest hash of all shingles under each of many orders.
pub(crate) type Signature = Box<[u32]>;

/// Makes signatures.
pub(crate) struct Signer {
    keys: Vec<u64>,
}

impl Signer {
    pub(crate) fn new(permutations: usize, seed: u64) -> Self {
        let mut numbers = SplitMix::new(seed);
        Self { keys: (0..permutations).map(|_| numbers.next()).collect() }
    }

    /// The signature of a set of shingles; nothing of an empty set.
    pub(crate) fn sign(&self, shingles: &BTreeSet<u64>) -> Option<Signature> {
        if shingles.is_empty() {
            return None;
        }
        let smallest = |key: &u64| shingles.iter().map(|shingle| high(mixed(shingle ^ key))).min().unwrap_or(u32::MAX);
        Some(self.keys.iter().map(smallest).collect())
    }
}

/// The share of equal minima.
pub(crate) fn similarity(first: &[u32], second: &[u32]) -> f64 {
    let equal = first.iter().zip(second).filter(|(first, second)| first == second).count();
    f64::from(as_i32(equal)) / f64::from(as_i32(first.len().max(1)))
}

/// The shingles of a text: every run of `size` units, as hashes; a shorter text is one shingle.
pub(crate) fn shingles(units: &[&str], size: usize) -> BTreeSet<u64> {
    if units.is_empty() {
        return BTreeSet::new();
    }
    let whole = units.len().min(size);
    units.windows(whole).map(hash_of).collect()
}

/// FNV-1a over the units with a byte between them that UTF-8 does not have, then mixed.
fn hash_of(units: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in units.iter().flat_map(|unit| unit.bytes().chain([0xff])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mixed(hash)
}

fn high(value: u64) -> u32 {
    (value >> 32) as u32
}

/// The texts kept so far, to be found by their bands.
pub(crate) struct Index {
    bands: Bands,
    kept: Vec<(u64, Signature)>,
    buckets: HashMap<(usize, u64), Vec<usize>>,
    /// How often a bucket was full.
    pub(crate) full: u64,
}

impl Index {
    pub(crate) fn new(bands: Bands) -> Self {
        Self { bands, kept: Vec::new(), buckets: HashMap::new(), full: 0 }
    }

    /// The earliest row kept that is at least as similar as the threshold, and how similar.
    pub(crate) fn find(&self, signature: &[u32], threshold: f64) -> Option<(u64, f64)> {
        let meets: BTreeSet<usize> =
            self.keys(signature).filter_map(|key| self.buckets.get(&key)).flatten().copied().collect();
        meets
            .into_iter()
            .filter_map(|place| self.kept.get(place))
            .map(|(row, other)| (*row, similarity(signature, other)))
            .find(|(_, similarity)| *similarity >= threshold)
    }

    /// Keeps a text.
    pub(crate) fn keep(&mut self, row: u64, signature: Signature) {
        let place = self.kept.len();
        let keys: Vec<_> = self.keys(&signature).collect();
        for key in keys {
            let bucket = self.buckets.entry(key).or_default();
            if bucket.len() < BUCKET_LIMIT { bucket.push(place) } else { self.full += 1 }
        }
        self.kept.push((row, signature));
    }

    fn keys(&self, signature: &[u32]) -> impl Iterator<Item = (usize, u64)> {
        signature.chunks(self.bands.rows).enumerate().map(|(band, minima)| {
            (band, minima.iter().fold(band as u64, |hash, minimum| mixed(hash ^ u64::from(*minimum))))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_fit_the_threshold() {
        assert_eq!(Bands::of(128, 0.8), Bands { count: 16, rows: 8 });
        assert_eq!(Bands::of(128, 0.5), Bands { count: 32, rows: 4 });
        assert!(Bands::of(128, 0.8).chance(0.8) > 0.94);
        assert!(Bands::of(128, 0.8).chance(0.3) < 0.01);
    }

    #[test]
    fn the_estimate_is_near_the_true_similarity() {
        // Two sets of 1 000 shingles that share 600 of 1 400: Jaccard 0.4286. The standard error of 512 orders is 0.022.
        let first: BTreeSet<u64> = (0..1_000).map(mixed).collect();
        let second: BTreeSet<u64> = (400..1_400).map(mixed).collect();
        let signer = Signer::new(512, 7);
        let estimate = similarity(&signer.sign(&first).unwrap(), &signer.sign(&second).unwrap());
        assert!((estimate - 600.0 / 1_400.0).abs() < 0.07, "{estimate}");
        assert_eq!(similarity(&signer.sign(&first).unwrap(), &signer.sign(&first).unwrap()), 1.0);
    }

    #[test]
    fn short_texts_are_one_shingle() {
        assert_eq!(shingles(&["a", "b"], 5).len(), 1);
        assert_eq!(shingles(&["a", "b", "c"], 2).len(), 2);
        assert_ne!(shingles(&["ab", "c"], 2), shingles(&["a", "bc"], 2));
        assert!(shingles(&[], 5).is_empty());
    }
}
