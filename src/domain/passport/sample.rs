//! A passport and a datasheet for tests of other modules.

/// The fields that must be there and no others, but for the licence of the data.
pub const MINIMAL: &str = r#"passport = 1
[model]
name = "MiniLM"
summary = "sentence embeddings"
intended_use = ["search"]
modality = ["text"]
architecture = "BERT"
contact = "models@example.org"
[[dataset]]
name = "sentences"
version = "1"
acquisition = "open"
licence = "CC-BY-4.0"
[dataset.origin]
name = "Example Archive"
geography = ["DE"]
[dataset.privacy]
class = "none"
[copyright]
rights_holders = ["Acme"]
[privacy]
controller = "Acme"
contact = "privacy@example.org"
[licence]
expression = "MIT"
[liability]
responsible = "Acme"
contact = "claims@example.org"
"#;

/// A datasheet with the fields that must be there and no others.
pub const DATASHEET: &str = r#"datasheet = 1
[about]
summary = "reviews of products"
intended_use = ["training classifiers"]
contact = "data@example.org"
[dataset]
name = "reviews"
version = "2026-01"
acquisition = "open"
licence = "CC-BY-4.0"
[dataset.origin]
name = "Example Archive"
geography = ["DE"]
[dataset.privacy]
class = "none"
"#;
