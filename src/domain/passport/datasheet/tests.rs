//! The datasheet as a whole: what it must say, its refusals, its two spellings.

use super::*;
use crate::passport::sample;

fn faults(text: &str) -> String {
    Datasheet::parse(text).unwrap_err().to_string()
}

#[test]
fn is_the_same_in_both_spellings() {
    let datasheet = Datasheet::parse(sample::DATASHEET).unwrap_or_else(|faults| panic!("{faults}"));
    let json = datasheet.to_canonical_json().unwrap();
    assert_eq!(Datasheet::parse_json(&json), Ok(datasheet));
}

#[test]
fn the_template_is_refused_naming_every_blank_and_taken_when_they_are_filled_in() {
    for template in [include_str!("template.en.toml"), include_str!("template.zh.toml")] {
        let refused = faults(template);
        for field in ["about.summary", "about.intended_use", "about.contact", "dataset.name", "dataset.acquisition"] {
            assert!(refused.contains(field), "{field}: {refused}");
        }
        let optional = |line: &str| match line.strip_prefix('#') {
            Some(field) if !field.starts_with(' ') => format!("{field}\n"),
            _ => format!("{line}\n"),
        };
        let everything: String = template.lines().map(optional).collect();
        let blanks = [
            ("summary = \"\"", "summary = \"reviews\""),
            ("intended_use = []", "intended_use = [\"training\"]"),
            ("contact = \"\"", "contact = \"data@example.org\""),
            ("name = \"\"", "name = \"reviews\""),
            ("version = \"\"", "version = \"1\""),
            ("acquisition = \"\"", "acquisition = \"open\""),
            ("licence = \"\"", "licence = \"CC-BY-4.0\""),
            ("geography = []", "geography = [\"DE\"]"),
            ("class = \"\"", "class = \"none\""),
        ];
        let filled = blanks.iter().fold(everything, |text, (blank, value)| text.replace(blank, value));
        let datasheet = Datasheet::parse(&filled).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(datasheet.documentation.properties().len(), 19, "every property is in the template");
    }
}

#[test]
fn each_kind_of_source_needs_its_proof() {
    let with = |acquisition: &str, evidence: &str| {
        let text = sample::DATASHEET.replace("acquisition = \"open\"", &format!("acquisition = \"{acquisition}\""));
        Datasheet::parse(&format!("{text}\n[evidence]\n{evidence}"))
    };
    let digest = "0".repeat(64);
    let crawl_log = format!("crawl_log_digest = \"{digest}\"");
    for (acquisition, evidence) in [
        ("licensed", "contract = \"2026-17\""),
        ("commissioned", "contract = \"2026-18\""),
        ("crawled", crawl_log.as_str()),
        ("user", "consent = \"consent register, entry 4\""),
        ("internal", "system = \"support desk\""),
    ] {
        assert!(with(acquisition, evidence).is_ok(), "{acquisition}");
        assert!(with(acquisition, "").unwrap_err().to_string().contains("[evidence]"), "{acquisition}");
    }
    assert!(with("synthetic", "").unwrap_err().to_string().contains("generated the data"));
    let generated = sample::DATASHEET
        .replace("acquisition = \"open\"", "acquisition = \"synthetic\"")
        .replace("[dataset.origin]", "[dataset.privacy]\nclass = \"none\"\n[[parent]]\nmodel = \"acme/writer@v1\"\nactivity = \"generate\"\n[dataset.origin]")
        .replacen("[dataset.privacy]\nclass = \"none\"\n", "", 1);
    assert!(Datasheet::parse(&generated).is_ok());
    let unlicensed = sample::DATASHEET.replace("licence = \"CC-BY-4.0\"\n", "");
    assert!(faults(&unlicensed).contains("what open data were published under"));
}

#[test]
fn a_parent_is_pinned_and_of_one_kind() {
    let with = |parent: &str| Datasheet::parse(&format!("{}\n[[parent]]\n{parent}", sample::DATASHEET));
    assert!(with("dataset = \"acme/raw@v2\"\nactivity = \"filter\"").is_ok());
    for (parent, expected) in [
        ("dataset = \"acme/raw\"\nactivity = \"filter\"", "version number"),
        ("dataset = \"acme/raw@v2\"\nactivity = \"train\"", "collect filter annotate"),
        ("model = \"acme/writer@v2\"\nactivity = \"filter\"", "generate"),
        ("dataset = \"acme/raw@v2\"\nmodel = \"acme/writer@v2\"\nactivity = \"filter\"", "not both"),
        ("activity = \"filter\"", "a registered data set such as"),
    ] {
        let refused = with(parent).unwrap_err().to_string();
        assert!(refused.contains(expected), "{parent}: {refused}");
    }
}
