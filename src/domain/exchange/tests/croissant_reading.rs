//! Croissant as it is read: our own, of others, and what is wrong with it.

use serde_json::{Value, json};

use super::*;

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
                {"@id": "r/d", "source": {"@id": "r/a"}},
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
