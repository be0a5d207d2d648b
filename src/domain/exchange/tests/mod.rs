//! What is written holds what was declared; what is read back says the same, and says what is wrong.

use chancery_base::values::{ByteCount, Language, Sha256Digest, UnixMillis, VersionId};

use super::*;
use crate::{
    licensing::Catalogue,
    passport::{Datasheet, sample},
};

mod card_reading;
mod croissant_reading;
mod writing;

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
