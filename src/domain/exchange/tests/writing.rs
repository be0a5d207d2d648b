//! Croissant and Data & Trust Alliance metadata as they are written.

use serde_json::json;

use super::*;

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
