//! Starting the engine, and the handle through which everybody else uses it.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use super::jobs::{Job, JobQueue};
use super::loaded::{LoadedModels, Model};
use super::message::{Answer, Classifications, Embeddings, LoadModel, Outcome, Work};
use super::worker::{Worker, wrong_task};
use crate::architecture::Task;
use crate::classifier::TextClassifier;
use crate::error::EngineError;

/// Settings of the engine.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Requests that may wait; more are refused as busy.
    pub queue_depth: usize,
    /// Threads that share one batch; zero means one for each processor.
    pub threads: usize,
    /// Tokens up to which waiting requests for the same model run together.
    pub batch_tokens: usize,
    /// How long a caller waits for an answer.
    pub answer_within: Duration,
    /// Bytes that loaded models may take together, by estimate; the one not asked for longest makes room for another.
    pub model_bytes: u64,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            queue_depth: 256,
            threads: 0,
            batch_tokens: 4096,
            answer_within: Duration::from_secs(120),
            model_bytes: 4 << 30,
        }
    }
}

/// Starts engines; see [`Engine::start`].
pub struct Engine;

impl Engine {
    /// Starts the inference thread, which ends when the last handle is dropped and the queue is empty.
    ///
    /// # Errors
    ///
    /// [`EngineError::Failed`] if the operating system grants no threads.
    pub fn start(config: EngineConfig) -> Result<EngineHandle, EngineError> {
        let failed = |detail: String| EngineError::Failed { detail };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(config.threads)
            .thread_name(|index| format!("engine-{index}"))
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let queue = Arc::new(JobQueue::new(config.queue_depth.max(1)));
        let models = Arc::new(LoadedModels::new(config.model_bytes));
        let busy_us = Arc::new(AtomicU64::new(0));
        let worker = Worker {
            queue: queue.clone(),
            models: models.clone(),
            pool,
            batch_tokens: config.batch_tokens,
            busy_us: busy_us.clone(),
        };
        thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| failed(error.to_string()))?;
        Ok(EngineHandle { shared: Arc::new(Shared { queue, models, busy_us, answer_within: config.answer_within }) })
    }
}

/// Access to a running engine; clones share it.
#[derive(Clone)]
pub struct EngineHandle {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Arc<JobQueue>,
    models: Arc<LoadedModels>,
    busy_us: Arc<AtomicU64>,
    answer_within: Duration,
}

/// How much an engine has to do.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Requests that wait.
    pub waiting: usize,
    /// How long it has been running models since its start; a batch counts when it ends.
    pub busy: Duration,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl EngineHandle {
    /// Loads a model on the calling thread; one of the same key is replaced, and others make room where needed. The files are zeroed in any case.
    ///
    /// # Errors
    ///
    /// [`EngineError::Load`].
    pub fn load(&self, model: LoadModel) -> Result<(), EngineError> {
        Ok(self.shared.models.load(model)?)
    }

    /// Forgets a model and says whether it was there. What runs now is finished, what waits is refused.
    pub fn unload(&self, key: &str) -> bool {
        self.shared.models.unload(key)
    }

    /// Whether a model is loaded under this key.
    #[must_use]
    pub fn loaded(&self, key: &str) -> bool {
        self.shared.models.contains(key)
    }

    /// Makes texts ready to be embedded: cut into tokens here, on the calling thread, so that their number is known before
    /// anything waits or runs.
    ///
    /// # Errors
    ///
    /// [`EngineError`] `NotLoaded`, `WrongTask`, `TextTooLong` or `Tokenizer`.
    pub fn prepare_embed(&self, key: &str, texts: &[String]) -> Result<Prepared<Embeddings>, EngineError> {
        let model = self.shared.models.find(key)?;
        let Model::Encoder(encoder) = &*model else { return Err(wrong_task(key, &model, Task::Embed)) };
        let sequences = encoder.tokens.encode(texts)?;
        let token_counts = lengths(&sequences);
        Ok(Prepared::new(key, Work::Embed { sequences }, token_counts))
    }

    /// Makes texts ready to be classified.
    ///
    /// # Errors
    ///
    /// [`EngineError`] `NotLoaded`, `WrongTask` or `TextTooLong`.
    pub fn prepare_classify(&self, key: &str, texts: &[String]) -> Result<Prepared<Classifications>, EngineError> {
        let model = self.shared.models.find(key)?;
        if model.architecture().task() != Task::Classify {
            return Err(wrong_task(key, &model, Task::Classify));
        }
        let token_counts = TextClassifier::count_tokens(texts)?;
        Ok(Prepared::new(key, Work::Classify { texts: texts.to_vec() }, token_counts))
    }

    /// Puts prepared texts into the queue.
    ///
    /// # Errors
    ///
    /// [`EngineError`] `Busy` or `Stopped`.
    pub fn submit<T>(&self, prepared: Prepared<T>) -> Result<Pending<T>, EngineError> {
        let Prepared { key, work, token_counts, answer } = prepared;
        let (reply, outcome) = sync_channel(1);
        let caller = Arc::new(());
        self.shared.queue.push(Job { key, work, reply, caller: Arc::downgrade(&caller) })?;
        Ok(Pending { outcome, token_counts, answer_within: self.shared.answer_within, _caller: caller, answer })
    }

    /// Turns texts into vectors and waits for them.
    ///
    /// # Errors
    ///
    /// Those of [`Self::prepare_embed`], [`Self::submit`] and [`Pending::wait`].
    pub fn embed(&self, key: &str, texts: &[String]) -> Result<Embeddings, EngineError> {
        self.submit(self.prepare_embed(key, texts)?)?.wait()
    }

    /// Chooses a label for each text and waits for them.
    ///
    /// # Errors
    ///
    /// Those of [`Self::prepare_classify`], [`Self::submit`] and [`Pending::wait`].
    pub fn classify(&self, key: &str, texts: &[String]) -> Result<Classifications, EngineError> {
        self.submit(self.prepare_classify(key, texts)?)?.wait()
    }

    /// How much there is to do, and was done so far.
    #[must_use]
    pub fn effort(&self) -> Effort {
        let busy = Duration::from_micros(self.shared.busy_us.load(Ordering::Relaxed));
        Effort { waiting: self.shared.queue.waiting(), busy }
    }

    /// Plants a model whose code panics.
    #[cfg(test)]
    pub(super) fn plant_fault(&self, key: &str) {
        self.shared.models.insert(key.to_owned(), Model::Panicking, 0);
    }
}

