//! The settings of a BERT encoder that the forward pass reads: an allow-list with limits.

use serde::Deserialize;

use crate::error::LoadError;
use crate::model::ModelFiles;

const FILE: &str = "config.json";

/// Sizes above these do not occur in published BERT encoders and would only exhaust memory.
const MAX_SIDE: usize = 16_384;
const MAX_LAYERS: usize = 128;
const MAX_VOCABULARY: usize = 1 << 21;

/// Sizes of a BERT encoder. Other fields of `config.json` are ignored.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct BertConfig {
    pub(super) vocab_size: usize,
    pub(super) hidden_size: usize,
    pub(super) num_hidden_layers: usize,
    pub(super) num_attention_heads: usize,
    pub(super) intermediate_size: usize,
    pub(super) max_position_embeddings: usize,
    pub(super) type_vocab_size: usize,
    pub(super) layer_norm_eps: f32,
    #[serde(default = "gelu")]
    hidden_act: String,
    #[serde(default = "absolute")]
    position_embedding_type: String,
    #[serde(default)]
    is_decoder: bool,
}

fn gelu() -> String {
    "gelu".to_owned()
}

fn absolute() -> String {
    "absolute".to_owned()
}

impl BertConfig {
    /// Reads and checks `config.json`.
    pub(super) fn read(files: &ModelFiles) -> Result<Self, LoadError> {
        let config: Self = files.json(FILE)?;
        config.check()?;
        Ok(config)
    }

    /// Width of one attention head.
    pub(super) fn head_width(&self) -> usize {
        self.hidden_size / self.num_attention_heads.max(1)
    }

    fn check(&self) -> Result<(), LoadError> {
        within("vocab_size", self.vocab_size, MAX_VOCABULARY, "1 to 2097152")?;
        within("hidden_size", self.hidden_size, MAX_SIDE, "1 to 16384")?;
        within("intermediate_size", self.intermediate_size, MAX_SIDE * 4, "1 to 65536")?;
        within("num_hidden_layers", self.num_hidden_layers, MAX_LAYERS, "1 to 128")?;
        within("max_position_embeddings", self.max_position_embeddings, MAX_SIDE, "1 to 16384")?;
        within("type_vocab_size", self.type_vocab_size, 16, "1 to 16")?;
        within("num_attention_heads", self.num_attention_heads, self.hidden_size, "1 to `hidden_size`")?;
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            let found = self.num_attention_heads.to_string();
            return Err(unsupported("num_attention_heads", found, "a divisor of `hidden_size`"));
        }
        if self.hidden_act != "gelu" {
            return Err(unsupported("hidden_act", self.hidden_act.clone(), "`gelu`"));
        }
        if self.position_embedding_type != "absolute" {
            return Err(unsupported("position_embedding_type", self.position_embedding_type.clone(), "`absolute`"));
        }
        if self.is_decoder {
            return Err(unsupported("is_decoder", "true".to_owned(), "`false`"));
        }
        if !(self.layer_norm_eps.is_finite() && self.layer_norm_eps > 0.0) {
            return Err(unsupported("layer_norm_eps", self.layer_norm_eps.to_string(), "a small positive number"));
        }
        Ok(())
    }
}

fn within(field: &'static str, value: usize, limit: usize, supported: &'static str) -> Result<(), LoadError> {
    if (1..=limit).contains(&value) { Ok(()) } else { Err(unsupported(field, value.to_string(), supported)) }
}

fn unsupported(field: &'static str, found: String, supported: &'static str) -> LoadError {
    LoadError::UnsupportedValue { file: FILE, field, found, supported }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(field: &str, value: serde_json::Value) -> Result<BertConfig, LoadError> {
        let mut config = json!({
            "vocab_size": 10, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16,
            "max_position_embeddings": 12, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "use_cache": true
        });
        config[field] = value;
        BertConfig::read(&ModelFiles::from_iter([(FILE, config.to_string().into_bytes())]))
    }

    #[test]
    fn unknown_fields_are_ignored() {
        assert_eq!(read("gradient_checkpointing", json!(false)).unwrap().head_width(), 4);
    }

    #[test]
    fn values_that_would_change_the_result_are_refused() {
        for (field, value) in [
            ("hidden_act", json!("relu")),
            ("position_embedding_type", json!("relative_key")),
            ("is_decoder", json!(true)),
            ("num_attention_heads", json!(3)),
            ("num_attention_heads", json!(0)),
            ("hidden_size", json!(0)),
            ("vocab_size", json!(1_u64 << 40)),
            ("layer_norm_eps", json!(0.0)),
        ] {
            let refused = read(field, value);
            assert!(matches!(refused, Err(LoadError::UnsupportedValue { .. })), "{field}: {refused:?}");
        }
        assert!(matches!(read("hidden_size", json!("8")), Err(LoadError::Malformed { .. })));
    }
}
