//! Which implementation loads a model, told from its `config.json`.
//!
//! Only names on this list are recognised, and nothing in a configuration is ever executed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ModelFiles;
use crate::error::LoadError;

/// The names accepted in `config.json`, for messages.
pub const SUPPORTED_ARCHITECTURES: &str =
    "`BertModel` (sentence embeddings) and `ChanceryTextClassifier` (text labels)";

/// An implementation that the engine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// A BERT encoder with pooling: texts to vectors.
    BertSentenceEncoder,
    /// The hashed n-gram classifier that this package trains: texts to labels.
    TextClassifier,
}

/// What a caller can ask of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Turn texts into vectors.
    Embed,
    /// Choose a label for each text.
    Classify,
}

/// The only fields of `config.json` that decide the architecture.
#[derive(Deserialize)]
struct Announcement {
    #[serde(default)]
    architectures: Vec<String>,
    #[serde(default)]
    model_type: Option<String>,
    #[serde(default)]
    auto_map: Option<serde::de::IgnoredAny>,
}

impl Architecture {
    /// Tells the architecture from `config.json`.
    ///
    /// # Errors
    ///
    /// [`LoadError::MissingFile`], [`LoadError::Malformed`], [`LoadError::UnsupportedValue`] if the file asks for code of the
    /// repository, [`LoadError::UnsupportedArchitecture`] for any name not in [`SUPPORTED_ARCHITECTURES`].
    pub fn detect(files: &ModelFiles) -> Result<Self, LoadError> {
        let announcement: Announcement = files.json("config.json")?;
        if announcement.auto_map.is_some() {
            return Err(LoadError::UnsupportedValue {
                file: "config.json",
                field: "auto_map",
                found: "present".to_owned(),
                supported: "leaving it out, because code of a repository is never run",
            });
        }
        match (announcement.architectures.as_slice(), announcement.model_type.as_deref()) {
            ([name], _) if name == "ChanceryTextClassifier" => Ok(Self::TextClassifier),
            ([name], None | Some("bert")) if name == "BertModel" => Ok(Self::BertSentenceEncoder),
            ([], Some("bert")) => Ok(Self::BertSentenceEncoder),
            ([], model_type) => Err(unsupported(model_type.unwrap_or("unnamed"))),
            (names, _) => Err(unsupported(&names.join(", "))),
        }
    }

    /// What models of this architecture do.
    #[must_use]
    pub const fn task(self) -> Task {
        match self {
            Self::BertSentenceEncoder => Task::Embed,
            Self::TextClassifier => Task::Classify,
        }
    }
}

fn unsupported(found: &str) -> LoadError {
    LoadError::UnsupportedArchitecture { found: found.to_owned(), supported: SUPPORTED_ARCHITECTURES }
}

impl fmt::Display for Architecture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::BertSentenceEncoder => "sentence embedding",
            Self::TextClassifier => "text classification",
        })
    }
}

impl fmt::Display for Task {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Embed => "embeddings",
            Self::Classify => "classification",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(config: &str) -> Result<Architecture, LoadError> {
        Architecture::detect(&ModelFiles::from_iter([("config.json", config.as_bytes().to_vec())]))
    }

    #[test]
    fn known_names_are_recognised() {
        let bert = r#"{"architectures":["BertModel"],"model_type":"bert","use_cache":true}"#;
        assert_eq!(detect(bert).unwrap(), Architecture::BertSentenceEncoder);
        assert_eq!(detect(r#"{"model_type":"bert"}"#).unwrap(), Architecture::BertSentenceEncoder);
        let ours = r#"{"architectures":["ChanceryTextClassifier"]}"#;
        assert_eq!(detect(ours).unwrap(), Architecture::TextClassifier);
    }

    #[test]
    fn unknown_names_are_refused_with_the_list() {
        for config in [
            r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama"}"#,
            r#"{"architectures":["BertForSequenceClassification"],"model_type":"bert"}"#,
            r#"{"architectures":["BertModel"],"model_type":"roberta"}"#,
            "{}",
        ] {
            let error = detect(config).unwrap_err();
            assert!(matches!(error, LoadError::UnsupportedArchitecture { .. }), "{config}: {error}");
            assert!(error.to_string().contains("ChanceryTextClassifier"));
        }
    }

    #[test]
    fn broken_or_code_carrying_configurations_are_refused() {
        assert!(matches!(detect("{"), Err(LoadError::Malformed { .. })));
        let remote = r#"{"model_type":"bert","auto_map":{"AutoModel":"x.Y"}}"#;
        assert!(matches!(detect(remote), Err(LoadError::UnsupportedValue { field: "auto_map", .. })));
        assert!(matches!(Architecture::detect(&ModelFiles::default()), Err(LoadError::MissingFile { .. })));
    }
}
