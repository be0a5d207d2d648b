//! A small text classifier: hashed character n-grams and a linear layer, trained on the spot.
//!
//! It needs no tokenizer and no vocabulary, so it works for English and Chinese alike, and it is small enough to train within
//! seconds from a few hundred sentences. Hashing follows "Feature Hashing for Large Scale Multitask Learning" (Weinberger et al.,
//! 2009), without signs.

mod config;
mod features;
mod predict;
mod train;

pub(crate) use predict::{Prediction, TextClassifier};
pub use train::{Metrics, TrainedClassifier, TrainingConfig, TrainingSet, train_classifier};
