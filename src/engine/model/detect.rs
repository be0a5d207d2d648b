//! Which implementation loads a model, told from its `config.json`.
//!
//! Only names on this list are recognised, and nothing in a configuration is ever executed.

use serde::Deserialize;

use super::ModelFiles;
use crate::architecture::{Architecture, SUPPORTED_ARCHITECTURES};
use crate::error::LoadError;

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
}

fn unsupported(found: &str) -> LoadError {
    LoadError::UnsupportedArchitecture { found: found.to_owned(), supported: SUPPORTED_ARCHITECTURES }
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
