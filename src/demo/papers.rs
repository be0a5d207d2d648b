//! What the story's organisations write: passports, terms, and the data they train on.

use std::collections::BTreeMap;

use chancery_engine::{TrainedClassifier, TrainingConfig, TrainingSet, train_classifier};

/// Sentences under CC0.
const REVIEWS: &str = include_str!("../../examples/reviews-open.csv");
/// Sentences under CC-BY-NC.
const FORUM: &str = include_str!("../../examples/forum-noncommercial.csv");

/// Which data a model is trained on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// Both data sets.
    Both,
    /// Only the one without restrictions.
    OpenOnly,
}

/// Trains the classifier on the spot.
///
/// # Errors
/// What training fails with.
pub fn train(data: Data) -> anyhow::Result<TrainedClassifier> {
    let mut examples = labelled(REVIEWS);
    if data == Data::Both {
        examples.extend(labelled(FORUM));
    }
    Ok(train_classifier(&TrainingSet { examples }, &TrainingConfig::default())?)
}

/// Text and label of each row. The files are ours: no quotes, one comma.
fn labelled(csv: &str) -> Vec<(String, String)> {
    let rows = csv.lines().skip(1).filter_map(|row| row.split_once(','));
    rows.map(|(label, text)| (text.trim_matches('"').to_owned(), label.to_owned())).collect()
}

/// The files of a trained classifier by name.
pub fn files(trained: &TrainedClassifier) -> &BTreeMap<String, Vec<u8>> {
    &trained.files
}

/// The passport of the classifier.
pub fn passport(data: Data) -> String {
    let forum = match data {
        Data::Both => FORUM_SECTION,
        Data::OpenOnly => "",
    };
    format!("{HEAD}{REVIEWS_SECTION}{forum}{TAIL}")
}

const HEAD: &str = r#"passport = 1
[model]
name = "Reviews"
summary = "tells praise from complaint in short texts, English and Chinese"
intended_use = ["sorting customer feedback"]
modality = ["text"]
architecture = "ChanceryTextClassifier"
contact = "models@acme.example"
"#;

const REVIEWS_SECTION: &str = r#"
[[dataset]]
name = "reviews-open"
version = "1"
acquisition = "open"
licence = "CC0-1.0"
[dataset.origin]
name = "written for this project"
geography = ["DE"]
[dataset.privacy]
class = "none"
"#;

const FORUM_SECTION: &str = r#"
[[dataset]]
name = "forum-noncommercial"
version = "1"
acquisition = "open"
licence = "CC-BY-NC-4.0"
rights_holders = ["the authors of the forum sentences"]
[dataset.origin]
name = "written for this project"
geography = ["DE"]
[dataset.privacy]
class = "none"
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

/// The terms Acme sells under.
pub const TERMS: &str = r#"terms = 1
purposes = ["commercial-service"]
quota_tokens = 100000
attribution = "Reviews by Acme"
governing_law = "Germany"
[territory]
included = ["DE", "FR", "CN"]
[term]
start = 2026-01-01
[price]
model = "flat"
amount = "1000.00 EUR"
"#;
