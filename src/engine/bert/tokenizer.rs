//! `tokenizer.json`: an allow-list with limits, like the other settings.
//!
//! The library that runs a tokenizer knows parts that need unlimited memory or time for a short text. So it is given no file: what
//! is known to be harmless is read here, and it builds that. Truncation, padding and decoder are ours or not needed, and ignored.

use serde::Deserialize;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::pre_tokenizers::{bert::BertPreTokenizer, whitespace::WhitespaceSplit};
use tokenizers::{AddedToken, Model, PreTokenizerWrapper, Tokenizer};

use super::few::{Count, Few};
use super::frame::{Frame, FrameFile};
use super::normalizer::NormalizerFile;
use crate::error::LoadError;
use crate::model::ModelFiles;

pub(super) const FILE: &str = "tokenizer.json";

/// The largest published vocabulary of a BERT, of 110 languages, has half a million words and takes 10 MB.
const MAX_FILE_BYTES: usize = 16 << 20;
const MAX_VOCABULARY: usize = 1 << 20;
/// Published encoders have 100. The time for a word grows with the square of its length.
const MAX_WORD_CHARACTERS: usize = 200;
/// Each try of a part of a word writes this prefix anew.
const MAX_PREFIX_BYTES: usize = 16;
const MAX_ADDED_TOKENS: usize = 1024;
const MAX_ADDED_BYTES: usize = 64;
/// Most characters that one byte can become, of all normalizers: NFKD takes the 3 bytes of U+FDFA apart into 18 characters.
const CHARACTERS_OF_A_BYTE: usize = 6;

/// What is looked at first: parts of another kind would not even parse as what is expected.
#[derive(Deserialize)]
struct Announcement {
    model: AnnouncedModel,
}

#[derive(Deserialize)]
struct AnnouncedModel {
    /// Files of older versions of the library leave it out.
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    vocab: Count,
}

#[derive(Deserialize)]
struct TokenizerFile {
    #[serde(default)]
    added_tokens: Few<AddedToken, MAX_ADDED_TOKENS>,
    normalizer: Option<NormalizerFile>,
    pre_tokenizer: Option<PreTokenizerFile>,
    post_processor: Option<FrameFile>,
    model: WordPiece,
}

#[derive(Deserialize)]
struct PreTokenizerFile {
    #[serde(rename = "type")]
    kind: String,
}

/// A tokenizer without special tokens, truncation and padding, and what belongs to it.
pub(super) struct Harmless {
    pub(super) tokenizer: Tokenizer,
    /// The special tokens around each text.
    pub(super) frame: Frame,
    /// Tokens at the end of a text that can become others if the text goes on: a word that was cut and the one it may be joined
    /// with, and what may be the beginning of an added token.
    pub(super) doubtful: usize,
}

impl Harmless {
    /// Reads `tokenizer.json`.
    ///
    /// # Errors
    ///
    /// [`LoadError`] `MissingFile`, `Malformed`, or `UnsupportedValue` naming the member that is not on the list or beyond its limit.
    pub(super) fn read(files: &ModelFiles) -> Result<Self, LoadError> {
        let bytes = files.require(FILE)?.len();
        if bytes > MAX_FILE_BYTES {
            return Err(unsupported("the size", &bytes.to_string(), "at most 16777216 bytes"));
        }
        check_model_kind(&files.json::<Announcement>(FILE)?.model)?;
        let file: TokenizerFile = files.json(FILE)?;
        check_model(&file.model)?;
        check_added_tokens(&file.added_tokens.0)?;
        let frame = file.post_processor.as_ref().map_or_else(|| Ok(Frame::default()), FrameFile::build)?;
        let normalizer = file.normalizer.as_ref().map(NormalizerFile::build).transpose()?;
        let pre_tokenizer = pre_tokenizer(file.pre_tokenizer.as_ref())?;
        let doubtful = 2 * file.model.max_input_chars_per_word + CHARACTERS_OF_A_BYTE * MAX_ADDED_BYTES;
        let malformed = |error: tokenizers::Error| LoadError::Malformed { file: FILE, detail: error.to_string() };
        let mut tokenizer = Tokenizer::new(file.model);
        tokenizer.with_normalizer(normalizer).map_err(malformed)?;
        tokenizer.with_pre_tokenizer(Some(pre_tokenizer));
        tokenizer.add_tokens(file.added_tokens.0).map_err(malformed)?;
        Ok(Self { tokenizer, frame, doubtful })
    }
}

fn check_model_kind(model: &AnnouncedModel) -> Result<(), LoadError> {
    let kind = model.kind.as_deref().unwrap_or("WordPiece");
    if kind != "WordPiece" {
        return Err(unsupported("model", kind, "WordPiece"));
    }
    if model.vocab.0 > MAX_VOCABULARY {
        return Err(unsupported("vocab", &format!("{} words", model.vocab.0), "up to 1048576 words"));
    }
    Ok(())
}

