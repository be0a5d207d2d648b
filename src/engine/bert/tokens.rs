//! Texts to token numbers, with the settings the model's owner meant.
//!
//! A packaged `tokenizer.json` often carries the padding and truncation of some training run; both are reset here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokenizers::{Tokenizer, TruncationParams};

use super::pipeline::Pipeline;
use crate::error::{EngineError, LoadError, panic_text};
use crate::model::ModelFiles;

const FILE: &str = "tokenizer.json";

/// Encoded once when a tokenizer is read: what cannot encode this is refused before it is asked for anything.
const PROBE: &str = "A probe: two words, 一句话 and 123.";

/// A tokenizer that cuts at the model's length and never pads.
pub(crate) struct TextTokens {
    tokenizer: Tokenizer,
    lower_case: bool,
}

impl TextTokens {
    /// Reads `tokenizer.json`.
    pub(super) fn read(files: &ModelFiles, pipeline: &Pipeline) -> Result<Self, LoadError> {
        let malformed = |detail: String| LoadError::Malformed { file: FILE, detail };
        let mut tokenizer =
            Tokenizer::from_bytes(files.require(FILE)?).map_err(|error| malformed(error.to_string()))?;
        tokenizer.with_padding(None);
        let truncation = TruncationParams { max_length: pipeline.max_length, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(|error| malformed(error.to_string()))?;
        let tokens = Self { tokenizer, lower_case: pipeline.lower_case };
        tokens.encode(&[PROBE.to_owned()]).map_err(|error| malformed(error.to_string()))?;
        Ok(tokens)
    }

    /// One sequence of token numbers for each text.
    ///
    /// # Errors
    ///
    /// [`EngineError::Tokenizer`], also when the tokenizer panicked: this runs on the thread of whoever asks, and some settings
    /// that the file may hold make the library panic.
    pub(crate) fn encode(&self, texts: &[String]) -> Result<Vec<Vec<u32>>, EngineError> {
        let run = AssertUnwindSafe(|| texts.iter().map(|text| self.encode_one(text)).collect());
        catch_unwind(run).unwrap_or_else(|panic| Err(EngineError::Tokenizer { detail: panic_text(&*panic) }))
    }

    fn encode_one(&self, text: &str) -> Result<Vec<u32>, EngineError> {
        let encoding = if self.lower_case {
            self.tokenizer.encode_fast(text.to_lowercase(), true)
        } else {
            self.tokenizer.encode_fast(text, true)
        };
        let encoding = encoding.map_err(|error| EngineError::Tokenizer { detail: error.to_string() })?;
        Ok(encoding.get_ids().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bert::pipeline::Pooling;

    #[test]
    fn a_tokenizer_that_panics_is_refused() {
        let tokenizer = r#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
            "pre_tokenizer":{"type":"FixedLength","length":0},"post_processor":null,"decoder":null,
            "model":{"type":"WordLevel","vocab":{"a":0,"[UNK]":1},"unk_token":"[UNK]"}}"#;
        let read = |text: &str| {
            let files = ModelFiles::from_iter([(FILE, text.as_bytes().to_vec())]);
            let pipeline = Pipeline { pooling: Pooling::Mean, normalise: true, max_length: 16, lower_case: false };
            TextTokens::read(&files, &pipeline)
        };
        assert!(matches!(read(tokenizer), Err(LoadError::Malformed { file: FILE, .. })));
        assert!(read(&tokenizer.replace("\"length\":0", "\"length\":1")).is_ok());
    }
}
