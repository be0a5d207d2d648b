//! The report: counts, an even sample, and no text.

use sha2::{Digest, Sha256};

use crate::personal::{Class, Commitment, Report, Ruleset, ScannedCell, Scanner, ScannerConfig};

fn commit(text: &str) -> Commitment {
    Commitment(Sha256::digest(format!("salt {text}")).into())
}

fn report(texts: &[&str]) -> Report {
    let scanner = Scanner::new(ScannerConfig::default());
    let mut report = Report::new(2);
    for text in texts {
        let (findings, flags) = scanner.scan_and_flag("note", text);
        report.add_cell(&ScannedCell { column: "note", text, findings: &findings, flags: &flags }, commit);
        report.end_row();
    }
    report
}

const TEXTS: [&str; 4] = [
    "ada@gmail.com",
    "nothing",
    "My passport is C01X00T47, call +49 171 1234567",
    "She has asthma, 4111 1111 1111 1111",
];

#[test]
fn counts_and_samples() {
    let report = report(&TEXTS);
    assert_eq!((report.rows, report.cells, report.cells_with_findings), (4, 4, 3));
    assert_eq!(report.count(Class::Email), 1);
    assert_eq!(report.count(Class::Passport), 1);
    assert_eq!(report.flags.values().sum::<u64>(), 1);
    assert_eq!(report.samples.len(), 2);
}

#[test]
fn keeps_no_text_and_says_how_good_it_is() {
    let json = serde_json::to_value(report(&TEXTS)).unwrap();
    let text = json.to_string();
    assert!(!["ada@", "C01X00T47", "4111"].iter().any(|value| text.contains(value)));
    assert_eq!(json["ruleset"]["digest"].as_str().map(str::len), Some(64));
    assert_eq!(json["measured"]["classes"].as_array().map(Vec::len), Some(Class::ALL.len()));
    assert_eq!(json["findings"]["email"]["certain"], 1);
}

#[test]
fn the_sample_does_not_depend_on_the_order() {
    let commitments = |report: &Report| report.samples.iter().map(|sample| sample.commitment).collect::<Vec<_>>();
    let mut turned = TEXTS;
    turned.reverse();
    assert_eq!(commitments(&report(&TEXTS)), commitments(&report(&turned)));
}

/// Whoever changes the rules raises `RULESET_VERSION` and writes the new digest here, so that no two rulesets share a version.
#[test]
fn a_version_is_one_set_of_rules() {
    let ruleset = Ruleset::current();
    println!("{ruleset:?}");
    assert_eq!(ruleset.version, 1);
    assert_eq!(ruleset.digest, "7ea22190cf078a3673ba37c535e7f4ef855accdc62aaaa80806a21312a4433e1");
}
