//! Texts to token numbers, with the settings the model's owner meant.
//!
//! A model reads so many tokens of a text and no more, so of a long text only the beginning is cut into tokens: as much of it as
//! leaves no doubt about those that are read.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokenizers::Tokenizer;

use super::frame::Frame;
use super::pipeline::Pipeline;
use super::tokenizer::{FILE, Harmless, unsupported};
use crate::error::{EngineError, LoadError, panic_text};
use crate::model::ModelFiles;

/// Encoded once when a tokenizer is read: what cannot encode this is refused before it is asked for anything.
const PROBE: &str = "A probe: two words, 一句话 and 123.";

/// Bytes of a text that are looked at for each token that matters: first those that are enough for texts that people write, then
/// more, for those with much white space or words that no vocabulary holds.
const BYTES_FOR_A_TOKEN: [usize; 3] = [16, 64, 256];

/// A tokenizer that cuts at the model's length and never pads.
pub(crate) struct TextTokens {
    tokenizer: Tokenizer,
    frame: Frame,
    lower_case: bool,
    /// Tokens of a text that are read, without those around it.
    room: usize,
    /// Tokens at the end of a piece of text that may be others in the whole text.
    doubtful: usize,
}

impl TextTokens {
    /// Reads `tokenizer.json`.
    pub(super) fn read(files: &ModelFiles, pipeline: &Pipeline) -> Result<Self, LoadError> {
        let Harmless { tokenizer, frame, doubtful } = Harmless::read(files)?;
        let room = pipeline.max_length.saturating_sub(frame.length());
        if room == 0 {
            let found = format!("{} special tokens", frame.length());
            return Err(unsupported("post_processor", &found, "fewer of them than the model reads of a text"));
        }
        let tokens = Self { tokenizer, frame, lower_case: pipeline.lower_case, room, doubtful };
        let probed = tokens.encode(&[PROBE.to_owned()]);
        probed.map_err(|error| LoadError::Malformed { file: FILE, detail: error.to_string() })?;
        Ok(tokens)
    }

    /// One sequence of token numbers for each text.
    ///
    /// # Errors
    ///
    /// [`EngineError::TextTooLong`] for a long text whose beginning holds too few tokens to tell those that are read.
    /// [`EngineError::Tokenizer`], also when the tokenizer panicked: this runs on the thread of whoever asks.
    pub(crate) fn encode(&self, texts: &[String]) -> Result<Vec<Vec<u32>>, EngineError> {
        let encode = |(index, text): (usize, &String)| {
            let too_long = || EngineError::TextTooLong { position: index + 1, found: text.len(), limit: self.limit() };
            self.encode_one(text)?.ok_or_else(too_long)
        };
        let run = AssertUnwindSafe(|| texts.iter().enumerate().map(encode).collect());
        catch_unwind(run).unwrap_or_else(|panic| Err(EngineError::Tokenizer { detail: panic_text(&*panic) }))
    }

    /// `None` if not even the longest beginning is enough.
    fn encode_one(&self, text: &str) -> Result<Option<Vec<u32>>, EngineError> {
        let text = if self.lower_case { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) };
        for bytes_for_a_token in BYTES_FOR_A_TOKEN {
            let beginning = beginning(&text, bytes_for_a_token * self.certain());
            let ids = self.ids(beginning)?;
            if beginning.len() == text.len() || ids.len() >= self.certain() {
                return Ok(Some(self.frame.around(ids.get(..self.room).unwrap_or(&ids))));
            }
        }
        Ok(None)
    }

    /// As many tokens of a beginning leave no doubt about those that are read.
    fn certain(&self) -> usize {
        self.room + self.doubtful
    }

    fn limit(&self) -> usize {
        BYTES_FOR_A_TOKEN.iter().max().map_or(0, |bytes| bytes * self.certain())
    }

    /// All tokens of a text, without those around it.
    fn ids(&self, text: &str) -> Result<Vec<u32>, EngineError> {
        let encoding = self.tokenizer.encode_fast(text, false);
        let encoding = encoding.map_err(|error| EngineError::Tokenizer { detail: error.to_string() })?;
        Ok(encoding.get_ids().to_vec())
    }
}

