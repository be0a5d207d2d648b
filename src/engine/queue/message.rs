//! What callers and the inference thread say to each other: plain data without handles, so that a process boundary could lie between.

use serde::{Deserialize, Serialize};

use crate::architecture::Architecture;
use crate::classifier::Prediction;
use crate::error::EngineError;
use crate::model::ModelFiles;

/// A model to load. The files are zeroed when loading has ended, well or not.
#[derive(Debug)]
pub struct LoadModel {
    /// The name under which the model will be asked for.
    pub key: String,
    /// What the caller expects the model to be; see [`Architecture::detect`].
    pub architecture: Architecture,
    /// Decrypted files by their path inside the model.
    pub files: ModelFiles,
}

/// Vectors for texts, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embeddings {
    /// One vector for each text.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens that were read of each text, special tokens included.
    pub token_counts: Vec<u32>,
}

/// Labels for texts, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classifications {
    /// One result for each text.
    pub results: Vec<Classification>,
    /// Tokens that each text is metered as.
    pub token_counts: Vec<u32>,
}

/// The label of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// The most probable label.
    pub label: String,
    /// Its probability.
    pub score: f32,
    /// All labels, most probable first.
    pub scores: Vec<LabelScore>,
}

/// A label with its probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelScore {
    /// The label.
    pub label: String,
    /// Its probability.
    pub score: f32,
}

impl Classification {
    /// Takes over a ranking; a model has at least two labels, so there is always a first.
    pub(super) fn from_prediction(prediction: Prediction) -> Self {
        let scores: Vec<LabelScore> =
            prediction.ranking.into_iter().map(|(label, score)| LabelScore { label, score }).collect();
        let (label, score) = scores.first().map(|best| (best.label.clone(), best.score)).unwrap_or_default();
        Self { label, score, scores }
    }
}

/// What the inference thread is asked to do with a model.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Work {
    Embed { sequences: Vec<Vec<u32>> },
    Classify { texts: Vec<String> },
}

impl Work {
    /// What the work costs against the budget of a batch.
    pub(super) fn cost(&self) -> usize {
        match self {
            Self::Embed { sequences } => sequences.iter().map(Vec::len).sum(),
            Self::Classify { texts } => texts.iter().map(String::len).sum(),
        }
    }

    /// Whether both can run in one batch, given that they are for the same model.
    pub(super) fn joins(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Embed { .. }, Self::Embed { .. }))
    }
}

/// What the inference thread answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    Vectors(Vec<Vec<f32>>),
    Classifications(Vec<Classification>),
}

/// An answer or the reason for none.
pub(super) type Outcome = Result<Answer, EngineError>;
