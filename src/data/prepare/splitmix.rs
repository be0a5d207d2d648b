//! SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014): numbers that a seed decides, and a hash
//! of numbers.
//!
//! It is for choices that must be repeatable, never for secrets.

/// Numbers that the seed decides.
pub(crate) struct SplitMix {
    state: u64,
}

impl SplitMix {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.state)
    }

    /// The next number below `bound`; the bias is below `bound` in 2^64.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or_default()
    }
}

/// A number of which every bit depends on every bit of `value`; different values give different ones.
pub(crate) fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_numbers_come_out() {
        // The first two outputs of Vigna's reference implementation for seed 1234567.
        let mut numbers = SplitMix::new(1_234_567);
        assert_eq!((numbers.next(), numbers.next()), (6_457_827_717_110_365_317, 3_203_168_211_198_807_973));
        assert!((0..1_000).all(|_| numbers.below(7) < 7));
    }
}
