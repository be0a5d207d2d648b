//! A part of a folded text, with what stands around it.

use std::ops::Range;

use regex::Regex;

use super::context::{Context, ContextSet, Contexts};

/// What a recogniser looks at: one part of the text, and the whole for what stands beside a match.
#[derive(Clone, Copy)]
pub(super) struct View<'t> {
    pub whole: &'t str,
    pub part: &'t str,
    /// Where the part begins in the whole.
    pub offset: usize,
    pub contexts: &'t Contexts,
    /// What the name of the column says of every value in it.
    pub hinted: ContextSet,
}

/// A stretch of the whole text.
#[derive(Clone, Copy)]
pub(super) struct Stretch<'t> {
    pub start: usize,
    pub end: usize,
    pub text: &'t str,
}

impl<'t> View<'t> {
    /// The same text, seen through another part of it.
    pub fn narrowed(self, range: Range<usize>) -> Self {
        let start = floor(self.whole, range.start);
        let end = floor(self.whole, range.end).max(start);
        Self { part: self.whole.get(start..end).unwrap_or_default(), offset: start, ..self }
    }

    /// Whether words of this kind stand in the part, or in the column's name: without them, a class that wants them is not there.
    pub fn part_has(self, context: Context) -> bool {
        self.hinted.has(context) || self.contexts.is_in(context, self.part)
    }

    /// How many digits the part has.
    pub fn digit_count(self) -> usize {
        self.part.bytes().filter(u8::is_ascii_digit).count()
    }

    /// Every match of a pattern in the part.
    pub fn matches(self, pattern: &'t Regex) -> impl Iterator<Item = Stretch<'t>> {
        pattern.find_iter(self.part).map(move |found| Stretch {
            start: self.offset + found.start(),
            end: self.offset + found.end(),
            text: found.as_str(),
        })
    }

    /// At most this many bytes before a place.
    pub fn before(self, at: usize, bytes: usize) -> &'t str {
        self.whole.get(floor(self.whole, at.saturating_sub(bytes))..at).unwrap_or_default()
    }

    /// At most this many bytes from a place on.
    pub fn after(self, at: usize, bytes: usize) -> &'t str {
        self.whole.get(at..floor(self.whole, at + bytes)).unwrap_or_default()
    }

    /// The byte before a place; a space at the beginning.
    pub fn byte_before(self, at: usize) -> u8 {
        at.checked_sub(1).and_then(|at| self.whole.as_bytes().get(at)).copied().unwrap_or(b' ')
    }

    /// The byte at a place; a space at the end.
    pub fn byte_at(self, at: usize) -> u8 {
        self.whole.as_bytes().get(at).copied().unwrap_or(b' ')
    }

    /// Whether no letter, digit or underscore of ASCII adjoins, and no longer number goes on with a point, hyphen or slash.
    pub fn stands_alone(self, start: usize, end: usize) -> bool {
        let (before, after) = (self.byte_before(start), self.byte_at(end));
        // Two long numbers may be parted by a slash.
        let goes_on = |byte: u8| matches!(byte, b'-' | b'.') || (byte == b'/' && end - start < 10);
        let number_before = goes_on(before) && self.byte_before(start.saturating_sub(1)).is_ascii_digit();
        let number_after = goes_on(after) && self.byte_at(end + 1).is_ascii_digit();
        !is_word(before) && !is_word(after) && !number_before && !number_after
    }

    /// Whether words of this kind stand within so many bytes before, or in the column's name.
    pub fn has_before(self, context: Context, start: usize, bytes: usize) -> bool {
        self.hinted.has(context) || self.contexts.is_in(context, self.before(start, bytes))
    }

    /// Whether words of this kind stand within so many bytes before or a third of that after, or in the column's name.
    pub fn has_around(self, context: Context, start: usize, end: usize, bytes: usize) -> bool {
        self.has_before(context, start, bytes) || self.contexts.is_in(context, self.after(end, bytes / 3))
    }

    /// Whether the last telling words before a place are of the second kind rather than of the first.
    pub fn is_rather(self, first: Context, second: Context, start: usize, bytes: usize) -> bool {
        let before = self.before(start, bytes);
        // A word is spoken for by the number that follows it: "invoice 4711, 555-0199".
        let is_free = |end: &usize| !before.bytes().skip(*end).any(|byte| byte.is_ascii_digit());
        match (self.contexts.last_in(first, before), self.contexts.last_in(second, before).filter(is_free)) {
            (_, None) => self.hinted.has(second) && !self.hinted.has(first),
            (None, Some(_)) => !self.hinted.has(first),
            (Some(first), Some(second)) => second > first,
        }
    }
}

/// A byte of an ASCII word.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The last character boundary that is not beyond a place.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The digits of a text, without what separates them.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
