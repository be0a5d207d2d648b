//! Models, passports and terms for the tests.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use chancery_base::{
    crypto::{Envelope, SigningKey, Statement},
    values::{ByteCount, Sha256Digest},
};
use chancery_domain::{
    artifacts::{Manifest, ManifestFile},
    licensing::Terms,
    passport::Passport,
};
use chancery_engine::{TrainingConfig, TrainingSet, train_classifier};
use serde_json::Value;

/// A model's files by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The data set under CC0.
pub const REVIEWS: &str = "reviews-open,CC0-1.0";
/// The data set under CC-BY-NC.
pub const FORUM: &str = "forum-noncommercial,CC-BY-NC-4.0";

static OPEN: LazyLock<Files> = LazyLock::new(|| train(&[include_str!("../../examples/reviews-open.csv")]));
static BOTH: LazyLock<Files> = LazyLock::new(|| {
    train(&[include_str!("../../examples/reviews-open.csv"), include_str!("../../examples/forum-noncommercial.csv")])
});

/// The classifier trained on open data only.
pub fn open_classifier() -> &'static Files {
    &OPEN
}

/// The classifier trained on open and non-commercial data.
pub fn mixed_classifier() -> &'static Files {
    &BOTH
}

fn train(sources: &[&str]) -> Files {
    let rows = sources.iter().flat_map(|csv| csv.lines().skip(1)).filter_map(|row| row.split_once(','));
    let examples = rows.map(|(label, text)| (text.trim_matches('"').to_owned(), label.to_owned())).collect();
    train_classifier(&TrainingSet { examples }, &TrainingConfig::default()).unwrap().files
}

/// A passport naming these data sets, each `name,licence`, as its owner writes it.
pub fn passport_text(data_sets: &[&str]) -> String {
    let data_sets: String = data_sets.iter().map(|data_set| data_set_section(data_set)).collect();
    format!("{HEAD}{data_sets}{TAIL}")
}

/// The same as JSON.
pub fn passport(data_sets: &[&str]) -> Value {
    let passport = Passport::parse(&passport_text(data_sets)).unwrap_or_else(|faults| panic!("{faults}"));
    serde_json::to_value(passport).unwrap()
}

fn data_set_section(data_set: &str) -> String {
    let (name, licence) = data_set.split_once(',').unwrap();
    format!(
        r#"
[[dataset]]
name = "{name}"
version = "1"
acquisition = "open"
licence = "{licence}"
rights_holders = ["its authors"]
[dataset.origin]
name = "written for this project"
geography = ["DE"]
[dataset.privacy]
class = "none"
"#
    )
}

const HEAD: &str = r#"passport = 1
[model]
name = "Reviews"
summary = "tells praise from complaint"
intended_use = ["sorting feedback"]
modality = ["text"]
architecture = "ChanceryTextClassifier"
contact = "models@acme.example"
"#;

const TAIL: &str = r#"
[copyright]
rights_holders = ["Acme"]
[privacy]
controller = "Acme"
contact = "privacy@acme.example"
[licence]
expression = "LicenseRef-Proprietary"
[liability]
responsible = "Acme"
contact = "claims@acme.example"
"#;

/// A paid grant for commercial services in Germany and France.
pub const TERMS: &str = r#"terms = 1
purposes = ["commercial-service"]
quota_tokens = 1000
attribution = "Reviews by Acme"
governing_law = "Germany"
[territory]
included = ["DE", "FR"]
[term]
start = 2026-01-01
[price]
model = "flat"
amount = "1000.00 EUR"
"#;

/// The same as JSON.
pub fn terms() -> Value {
    serde_json::to_value(Terms::parse(TERMS).unwrap()).unwrap()
}

/// The statement about these files, as canonical JSON.
pub fn statement(model: &str, files: &Files, passport: &Value) -> String {
    let announce = |(path, bytes): (&String, &Vec<u8>)| ManifestFile {
        path: path.parse().unwrap(),
        size: ByteCount(bytes.len() as u64),
        sha256: Sha256Digest::of(bytes),
    };
    let Value::Object(passport) = passport.clone() else { panic!("a passport is an object") };
    let manifest = Manifest::new(model.parse().unwrap(), files.iter().map(announce).collect(), passport).unwrap();
    String::from_utf8(manifest.to_statement().unwrap().to_canonical_json().unwrap()).unwrap()
}

/// Signs a statement's text, whatever it says.
pub fn signed(statement: &str, key: &SigningKey) -> Envelope {
    Envelope::sign(Statement::PAYLOAD_TYPE, statement.as_bytes().to_vec(), key).unwrap()
}

/// A path that the environment names. Without it the test says that it is skipped; in CI nothing may be.
pub fn required(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    if path.is_none() {
        assert!(std::env::var_os("CI").is_none(), "`{variable}` is not set; `scripts/test oracles` sets it");
        println!("SKIPPED: `{variable}` is not set; `scripts/test oracles` sets it");
    }
    path
}

/// The files of all-MiniLM-L6-v2, where it was installed.
pub fn minilm() -> Option<Files> {
    const FILES: [&str; 6] = [
        "config.json",
        "tokenizer.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
        "1_Pooling/config.json",
    ];
    let folder = required("CHANCERY_MINILM")?;
    let read = |path: &&str| std::fs::read(Path::new(&folder).join(path)).unwrap();
    Some(FILES.iter().map(|path| ((*path).to_owned(), read(path))).collect())
}
