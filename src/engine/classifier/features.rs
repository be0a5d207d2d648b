//! Text to a sparse vector of hashed n-grams.
//!
//! Changing anything here changes what trained weights mean, and needs a new format version.

use std::collections::BTreeMap;

/// The longest run of characters counted as one feature. Three did best on held-out sentences of the example data.
const LONGEST_CHARACTER_RUN: usize = 3;

/// Offset and prime of the 64-bit FNV-1a hash, <https://www.ietf.org/archive/id/draft-eastlake-fnv-35.html>.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// Kinds of features, hashed in front so that a word and the same run of characters differ.
const CHARACTERS: u8 = 0;
const WORD: u8 = 1;
const WORD_PAIR: u8 = 2;

/// Buckets with their weights, ascending by bucket, of Euclidean length one (or empty).
pub(super) type Features = Vec<(usize, f32)>;

/// Turns a text into features.
pub(super) fn features(text: &str, buckets: usize) -> Features {
    let mut counts: BTreeMap<usize, f32> = BTreeMap::new();
    let mut count = |hash: u64| *counts.entry(bucket(hash, buckets)).or_default() += 1.0;
    let characters = simplified(text);
    for length in 1..=LONGEST_CHARACTER_RUN {
        for run in characters.windows(length) {
            count(hash(CHARACTERS, run.iter().copied()));
        }
    }
    let words: Vec<&[char]> = characters.split(|c| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    for word in &words {
        count(hash(WORD, word.iter().copied()));
    }
    for (first, second) in words.iter().zip(words.iter().skip(1)) {
        count(hash(WORD_PAIR, first.iter().copied().chain([' ']).chain(second.iter().copied())));
    }
    scaled(counts)
}

/// Characters of one token of a word; only words that were run together are longer.
const WORD_TOKEN_CHARACTERS: u32 = 16;

/// How much of a text is metered: its words, long ones by their length; an ideograph counts as a word, and what is neither counts
/// as words of its length. At least one.
pub(super) fn token_count(text: &str) -> u32 {
    let (mut count, mut word, mut other) = (0_u32, 0_u32, 0_u32);
    for character in text.chars() {
        if is_ideograph(character) {
            (count, word) = (count.saturating_add(1), 0);
        } else if character.is_alphanumeric() {
            if word.is_multiple_of(WORD_TOKEN_CHARACTERS) {
                count = count.saturating_add(1);
            }
            word = word.saturating_add(1);
        } else {
            word = 0;
            other = other.saturating_add(u32::from(!character.is_whitespace()));
        }
    }
    count.saturating_add(other / WORD_TOKEN_CHARACTERS).max(1)
}

/// Chinese characters with their common extensions, and Japanese syllables (Unicode blocks).
fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Lower case, every run of white space one space, a space at both ends so that word boundaries are features.
fn simplified(text: &str) -> Vec<char> {
    let mut characters = vec![' '];
    for character in text.chars().flat_map(char::to_lowercase) {
        let character = if character.is_whitespace() { ' ' } else { character };
        if character != ' ' || characters.last() != Some(&' ') {
            characters.push(character);
        }
    }
    if characters.last() != Some(&' ') {
        characters.push(' ');
    }
    characters
}

fn hash(kind: u8, characters: impl Iterator<Item = char>) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
    characters.flat_map(|character| u32::from(character).to_le_bytes()).fold(step(FNV_OFFSET, kind), step)
}

/// Folds the upper half in, because the low bits of FNV mix least.
fn bucket(hash: u64, buckets: usize) -> usize {
    ((hash ^ (hash >> 32)) % buckets.max(1) as u64) as usize
}

/// Damps repetition by the square root, then scales to length one.
fn scaled(counts: BTreeMap<usize, f32>) -> Features {
    let length = counts.values().sum::<f32>().sqrt();
    counts.into_iter().map(|(bucket, count)| (bucket, count.sqrt() / length)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_have_length_one_and_ignore_case_and_spacing() {
        let one = features("Very  GOOD\n", 1 << 14);
        assert_eq!(one, features("very good", 1 << 14));
        let length: f32 = one.iter().map(|(_, value)| value * value).sum();
        assert!((length - 1.0).abs() < 1e-5);
        assert!(one.is_sorted_by_key(|(bucket, _)| *bucket));
    }

    #[test]
    fn every_text_has_features_in_range() {
        for text in ["", " ", "a", "很好", "🙂", "\u{0}"] {
            assert!(features(text, 7).iter().all(|(bucket, value)| *bucket < 7 && value.is_finite()), "{text:?}");
        }
    }

    #[test]
    fn words_and_ideographs_are_metered() {
        for (text, count) in [("", 1), ("two words", 2), ("质量很好", 4), ("我用 Rust 写的", 5), ("🙂", 1), ("it's", 2)]
        {
            assert_eq!(token_count(text), count, "{text:?}");
        }
        for (unit, count) in [("z", 250), ("🙂", 250), (" ", 1), ("\u{200b}", 250)] {
            assert_eq!(token_count(&unit.repeat(4000)), count, "{unit:?}");
        }
    }

    /// The hash decides what stored weights mean, so it must not drift. Values from an independent implementation.
    #[test]
    fn the_hash_is_fixed() {
        assert_eq!(hash(WORD, "good".chars()), 0x5d2a_73dc_1f06_807f);
        assert_eq!(hash(CHARACTERS, "很好".chars()), 0x27dc_8e1c_2e7d_e470);
        assert_eq!(features("a", 1 << 14).len(), 6);
    }
}
