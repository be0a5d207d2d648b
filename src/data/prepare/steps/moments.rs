//! Mean and standard deviation in one pass.

/// Mean and spread of numbers seen one after the other, as Welford (1962) updates them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Counts a number.
    pub(crate) fn see(&mut self, number: f64) {
        self.count += 1;
        let before = number - self.mean;
        self.mean += before / self.count();
        self.squares += before * (number - self.mean);
    }

    /// How many were seen.
    pub(crate) fn count(&self) -> f64 {
        self.count as f64
    }

    /// The mean; 0 of nothing.
    pub(crate) fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation of these numbers themselves, not of what they are a sample of; 0 of nothing.
    pub(crate) fn deviation(&self) -> f64 {
        if self.count == 0 { 0.0 } else { (self.squares / self.count()).sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_mean_and_deviation() {
        let mut moments = Moments::default();
        [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter().for_each(|number| moments.see(number));
        assert_eq!((moments.mean(), moments.deviation()), (5.0, 2.0));
        assert_eq!(Moments::default().deviation(), 0.0);
    }
}
