//! The models that are in memory, by key.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::message::LoadModel;
use crate::architecture::{Architecture, WEIGHTS_FILE};
use crate::bert::SentenceEncoder;
use crate::classifier::TextClassifier;
use crate::error::{EngineError, LoadError, panic_text};
use crate::inspect::safetensors_header;
use crate::model::ModelFiles;

/// A model ready to run.
pub(super) enum Model {
    Encoder(Box<SentenceEncoder>),
    Classifier(TextClassifier),
    /// Stands for a model whose code has a fault.
    #[cfg(test)]
    Panicking,
}

impl Model {
    fn load(request: &LoadModel) -> Result<Self, LoadError> {
        let found = Architecture::detect(&request.files)?;
        if found != request.architecture {
            return Err(LoadError::UnsupportedValue {
                file: "config.json",
                field: "architectures",
                found: found.to_string(),
                supported: "the architecture that was recorded for the model",
            });
        }
        match found {
            Architecture::BertSentenceEncoder => SentenceEncoder::load(&request.files).map(Box::new).map(Self::Encoder),
            Architecture::TextClassifier => TextClassifier::load(&request.files).map(Self::Classifier),
        }
    }

    pub(super) fn architecture(&self) -> Architecture {
        match self {
            Self::Encoder(_) => Architecture::BertSentenceEncoder,
            Self::Classifier(_) => Architecture::TextClassifier,
            #[cfg(test)]
            Self::Panicking => Architecture::TextClassifier,
        }
    }
}

/// All loaded models, up to a number of bytes; the one that was not asked for longest makes room. Loading happens on the caller's
/// thread, one at a time.
pub(super) struct LoadedModels {
    models: RwLock<HashMap<String, Loaded>>,
    limit_bytes: u64,
    /// Counts what was asked for, so that it can be told what was asked for last.
    requests: AtomicU64,
    loading: Mutex<()>,
}

struct Loaded {
    model: Arc<Model>,
    bytes: u64,
    last_request: AtomicU64,
}

impl LoadedModels {
    pub(super) fn new(limit_bytes: u64) -> Self {
        Self { models: RwLock::default(), limit_bytes, requests: AtomicU64::new(0), loading: Mutex::default() }
    }

    pub(super) fn load(&self, request: LoadModel) -> Result<(), LoadError> {
        let turn = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = memory_of(&request.files)?;
        if bytes > self.limit_bytes {
            return Err(LoadError::TooLarge { found: bytes, limit: self.limit_bytes });
        }
        // Before the model is built: both would be in memory at once.
        self.make_room(&request.key, bytes);
        let model = catch_unwind(AssertUnwindSafe(|| Model::load(&request)))
            .unwrap_or_else(|panic| Err(LoadError::Panicked { detail: panic_text(&*panic) }))?;
        self.insert(request.key, model, bytes);
        drop(turn);
        Ok(())
    }

    pub(super) fn insert(&self, key: String, model: Model, bytes: u64) {
        let last_request = AtomicU64::new(self.requests.fetch_add(1, Ordering::Relaxed));
        let loaded = Loaded { model: Arc::new(model), bytes, last_request };
        self.models.write().unwrap_or_else(PoisonError::into_inner).insert(key, loaded);
    }

    /// Forgets the model that `key` replaces and as many others as need to go for `bytes` more. What runs now is finished first.
    fn make_room(&self, key: &str, bytes: u64) {
        let mut models = self.models.write().unwrap_or_else(PoisonError::into_inner);
        models.remove(key);
        while models.values().map(|loaded| loaded.bytes).sum::<u64>().saturating_add(bytes) > self.limit_bytes {
            let oldest = models.iter().min_by_key(|(_, loaded)| loaded.last_request.load(Ordering::Relaxed));
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { return };
            models.remove(&oldest);
            tracing::info!(model.key = oldest, "a model was dropped from memory to make room");
        }
    }

    pub(super) fn unload(&self, key: &str) -> bool {
        self.models.write().unwrap_or_else(PoisonError::into_inner).remove(key).is_some()
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.models.read().unwrap_or_else(PoisonError::into_inner).contains_key(key)
    }

    pub(super) fn find(&self, key: &str) -> Result<Arc<Model>, EngineError> {
        let models = self.models.read().unwrap_or_else(PoisonError::into_inner);
        let loaded = models.get(key).ok_or_else(|| EngineError::NotLoaded { key: key.to_owned() })?;
        loaded.last_request.store(self.requests.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Ok(Arc::clone(&loaded.model))
    }
}

/// Bytes in memory for each byte of the files beside the weights: a vocabulary becomes two tables, from words and to words, which
/// for all-MiniLM-L6-v2 are 12 times as large as its file, and more for shorter words.
const BYTES_OF_A_FILE_BYTE: u64 = 16;

/// About what a model takes once loaded: its parameters as 32-bit floats, and its other files as tables.
fn memory_of(files: &ModelFiles) -> Result<u64, LoadError> {
    let weights = files.require(WEIGHTS_FILE)?;
    let summary = safetensors_header(weights, weights.len() as u64)
        .map_err(|source| LoadError::Inspect { file: WEIGHTS_FILE, source })?;
    let others = files.total_bytes().saturating_sub(weights.len() as u64);
    Ok(summary
        .parameter_count
        .saturating_mul(size_of::<f32>() as u64)
        .saturating_add(others.saturating_mul(BYTES_OF_A_FILE_BYTE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_not_asked_for_longest_makes_room() {
        let models = LoadedModels::new(10);
        for key in ["a", "b"] {
            models.make_room(key, 4);
            models.insert(key.to_owned(), Model::Panicking, 4);
        }
        models.find("a").unwrap();
        models.make_room("c", 4);
        models.insert("c".to_owned(), Model::Panicking, 4);
        assert_eq!(["a", "b", "c"].map(|key| models.contains(key)), [true, false, true]);
        // One that is replaced makes room itself.
        models.make_room("a", 6);
        assert_eq!(["a", "b", "c"].map(|key| models.contains(key)), [false, false, true]);
        models.make_room("d", 10);
        assert!(!models.contains("c"));
    }

    #[test]
    fn a_model_larger_than_the_room_for_all_is_refused() {
        let header = br#"{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#;
        let weights = [&(header.len() as u64).to_le_bytes()[..], header, &[0; 4]].concat();
        let request = |limit_bytes: u64| {
            let files = ModelFiles::from_iter([(WEIGHTS_FILE, weights.clone())]);
            let model = LoadModel { key: "a".to_owned(), architecture: Architecture::TextClassifier, files };
            LoadedModels::new(limit_bytes).load(model)
        };
        assert!(matches!(request(7), Err(LoadError::TooLarge { found: 8, limit: 7 })));
        assert!(matches!(request(8), Err(LoadError::MissingFile { .. })));
    }
}
