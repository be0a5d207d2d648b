//! What `tokenizer.json` does to characters before words are told apart: steps that leave a text about as long as it was, in one
//! pass each. Those that replace, by text or by pattern, can make a text a million times longer or read it for hours.

use serde::Deserialize;
use tokenizers::NormalizerWrapper;
use tokenizers::normalizers::{BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Sequence, StripAccents};

use super::few::Few;
use super::tokenizer::unsupported;
use crate::error::LoadError;

/// Published encoders have up to three steps.
const MAX_STEPS: usize = 8;

/// The member `normalizer`; the fields are those of all its kinds.
#[derive(Deserialize)]
pub(super) struct NormalizerFile {
    #[serde(rename = "type")]
    kind: String,
    clean_text: Option<bool>,
    handle_chinese_chars: Option<bool>,
    strip_accents: Option<bool>,
    lowercase: Option<bool>,
    #[serde(default)]
    normalizers: Few<NormalizerFile, MAX_STEPS>,
}

impl NormalizerFile {
    /// The step, or the steps one after the other.
    ///
    /// # Errors
    ///
    /// [`LoadError::UnsupportedValue`] for a kind that is not listed, and for steps within steps.
    pub(super) fn build(&self) -> Result<NormalizerWrapper, LoadError> {
        if self.kind != "Sequence" {
            return self.step();
        }
        let steps = self.normalizers.0.iter().map(Self::step).collect::<Result<_, _>>()?;
        Ok(Sequence::new(steps).into())
    }

    fn step(&self) -> Result<NormalizerWrapper, LoadError> {
        Ok(match self.kind.as_str() {
            "BertNormalizer" => self.of_bert().into(),
            "Lowercase" => Lowercase.into(),
            "StripAccents" => StripAccents.into(),
            "NFC" => NFC.into(),
            "NFD" => NFD.into(),
            "NFKC" => NFKC.into(),
            "NFKD" => NFKD.into(),
            other => {
                let supported = "BertNormalizer, Lowercase, StripAccents, NFC, NFD, NFKC, NFKD or a Sequence of them";
                return Err(unsupported("normalizer", other, supported));
            }
        })
    }

    fn of_bert(&self) -> BertNormalizer {
        BertNormalizer::new(
            self.clean_text.unwrap_or(true),
            self.handle_chinese_chars.unwrap_or(true),
            self.strip_accents,
            self.lowercase.unwrap_or(true),
        )
    }
}
