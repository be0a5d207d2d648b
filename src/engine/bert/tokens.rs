//! Texts to token numbers, with the settings the model's owner meant.
//!
//! A packaged `tokenizer.json` often carries the padding and truncation of some training run; both are reset here.

use tokenizers::{Tokenizer, TruncationParams};

use super::pipeline::Pipeline;
use crate::error::{EngineError, LoadError};
use crate::model::ModelFiles;

const FILE: &str = "tokenizer.json";

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
        Ok(Self { tokenizer, lower_case: pipeline.lower_case })
    }

    /// One sequence of token numbers for each text.
    ///
    /// # Errors
    ///
    /// [`EngineError::Tokenizer`].
    pub(crate) fn encode(&self, texts: &[String]) -> Result<Vec<Vec<u32>>, EngineError> {
        texts.iter().map(|text| self.encode_one(text)).collect()
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
