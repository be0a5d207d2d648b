//! The classifier, trained on the example data of this repository and run through the engine.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use chancery_engine::{
    Architecture, Engine, EngineConfig, EngineError, EngineHandle, LoadModel, TrainError, TrainedClassifier,
    TrainingConfig, TrainingSet, train_classifier,
};

/// Sentences that are in neither set.
const UNSEEN: &[(&str, &str)] = &[
    ("I love this phone, the battery lasts all day", "positive"),
    ("The quality is excellent and it works very well", "positive"),
    ("Very comfortable and easy to use", "positive"),
    ("Terrible quality, it broke after a week", "negative"),
    ("A waste of money, very disappointed", "negative"),
    ("It stopped working and is far too loud", "negative"),
    ("质量不错，非常喜欢", "positive"),
    ("物流快，很满意", "positive"),
    ("用着舒服，推荐购买", "positive"),
    ("太差了，非常失望", "negative"),
    ("用了两天就坏了，后悔", "negative"),
    ("客服态度恶劣，浪费钱", "negative"),
];

fn examples(name: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap())
        .map(|(label, text)| (text.into(), label.into()))
        .collect()
}

fn train(names: &[&str], config: &TrainingConfig) -> TrainedClassifier {
    let examples = names.iter().flat_map(|name| examples(name)).collect();
    train_classifier(&TrainingSet { examples }, config).unwrap()
}

fn engine_with(trained: &TrainedClassifier) -> EngineHandle {
    let engine = Engine::start(EngineConfig::default()).unwrap();
    let files = trained.files.clone().into_iter().collect();
    engine.load(LoadModel { key: "reviews".into(), architecture: Architecture::TextClassifier, files }).unwrap();
    engine
}

fn right_answers(engine: &EngineHandle, sentences: &[(String, String)]) -> usize {
    let texts: Vec<String> = sentences.iter().map(|(text, _)| text.clone()).collect();
    let answer = engine.classify("reviews", &texts).unwrap();
    assert_eq!(answer.token_counts, engine.prepare_classify("reviews", &texts).unwrap().token_counts());
    answer.results.iter().zip(sentences).filter(|(result, (_, label))| result.label == *label).count()
}

fn unseen() -> Vec<(String, String)> {
    UNSEEN.iter().map(|(text, label)| ((*text).into(), (*label).into())).collect()
}

#[test]
fn the_open_set_alone_is_enough() {
    let trained = train(&["reviews-open.csv"], &TrainingConfig::default());
    assert!(trained.training.accuracy >= 0.99, "{:?}", trained.training);
    assert!(trained.held_out.unwrap().accuracy >= 0.7, "{:?}", trained.held_out);
    let engine = engine_with(&trained);
    assert!(right_answers(&engine, &unseen()) >= UNSEEN.len() - 1);
    // The other set has another subject and shares no sentence.
    let other = examples("forum-noncommercial.csv");
    let right = right_answers(&engine, &other);
    println!("{:?} held out {:?} forum {right} of {}", trained.training, trained.held_out, other.len());
    assert!(right * 100 >= other.len() * 65, "{right} of {}", other.len());
}

#[test]
fn both_sets_together_learn_both() {
    let trained = train(&["reviews-open.csv", "forum-noncommercial.csv"], &TrainingConfig::default());
    assert!(trained.training.accuracy >= 0.99, "{:?}", trained.training);
    println!("{:?} held out {:?}", trained.training, trained.held_out);
    assert!(right_answers(&engine_with(&trained), &unseen()) >= UNSEEN.len() - 1);
}

#[test]
fn scores_are_probabilities_in_falling_order() {
    let engine = engine_with(&train(&["reviews-open.csv"], &TrainingConfig { epochs: 3, ..TrainingConfig::default() }));
    let answer = engine.classify("reviews", &["很好".into(), String::new(), "🙂".into()]).unwrap();
    for result in answer.results {
        assert_eq!((result.scores.len(), &result.label), (2, &result.scores[0].label));
        assert!(result.scores[0].score >= result.scores[1].score);
        assert!((result.scores.iter().map(|entry| entry.score).sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn a_text_longer_than_a_book_chapter_is_refused() {
    let config = TrainingConfig { epochs: 1, ..TrainingConfig::default() };
    let engine = engine_with(&train(&["reviews-open.csv"], &config));
    let of_length = |bytes: usize| engine.prepare_classify("reviews", &["good".to_owned(), "x".repeat(bytes)]).err();
    assert!(of_length(256 << 10).is_none());
    let refused = of_length((256 << 10) + 1);
    assert!(
        matches!(refused, Some(EngineError::TextTooLong { position: 2, found: 262_145, limit: 262_144 })),
        "{refused:?}"
    );
}

#[test]
fn the_seed_decides_the_weights() {
    let config = TrainingConfig { epochs: 2, ..TrainingConfig::default() };
    let first = train(&["reviews-open.csv"], &config);
    assert_eq!(first.files, train(&["reviews-open.csv"], &config).files);
    assert_ne!(first.files, train(&["reviews-open.csv"], &TrainingConfig { seed: 1, ..config }).files);
}

#[test]
fn sets_that_cannot_be_learnt_are_refused() {
    let train = |pairs: &[(&str, &str)], config: TrainingConfig| {
        let examples = pairs.iter().map(|(text, label)| ((*text).into(), (*label).into())).collect();
        train_classifier(&TrainingSet { examples }, &config).map(|_| ())
    };
    let default = TrainingConfig::default;
    assert!(matches!(train(&[], default()), Err(TrainError::NoExamples)));
    assert!(matches!(train(&[("a", "x"), ("b", "x")], default()), Err(TrainError::TooFewLabels { found: 1 })));
    assert!(matches!(train(&[("a", "x"), ("b", " ")], default()), Err(TrainError::EmptyLabel { position: 2 })));
    let pairs = [("a", "x"), ("b", "y")];
    for config in [
        TrainingConfig { epochs: 0, ..default() },
        TrainingConfig { batch_size: 0, ..default() },
        TrainingConfig { learning_rate: f64::NAN, ..default() },
        TrainingConfig { held_out_share: 0.9, ..default() },
        TrainingConfig { buckets: 1, ..default() },
    ] {
        assert!(matches!(train(&pairs, config), Err(TrainError::Setting { .. })));
    }
    assert!(train(&pairs, default()).is_ok());
}

#[test]
fn a_changed_byte_in_the_header_is_refused() {
    let trained = train(&["reviews-open.csv"], &TrainingConfig { epochs: 1, ..TrainingConfig::default() });
    let mut files = trained.files;
    files.get_mut("model.safetensors").unwrap()[12] ^= 1;
    let engine = Engine::start(EngineConfig::default()).unwrap();
    let files = files.into_iter().collect();
    assert!(engine.load(LoadModel { key: "a".into(), architecture: Architecture::TextClassifier, files }).is_err());
}
