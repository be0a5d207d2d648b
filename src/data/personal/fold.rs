//! Text as the rules read it: full-width forms, odd spaces and hyphens as their plain ones, and nothing that has no width.
//!
//! Masks and tokens of an earlier redaction are blanked out. Every place in the folded text leads back to the place in the original that
//! it came from. Plain text is borrowed, not copied.

use std::borrow::Cow;

use super::placeholder;

/// A text, folded.
pub(super) struct Folded<'t> {
    /// What the rules read.
    pub text: Cow<'t, str>,
    /// Pairs of a place in the folded text and its place in the original, wherever the distance between the two changes.
    // INVARIANT: both sides never decrease.
    anchors: Vec<(usize, usize)>,
}

impl<'t> Folded<'t> {
    /// Folds a text.
    pub fn new(text: &'t str) -> Self {
        let is_plain_ascii = text.is_ascii() && memchr::memchr(0, text.as_bytes()).is_none();
        if is_plain_ascii || !text.chars().any(|character| plain(character) != Plain::Same) {
            return Self { text: placeholder::blanked(Cow::Borrowed(text)), anchors: Vec::new() };
        }
        let mut folded = String::with_capacity(text.len());
        let mut anchors = Vec::new();
        for (at, character) in text.char_indices() {
            let replacement = match plain(character) {
                Plain::Same => {
                    folded.push(character);
                    continue;
                }
                Plain::As(replacement) => Some(replacement),
                Plain::Nothing => None,
            };
            anchors.push((folded.len(), at));
            folded.extend(replacement);
            anchors.push((folded.len(), at + character.len_utf8()));
        }
        Self { text: placeholder::blanked(Cow::Owned(folded)), anchors }
    }

    /// Where the original of a stretch of the folded text begins and ends; what has no width at its edges stays outside.
    pub fn original(&self, start: usize, end: usize) -> (usize, usize) {
        let before_start = self.anchors.partition_point(|&(folded, _)| folded <= start);
        // The first anchor at the very end lies before whatever was left out there.
        let before_end = self.anchors.partition_point(|&(folded, _)| folded < end);
        let end = match self.anchors.get(before_end) {
            Some(&(folded, original)) if folded == end => original,
            _ => self.shifted(before_end, end),
        };
        (self.shifted(before_start, start), end)
    }

    /// The original place of `at`, measured from the last of the first `count` anchors.
    fn shifted(&self, count: usize, at: usize) -> usize {
        match count.checked_sub(1).and_then(|last| self.anchors.get(last)) {
            Some(&(folded, original)) => original + (at - folded),
            None => at,
        }
    }
}

#[derive(PartialEq, Eq)]
enum Plain {
    Same,
    As(char),
    Nothing,
}

/// What a character is read as.
fn plain(character: char) -> Plain {
    let code = u32::from(character);
    let shifted = |to: u32| char::from_u32(to).map_or(Plain::Same, Plain::As);
    match code {
        // NUL stands for what was redacted before, and shall not hide anything else.
        0 => Plain::Nothing,
        1..=0x7f => Plain::Same,
        // Full-width forms stand 0xFEE0 above ASCII.
        0xff01..=0xff5e => shifted(code - 0xfee0),
        // Digits of Arabic, Persian, Devanagari, Bengali and Thai (Unicode 16, general category Nd).
        0x0660..=0x0669 => shifted(code - 0x0660 + 0x30),
        0x06f0..=0x06f9 => shifted(code - 0x06f0 + 0x30),
        0x0966..=0x096f => shifted(code - 0x0966 + 0x30),
        0x09e6..=0x09ef => shifted(code - 0x09e6 + 0x30),
        0x0e50..=0x0e59 => shifted(code - 0x0e50 + 0x30),
        0x00a0 | 0x1680 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000 => Plain::As(' '),
        0x2010..=0x2015 | 0x2043 | 0x2212 | 0xfe58 | 0xfe63 => Plain::As('-'),
        0x2018 | 0x2019 | 0x02bc => Plain::As('\''),
        0x00ad
        | 0x034f
        | 0x061c
        | 0x180e
        | 0x200b..=0x200f
        | 0x202a..=0x202e
        | 0x2060..=0x2064
        | 0xfe00..=0xfe0f
        | 0xfeff => Plain::Nothing,
        _ => Plain::Same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        for text in ["plain", "日本語", ""] {
            assert!(matches!(Folded::new(text).text, Cow::Borrowed(_)));
        }
    }

    #[test]
    fn places_lead_back_to_the_original() {
        let text = "a\u{200b}１２\u{200b}3\u{200b} z";
        let folded = Folded::new(text);
        assert_eq!(folded.text, "a123 z");
        let (start, end) = folded.original(1, 4);
        assert_eq!(text.get(start..end), Some("１２\u{200b}3"));
        assert_eq!(folded.original(0, 1), (0, 1));
        assert_eq!(folded.original(0, 6), (0, text.len()));
    }
}
