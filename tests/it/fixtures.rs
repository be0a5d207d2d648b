//! Models, passports and terms for the tests: those of the demo's story, and what is built from them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use chancery::demo::papers::{self, Data};
use chancery_base::crypto::{Envelope, SigningKey, Statement};
use chancery_domain::{licensing::Terms, passport::Datasheet};
use chancery_engine::{TrainingConfig, TrainingSet, train_classifier};
use serde_json::{Value, json};

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

/// A sentence encoder of a few hundred bytes, which reads sixteen tokens: `one`, `two` and `three`.
pub fn tiny_encoder() -> Files {
    let config = json!({
        "architectures": ["BertModel"], "model_type": "bert", "vocab_size": 6, "hidden_size": 4, "num_hidden_layers": 1,
        "num_attention_heads": 1, "intermediate_size": 4, "max_position_embeddings": 16, "type_vocab_size": 1,
        "layer_norm_eps": 1e-12
    });
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2]}, "decoder": null,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100,
                  "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "one": 3, "two": 4, "three": 5}}
    });
    let text = |json: Value| json.to_string().into_bytes();
    Files::from([
        ("config.json".to_owned(), text(config)),
        ("tokenizer.json".to_owned(), text(tokenizer)),
        ("model.safetensors".to_owned(), tiny_weights()),
    ])
}

/// The weights of [`tiny_encoder`]: one layer of four numbers.
fn tiny_weights() -> Vec<u8> {
    let of_layer = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"];
    let of_layer = of_layer.into_iter().chain(["intermediate.dense", "output.dense"]);
    let mut tensors = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![6, 4]),
        ("embeddings.position_embeddings.weight".to_owned(), vec![16, 4]),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![1, 4]),
    ];
    tensors.extend(of_layer.clone().map(|name| (format!("encoder.layer.0.{name}.weight"), vec![4, 4])));
    tensors.extend(of_layer.map(|name| (format!("encoder.layer.0.{name}.bias"), vec![4])));
    for norm in ["embeddings", "encoder.layer.0.attention.output", "encoder.layer.0.output"] {
        tensors.extend(["weight", "bias"].map(|part| (format!("{norm}.LayerNorm.{part}"), vec![4])));
    }
    let (mut header, mut numbers) = (serde_json::Map::new(), Vec::<u8>::new());
    for (name, shape) in tensors {
        let (begin, count) = (numbers.len(), shape.iter().product::<u16>());
        numbers.extend((0..count).flat_map(|number| (f32::from(number % 7) - 2.0).to_le_bytes()));
        header.insert(name, json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, numbers.len()]}));
    }
    let header = Value::Object(header).to_string();
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &numbers].concat()
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

/// A datasheet of open reviews under `licence`, with further sections, as its owner writes it.
pub fn datasheet_text(licence: &str, further: &str) -> String {
    format!(
        r#"datasheet = 1
[about]
summary = "reviews of products"
intended_use = ["training classifiers"]
contact = "data@acme.example"
[dataset]
name = "Reviews"
version = "2026-01"
acquisition = "open"
licence = "{licence}"
rights_holders = ["its authors"]
[dataset.origin]
name = "written for this project"
geography = ["DE"]
[dataset.privacy]
class = "none"
{further}"#
    )
}

/// The same as JSON.
pub fn datasheet_under(licence: &str, further: &str) -> Value {
    let datasheet = Datasheet::parse(&datasheet_text(licence, further)).unwrap_or_else(|faults| panic!("{faults}"));
    serde_json::to_value(datasheet).unwrap()
}

/// Reviews with their labels, as one file.
pub fn reviews_csv() -> Files {
    let rows = "text,label,stars\nworks well,good,5\n\"broke, at once\",bad,1\n很好用,good,\n";
    Files::from([("reviews.csv".to_owned(), rows.as_bytes().to_vec())])
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
