//! Models, passports and terms for the tests: those of the demo's story, and what is built from them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use chancery::demo::papers::{self, Data};
use chancery_base::crypto::{Envelope, SigningKey, Statement};
use chancery_domain::licensing::Terms;
use chancery_engine::{TrainingConfig, TrainingSet, train_classifier};
use serde_json::Value;

pub use chancery::demo::papers::TERMS;

pub use crate::manifests::{Files, terms_of};
use crate::{manifests, required::required};

static OPEN: LazyLock<Files> = LazyLock::new(|| papers::train(Data::OpenOnly).unwrap().files);
static BOTH: LazyLock<Files> = LazyLock::new(|| papers::train(Data::Both).unwrap().files);

/// The classifier trained on open data only.
pub fn open_classifier() -> &'static Files {
    &OPEN
}

/// The classifier trained on open and non-commercial data.
pub fn mixed_classifier() -> &'static Files {
    &BOTH
}

/// A classifier of a few kilobytes.
pub fn tiny_classifier() -> Files {
    let said =
        [("I love it", "positive"), ("works well", "positive"), ("I hate it", "negative"), ("broken", "negative")];
    let examples = said.map(|(text, label)| (text.to_owned(), label.to_owned())).to_vec();
    let config = TrainingConfig { buckets: 64, epochs: 2, held_out_share: 0.0, ..TrainingConfig::default() };
    train_classifier(&TrainingSet { examples }, &config).unwrap().files
}

/// The passport of the classifier trained on open data only.
pub fn open_passport() -> Value {
    manifests::passport(&papers::passport(Data::OpenOnly))
}

/// The passport of the classifier trained on open and non-commercial data.
pub fn mixed_passport() -> Value {
    manifests::passport(&papers::passport(Data::Both))
}

/// The passport of a model trained on open data and on a further data set under `licence`.
pub fn passport_with(name: &str, licence: &str) -> Value {
    let data_set = format!(
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
    );
    manifests::passport(&(papers::passport(Data::OpenOnly) + data_set.as_str()))
}

/// The terms of the story as JSON.
pub fn terms() -> Value {
    serde_json::to_value(Terms::parse(TERMS).unwrap()).unwrap()
}

/// The statement about these files, as canonical JSON.
pub fn statement(model: &str, files: &Files, passport: &Value) -> String {
    let manifest = manifests::manifest(model, manifests::described(files), passport);
    String::from_utf8(manifest.to_statement().unwrap().to_canonical_json().unwrap()).unwrap()
}

/// Signs a statement's text, whatever it says.
pub fn signed(statement: &str, key: &SigningKey) -> Envelope {
    Envelope::sign(Statement::PAYLOAD_TYPE, statement.as_bytes().to_vec(), key).unwrap()
}

/// The files of all-MiniLM-L6-v2, where it was installed.
pub fn minilm() -> Option<Files> {
    required("CHANCERY_MINILM").map(|folder| manifests::minilm_in(&folder))
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
