//! A loaded classifier: text to a label with scores.

use super::config::{BIAS, ClassifierConfig, WEIGHT};
use super::features::{features, token_count};
use crate::error::{EngineError, LoadError};
use crate::model::{AnnouncedTensors, ModelFiles, NamedTensors};

/// Longest text that is looked at. All of a text counts, and each of its characters costs some dozens of bytes while it is looked at.
const MAX_TEXT_BYTES: usize = 256 << 10;

/// Probabilities of all labels for one text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prediction {
    /// Labels with their probabilities, most probable first.
    pub(crate) ranking: Vec<(String, f32)>,
}

/// A classifier ready to answer.
pub(crate) struct TextClassifier {
    buckets: usize,
    labels: Vec<String>,
    /// One row for each bucket, one column for each label.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl TextClassifier {
    /// Builds the classifier from its files.
    pub(crate) fn load(files: &ModelFiles) -> Result<Self, LoadError> {
        let config = ClassifierConfig::read(files)?;
        let mut tensors = NamedTensors::read(files)?;
        let weights = tensors.take(WEIGHT, &[config.buckets, config.labels.len()])?.flatten_all()?.to_vec1()?;
        let bias = tensors.take_vector(BIAS, config.labels.len())?;
        Ok(Self { buckets: config.buckets, labels: config.labels, weights, bias })
    }

    /// Refuses files that [`Self::load`] would, as far as their weights' header tells.
    pub(crate) fn check(files: &ModelFiles, tensors: &AnnouncedTensors) -> Result<(), LoadError> {
        let config = ClassifierConfig::read(files)?;
        tensors.require(WEIGHT, &[config.buckets, config.labels.len()])?;
        tensors.require(BIAS, &[config.labels.len()])
    }

    /// How much each text is metered.
    ///
    /// # Errors
    ///
    /// [`EngineError::TextTooLong`].
    pub(crate) fn count_tokens(texts: &[String]) -> Result<Vec<u32>, EngineError> {
        let count = |(index, text): (usize, &String)| match text.len() {
            ..=MAX_TEXT_BYTES => Ok(token_count(text)),
            found => Err(EngineError::TextTooLong { position: index + 1, found, limit: MAX_TEXT_BYTES }),
        };
        texts.iter().enumerate().map(count).collect()
    }

    /// Ranks the labels for a text. Equal scores keep the order of the labels.
    ///
    /// # Errors
    ///
    /// [`EngineError::NotFinite`].
    pub(crate) fn predict(&self, text: &str) -> Result<Prediction, EngineError> {
        let width = self.labels.len();
        let mut scores = self.bias.clone();
        for (bucket, value) in features(text, self.buckets) {
            let row = self.weights.get(bucket * width..(bucket + 1) * width).unwrap_or_default();
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += value * weight;
            }
        }
        let mut ranking: Vec<(String, f32)> = self.labels.iter().cloned().zip(softmax(&scores)).collect();
        if ranking.iter().any(|(_, probability)| !probability.is_finite()) {
            return Err(EngineError::NotFinite);
        }
        ranking.sort_by(|left, right| right.1.total_cmp(&left.1));
        Ok(Prediction { ranking })
    }
}

fn softmax(scores: &[f32]) -> Vec<f32> {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials: Vec<f32> = scores.iter().map(|score| (score - largest).exp()).collect();
    let sum: f32 = exponentials.iter().sum();
    exponentials.iter().map(|value| value / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_that_is_not_finite_is_an_error() {
        let classifier = |bias| TextClassifier {
            buckets: 1,
            labels: vec!["a".to_owned(), "b".to_owned()],
            weights: vec![0.0, 0.0],
            bias: vec![0.0, bias],
        };
        assert!(classifier(1.0).predict("text").is_ok());
        for bias in [f32::NAN, f32::INFINITY] {
            assert!(matches!(classifier(bias).predict("text"), Err(EngineError::NotFinite)), "{bias}");
        }
    }

    #[test]
    fn probabilities_add_up() {
        let scores = softmax(&[1000.0, 999.0, -1000.0]);
        assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(scores[0] > scores[1] && scores[1] > scores[2]);
    }
}
