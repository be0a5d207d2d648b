//! What is written holds what was declared; what is read back says the same, and says what is wrong.

use chancery_base::values::{ByteCount, Language, Sha256Digest, UnixMillis, VersionId};
use serde_json::{Value, json};

use super::*;
use crate::{
    licensing::Catalogue,
    passport::{Datasheet, sample},
};

/// A datasheet with something in every section that either format has a place for.
fn full_datasheet() -> Datasheet {
    let text = format!(
        "{}\n{}",
        sample::DATASHEET
            .replace("contact = ", "website = \"https://example.org/reviews\"\ncitation = \"Archive: Reviews\"\nkeywords = [\"reviews\"]\ncontact = ")
            .replace("licence = ", "rights_holders = [\"Example Archive\"]\nlanguages = [\"en\"]\nlicence = ")
            .replace("[dataset.origin]", "[dataset.collected]\nfrom = 2025-01-01\nuntil = 2025-12-31\n[dataset.origin]"),
        r#"[evidence]
consent = "consent register, entry 4"
[[parent]]
dataset = "acme/raw@v2"
activity = "filter"
[use]
confidentiality = "internal"
privacy_enhancing = ["pseudonymised"]
processing_allowed = ["DE"]
processing_forbidden = ["US"]
storage_allowed = ["DE"]
storage_forbidden = ["US"]
copyright = "texts of the customers"
patent = "none"
trademark = "none"
issued = 2026-02-01
previously_issued = 2025-11-01
generation_method = "written by people"
[use.generated]
from = 2025-01-01
until = 2025-06-30
[documentation]
collection = "reviews written by customers of one shop"
collection_type = ["user-generated"]
collection_missing = "none"
collection_raw = "web forms"
imputation = "none"
manipulation = "none"
preprocessing = ["Unicode NFC", "duplicates removed"]
annotation = "two people label each item"
annotation_platform = ["spreadsheet"]
annotation_analysis = ["Cohen's kappa 0.82"]
annotations_per_item = "2"
annotators = ["adults"]
machine_annotation = ["none"]
biases = ["one shop, one country", "one language"]
use_cases = ["sentiment classification"]
limitations = ["not for other languages"]
social_impact = "none known"
sensitive = ["none"]
maintenance = "a new version each quarter"
"#
    );
    Datasheet::parse(&text).unwrap_or_else(|faults| panic!("{faults}"))
}

fn registered(datasheet: Datasheet) -> RegisteredDataset {
    let file = |path: &str, content: &[u8]| DataFile {
        path: path.parse().unwrap(),
        sha256: Sha256Digest::of(content),
        size: ByteCount(u64::try_from(content.len()).unwrap()),
    };
    let column = |name: &str, kind: &str| DataColumn { name: name.to_owned(), kind: kind.to_owned() };
    let table = |path: &str, format: &str, columns| DataTable {
        path: path.parse().unwrap(),
        format: format.to_owned(),
        columns,
    };
    RegisteredDataset {
        registry: "https://registry.example.org".to_owned(),
        name: "acme/reviews".parse().unwrap(),
        number: 3,
        id: VersionId::first_at(UnixMillis::new(0)),
        registered_at: "2026-03-01T10:00:00Z".parse::<UnixMillis>().unwrap(),
        publisher: "Acme".to_owned(),
        datasheet,
        files: vec![
            file("README.md", b"read me"),
            file("reviews.csv", b"text,stars\na,1\n"),
            file("more.txt", b"a\nb\n"),
        ],
        tables: vec![
            table("reviews.csv", "csv", vec![column("text", "text"), column("stars", "integer")]),
            table("more.txt", "text", vec![column("text", "text")]),
        ],
    }
}

fn read(source: &str) -> Imported {
    read_croissant(source, Language::English, &Catalogue::embedded().unwrap()).unwrap()
}

