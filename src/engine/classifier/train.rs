//! Training of the text classifier: softmax regression with AdamW on small batches.
//!
//! The same examples, settings and seed give the same weights on the same kind of processor. Some examples are held out, so that
//! what is reported is not only how well the training set was learnt by heart.

use std::collections::{BTreeMap, BTreeSet};

use candle_core::{D, DType, Device, Tensor, Var};
use candle_nn::optim::{AdamW, Optimizer, ParamsAdamW};
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};

use super::config::{BIAS, ClassifierConfig, WEIGHT};
use super::features::{Features, features};
use crate::error::TrainError;

/// Labelled sentences.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TrainingSet {
    /// Pairs of text and label.
    pub examples: Vec<(String, String)>,
}

/// Settings of a training run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingConfig {
    /// Decides order and choice of the held-out examples.
    pub seed: u64,
    /// Passes over the training set.
    pub epochs: usize,
    /// Examples of one step.
    pub batch_size: usize,
    /// Step width of AdamW.
    pub learning_rate: f64,
    /// Pull of the weights towards zero.
    pub weight_decay: f64,
    /// Share of the examples that is held out to measure, 0 to 0.5.
    pub held_out_share: f64,
    /// Number of hash buckets.
    pub buckets: usize,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            seed: 0,
            epochs: 20,
            batch_size: 32,
            learning_rate: 0.05,
            weight_decay: 0.01,
            held_out_share: 0.1,
            buckets: 1 << 14,
        }
    }
}

/// How well a classifier does on a set of examples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Number of examples measured.
    pub examples: usize,
    /// Share of examples whose most probable label is the right one.
    pub accuracy: f32,
    /// Mean cross-entropy in nats.
    pub loss: f32,
}

/// A trained classifier as files that the engine loads, and what was measured.
#[derive(Debug, Clone)]
pub struct TrainedClassifier {
    /// `model.safetensors` and `config.json`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Measured on the examples learnt from.
    pub training: Metrics,
    /// Measured on the examples held out, if there were any.
    pub held_out: Option<Metrics>,
}

/// Trains a classifier.
///
/// # Errors
///
/// [`TrainError`]: no examples, fewer than two labels, an empty label, a setting outside its range, divergence.
pub fn train_classifier(set: &TrainingSet, config: &TrainingConfig) -> Result<TrainedClassifier, TrainError> {
    check_settings(config)?;
    let labels = labels(set)?;
    let mut random = SplitMix(config.seed);
    let mut examples = encode(set, &labels, config.buckets);
    random.shuffle(&mut examples);
    let held_out = examples.split_off(examples.len() - held_out_count(examples.len(), config.held_out_share));
    let model = Linear::new(config.buckets, labels.len())?;
    model.fit(&mut examples, config, &mut random)?;
    let training = model.measure(&examples)?;
    let held_out = if held_out.is_empty() { None } else { Some(model.measure(&held_out)?) };
    Ok(TrainedClassifier { files: model.files(labels)?, training, held_out })
}

struct Example {
    features: Features,
    label: u32,
}

fn check_settings(config: &TrainingConfig) -> Result<(), TrainError> {
    let range = |field, found: String, expected, holds: bool| {
        if holds { Ok(()) } else { Err(TrainError::Setting { field, found, expected }) }
    };
    range("epochs", config.epochs.to_string(), "1 to 1000", (1..=1000).contains(&config.epochs))?;
    range("batch_size", config.batch_size.to_string(), "1 to 1024", (1..=1024).contains(&config.batch_size))?;
    range("buckets", config.buckets.to_string(), "64 to 262144", (64..=1 << 18).contains(&config.buckets))?;
    let rate = config.learning_rate;
    range("learning_rate", rate.to_string(), "above 0 and at most 1", rate > 0.0 && rate <= 1.0)?;
    let decay = config.weight_decay;
    range("weight_decay", decay.to_string(), "0 to 1", (0.0..=1.0).contains(&decay))?;
    let share = config.held_out_share;
    range("held_out_share", share.to_string(), "0 to 0.5", (0.0..=0.5).contains(&share))
}

fn labels(set: &TrainingSet) -> Result<Vec<String>, TrainError> {
    if set.examples.is_empty() {
        return Err(TrainError::NoExamples);
    }
    if let Some(index) = set.examples.iter().position(|(_, label)| label.trim().is_empty()) {
        return Err(TrainError::EmptyLabel { position: index + 1 });
    }
    let labels: BTreeSet<&String> = set.examples.iter().map(|(_, label)| label).collect();
    if labels.len() < 2 {
        return Err(TrainError::TooFewLabels { found: labels.len() });
    }
    Ok(labels.into_iter().cloned().collect())
}

fn encode(set: &TrainingSet, labels: &[String], buckets: usize) -> Vec<Example> {
    let number = |label: &String| labels.binary_search(label).unwrap_or_default() as u32;
    set.examples
        .iter()
        .map(|(text, label)| Example { features: features(text, buckets), label: number(label) })
        .collect()
}

