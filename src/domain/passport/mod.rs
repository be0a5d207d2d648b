//! The passport: what an owner declares about a model, in one signed document.
//!
//! Owners write it as `passport.toml`; what is signed and sent is its canonical JSON. Both are read by the same code, so a
//! passport that a server accepts is one that `chancery passport check` accepts. Nothing here judges what is declared:
//! licences are weighed by `licensing`, completeness by `provenance`, lawful bases by `policy`. The fields answer EU AI
//! Act Art. 10, 11 and 53 with Annexes IV and XI, the GPAI Model Documentation Form, GDPR Art. 6, 9, 30 and 35,
//! California Civil Code 3111, China's interim measures on generative AI and the Data & Trust Alliance's provenance
//! standard 1.0.0; each says which.

mod activity;
mod dataset;
mod datasheet;
mod document;
mod facts;
mod licence_expression;
pub mod lineage;
mod model;
mod parent;
mod permission;
mod responsibility;
#[cfg(test)]
pub mod sample;
mod template;

use serde::{Deserialize, Deserializer, Serialize, de::Error};

pub use activity::Activity;
pub use dataset::{
    Acquisition, Collected, DataPrivacy, Dataset, LawfulBasis, Origin, Phase, PhaseBases, PrivacyClass,
    RightsReservation, SpecialCategoryCondition,
};
pub use datasheet::{
    About, DatasetParent, Datasheet, Documentation, Evidence, Processing, RegisteredData, Retention, RetentionRule,
    TermsOfUse, Transfer, TransferMechanism,
};
pub use document::{Document, RegisteredParent};
pub use facts::Fact;
pub use licence_expression::LicenceExpression;
pub use model::{Filing, Model};
pub use parent::{ExternalModel, Parent, ParentSource};
pub use permission::{Permission, Right};
pub use responsibility::{Copyright, Insurance, Liability, OfferedLicence, Privacy};
pub use template::template;

use chancery_base::crypto::{JsonError, canonical_json};

use crate::documents::{Faults, Node, Section, parse_json, parse_toml, read, read_document};

/// The version of the passport's format that is written, and the only one that is read.
const FORMAT: u64 = 1;
const DOCUMENT: &str = "passport";

/// Everything an owner declares about one version of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passport {
    /// Version of this format.
    #[serde(rename = "passport")]
    format: u64,
    /// What the model is and is for.
    pub model: Model,
    /// Filings with authorities, where the law asks for them.
    #[serde(rename = "filing")]
    pub filings: Vec<Filing>,
    /// The data it was made from.
    #[serde(rename = "dataset")]
    pub datasets: Vec<Dataset>,
    /// The registered data sets it was made from. Left out where there are none, as in passports older than this section.
    #[serde(rename = "data", skip_serializing_if = "Vec::is_empty")]
    pub registered_data: Vec<RegisteredData>,
    /// The models it was made from.
    #[serde(rename = "parent")]
    pub parents: Vec<Parent>,
    /// Who holds rights in the model, and how others' reservations are respected.
    pub copyright: Copyright,
    /// Who answers for personal data.
    pub privacy: Privacy,
    /// What the owner offers the model under.
    pub licence: OfferedLicence,
    /// Who answers for harm.
    pub liability: Liability,
}

impl Passport {
    /// Reads `passport.toml`.
    ///
    /// Errors: every field that is missing, blank, unknown or not as expected, each with its line.
    pub fn parse(source: &str) -> Result<Self, Faults> {
        Self::read(&parse_toml(DOCUMENT, source)?)
    }

    /// Reads a passport from JSON, with the same rules as [`Passport::parse`]; a field that occurs twice is refused.
    pub fn parse_json(json: &[u8]) -> Result<Self, Faults> {
        Self::read(&parse_json(DOCUMENT, json)?)
    }

    /// The passport as canonical JSON, which is what gets signed; fields left out are null.
    pub fn to_canonical_json(&self) -> Result<Vec<u8>, JsonError> {
        canonical_json(self)
    }

    fn read(node: &Node) -> Result<Self, Faults> {
        read_document(DOCUMENT, node, Self::read_sections)
    }

    fn read_sections(root: &Section<'_>) -> Option<Self> {
        let format = root.required("passport", |node| {
            read::count(node).ok().filter(|format| *format == FORMAT).ok_or_else(|| FORMAT.to_string().into())
        });
        let model = root.section("model", Model::read);
        let filings = root.sections("filing", Filing::read);
        let datasets = root.sections("dataset", Dataset::read);
        let registered_data = root.sections("data", RegisteredData::read);
        let parents = root.sections("parent", Parent::read);
        let names_none = datasets.is_empty() && registered_data.is_empty() && parents.is_empty();
        if names_none && !["dataset", "data", "parent"].into_iter().any(|key| root.has(key)) {
            root.refuse("dataset", "at least one [[dataset]], [[data]] or [[parent]] the model was made from");
        }
        let copyright = root.section("copyright", Copyright::read);
        let privacy = root.section("privacy", Privacy::read);
        let licence = root.section("licence", OfferedLicence::read);
        let liability = root.section("liability", Liability::read);
        Some(Self {
            format: format?,
            model: model?,
            filings,
            datasets,
            registered_data,
            parents,
            copyright: copyright?,
            privacy: privacy?,
            licence: licence?,
            liability: liability?,
        })
    }
}

impl<'de> Deserialize<'de> for Passport {
    /// Reads a passport that is part of a larger JSON document; the error lists every fault.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&Node::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
