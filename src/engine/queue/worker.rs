//! The inference thread: takes batches, runs them, answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rayon::ThreadPool;

use super::jobs::{Job, JobQueue};
use super::loaded::{LoadedModels, Model};
use super::message::{Answer, Classification, Outcome, Work};
use crate::architecture::Task;
use crate::error::{EngineError, panic_text};

/// Everything the inference thread owns or shares.
pub(super) struct Worker {
    pub(super) queue: Arc<JobQueue>,
    pub(super) models: Arc<LoadedModels>,
    pub(super) pool: ThreadPool,
    pub(super) batch_tokens: usize,
    /// How long batches ran, in microseconds.
    pub(super) busy_us: Arc<AtomicU64>,
}

impl Worker {
    /// Runs until the queue is closed and empty.
    pub(super) fn run(&self) {
        while let Some(batch) = self.queue.take_batch(self.batch_tokens) {
            tracing::debug!(batch.requests = batch.len(), "inference batch started");
            let began = Instant::now();
            self.run_batch(batch);
            let took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.busy_us.fetch_add(took_us, Ordering::Relaxed);
        }
    }

    /// Runs the jobs together; if that fails, one by one, so that only the one at fault gets the error.
    fn run_batch(&self, batch: Vec<Job>) {
        if batch.len() > 1
            && let Some(answers) = self.embed_together(&batch)
        {
            for (job, vectors) in batch.iter().zip(answers) {
                answer(job, Ok(Answer::Vectors(vectors)));
            }
            return;
        }
        for job in &batch {
            answer(job, self.guarded(&job.key, &job.work));
        }
    }

    fn embed_together(&self, batch: &[Job]) -> Option<Vec<Vec<Vec<f32>>>> {
        let mut sequences = Vec::new();
        let mut counts = Vec::with_capacity(batch.len());
        for job in batch {
            let Work::Embed { sequences: more } = &job.work else { return None };
            counts.push(more.len());
            sequences.extend(more.iter().cloned());
        }
        let key = &batch.first()?.key;
        let Ok(Answer::Vectors(vectors)) = self.guarded(key, &Work::Embed { sequences }) else { return None };
        let mut vectors = vectors.into_iter();
        Some(counts.into_iter().map(|count| vectors.by_ref().take(count).collect()).collect())
    }

    /// Runs one piece of work on the thread pool and turns a panic into an error.
    fn guarded(&self, key: &str, work: &Work) -> Outcome {
        let model = self.models.find(key)?;
        let run = AssertUnwindSafe(|| self.pool.install(|| perform(key, &model, work)));
        catch_unwind(run).unwrap_or_else(|panic| {
            let detail = panic_text(&*panic);
            tracing::error!(model.key = key, panic.message = detail, "a model panicked while it ran");
            Err(EngineError::Failed { detail })
        })
    }
}

/// A caller that has gone meanwhile does not mind.
fn answer(job: &Job, outcome: Outcome) {
    let _ = job.reply.try_send(outcome);
}

fn perform(key: &str, model: &Model, work: &Work) -> Outcome {
    match (model, work) {
        #[cfg(test)]
        (Model::Panicking, _) => panic!("planted fault"),
        (Model::Encoder(encoder), Work::Embed { sequences }) => encoder.embed(sequences).map(Answer::Vectors),
        (Model::Classifier(classifier), Work::Classify { texts }) => texts
            .iter()
            .map(|text| classifier.predict(text).map(Classification::from_prediction))
            .collect::<Result<_, _>>()
            .map(Answer::Classifications),
        (_, Work::Embed { .. }) => Err(wrong_task(key, model, Task::Embed)),
        (_, Work::Classify { .. }) => Err(wrong_task(key, model, Task::Classify)),
    }
}

/// The refusal of a task that a model does not do.
pub(super) fn wrong_task(key: &str, model: &Model, task: Task) -> EngineError {
    EngineError::WrongTask { key: key.to_owned(), architecture: model.architecture(), task }
}