fn read_card(source: &str) -> Result<Imported, Unreadable> {
    read_dataset_card(source, Language::English, &Catalogue::embedded().unwrap())
}

#[track_caller]
fn assert_noted(imported: &Imported, field: &str, found: &str, expected: &str) {
    let is_it = |note: &Note| note.field == field && note.found.contains(found) && note.expected.contains(expected);
    assert!(imported.notes.iter().any(is_it), "{field}: {:#?}", imported.notes);
}

#[track_caller]
fn assert_drafted(imported: &Imported, line: &str) {
    assert!(imported.datasheet_toml.lines().any(|written| written == line), "{line}: {}", imported.datasheet_toml);
}

#[test]
fn croissant_has_what_the_specification_requires_and_what_was_declared() {
    let document = croissant(&registered(full_datasheet()));
    for required in
        ["@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "datePublished"]
    {
        assert!(document.get(required).is_some_and(|value| !value.is_null()), "{required}");
    }
    for property in rai::PROPERTIES {
        assert!(document.get(format!("rai:{}", property.name)).is_some(), "{}", property.name);
    }
    for (pointer, value) in [
        ("/@context/conformsTo", json!("dct:conformsTo")),
        ("/conformsTo/0", json!("http://mlcommons.org/croissant/1.1")),
        ("/license", json!("https://spdx.org/licenses/CC-BY-4.0.html")),
        ("/version", json!("3.0.0")),
        ("/alternateName", json!(["acme/reviews@v3", "reviews 2026-01"])),
        ("/datePublished", json!("2026-02-01")),
        ("/rai:dataCollectionTimeframe", json!(["2025-01-01", "2025-12-31"])),
        ("/rai:personalSensitiveInformation", json!(["none", "no personal data declared"])),
        ("/rai:annotationsPerItem", json!("2")),
        ("/prov:wasDerivedFrom/0/@id", json!("https://registry.example.org/datasets/acme/raw?version=v2")),
        ("/distribution/0/encodingFormat", json!("text/markdown")),
        ("/distribution/1/contentSize", json!("15 B")),
        ("/distribution/1/sha256", json!(Sha256Digest::of(b"text,stars\na,1\n"))),
        ("/recordSet/0/field/1/dataType", json!("sc:Integer")),
        ("/recordSet/0/field/1/source", json!({"fileObject": {"@id": "file-2"}, "extract": {"column": "stars"}})),
        ("/recordSet/1/field/0/source/extract", json!({"fileProperty": "lines"})),
    ] {
        assert_eq!(document.pointer(pointer), Some(&value), "{pointer}");
    }
    assert_eq!(document.to_string(), croissant(&registered(full_datasheet())).to_string());
}

#[test]
fn licences_that_are_not_one_of_the_list_stay_expressions() {
    let licence_of = |licence: &str| {
        let text = sample::DATASHEET.replace("acquisition = \"open\"", "acquisition = \"internal\"")
            + "[evidence]\nsystem = \"desk\"\n";
        let text = text.replace("licence = \"CC-BY-4.0\"\n", licence);
        croissant(&registered(Datasheet::parse(&text).unwrap()))["license"].clone()
    };
    assert_eq!(licence_of("licence = \"LicenseRef-Own\"\n"), "LicenseRef-Own");
    assert_eq!(licence_of("licence = \"MIT OR Apache-2.0\"\n"), "MIT OR Apache-2.0");
    assert_eq!(licence_of(""), "NOASSERTION");
}

/// What was written is read without anything lost that a datasheet elsewhere could say of itself.
#[test]
fn what_is_written_as_croissant_is_read_back() {
    let mut version = registered(full_datasheet());
    version.files.truncate(2);
    version.tables.truncate(1);
    let imported = read(&croissant(&version).to_string());
    let fields: Vec<&str> = imported.notes.iter().map(|note| note.field.as_str()).collect();
    assert_eq!(fields, ["prov:wasDerivedFrom"], "{:?}", imported.notes);
    let filled = imported
        .datasheet_toml
        .replace("intended_use = []", "intended_use = [\"training classifiers\"]")
        .replace("contact = \"\"", "contact = \"data@example.org\"")
        .replace("acquisition = \"\"", "acquisition = \"open\"")
        .replace("geography = []", "geography = [\"DE\"]")
        .replace("class = \"\"", "class = \"none\"");
    let read = Datasheet::parse(&filled).unwrap_or_else(|faults| panic!("{faults}"));
    let mut expected = full_datasheet();
    expected.documentation.sensitive.push("no personal data declared".to_owned());
    assert_eq!(read.documentation, expected.documentation);
    assert_eq!(read.about, expected.about);
    assert_eq!(read.dataset.licence, expected.dataset.licence);
    assert_eq!(read.dataset.collected, expected.dataset.collected);
    assert_eq!((read.dataset.name.as_str(), read.dataset.version.as_str()), ("reviews", "3.0.0"));
    assert_eq!(read.terms_of_use.issued, expected.terms_of_use.issued);
}

/// Each of these is accepted by mlcroissant 1.1.1.
#[test]
fn what_other_tools_accept_is_noted() {
    let good = croissant(&registered(full_datasheet()));
    let with = |pointer: &str, value: Value| {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        read(&document.to_string())
    };
    let imported = with("/distribution/1/sha256", json!("zz"));
    assert_noted(&imported, "distribution[1].sha256", "`zz`", "64 lower-case hexadecimal digits");
    let imported = with("/rai:dataCollectionTimeframe", json!("not a date"));
    assert_noted(&imported, "rai:dataCollectionTimeframe", "not a date", "two days");
    let imported = with("/rai:dataCollectionTimeframe", json!(["2026-01-02", "2026-01-01"]));
    assert_noted(&imported, "rai:dataCollectionTimeframe", "2026-01-02", "not after the last");
    let imported = with("/license", json!("as you like"));
    assert_noted(&imported, "license", "as you like", "SPDX");
    assert_drafted(&imported, "licence = \"\"");
    let imported = with("/license", json!("LicenseRef-Own"));
    assert_drafted(&imported, "licence = \"LicenseRef-Own\"");
    let imported = with("/recordSet/0/field/0/source/fileObject/@id", json!("elsewhere"));
    assert_noted(&imported, "recordSet[0].field[0].source", "elsewhere", "of this document");
    let imported = with("/recordSet/0/field/0/source", Value::Null);
    assert_noted(&imported, "recordSet[0].field[0].source", "empty", "where the field comes from");
    let imported = with("/conformsTo", json!("http://mlcommons.org/croissant/0.8"));
    assert_noted(&imported, "conformsTo", "0.8", "1.0");
    let imported = with("/datePublished", json!("last spring"));
    assert_noted(&imported, "datePublished", "last spring", "a day");
    let imported = with("/description", json!("x".repeat(5_000)));
    assert_noted(&imported, "description", "xxx", "at most 4000 characters");
    let imported = with("/name", json!("a\u{202e}b"));
    assert_noted(&imported, "name", "a", "a text of");
}

/// Written as other registries write it: prefixes, lists, objects, times, and a licence by its address.
#[test]
fn croissant_of_others_is_understood() {
    let digest = "a".repeat(64);
    let imported = read(
        &json!({
            "@type": "sc:Dataset",
            "dct:conformsTo": "https://mlcommons.org/croissant/1.0",
            "sc:name": "Squares \"and\" circles",
            "description": "first line\nsecond line",
            "license": ["https://creativecommons.org/licenses/by-sa/4.0/"],
            "creator": [{"@type": "Person", "name": "Ada", "email": "ada@example.org"}, {"name": "Bob"}],
            "datePublished": "2025-05-01T12:00:00Z",
            "keywords": "shapes, drawings",
            "inLanguage": ["en", "not a language"],
            "version": 1.5,
            "distribution": [
                {"@type": "cr:FileObject", "@id": "repo", "contentUrl": "https://example.org/data.zip", "sha256": digest},
                {"@type": "cr:FileSet", "@id": "images", "containedIn": {"@id": "repo"}, "includes": "*.png"},
            ],
            "recordSet": [{"@id": "r", "field": [
                {"@id": "r/a", "source": {"fileSet": {"@id": "images"}, "extract": {"fileProperty": "content"}}},
                {"@id": "r/b", "subField": [{"@id": "r/b/c", "source": {"field": {"@id": "r/a"}}}]},
            ]}, {"@id": "splits", "field": [{"@id": "splits/name"}], "data": [{"splits/name": "train"}]}],
            "http://mlcommons.org/croissant/RAI/dataBiases": ["few circles"],
            "dataLimitations": "flat shapes",
        })
        .to_string(),
    );
    let fields: Vec<&str> = imported.notes.iter().map(|note| note.field.as_str()).collect();
    assert_eq!(fields, ["inLanguage"], "{:?}", imported.notes);
    for line in [
        "name = \"Squares \\\"and\\\" circles\"",
        "summary = \"first line\\nsecond line\"",
        "licence = \"CC-BY-SA-4.0\"",
        "contact = \"ada@example.org\"",
        "rights_holders = [\"Ada\", \"Bob\"]",
        "keywords = [\"shapes\", \"drawings\"]",
        "languages = [\"en\"]",
        "version = \"1.5\"",
        "[use]",
        "issued = \"2025-05-01\"",
        "[documentation]",
        "biases = [\"few circles\"]",
        "limitations = [\"flat shapes\"]",
    ] {
        assert_drafted(&imported, line);
    }
}

#[test]
fn what_is_no_croissant_is_not_read() {
    let catalogue = Catalogue::embedded().unwrap();
    let read = |source: &str| read_croissant(source, Language::English, &catalogue);
    assert!(matches!(read("{\n \"a\": }"), Err(Unreadable::Json { line: 2, .. })));
    assert_eq!(read("{\"name\": \"package\"}"), Err(Unreadable::NotCroissant));
    assert_eq!(read("[]"), Err(Unreadable::NotCroissant));
}

#[test]
fn both_templates_are_filled_in_and_stay_commented() {
    for (language, comment) in [(Language::English, "# What is in it"), (Language::Chinese, "#")] {
        let source = json!({"conformsTo": "http://mlcommons.org/croissant/1.1", "name": "x", "rai:dataBiases": "one"})
            .to_string();
        let imported = read_croissant(&source, language, &Catalogue::embedded().unwrap()).unwrap();
        assert!(imported.datasheet_toml.contains(comment));
        for line in ["name = \"x\"", "[documentation]", "biases = [\"one\"]", "#[use]"] {
            assert_drafted(&imported, line);
        }
        let faults = Datasheet::parse(&imported.datasheet_toml).unwrap_err().to_string();
        assert!(faults.contains("about.summary") && !faults.contains("TOML"), "{faults}");
    }
}

const CARD: &str = r#"---
annotations_creators:
- crowdsourced
- machine-generated
language_creators: [found]
language:
- en
- multilingual
license:
- cc-by-sa-4.0
pretty_name: "Reviews: large"
size_categories:
- 10K<n<100K
source_datasets:
- original
- extended|squad
task_categories:
- text-classification
tags: [reviews, shops]
dataset_info:
  features:
  - name: text
    dtype: string
configs:
- config_name: default
---
# Dataset Card for Something

## Dataset Description

- **Homepage:** [shop](https://example.org/shop)
- **Point of Contact:** <data@example.org>
- **Paper:** [More Information Needed]

### Dataset Summary

Reviews of products.
<!-- Say what it is. -->

### Out-of-Scope Use

[More Information Needed]

## Bias, Risks, and Limitations

One shop only.

## Citation [optional]

```
@misc{x}
# not a heading
```
"#;

#[test]
fn a_dataset_card_becomes_a_draft() {
    let imported = read_card(CARD).unwrap();
    for line in [
        "name = \"Reviews: large\"",
        "licence = \"CC-BY-SA-4.0\"",
        "languages = [\"en\"]",
        "intended_use = [\"text-classification\"]",
        "keywords = [\"reviews\", \"shops\"]",
        "annotation = \"crowdsourced, machine-generated\"",
        "generation_method = \"found\"",
        "limitations = [\"One shop only.\"]",
        "citation = \"@misc{x}\\n# not a heading\"",
        "summary = \"Reviews of products.\"",
        "website = \"https://example.org/shop\"",
        "contact = \"data@example.org\"",
        "#prohibited_use = [\"identifying people\"]",
    ] {
        assert_drafted(&imported, line);
    }
    assert_noted(&imported, "size_categories (line 12)", "10K<n<100K", "a count");
    assert_noted(&imported, "source_datasets (line 14)", "extended|squad", "[[parent]]");
    assert_noted(&imported, "language (line 6)", "multilingual", "language tag");
    assert_noted(&imported, "dataset_info (line 20)", "dataset_info", "no field");
    assert_eq!(imported.notes.len(), 5, "{:?}", imported.notes);
}

#[test]
fn licences_of_cards_are_never_guessed() {
    let card = |head: &str| read_card(&format!("---\n{head}\n---\n# Dataset Card for Reviews\n")).unwrap();
    assert_drafted(&card("license: other\nlicense_name: LicenseRef-Shop"), "licence = \"LicenseRef-Shop\"");
    let imported = card("license: other\nlicense_name: shop terms\nlicense_link: LICENSE");
    assert_noted(&imported, "license_name (line 3)", "shop terms", "its text is said to be at LICENSE");
    assert_noted(&card("license: [mit, apache-2.0]"), "license (line 2)", "mit, apache-2.0", "one expression");
    assert_noted(&card("license: other"), "license (line 2)", "other", "SPDX");
    let imported = card("tags: [a]");
    assert_noted(&imported, "license", "empty", "SPDX");
    assert_drafted(&imported, "name = \"Reviews\"");
}

#[test]
fn a_card_that_nests_what_is_needed_is_refused_with_its_line() {
    let refused = read_card("---\npretty_name: x\nlicense:\n  name: mit\n---\n");
    assert!(matches!(refused, Err(Unreadable::Card { line: 3, .. })), "{refused:?}");
    let refused = read_card("just text").unwrap_err().to_string();
    assert!(refused.starts_with("line 1: expected `---`"), "{refused}");
}

#[test]
fn data_trust_alliance_metadata_has_its_three_groups() {
    let document = data_trust_alliance(&registered(full_datasheet()));
    for (pointer, value) in [
        ("/source/version", json!("1.0.0")),
        ("/source/issuer/0/name", json!("Acme")),
        ("/provenance/source", json!("https://registry.example.org/datasets/acme/raw")),
        ("/provenance/origin-geography", json!([{"country": "DE"}])),
        ("/provenance/previous-date", json!("2025-11-01")),
        ("/provenance/generation-period/end", json!("2025-06-30")),
        ("/provenance/generation-method/0/code", json!("open")),
        ("/provenance/format", json!(["text/csv", "text/plain"])),
        ("/use/classification/1/regulation/description", json!("internal")),
        ("/use/consents", json!(["consent register, entry 4"])),
        ("/use/processing-excluded", json!([{"country": "US"}])),
        ("/use/license", json!(["CC-BY-4.0"])),
        ("/use/intended-purpose/0/description", json!("training classifiers")),
    ] {
        assert_eq!(document.pointer(pointer), Some(&value), "{pointer}");
    }
}
