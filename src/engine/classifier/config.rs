//! The `config.json` of a trained classifier.

use serde::{Deserialize, Serialize};

use crate::error::LoadError;
use crate::model::ModelFiles;

const FILE: &str = "config.json";

/// The only version of features and weights so far.
pub(super) const FORMAT_VERSION: u32 = 1;

/// More buckets than this never paid off and would only cost memory.
const MAX_BUCKETS: usize = 1 << 22;
const MAX_LABELS: usize = 4096;

/// Name of the weight matrix, one row for each bucket.
pub(super) const WEIGHT: &str = "classifier.weight";
/// Name of the bias.
pub(super) const BIAS: &str = "classifier.bias";

/// What a classifier needs to know beside its weights.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ClassifierConfig {
    pub(super) architectures: Vec<String>,
    pub(super) model_type: String,
    pub(super) format_version: u32,
    pub(super) buckets: usize,
    /// Labels in the order of the columns of the weights.
    pub(super) labels: Vec<String>,
}

impl ClassifierConfig {
    /// The configuration of a new classifier.
    pub(super) fn new(buckets: usize, labels: Vec<String>) -> Self {
        Self {
            architectures: vec!["ChanceryTextClassifier".to_owned()],
            model_type: "chancery-text-classifier".to_owned(),
            format_version: FORMAT_VERSION,
            buckets,
            labels,
        }
    }

    /// Reads and checks `config.json`.
    pub(super) fn read(files: &ModelFiles) -> Result<Self, LoadError> {
        let config: Self = files.json(FILE)?;
        if config.format_version != FORMAT_VERSION {
            return Err(unsupported("format_version", config.format_version.to_string(), "1"));
        }
        if !(1..=MAX_BUCKETS).contains(&config.buckets) {
            return Err(unsupported("buckets", config.buckets.to_string(), "1 to 4194304"));
        }
        if !(2..=MAX_LABELS).contains(&config.labels.len()) {
            return Err(unsupported("labels", format!("{} entries", config.labels.len()), "2 to 4096 entries"));
        }
        Ok(config)
    }
}

fn unsupported(field: &'static str, found: String, supported: &'static str) -> LoadError {
    LoadError::UnsupportedValue { file: FILE, field, found, supported }
}
