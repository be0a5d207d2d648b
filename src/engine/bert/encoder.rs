//! The encoder as a whole: files to weights, token sequences to vectors.

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use super::arithmetic::normalise;
use super::config::BertConfig;
use super::layer::Layer;
use super::operations::floats;
use super::pipeline::{Pipeline, Pooling};
use super::sequences::Sequences;
use super::tokens::TextTokens;
use crate::error::{EngineError, LoadError};
use crate::model::{AnnouncedTensors, ModelFiles, NamedTensors};

/// Tokens of the forward passes that run at once, together. Their widest intermediate matrices in a base-sized model then take 50 MB.
pub(crate) const MAX_FORWARD_TOKENS: usize = 4096;

/// A loaded sentence encoder.
pub(crate) struct SentenceEncoder {
    pub(crate) tokens: TextTokens,
    pipeline: Pipeline,
    embedding: Embedding,
    layers: Vec<Layer>,
}

impl SentenceEncoder {
    /// Builds the encoder from its files.
    pub(crate) fn load(files: &ModelFiles) -> Result<Self, LoadError> {
        let config = BertConfig::read(files)?;
        let pipeline = Pipeline::read(files, config.max_position_embeddings)?;
        let tokens = TextTokens::read(files, &pipeline)?;
        let mut tensors = NamedTensors::read(files)?;
        let prefix = prefix(|name| tensors.contains(name));
        let embedding = Embedding::load(&mut tensors, &format!("{prefix}embeddings"), &config)?;
        let layers = (0..config.num_hidden_layers)
            .map(|index| Layer::load(&mut tensors, &format!("{prefix}encoder.layer.{index}"), &config))
            .collect::<Result<_, _>>()?;
        Ok(Self { tokens, pipeline, embedding, layers })
    }

    /// Refuses files that [`Self::load`] would, as far as their weights' header tells.
    pub(crate) fn check(files: &ModelFiles, tensors: &AnnouncedTensors) -> Result<(), LoadError> {
        let config = BertConfig::read(files)?;
        let pipeline = Pipeline::read(files, config.max_position_embeddings)?;
        TextTokens::read(files, &pipeline)?;
        let prefix = prefix(|name| tensors.contains(name));
        Embedding::check(tensors, &format!("{prefix}embeddings"), &config)?;
        (0..config.num_hidden_layers)
            .try_for_each(|index| Layer::check(tensors, &format!("{prefix}encoder.layer.{index}"), &config))
    }

    /// One vector for each sequence, in order. At most [`MAX_FORWARD_TOKENS`] tokens are worked on at once, cut into about one
    /// pass for each thread.
    ///
    /// # Errors
    ///
    /// [`EngineError::NotFinite`]; [`EngineError::Failed`] for a token or position that the model does not know and for an empty
    /// sequence.
    pub(crate) fn embed(&self, sequences: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, EngineError> {
        let failed = |error: candle_core::Error| EngineError::Failed { detail: error.to_string() };
        let mut vectors = Vec::with_capacity(sequences.len());
        for group in runs(sequences, MAX_FORWARD_TOKENS) {
            let tokens: usize = group.iter().map(Vec::len).sum();
            let passes = runs(group, tokens.div_ceil(rayon::current_num_threads()));
            let done: Vec<_> =
                passes.into_par_iter().map(|pass| self.forward(pass).map_err(failed)).collect::<Result<_, _>>()?;
            vectors.extend(done.into_iter().flatten());
        }
        if vectors.iter().flatten().all(|value| value.is_finite()) { Ok(vectors) } else { Err(EngineError::NotFinite) }
    }

    fn forward(&self, sequences: &[Vec<u32>]) -> candle_core::Result<Vec<Vec<f32>>> {
        if sequences.iter().any(Vec::is_empty) {
            candle_core::bail!("a sequence has no tokens");
        }
        let sequences = Sequences::concatenate(sequences);
        let mut rows = self.embedding.look_up(&sequences)?;
        for layer in &self.layers {
            rows = layer.forward(&rows, &sequences)?;
        }
        self.pool(&rows, &sequences)
    }

    fn pool(&self, rows: &Tensor, sequences: &Sequences) -> candle_core::Result<Vec<Vec<f32>>> {
        let (storage, layout) = rows.storage_and_layout();
        let candle_core::Storage::Cpu(storage) = &*storage else {
            candle_core::bail!("the result is not in main memory");
        };
        let width = self.embedding.width;
        let pooled = sequences
            .pieces(floats(storage, layout)?, width)
            .map(|piece| {
                let mut vector = match self.pipeline.pooling {
                    Pooling::Mean => mean_of_rows(piece, width),
                    Pooling::FirstToken => piece.iter().take(width).copied().collect(),
                };
                if self.pipeline.normalise {
                    scale_to_length_one(&mut vector);
                }
                vector
            })
            .collect();
        Ok(pooled)
    }
}

/// What stands in front of the tensors' names: encoders saved as a part of something larger have it.
fn prefix(contains: impl Fn(&str) -> bool) -> &'static str {
    if contains("bert.embeddings.word_embeddings.weight") { "bert." } else { "" }
}

