//! The datasheet: what an owner declares about one version of a data set, in one signed document.
//!
//! Owners write it as `datasheet.toml`; what is signed and sent is its canonical JSON. Its `[dataset]` section has the fields that a
//! passport's `[[dataset]]` has, so that a fact about data means the same whether the data are registered or only named; the other
//! sections are the proof of acquisition (TC260-003; EU training-content summary, section 2), processing, transfers and retention
//! (GDPR Art. 5, 6, 9, 30 and 44 to 49; PIPL Art. 13, 38 and 47), the Data & Trust Alliance's Use section (1.0.0) and Croissant's
//! responsible-AI vocabulary (RAI 1.0).

mod about;
mod documentation;
mod evidence;
mod parent;
mod processing;
mod terms_of_use;

use serde::Serialize;

pub use about::About;
pub use documentation::Documentation;
pub use evidence::Evidence;
pub use parent::{DatasetParent, RegisteredData};
pub use processing::{Processing, Retention, RetentionRule, Transfer, TransferMechanism};
pub use terms_of_use::TermsOfUse;

use super::Dataset;
use crate::documents::{Faults, Node, Section, parse_json, parse_toml, read, read_document};
use chancery_base::crypto::{JsonError, canonical_json};

/// The version of the datasheet's format that is written, and the only one that is read.
const FORMAT: u64 = 1;
const DOCUMENT: &str = "datasheet";

/// Everything an owner declares about one version of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Datasheet {
    /// Version of this format.
    #[serde(rename = "datasheet")]
    format: u64,
    /// What it is and whom to ask.
    pub about: About,
    /// Origin, licence, rights holders and personal data: what a passport would say of it.
    pub dataset: Dataset,
    /// What proves how it was obtained.
    pub evidence: Evidence,
    /// What it was made from.
    #[serde(rename = "parent")]
    pub parents: Vec<DatasetParent>,
    /// What personal data may be processed for, and on what basis.
    pub processing: Vec<Processing>,
    /// How personal data reach other countries.
    #[serde(rename = "transfer")]
    pub transfers: Vec<Transfer>,
    /// How long it must, and how long it may be kept.
    pub retention: Vec<Retention>,
    /// What its holder says of its use.
    #[serde(rename = "use")]
    pub terms_of_use: TermsOfUse,
    /// How it came about and what is wrong with it.
    pub documentation: Documentation,
}

impl Datasheet {
    /// Reads `datasheet.toml`.
    ///
    /// Errors: every field that is missing, blank, unknown or not as expected, each with its line.
    pub fn parse(source: &str) -> Result<Self, Faults> {
        Self::read(&parse_toml(DOCUMENT, source)?)
    }

    /// Reads a datasheet from JSON, with the same rules as [`Datasheet::parse`]; a field that occurs twice is refused.
    pub fn parse_json(json: &[u8]) -> Result<Self, Faults> {
        Self::read(&parse_json(DOCUMENT, json)?)
    }

    /// The datasheet as canonical JSON, which is what gets signed; fields left out are null.
    pub fn to_canonical_json(&self) -> Result<Vec<u8>, JsonError> {
        canonical_json(self)
    }

    fn read(node: &Node) -> Result<Self, Faults> {
        read_document(DOCUMENT, node, Self::read_sections)
    }

    fn read_sections(root: &Section<'_>) -> Option<Self> {
        let format = root.required("datasheet", |node| {
            read::count(node).ok().filter(|format| *format == FORMAT).ok_or_else(|| FORMAT.to_string().into())
        });
        let about = root.section("about", About::read);
        let dataset = root.section("dataset", Dataset::read);
        let parents = root.sections("parent", DatasetParent::read);
        let evidence = root.optional_section("evidence", Evidence::read).unwrap_or_default();
        let processing = root.sections("processing", Processing::read);
        let transfers = root.sections("transfer", Transfer::read);
        let retention = root.sections("retention", Retention::read);
        let terms_of_use = root.optional_section("use", TermsOfUse::read).unwrap_or_default();
        let documentation = root.optional_section("documentation", Documentation::read).unwrap_or_default();
        let dataset = dataset?;
        evidence.require_for(&dataset, &parents, root);
        Some(Self {
            format: format?,
            about: about?,
            dataset,
            evidence,
            parents,
            processing,
            transfers,
            retention,
            terms_of_use,
            documentation,
        })
    }
}

#[cfg(test)]
mod tests;