/// Holds nothing out of a set so small that every example is needed.
fn held_out_count(examples: usize, share: f64) -> usize {
    const SMALLEST_SET_TO_SPLIT: usize = 20;
    if examples < SMALLEST_SET_TO_SPLIT { 0 } else { (examples as f64 * share) as usize }
}

/// A linear layer under training.
struct Linear {
    buckets: usize,
    weight: Var,
    bias: Var,
}

impl Linear {
    /// Starts at zero: the loss has one minimum, so there is no symmetry to break.
    fn new(buckets: usize, labels: usize) -> candle_core::Result<Self> {
        Ok(Self {
            buckets,
            weight: Var::zeros((buckets, labels), DType::F32, &Device::Cpu)?,
            bias: Var::zeros(labels, DType::F32, &Device::Cpu)?,
        })
    }

    fn fit(&self, examples: &mut [Example], config: &TrainingConfig, random: &mut SplitMix) -> Result<(), TrainError> {
        let settings =
            ParamsAdamW { lr: config.learning_rate, weight_decay: config.weight_decay, ..ParamsAdamW::default() };
        let mut optimiser = AdamW::new(vec![self.weight.clone(), self.bias.clone()], settings)?;
        for epoch in 1..=config.epochs {
            random.shuffle(examples);
            for batch in examples.chunks(config.batch_size) {
                let loss = self.loss(batch)?;
                if !loss.to_scalar::<f32>()?.is_finite() {
                    return Err(TrainError::Diverged { epoch });
                }
                optimiser.backward_step(&loss)?;
            }
        }
        Ok(())
    }

    fn scores(&self, batch: &[Example]) -> candle_core::Result<Tensor> {
        let mut dense = vec![0.0; batch.len() * self.buckets];
        for (row, example) in dense.chunks_exact_mut(self.buckets).zip(batch) {
            for (bucket, value) in &example.features {
                if let Some(slot) = row.get_mut(*bucket) {
                    *slot = *value;
                }
            }
        }
        let dense = Tensor::from_vec(dense, (batch.len(), self.buckets), &Device::Cpu)?;
        dense.matmul(self.weight.as_tensor())?.broadcast_add(self.bias.as_tensor())
    }

    fn loss(&self, batch: &[Example]) -> candle_core::Result<Tensor> {
        candle_nn::loss::cross_entropy(&self.scores(batch)?, &targets(batch)?)
    }

    fn measure(&self, examples: &[Example]) -> candle_core::Result<Metrics> {
        /// Keeps the dense matrix of one step small.
        const STEP: usize = 256;
        let (mut right, mut loss) = (0, 0.0);
        for batch in examples.chunks(STEP) {
            let chosen = self.scores(batch)?.argmax(D::Minus1)?.to_vec1::<u32>()?;
            right += chosen.iter().zip(batch).filter(|(chosen, example)| **chosen == example.label).count();
            loss += self.loss(batch)?.to_scalar::<f32>()? * batch.len() as f32;
        }
        let count = examples.len() as f32;
        Ok(Metrics { examples: examples.len(), accuracy: right as f32 / count, loss: loss / count })
    }

    fn files(&self, labels: Vec<String>) -> Result<BTreeMap<String, Vec<u8>>, TrainError> {
        let serialise = |detail: String| TrainError::Serialise { detail };
        let weight = little_endian(self.weight.as_tensor())?;
        let bias = little_endian(self.bias.as_tensor())?;
        let view = |shape: Vec<usize>, bytes| {
            TensorView::new(Dtype::F32, shape, bytes).map_err(|error| serialise(error.to_string()))
        };
        let views = [(WEIGHT, view(self.weight.dims().to_vec(), &weight)?), (BIAS, view(vec![labels.len()], &bias)?)];
        let weights = safetensors::serialize(views, None).map_err(|error| serialise(error.to_string()))?;
        let config = serde_json::to_vec_pretty(&ClassifierConfig::new(self.buckets, labels))
            .map_err(|error| serialise(error.to_string()))?;
        Ok(BTreeMap::from([("config.json".to_owned(), config), ("model.safetensors".to_owned(), weights)]))
    }
}

fn targets(batch: &[Example]) -> candle_core::Result<Tensor> {
    let labels: Vec<u32> = batch.iter().map(|example| example.label).collect();
    Tensor::from_vec(labels, batch.len(), &Device::Cpu)
}

fn little_endian(tensor: &Tensor) -> candle_core::Result<Vec<u8>> {
    Ok(tensor.flatten_all()?.to_vec1::<f32>()?.iter().flat_map(|value| value.to_le_bytes()).collect())
}

/// The SplitMix64 generator (Steele, Lea and Flood, 2014): small, and the same everywhere. Not for secrets.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Fisher and Yates. The bias of the remainder is below 2^-40 for any set that fits into memory.
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let chosen = (self.next() % (last as u64 + 1)) as usize;
            items.swap(last, chosen);
        }
    }
}
