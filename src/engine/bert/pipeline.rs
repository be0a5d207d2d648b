//! What sentence-transformers files say about the steps around the encoder: length, pooling, normalising.
//!
//! `modules.json` lists the steps, `1_Pooling/config.json` how token vectors become one, `sentence_bert_config.json` where texts are
//! cut. Without `modules.json` the usual steps are taken: mean of the tokens, scaled to length one. A step that is not implemented
//! is refused, because leaving it out would answer with other vectors than the model's owner published.

use serde::Deserialize;

use crate::error::LoadError;
use crate::model::ModelFiles;

const MODULES_FILE: &str = "modules.json";
const POOLING_FILE: &str = "1_Pooling/config.json";
const TRANSFORMER_FILE: &str = "sentence_bert_config.json";

/// The shortest useful cut: a start token, one token of text, an end token.
const MIN_LENGTH: usize = 3;

/// How one vector is made from those of the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pooling {
    Mean,
    FirstToken,
}

/// The steps around the encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pipeline {
    pub(super) pooling: Pooling,
    /// Whether vectors are scaled to Euclidean length one.
    pub(super) normalise: bool,
    /// Tokens after which a text is cut, special tokens included.
    pub(super) max_length: usize,
    pub(super) lower_case: bool,
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct PoolingConfig {
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
    #[serde(default)]
    pooling_mode_max_tokens: bool,
    #[serde(default)]
    pooling_mode_mean_sqrt_len_tokens: bool,
    #[serde(default)]
    pooling_mode_weightedmean_tokens: bool,
    #[serde(default)]
    pooling_mode_lasttoken: bool,
}

#[derive(Deserialize)]
struct TransformerConfig {
    #[serde(default)]
    max_seq_length: Option<usize>,
    #[serde(default)]
    do_lower_case: bool,
}

impl Pipeline {
    /// Reads the steps; `max_positions` is the longest sequence the encoder has positions for.
    pub(super) fn read(files: &ModelFiles, max_positions: usize) -> Result<Self, LoadError> {
        let transformer: Option<TransformerConfig> = files.optional_json(TRANSFORMER_FILE)?;
        let wanted = transformer.as_ref().and_then(|config| config.max_seq_length).unwrap_or(max_positions);
        let max_length = wanted.min(max_positions);
        if max_length < MIN_LENGTH {
            return Err(LoadError::UnsupportedValue {
                file: TRANSFORMER_FILE,
                field: "max_seq_length",
                found: max_length.to_string(),
                supported: "at least 3",
            });
        }
        Ok(Self {
            pooling: pooling(files)?,
            normalise: normalises(files)?,
            max_length,
            lower_case: transformer.is_some_and(|config| config.do_lower_case),
        })
    }
}

fn normalises(files: &ModelFiles) -> Result<bool, LoadError> {
    let Some(modules) = files.optional_json::<Vec<Module>>(MODULES_FILE)? else {
        return Ok(true);
    };
    let names: Vec<&str> = modules.iter().map(|module| module.kind.rsplit('.').next().unwrap_or_default()).collect();
    match names.as_slice() {
        ["Transformer", "Pooling"] => Ok(false),
        ["Transformer", "Pooling", "Normalize"] => Ok(true),
        _ => Err(LoadError::UnsupportedValue {
            file: MODULES_FILE,
            field: "type",
            found: names.join(", "),
            supported: "Transformer, Pooling and optionally Normalize",
        }),
    }
}

fn pooling(files: &ModelFiles) -> Result<Pooling, LoadError> {
    let Some(config) = files.optional_json::<PoolingConfig>(POOLING_FILE)? else {
        return Ok(Pooling::Mean);
    };
    let other = config.pooling_mode_max_tokens
        || config.pooling_mode_mean_sqrt_len_tokens
        || config.pooling_mode_weightedmean_tokens
        || config.pooling_mode_lasttoken;
    match (config.pooling_mode_mean_tokens, config.pooling_mode_cls_token, other) {
        (true, false, false) => Ok(Pooling::Mean),
        (false, true, false) => Ok(Pooling::FirstToken),
        _ => Err(LoadError::UnsupportedValue {
            file: POOLING_FILE,
            field: "pooling_mode",
            found: "another mode or several".to_owned(),
            supported: "exactly one of `pooling_mode_mean_tokens` and `pooling_mode_cls_token`",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Pipeline, LoadError> {
        let files = files.iter().map(|(path, text)| (path.to_string(), text.as_bytes().to_vec())).collect();
        Pipeline::read(&files, 512)
    }

    #[test]
    fn absent_files_mean_the_usual_steps() {
        let usual = Pipeline { pooling: Pooling::Mean, normalise: true, max_length: 512, lower_case: false };
        assert_eq!(read(&[]).unwrap(), usual);
    }

    #[test]
    fn present_files_decide() {
        let pipeline = read(&[
            (TRANSFORMER_FILE, r#"{"max_seq_length":256,"do_lower_case":true}"#),
            (POOLING_FILE, r#"{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}"#),
            (
                MODULES_FILE,
                r#"[{"type":"sentence_transformers.models.Transformer"},{"type":"sentence_transformers.models.Pooling"}]"#,
            ),
        ]);
        let expected = Pipeline { pooling: Pooling::FirstToken, normalise: false, max_length: 256, lower_case: true };
        assert_eq!(pipeline.unwrap(), expected);
        assert_eq!(read(&[(TRANSFORMER_FILE, r#"{"max_seq_length":9000}"#)]).unwrap().max_length, 512);
    }

    #[test]
    fn steps_without_an_implementation_are_refused() {
        for (path, text) in [
            (MODULES_FILE, r#"[{"type":"a.Transformer"},{"type":"a.Pooling"},{"type":"a.Dense"}]"#),
            (POOLING_FILE, r#"{"pooling_mode_max_tokens":true}"#),
            (POOLING_FILE, r#"{"pooling_mode_mean_tokens":true,"pooling_mode_cls_token":true}"#),
            (TRANSFORMER_FILE, r#"{"max_seq_length":2}"#),
        ] {
            assert!(matches!(read(&[(path, text)]), Err(LoadError::UnsupportedValue { .. })), "{text}");
        }
    }
}