/// At most so many bytes of a text, and no part of a character.
fn beginning(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bert::pipeline::Pooling;
    use serde_json::json;

    const ROOM: usize = 5;

    fn tokens(lower_case: bool) -> TextTokens {
        let words = [
            "[UNK]", "a", "##a", "b", "##b", "A", "ab", "##ab", "，", "你", "好", "!", "é", "##é", "σ", "ς", "##ς",
            "##σ",
        ];
        let vocabulary: serde_json::Map<_, _> =
            words.iter().enumerate().map(|(number, word)| ((*word).to_owned(), json!(number))).collect();
        let added = |content: &str, normalized: bool| {
            json!({ "id": 0, "content": content, "single_word": false, "lstrip": normalized, "rstrip": false,
                    "normalized": normalized, "special": true })
        };
        let file = json!({
            "added_tokens": [added("a b a", false), added("[X]", false), added("B! a", true)],
            "normalizer": { "type": "Sequence", "normalizers": [
                { "type": "NFC" },
                { "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": false,
                  "lowercase": false }
            ] },
            "pre_tokenizer": { "type": "BertPreTokenizer" }, "post_processor": null,
            "model": { "type": "WordPiece", "vocab": vocabulary, "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                       "max_input_chars_per_word": 4 }
        });
        let files = ModelFiles::from_iter([(FILE, file.to_string().into_bytes())]);
        let pipeline = Pipeline { pooling: Pooling::Mean, normalise: true, max_length: ROOM, lower_case };
        TextTokens::read(&files, &pipeline).unwrap()
    }

    /// A text of that many pieces, which differ from seed to seed in how often each comes.
    fn text(seed: u64, pieces: usize) -> String {
        const PIECES: [&str; 16] = [
            "a", "b", "ab", " ", "  ", "a b a", "[X]", "b! a", "，", "你好", "e\u{301}", "\u{338}", "<", "Σ", "'",
            "zzzzzz",
        ];
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let few: Vec<&str> = (0..=random(4) + 1).map(|_| PIECES[random(PIECES.len())]).collect();
        (0..pieces).map(|_| few[random(few.len())]).collect()
    }

    #[test]
    fn the_beginning_of_a_text_tells_its_first_tokens() {
        let mut cut = 0;
        for lower_case in [false, true] {
            let tokens = tokens(lower_case);
            for seed in 0..60 {
                let text = text(seed, 12_000);
                let Some(found) = tokens.encode_one(&text).unwrap() else { continue };
                cut += 1;
                let mut whole = tokens.ids(&if lower_case { text.to_lowercase() } else { text }).unwrap();
                whole.truncate(ROOM);
                assert_eq!(found, whole, "seed {seed}");
            }
        }
        assert!(cut > 60, "{cut} texts were long and clear enough");
    }

    #[test]
    fn what_comes_after_the_certain_tokens_changes_none_that_are_read() {
        let tokens = tokens(false);
        for seed in 0..40 {
            let text = text(seed, 1_500);
            let whole = tokens.ids(&text).unwrap();
            for bytes in (0..text.len()).step_by(97) {
                let ids = tokens.ids(beginning(&text, bytes)).unwrap();
                let certain = ids.len().saturating_sub(tokens.doubtful);
                assert_eq!(ids[..certain], whole[..certain], "seed {seed}, {bytes} bytes");
            }
        }
    }

    #[test]
    fn a_text_that_never_gets_to_its_tokens_is_refused() {
        let tokens = tokens(false);
        let limit = tokens.limit();
        let spaces = |count: usize| [" ".repeat(count), "a".to_owned()].concat();
        assert_eq!(tokens.encode(&[spaces(limit - 1)]).unwrap(), [[1]]);
        let refused = tokens.encode(&["a".to_owned(), spaces(limit)]);
        assert!(matches!(refused, Err(EngineError::TextTooLong { position: 2, .. })), "{refused:?}");
    }
}