fn lengths(sequences: &[Vec<u32>]) -> Vec<u32> {
    sequences.iter().map(|sequence| u32::try_from(sequence.len()).unwrap_or(u32::MAX)).collect()
}

/// Texts that are ready for a model; what they cost is known, and nothing waits or runs yet.
#[must_use = "texts that are not submitted are not answered"]
pub struct Prepared<T> {
    key: String,
    work: Work,
    token_counts: Vec<u32>,
    answer: PhantomData<T>,
}

impl<T> Prepared<T> {
    fn new(key: &str, work: Work, token_counts: Vec<u32>) -> Self {
        Self { key: key.to_owned(), work, token_counts, answer: PhantomData }
    }

    /// Tokens of each text, special tokens included.
    #[must_use]
    pub fn token_counts(&self) -> &[u32] {
        &self.token_counts
    }
}

/// A request in the queue. Dropping it tells the engine that nobody waits any more.
#[must_use = "a request nobody waits for is skipped"]
pub struct Pending<T> {
    outcome: Receiver<Outcome>,
    token_counts: Vec<u32>,
    answer_within: Duration,
    _caller: Arc<()>,
    answer: PhantomData<T>,
}

impl<T> Pending<T> {
    fn outcome(&self) -> Outcome {
        self.outcome.recv_timeout(self.answer_within).unwrap_or_else(|error| match error {
            RecvTimeoutError::Timeout => {
                let limit_ms = u64::try_from(self.answer_within.as_millis()).unwrap_or(u64::MAX);
                Err(EngineError::TimedOut { limit_ms })
            }
            RecvTimeoutError::Disconnected => Err(EngineError::Stopped),
        })
    }
}

fn unexpected_answer() -> EngineError {
    EngineError::Failed { detail: "the answer belongs to another task".to_owned() }
}

impl Pending<Embeddings> {
    /// Waits for the vectors.
    ///
    /// # Errors
    ///
    /// [`EngineError`] `NotLoaded` if the model went meanwhile, `Failed`, `TimedOut` or `Stopped`.
    pub fn wait(self) -> Result<Embeddings, EngineError> {
        match self.outcome()? {
            Answer::Vectors(vectors) => Ok(Embeddings { vectors, token_counts: self.token_counts }),
            Answer::Classifications(_) => Err(unexpected_answer()),
        }
    }
}

impl Pending<Classifications> {
    /// Waits for the labels.
    ///
    /// # Errors
    ///
    /// [`EngineError`] `NotLoaded` if the model went meanwhile, `Failed`, `TimedOut` or `Stopped`.
    pub fn wait(self) -> Result<Classifications, EngineError> {
        match self.outcome()? {
            Answer::Classifications(results) => Ok(Classifications { results, token_counts: self.token_counts }),
            Answer::Vectors(_) => Err(unexpected_answer()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_answered_and_the_thread_lives_on() {
        let engine = Engine::start(EngineConfig { threads: 1, ..EngineConfig::default() }).unwrap();
        engine.plant_fault("faulty");
        for _ in 0..3 {
            let answer = engine.classify("faulty", &["text".to_owned()]);
            assert!(matches!(answer, Err(EngineError::Failed { detail }) if detail == "planted fault"));
        }
    }

    #[test]
    fn a_model_that_was_unloaded_meanwhile_is_refused() {
        let engine = Engine::start(EngineConfig { threads: 1, ..EngineConfig::default() }).unwrap();
        engine.plant_fault("faulty");
        assert!(engine.loaded("faulty") && engine.unload("faulty") && !engine.unload("faulty"));
        assert!(matches!(engine.classify("faulty", &[]), Err(EngineError::NotLoaded { .. })));
    }
}