fn check_model(model: &WordPiece) -> Result<(), LoadError> {
    let longest = model.max_input_chars_per_word;
    if !(1..=MAX_WORD_CHARACTERS).contains(&longest) {
        return Err(unsupported("max_input_chars_per_word", &longest.to_string(), "1 to 200"));
    }
    let prefix = &model.continuing_subword_prefix;
    if prefix.len() > MAX_PREFIX_BYTES {
        return Err(unsupported("continuing_subword_prefix", prefix, "up to 16 bytes, as in `##`"));
    }
    let unknown = &model.unk_token;
    if unknown.len() > MAX_ADDED_BYTES || model.token_to_id(unknown).is_none() {
        return Err(unsupported("unk_token", unknown, "a word of the vocabulary of up to 64 bytes"));
    }
    Ok(())
}

fn check_added_tokens(tokens: &[AddedToken]) -> Result<(), LoadError> {
    match tokens.iter().find(|token| token.content.len() > MAX_ADDED_BYTES) {
        Some(token) => Err(unsupported("added_tokens", &token.content, "tokens of up to 64 bytes")),
        None => Ok(()),
    }
}

fn pre_tokenizer(file: Option<&PreTokenizerFile>) -> Result<PreTokenizerWrapper, LoadError> {
    match file.map_or("absent", |file| &file.kind) {
        "BertPreTokenizer" => Ok(BertPreTokenizer.into()),
        "WhitespaceSplit" => Ok(WhitespaceSplit.into()),
        other => Err(unsupported("pre_tokenizer", other, "BertPreTokenizer or WhitespaceSplit")),
    }
}

/// The refusal of a member of `tokenizer.json`; of what was found, the beginning is shown.
pub(super) fn unsupported(field: &'static str, found: &str, supported: &'static str) -> LoadError {
    LoadError::UnsupportedValue { file: FILE, field, found: found.chars().take(40).collect(), supported }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(pointer: &str, part: Value) -> Result<(), LoadError> {
        let mut file = json!({
            "added_tokens": [], "normalizer": null, "pre_tokenizer": { "type": "BertPreTokenizer" }, "post_processor": null,
            "model": { "type": "WordPiece", "vocab": { "[UNK]": 0 }, "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                       "max_input_chars_per_word": 100 }
        });
        *file.pointer_mut(pointer).unwrap() = part;
        Harmless::read(&ModelFiles::from_iter([(FILE, file.to_string().into_bytes())])).map(|_| ())
    }

    fn added(content: &str) -> Value {
        json!({ "id": 1, "content": content, "single_word": false, "lstrip": false, "rstrip": false, "normalized": true,
                "special": true })
    }

    #[test]
    fn what_published_encoders_have_is_taken() {
        let step = |kind: &str| json!({ "type": kind });
        let steps = ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "BertNormalizer"].map(step);
        for (pointer, part) in [
            ("/normalizer", json!({ "type": "Sequence", "normalizers": steps })),
            (
                "/normalizer",
                json!({ "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                                    "strip_accents": null, "lowercase": false }),
            ),
            ("/pre_tokenizer", step("WhitespaceSplit")),
            ("/added_tokens", json!([added("[MASK]"), added("[UNK]")])),
        ] {
            let taken = read(pointer, part);
            assert!(taken.is_ok(), "{pointer}: {taken:?}");
        }
    }

    #[test]
    fn a_model_without_a_kind_is_one_of_older_versions() {
        let model = json!({ "vocab": { "[UNK]": 0 }, "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                            "max_input_chars_per_word": 100 });
        assert!(read("/model", model).is_ok());
    }

    #[test]
    fn what_is_beyond_a_limit_is_refused() {
        let many: serde_json::Map<_, _> = (0..=MAX_VOCABULARY).map(|word| (word.to_string(), json!(word))).collect();
        for (pointer, part, named) in [
            ("/model/vocab", Value::Object(many), "vocab"),
            ("/model/max_input_chars_per_word", json!(201), "max_input_chars_per_word"),
            ("/model/max_input_chars_per_word", json!(0), "max_input_chars_per_word"),
            ("/model/unk_token", json!("x".repeat(MAX_FILE_BYTES)), "the size"),
            ("/added_tokens", json!([added(&"x".repeat(65))]), "added_tokens"),
            ("/normalizer", json!({ "type": "Sequence", "normalizers": [{ "type": "Sequence" }] }), "normalizer"),
        ] {
            let refused = read(pointer, part);
            assert!(
                matches!(refused, Err(LoadError::UnsupportedValue { field, .. }) if field == named),
                "{named}: {refused:?}"
            );
        }
        for (pointer, part) in [
            ("/added_tokens", json!(vec![added("x"); MAX_ADDED_TOKENS + 1])),
            ("/normalizer", json!({ "type": "Sequence", "normalizers": vec![json!({ "type": "NFC" }); 9] })),
        ] {
            assert!(matches!(read(pointer, part), Err(LoadError::Malformed { file: FILE, .. })), "{pointer}");
        }
    }
}
