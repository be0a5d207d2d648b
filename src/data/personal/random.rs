//! Randomness that a seed decides, so that a corpus can be made again.

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to shuffle test data. Not for keys.
pub(super) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }

    /// True so many times in a thousand.
    pub fn is_one_of_thousand(&mut self, times: u64) -> bool {
        self.next() % 1000 < times
    }

    /// One of these.
    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T
    where
        &'a T: Default,
    {
        let at = self.between(0, choices.len().saturating_sub(1) as u64) as usize;
        choices.get(at).copied().unwrap_or_default()
    }

    /// One of these forms, filled.
    pub fn fill_one(&mut self, forms: &[&str]) -> String {
        let form = self.pick(forms);
        self.fill(form)
    }

    /// Each `#` of the form as a digit, `?` as a capital, `*` as a letter or digit, `~` as a hexadecimal digit.
    pub fn fill(&mut self, form: &str) -> String {
        let mut one = |letters: &str| {
            let at = self.next() as usize % letters.len();
            letters.as_bytes().get(at).map_or('0', |&byte| char::from(byte))
        };
        let mut filled = String::with_capacity(form.len());
        for character in form.chars() {
            filled.push(match character {
                '#' => one("0123456789"),
                '?' => one("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                '*' => one("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
                '~' => one("0123456789abcdef"),
                other => other,
            });
        }
        filled
    }

    /// So many digits, the first of them not zero.
    pub fn digits(&mut self, count: usize) -> String {
        let first = self.between(1, 9);
        format!("{first}{}", self.fill(&"#".repeat(count.saturating_sub(1))))
    }
}
