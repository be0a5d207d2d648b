//! Data sets in other people's formats: written by a server, read by the command line, for those who may see them.

use std::fs;

use chancery_base::values::Sha256Digest;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    commands::Program,
    fixtures::{self, Files},
    organisation::{Organisation, text},
};

const SCHEMA: &str = include_str!("../../src/domain/exchange/data-trust-alliance.schema.json");
const VERSION: &str = "/api/v1/datasets/acme/review-data/versions/v1";

/// Every optional member of the metadata has its field here.
const FURTHER: &str = r#"
[dataset.collected]
from = 2025-01-01
until = 2025-12-31
[evidence]
consent = "consent register, entry 4"
[use]
confidentiality = "internal"
privacy_enhancing = ["pseudonymised"]
processing_allowed = ["DE", "FR"]
processing_forbidden = ["US"]
storage_allowed = ["DE"]
storage_forbidden = ["US"]
copyright = "texts of the customers"
patent = "none"
trademark = "none"
issued = 2026-02-01
previously_issued = 2025-11-01
generation_method = "written by people"
[documentation]
biases = ["one shop, one country", "one language"]
annotations_per_item = "2"
"#;

/// A data set with a file of each kind that is written as text, and one that holds no rows.
pub fn files() -> Files {
    let file = |name: &str, content: &str| (name.to_owned(), content.as_bytes().to_vec());
    let mut files = fixtures::reviews_csv();
    files.extend([
        file("sub/more.jsonl", "{\"text\": \"works\", \"stars\": 5}\n{\"text\": \"broke\", \"stars\": 1}\n"),
        file("lines.txt", "one line\nanother\n"),
        file("README.md", "# Reviews\n"),
    ]);
    files
}

/// Registers that data set.
pub fn add(owner: &Organisation) {
    owner.push("acme/review-data", &files(), &fixtures::datasheet_under("CC-BY-4.0", FURTHER));
}

#[test]
fn a_data_set_is_written_as_croissant() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    add(&acme);
    let document = globex.client.get(&format!("{VERSION}/croissant")).expect(200);
    assert_eq!(document, acme.client.get(&format!("{VERSION}/croissant")).expect(200));
    assert_eq!(document["name"], "Reviews");
    assert_eq!(document["datePublished"], "2026-02-01");
    assert!(!text(&document["publisher"]["name"]).is_empty(), "{document}");
    let files = files();
    let named: Vec<_> =
        document["distribution"].as_array().unwrap().iter().map(|file| text(&file["contentUrl"])).collect();
    assert_eq!(named, files.keys().map(String::as_str).collect::<Vec<_>>());
    for file in document["distribution"].as_array().unwrap() {
        let content = &files[text(&file["contentUrl"])];
        assert_eq!(file["sha256"], json!(Sha256Digest::of(content)));
        assert_eq!(file["contentSize"], json!(format!("{} B", content.len())));
    }
    let tables: Vec<_> = document["recordSet"].as_array().unwrap().iter().map(|set| text(&set["name"])).collect();
    assert_eq!(tables, ["lines.txt", "reviews.csv", "sub/more.jsonl"], "a file without rows has none");
    assert_eq!(document["rai:dataBiases"], json!(["one shop, one country", "one language"]));
}

#[test]
fn data_trust_alliance_metadata_holds_to_the_mended_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    add(&acme);
    acme.push("acme/small-data", &fixtures::reviews_csv(), &fixtures::datasheet_under("CC-BY-4.0", ""));
    let get = |name: &str| {
        acme.client.get(&format!("/api/v1/datasets/acme/{name}/versions/latest/data-trust-alliance")).expect(200)
    };
    for name in ["review-data", "small-data"] {
        let metadata = get(name);
        let faults: Vec<_> = schema.iter_errors(&metadata).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:?} in {metadata}");
    }
    let full = get("review-data");
    let names = |group: &str| full[group].as_object().unwrap().len();
    assert_eq!((names("source"), names("provenance"), names("use")), (6, 7, 12), "{full}");
    // The schema is shown to refuse.
    for (group, member, value) in [
        ("source", "version", json!("2.0.0")),
        ("source", "issuer", json!([])),
        ("provenance", "date", json!("last spring")),
        ("provenance", "origin-geography", Value::Null),
        ("use", "privacy-enhancing", json!([{"tool-used": "hash"}])),
        ("use", "unknown", json!(1)),
    ] {
        let mut other = full.clone();
        other[group][member] = value;
        assert!(!schema.is_valid(&other), "{group}.{member}");
    }
}

