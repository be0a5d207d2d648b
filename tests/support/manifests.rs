//! Manifests, passports and terms, for tests and benchmarks.

use std::collections::BTreeMap;

use chancery::demo::papers;
use chancery_base::values::{ArtifactKind, ByteCount, Sha256Digest};
use chancery_domain::{
    artifacts::{Manifest, ManifestFile},
    passport::Passport,
};
use serde_json::Value;

/// A model's files by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A written passport as JSON.
pub fn passport(text: &str) -> Value {
    let passport = Passport::parse(text).unwrap_or_else(|faults| panic!("{faults}"));
    serde_json::to_value(passport).unwrap()
}

/// The terms of the demo's story for that many tokens.
pub fn terms_of(quota: u64) -> String {
    let quota_of_the_story = "quota_tokens = 100000\n";
    assert!(papers::TERMS.contains(quota_of_the_story), "{}", papers::TERMS);
    papers::TERMS.replace(quota_of_the_story, &format!("quota_tokens = {quota}\n"))
}

/// What a manifest says of these files.
pub fn described(files: &Files) -> Vec<ManifestFile> {
    let describe = |(path, bytes): (&String, &Vec<u8>)| ManifestFile {
        path: path.parse().unwrap(),
        size: ByteCount(bytes.len() as u64),
        sha256: Sha256Digest::of(bytes),
    };
    files.iter().map(describe).collect()
}

/// The manifest of a version of a model, or of a data set where the papers are a datasheet.
pub fn manifest(name: &str, files: Vec<ManifestFile>, papers: &Value) -> Manifest {
    let Value::Object(papers) = papers.clone() else { panic!("papers are an object") };
    let kind = if papers.contains_key("datasheet") { ArtifactKind::Dataset } else { ArtifactKind::Model };
    Manifest::new(kind, name.parse().unwrap(), files, papers).unwrap()
}

/// The files of all-MiniLM-L6-v2 in a folder; what tools left beside them is not the model's.
pub fn minilm_in(folder: &str) -> Files {
    const FILES: [&str; 6] = [
        "config.json",
        "tokenizer.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
        "1_Pooling/config.json",
    ];
    let read = |path: &str| std::fs::read(std::path::Path::new(folder).join(path)).unwrap();
    FILES.iter().map(|path| ((*path).to_owned(), read(path))).collect()
}
