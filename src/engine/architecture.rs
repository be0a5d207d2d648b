//! The words for what the engine can load and do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The names accepted in `config.json`, for messages.
pub const SUPPORTED_ARCHITECTURES: &str =
    "`BertModel` (sentence embeddings) and `ChanceryTextClassifier` (text labels)";

/// The file that tells the architecture.
pub(crate) const CONFIGURATION_FILE: &str = "config.json";
/// The file of weights, in every architecture.
pub const WEIGHTS_FILE: &str = "model.safetensors";

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

impl Architecture {
    /// What models of this architecture do.
    #[must_use]
    pub const fn task(self) -> Task {
        match self {
            Self::BertSentenceEncoder => Task::Embed,
            Self::TextClassifier => Task::Classify,
        }
    }

    /// The files that the implementation reads, where they are there; it has no use for others.
    #[must_use]
    pub const fn files(self) -> &'static [&'static str] {
        match self {
            Self::BertSentenceEncoder => &[
                CONFIGURATION_FILE,
                "modules.json",
                "1_Pooling/config.json",
                "sentence_bert_config.json",
                "tokenizer.json",
                WEIGHTS_FILE,
            ],
            Self::TextClassifier => &[CONFIGURATION_FILE, WEIGHTS_FILE],
        }
    }
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