#[test]
fn nobody_exports_what_they_may_not_see() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let datasheet = fixtures::datasheet_under("CC-BY-4.0", "");
    acme.push_as("acme/secret-data", &fixtures::reviews_csv(), &datasheet, &json!({"visibility": "private"}));
    acme.push_reviews();
    for format in ["croissant", "data-trust-alliance"] {
        acme.client.get(&format!("/api/v1/datasets/acme/secret-data/versions/v1/{format}")).expect(200);
        for hidden in
            ["secret-data/versions/v1", "secret-data/versions/v9", "absent/versions/v1", "reviews/versions/v1"]
        {
            globex.client.get(&format!("/api/v1/datasets/acme/{hidden}/{format}")).expect(404);
        }
    }
}

#[test]
fn the_command_line_exports_and_begins_from_what_it_exported() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    add(&acme);
    let commands = Program::of(&acme.client);
    let [croissant, metadata, draft] = ["croissant.json", "dta.json", "datasheet.toml"].map(|name| commands.path(name));
    let [croissant, metadata, draft] = [&croissant, &metadata, &draft].map(|path| path.to_str().unwrap());
    let export = ["dataset", "export", "acme/review-data@v1", "--format"];
    let said = commands.run(&[&export[..], &["croissant", "--out", croissant]].concat()).expect(0).out;
    assert!(said.contains(croissant), "{said}");
    commands.run(&[&export[..], &["croissant", "--out", croissant]].concat()).expect(1);
    commands.run(&[&export[..], &["data-trust-alliance", "--out", metadata]].concat()).expect(0);
    let shown = commands.run(&[&export[..], &["data-trust-alliance", "--json"]].concat()).expect(0).out;
    let written: Value = serde_json::from_str(&fs::read_to_string(metadata).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), written);
    commands.run(&[&export[..], &["parquet"]].concat()).expect(2);

    let begun = commands.run(&["dataset", "init", "--from", croissant, "--out", draft]).expect(0);
    assert!(begun.out.contains(draft) && begun.said.is_empty(), "{begun:?}");
    let text = fs::read_to_string(draft).unwrap();
    assert!(
        text.contains("licence = \"CC-BY-4.0\"") && text.contains("\nbiases = [\"one shop, one country\""),
        "{text}"
    );
    let faults = commands.run(&["dataset", "check", draft]).expect(1).out;
    assert!(faults.contains("about.contact") && !faults.contains("dataset.licence"), "{faults}");
    commands.run(&["dataset", "init", "--from", croissant, "--out", draft]).expect(1);
}

#[test]
fn a_card_is_read_offline_and_its_notes_are_told() {
    let commands = Program::alone();
    let (card, draft, other) = (commands.path("README.md"), commands.path("datasheet.toml"), commands.path("zh.toml"));
    let [card, draft, other] = [&card, &draft, &other].map(|path| path.to_str().unwrap());
    fs::write(
        card,
        "---\nlicense: cc-by-4.0\nlanguage: [en]\nsize_categories: n<1K\n---\n# Dataset Card for Reviews\n",
    )
    .unwrap();
    let begun = commands.run(&["dataset", "init", "--from", card, "--out", draft]).expect(0);
    assert!(begun.said.contains("size_categories (line 4)") && begun.said.contains("n<1K"), "{begun:?}");
    let text = fs::read_to_string(draft).unwrap();
    assert!(text.contains("name = \"Reviews\"") && text.contains("languages = [\"en\"]"), "{text}");
    let json = commands.run(&["dataset", "init", "--from", card, "--out", other, "--json", "--lang", "zh"]).expect(0);
    let told: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&told["from"], told["notes"].as_array().unwrap().len()), (&json!("dataset-card"), 1), "{told}");
    assert_eq!(told["notes"][0]["field"], "size_categories (line 4)");
    assert!(json.said.is_empty(), "{json:?}");

    let absent = commands.path("absent.toml");
    for (content, why) in [
        ("---\nlicense: &a mit\n---\n", "line 2"),
        ("{\"name\": 1}", "no Croissant"),
        ("{", "not JSON"),
        ("# Reviews", "line 1"),
    ] {
        fs::write(card, content).unwrap();
        let refused = commands.run(&["dataset", "init", "--from", card, "--out", absent.to_str().unwrap()]).expect(1);
        assert!(refused.said.contains(why), "{content}: {refused:?}");
        assert!(!absent.exists(), "nothing is begun from what cannot be read");
    }
}
