//! Embeddings of the real all-MiniLM-L6-v2 against plain transformers, on 50 sentences of mixed length and script.
//!
//! Needs `CHANCERY_MINILM` (directory of the model) and, for the comparison, `CHANCERY_PYTHON` (an interpreter that has torch
//! and transformers, see `tests/oracles/embeddings_reference.py`). Without them the tests say that they were skipped; where `CI` is
//! set they fail instead.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../../../tests/support/required.rs"]
mod required;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use chancery_engine::inspect::{PREFIX_BYTES, refusal};
use chancery_engine::{Architecture, Engine, EngineConfig, EngineHandle, LoadModel, ModelFiles, check_runnable};
use required::required;

/// The acceptance bound of the project.
const SMALLEST_COSINE: f64 = 0.99999;

const FILES: &[&str] = &[
    "config.json",
    "tokenizer.json",
    "model.safetensors",
    "modules.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sentences() -> Vec<String> {
    let text = fs::read(repository().join("tests/data/sentences.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn engine_with(directory: &str) -> EngineHandle {
    let files: ModelFiles =
        FILES.iter().map(|name| (*name, fs::read(Path::new(directory).join(name)).unwrap())).collect();
    let architecture = Architecture::detect(&files).unwrap();
    let engine = Engine::start(EngineConfig::default()).unwrap();
    engine.load(LoadModel { key: "minilm".into(), architecture, files }).unwrap();
    engine
}

fn reference(python: &str, directory: &str) -> Vec<Vec<f64>> {
    let output = Command::new(python)
        .arg(repository().join("tests/oracles/embeddings_reference.py"))
        .arg(directory)
        .stdin(fs::File::open(repository().join("tests/data/sentences.json")).unwrap())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "the reference failed: {}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn cosine(left: &[f32], right: &[f64]) -> f64 {
    let dot: f64 = left.iter().zip(right).map(|(a, b)| f64::from(*a) * b).sum();
    let left: f64 = left.iter().map(|a| f64::from(*a).powi(2)).sum();
    let right: f64 = right.iter().map(|b| b * b).sum();
    dot / (left.sqrt() * right.sqrt())
}

#[test]
fn vectors_agree_with_transformers() {
    let Some(directory) = required("CHANCERY_MINILM") else { return };
    let Some(python) = required("CHANCERY_PYTHON") else { return };
    let sentences = sentences();
    let answer = engine_with(&directory).embed("minilm", &sentences).unwrap();
    let expected = reference(&python, &directory);
    assert_eq!(expected.len(), sentences.len());
    let mut smallest = 1.0_f64;
    let mut largest_difference = 0.0_f64;
    for ((sentence, vector), expected) in sentences.iter().zip(&answer.vectors).zip(&expected) {
        let agreement = cosine(vector, expected);
        assert!(agreement >= SMALLEST_COSINE, "{agreement} for {sentence:?}");
        smallest = smallest.min(agreement);
        let difference = vector.iter().zip(expected).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
        largest_difference = largest_difference.max(difference);
    }
    println!("smallest cosine {smallest:.9}, largest difference {largest_difference:.1e}");
}

#[test]
fn long_texts_are_cut_and_counted() {
    let Some(directory) = required("CHANCERY_MINILM") else { return };
    let engine = engine_with(&directory);
    let texts = [String::new(), "hello".into(), "word ".repeat(2000)];
    assert_eq!(engine.prepare_embed("minilm", &texts).unwrap().token_counts(), [2, 3, 256]);
}

#[test]
fn inspection_accepts_every_file_of_the_model() {
    let Some(directory) = required("CHANCERY_MINILM") else { return };
    let read = |name: &str| fs::read(Path::new(&directory).join(name)).unwrap();
    let files: ModelFiles = FILES.iter().map(|name| (*name, read(name))).collect();
    let weights = read("model.safetensors");
    let header = &weights[..weights.len().min(PREFIX_BYTES)];
    let found = check_runnable(&files, header, weights.len() as u64);
    assert_eq!(found.unwrap(), Architecture::BertSentenceEncoder);
    for name in FILES.iter().chain(&["README.md", "vocab.txt", "tokenizer_config.json"]) {
        let bytes = fs::read(Path::new(&directory).join(name)).unwrap();
        let prefix = &bytes[..bytes.len().min(PREFIX_BYTES)];
        let summary = refusal(name, prefix, bytes.len() as u64).unwrap_or_else(|error| panic!("{name}: {error}"));
        if let Some(header) = summary.safetensors {
            println!("{header:?}");
            assert!(header.parameter_count > 22_000_000);
        }
    }
}

/// Not a test of speed, only a look at it: run with `--run-ignored only --no-capture`.
#[test]
#[ignore = "prints timings"]
fn timings() {
    let Some(directory) = required("CHANCERY_MINILM") else { return };
    let engine = engine_with(&directory);
    for (name, words, batch) in
        [("short x 1", 18, 1), ("long x 1", 198, 1), ("short x 32", 18, 32), ("long x 32", 198, 32)]
    {
        let texts = vec!["word ".repeat(words); batch];
        let count = engine.embed("minilm", &texts).unwrap().token_counts[0];
        let started = Instant::now();
        let mut runs = 0;
        while started.elapsed().as_secs_f64() < 3.0 {
            engine.embed("minilm", &texts).unwrap();
            runs += 1;
        }
        let rate = f64::from(runs) * batch as f64 / started.elapsed().as_secs_f64();
        println!("{name} of {count} tokens: {rate:.0} sentences/s");
    }
}
