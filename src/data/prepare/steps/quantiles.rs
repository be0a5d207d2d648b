//! Exact quantiles of any number of numbers in constant memory.
//!
//! The bits of a double, arranged so that they sort as the numbers do, are found 16 at a time: each pass counts the numbers that
//! begin like the one sought by their next 16 bits. Four passes find a number of a given rank, whatever the numbers are.

/// Passes that finding takes.
pub(crate) const PASSES: usize = 4;
const BITS: u32 = 16;

/// Finds the numbers of some ranks.
pub(crate) struct Quantiles {
    shares: Vec<f64>,
    pass: usize,
    count: u64,
    sought: Vec<Sought>,
}

/// One number that is sought.
struct Sought {
    /// The bits found so far.
    prefix: u64,
    /// Its rank among the numbers that begin so, from 0.
    rank: u64,
    /// How many of these have which next bits.
    counts: Vec<u64>,
}

impl Quantiles {
    /// Seeks the quantiles at these shares of the numbers, from 0 to 1.
    pub(crate) fn new(shares: &[f64]) -> Self {
        // Each quantile lies between two neighbours. In the first pass one count serves all.
        Self { shares: shares.to_vec(), pass: 0, count: 0, sought: vec![Sought::new(0, 0)] }
    }

    /// Counts a number in this pass.
    pub(crate) fn see(&mut self, number: f64) {
        let bits = sortable(number);
        let shift = 64 - BITS * (u32::try_from(self.pass).unwrap_or(u32::MAX).min(3) + 1);
        self.count += u64::from(self.pass == 0);
        for sought in &mut self.sought {
            if bits.checked_shr(shift + BITS).unwrap_or(0) == sought.prefix {
                let next = usize::try_from((bits >> shift) & 0xffff).unwrap_or_default();
                if let Some(count) = sought.counts.get_mut(next) {
                    *count += 1;
                }
            }
        }
    }

    /// Ends a pass.
    pub(crate) fn end_of_pass(&mut self) {
        if self.pass == 0 {
            let counts = self.sought.pop().map(|sought| sought.counts).unwrap_or_default();
            let ranks = self.shares.iter().flat_map(|share| self.neighbours(*share).0);
            self.sought = ranks.map(|rank| Sought { prefix: 0, rank, counts: counts.clone() }).collect();
        }
        self.sought.iter_mut().for_each(Sought::narrow);
        self.pass += 1;
    }

    /// The quantiles, interpolated between neighbours (method 7 of Hyndman and Fan, 1996, which R and NumPy use); nothing without
    /// numbers.
    pub(crate) fn found(&self) -> Option<Vec<f64>> {
        if self.count == 0 || self.pass < PASSES {
            return None;
        }
        let pairs = self.sought.as_chunks::<2>().0;
        let quantiles = self.shares.iter().zip(pairs).map(|(share, [below, above])| {
            let (below, above) = (unsorted(below.prefix), unsorted(above.prefix));
            let (_, part) = self.neighbours(*share);
            if part == 0.0 { below } else { below + (above - below) * part }
        });
        Some(quantiles.collect())
    }

    /// The ranks around a share, from 0, and how far it lies between them.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is at least 0 and below the count"
    )]
    fn neighbours(&self, share: f64) -> ([u64; 2], f64) {
        let last = self.count.saturating_sub(1);
        let place = share * last as f64;
        let below = place.floor() as u64;
        ([below.min(last), below.saturating_add(1).min(last)], place - place.floor())
    }
}

impl Sought {
    fn new(prefix: u64, rank: u64) -> Self {
        Self { prefix, rank, counts: vec![0; 1 << BITS] }
    }

    /// Finds its next bits.
    fn narrow(&mut self) {
        let (mut before, mut found) = (0_u64, 0_u64);
        for (next, count) in self.counts.iter().enumerate() {
            if self.rank < before + count {
                found = next as u64;
                break;
            }
            before += count;
        }
        *self = Self::new((self.prefix << BITS) | found, self.rank.saturating_sub(before));
    }
}

/// Bits that sort as the numbers do: those of negative numbers are turned around.
fn sortable(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn unsorted(bits: u64) -> f64 {
    f64::from_bits(if bits >> 63 == 1 { bits & !(1 << 63) } else { !bits })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quantiles(numbers: &[f64], shares: &[f64]) -> Option<Vec<f64>> {
        let mut quantiles = Quantiles::new(shares);
        for _ in 0..PASSES {
            numbers.iter().for_each(|number| quantiles.see(*number));
            quantiles.end_of_pass();
        }
        quantiles.found()
    }

    #[test]
    fn known_quantiles_are_found() {
        // R: quantile(c(1, 2, 3, 4, 5, 6, 7, 8), c(.25, .5, .75)) gives 2.75, 4.50, 6.25.
        let numbers = [8.0, 1.0, 7.0, 2.0, 6.0, 3.0, 5.0, 4.0];
        assert_eq!(quantiles(&numbers, &[0.25, 0.5, 0.75]), Some(vec![2.75, 4.5, 6.25]));
        assert_eq!(quantiles(&[-1.5], &[0.25, 0.75]), Some(vec![-1.5, -1.5]));
        assert_eq!(quantiles(&[], &[0.5]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn they_are_those_of_the_sorted_numbers(mut numbers in proptest::collection::vec(-1e9..1e9_f64, 1..40)) {
            let found = quantiles(&numbers, &[0.0, 0.25, 1.0]).unwrap();
            numbers.sort_by(f64::total_cmp);
            let place = 0.25 * (numbers.len() - 1) as f64;
            let (below, above) = (numbers[place.floor() as usize], numbers[place.ceil() as usize]);
            prop_assert_eq!(found[0], numbers[0]);
            prop_assert_eq!(found[2], numbers[numbers.len() - 1]);
            prop_assert!((found[1] - (below + (above - below) * place.fract())).abs() < 1e-6);
        }
    }
}