/// Cuts sequences into runs of at most `limit` tokens; a longer sequence is a run of its own.
fn runs(mut sequences: &[Vec<u32>], limit: usize) -> Vec<&[Vec<u32>]> {
    let mut runs = Vec::new();
    while !sequences.is_empty() {
        let mut tokens = 0;
        let fitting = sequences.iter().take_while(|sequence| {
            tokens += sequence.len();
            tokens <= limit
        });
        let (run, rest) = sequences.split_at(fitting.count().max(1));
        runs.push(run);
        sequences = rest;
    }
    runs
}

fn mean_of_rows(rows: &[f32], width: usize) -> Vec<f32> {
    let mut sums = vec![0.0; width];
    for row in rows.chunks_exact(width) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
    let count = (rows.len() / width).max(1) as f32;
    sums.iter().map(|sum| sum / count).collect()
}

fn scale_to_length_one(vector: &mut [f32]) {
    /// Keeps a zero vector zero; the value that the reference implementation uses.
    const SMALLEST_LENGTH: f32 = 1e-12;
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(SMALLEST_LENGTH);
    for value in vector {
        *value /= length;
    }
}

/// The tables that turn tokens and positions into the first rows.
struct Embedding {
    width: usize,
    words: Vec<f32>,
    /// Rows of the positions, with the row of the first token type already added: single texts know no other.
    positions: Vec<f32>,
    gain: Vec<f32>,
    shift: Vec<f32>,
    epsilon: f32,
}

impl Embedding {
    fn load(tensors: &mut NamedTensors, name: &str, config: &BertConfig) -> Result<Self, LoadError> {
        let width = config.hidden_size;
        let mut table = |kind: &str, rows: usize| tensors.take(&format!("{name}.{kind}.weight"), &[rows, width]);
        let words = table("word_embeddings", config.vocab_size)?;
        let positions = table("position_embeddings", config.max_position_embeddings)?;
        let types = table("token_type_embeddings", config.type_vocab_size)?;
        Ok(Self {
            width,
            words: words.flatten_all()?.to_vec1()?,
            positions: positions.broadcast_add(&types.narrow(0, 0, 1)?)?.flatten_all()?.to_vec1()?,
            gain: tensors.take_vector(&format!("{name}.LayerNorm.weight"), width)?,
            shift: tensors.take_vector(&format!("{name}.LayerNorm.bias"), width)?,
            epsilon: config.layer_norm_eps,
        })
    }

    /// Requires what [`Self::load`] takes.
    fn check(tensors: &AnnouncedTensors, name: &str, config: &BertConfig) -> Result<(), LoadError> {
        let width = config.hidden_size;
        let table = |kind: &str, rows: usize| tensors.require(&format!("{name}.{kind}.weight"), &[rows, width]);
        table("word_embeddings", config.vocab_size)?;
        table("position_embeddings", config.max_position_embeddings)?;
        table("token_type_embeddings", config.type_vocab_size)?;
        tensors.require(&format!("{name}.LayerNorm.weight"), &[width])?;
        tensors.require(&format!("{name}.LayerNorm.bias"), &[width])
    }

    fn look_up(&self, sequences: &Sequences) -> candle_core::Result<Tensor> {
        let width = self.width;
        let mut rows = vec![0.0; sequences.token_count() * width];
        for (row, (token, position)) in rows.chunks_exact_mut(width).zip(sequences.positioned()) {
            let token = token as usize;
            let word = self.words.get(token * width..(token + 1) * width);
            let place = self.positions.get(position * width..(position + 1) * width);
            let (Some(word), Some(place)) = (word, place) else {
                candle_core::bail!("token {token} at position {position} is outside the model's tables");
            };
            for ((value, word), place) in row.iter_mut().zip(word).zip(place) {
                *value = word + place;
            }
            normalise(row, &self.gain, &self.shift, self.epsilon);
        }
        Tensor::from_vec(rows, (sequences.token_count(), width), &Device::Cpu)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_hold_at_least_one_sequence_and_at_most_the_limit() {
        let sequences = [vec![0; 3], vec![0; 3], vec![0; 9]];
        let lengths = |limit| runs(&sequences, limit).iter().map(|run| run.len()).collect::<Vec<_>>();
        assert_eq!(lengths(6), [2, 1]);
        assert_eq!(lengths(2), [1, 1, 1]);
        assert_eq!(lengths(100), [3]);
        assert!(runs(&[], 7).is_empty());
    }
}
