//! The models that are in memory, by key.

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::message::LoadModel;
use crate::architecture::Architecture;
use crate::bert::SentenceEncoder;
use crate::classifier::TextClassifier;
use crate::error::{EngineError, LoadError};

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

/// All loaded models. Loading happens on the caller's thread, one at a time, so that plaintext of one model only is in memory.
#[derive(Default)]
pub(super) struct LoadedModels {
    models: RwLock<HashMap<String, Arc<Model>>>,
    loading: Mutex<()>,
}

impl LoadedModels {
    pub(super) fn load(&self, request: LoadModel) -> Result<(), LoadError> {
        let turn = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let model = catch_unwind(AssertUnwindSafe(|| Model::load(&request)))
            .unwrap_or_else(|panic| Err(LoadError::Panicked { detail: panic_text(&*panic) }))?;
        self.insert(request.key, model);
        drop(turn);
        Ok(())
    }

    pub(super) fn insert(&self, key: String, model: Model) {
        self.models.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::new(model));
    }

    pub(super) fn unload(&self, key: &str) -> bool {
        self.models.write().unwrap_or_else(PoisonError::into_inner).remove(key).is_some()
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.models.read().unwrap_or_else(PoisonError::into_inner).contains_key(key)
    }

    pub(super) fn find(&self, key: &str) -> Result<Arc<Model>, EngineError> {
        let models = self.models.read().unwrap_or_else(PoisonError::into_inner);
        models.get(key).cloned().ok_or_else(|| EngineError::NotLoaded { key: key.to_owned() })
    }
}

/// What a panic said, if it said it in words.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}
