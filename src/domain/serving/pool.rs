//! Models in memory: opened from their sealed files when first used, dropped when their version changes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{TokenCount, VersionId},
};
use chancery_engine::{
    Architecture, Classifications, Embeddings, EngineError, EngineHandle, LoadModel, ModelFiles, Prepared, Task,
};

use super::walk::{Inputs, Output};
use crate::artifacts::Version;

/// Which epoch of each version is loaded. One lock per version, so that a model is opened once however many ask for it.
pub(super) struct Pool {
    engine: EngineHandle,
    loaded: Mutex<HashMap<VersionId, Arc<Mutex<Option<u64>>>>>,
    /// Held while a model is opened, so that the plaintext of one only is in memory beside the loaded ones.
    opening: Mutex<()>,
}

impl Pool {
    pub(super) fn new(engine: EngineHandle) -> Self {
        Self { engine, loaded: Mutex::default(), opening: Mutex::default() }
    }

    /// The key under which the engine knows a version.
    fn key(version: &Version) -> String {
        version.id.to_string()
    }

    /// Makes inputs ready for a version that is loaded.
    ///
    /// Errors: inputs that the version cannot take; it was dropped meanwhile.
    pub(super) fn prepare(&self, version: &Version, inputs: &Inputs) -> Result<Ready, Problem> {
        let (key, texts) = (Self::key(version), &inputs.texts);
        match inputs.task {
            Task::Embed => self.engine.prepare_embed(&key, texts).map(Ready::Embed),
            Task::Classify => self.engine.prepare_classify(&key, texts).map(Ready::Classify),
        }
        .map_err(|error| unusable(&error))
    }

    /// Runs what is ready and waits for it; the numbers are tokens of each text.
    ///
    /// Errors: the queue is full; the engine failed.
    pub(super) fn run(&self, ready: Ready) -> Result<(Output, Vec<u32>), Problem> {
        match ready {
            Ready::Embed(texts) => self
                .engine
                .submit(texts)
                .and_then(|pending| pending.wait())
                .map(|Embeddings { vectors, token_counts }| (Output::Vectors(vectors), token_counts)),
            Ready::Classify(texts) => self
                .engine
                .submit(texts)
                .and_then(|pending| pending.wait())
                .map(|Classifications { results, token_counts }| (Output::Labels(results), token_counts)),
        }
        .map_err(|error| unusable(&error))
    }

    /// Whether this epoch of the version is in memory.
    pub(super) fn holds(&self, version: &Version) -> bool {
        let slot = self.slot(version.id);
        let held = slot.lock().unwrap_or_else(PoisonError::into_inner);
        *held == Some(version.epoch) && self.engine.loaded(&Self::key(version))
    }

    /// Loads the version with what `open` decrypts into memory, unless this epoch of it is there.
    ///
    /// Errors: `open`'s; files that the engine refuses.
    pub(super) fn load(
        &self,
        version: &Version,
        open: impl FnOnce() -> Result<ModelFiles, Problem>,
    ) -> Result<(), Problem> {
        let slot = self.slot(version.id);
        let mut held = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let key = Self::key(version);
        if *held == Some(version.epoch) && self.engine.loaded(&key) {
            return Ok(());
        }
        self.engine.unload(&key);
        *held = None;
        let _turn = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let files = open()?;
        let architecture = Architecture::detect(&files).map_err(|error| unusable(&error.into()))?;
        self.engine.load(LoadModel { key, architecture, files }).map_err(|error| unusable(&error))?;
        *held = Some(version.epoch);
        Ok(())
    }

    /// Drops a version from memory; what runs now is finished.
    pub(super) fn forget(&self, version: VersionId) {
        let slot = self.slot(version);
        let mut held = slot.lock().unwrap_or_else(PoisonError::into_inner);
        self.engine.unload(&version.to_string());
        *held = None;
    }

    fn slot(&self, version: VersionId) -> Arc<Mutex<Option<u64>>> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(loaded.entry(version).or_default())
    }
}

/// Inputs that a model can take as they are, and what they cost.
pub(super) enum Ready {
    Embed(Prepared<Embeddings>),
    Classify(Prepared<Classifications>),
}

impl Ready {
    /// Tokens of all texts.
    pub(super) fn tokens(&self) -> TokenCount {
        let counts = match self {
            Self::Embed(texts) => texts.token_counts(),
            Self::Classify(texts) => texts.token_counts(),
        };
        counts.iter().map(|count| TokenCount(u64::from(*count))).sum()
    }
}

/// What the caller is told when the engine does not answer.
fn unusable(error: &EngineError) -> Problem {
    let kind = match error {
        EngineError::Busy { .. } => ProblemKind::Overloaded,
        EngineError::WrongTask { .. } | EngineError::Tokenizer { .. } => ProblemKind::Unprocessable,
        EngineError::TextTooLong { .. } => return Problem::new(ProblemKind::TooLarge, error.to_string()).at("input"),
        EngineError::Load(_) | EngineError::NotFinite => ProblemKind::RefusedFormat,
        EngineError::TimedOut { .. } | EngineError::NotLoaded { .. } => ProblemKind::Overloaded,
        EngineError::Failed { .. } | EngineError::Stopped => return Problem::internal(error),
    };
    Problem::new(kind, error.to_string())
}
