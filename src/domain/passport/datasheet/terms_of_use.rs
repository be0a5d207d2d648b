//! What the holder of the data says of their use: section `[use]` (Data & Trust Alliance 1.0.0, Use and Provenance).

use chancery_base::values::Territory;
use serde::Serialize;

use crate::{
    documents::{Day, Section, read},
    passport::Collected,
};

/// Where and how the data may be handled, and which rights are in them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TermsOfUse {
    /// How confidential they are, in the holder's own classes.
    pub confidentiality: Option<String>,
    /// Techniques that protect persons: `pseudonymised`, `aggregated` …
    pub privacy_enhancing: Vec<String>,
    /// Where they may be processed; everywhere where none is named.
    pub processing_allowed: Vec<Territory>,
    /// Where they must not be processed.
    pub processing_forbidden: Vec<Territory>,
    /// Where they may be stored; everywhere where none is named.
    pub storage_allowed: Vec<Territory>,
    /// Where they must not be stored.
    pub storage_forbidden: Vec<Territory>,
    /// Whether works protected by copyright are in them, and whose.
    pub copyright: Option<String>,
    /// Patents they are under.
    pub patent: Option<String>,
    /// Trade marks in them.
    pub trademark: Option<String>,
    /// When this version was issued.
    pub issued: Option<Day>,
    /// When the one before was.
    pub previously_issued: Option<Day>,
    /// How the data came into being: `measured`, `written by people`, `generated` …
    pub generation_method: Option<String>,
    /// When they did.
    pub generated: Option<Collected>,
}

impl TermsOfUse {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        Some(Self {
            confidentiality: section.optional("confidentiality", read::text),
            privacy_enhancing: section.list("privacy_enhancing", read::text),
            processing_allowed: section.list("processing_allowed", read::parsed),
            processing_forbidden: section.list("processing_forbidden", read::parsed),
            storage_allowed: section.list("storage_allowed", read::parsed),
            storage_forbidden: section.list("storage_forbidden", read::parsed),
            copyright: section.optional("copyright", read::text),
            patent: section.optional("patent", read::text),
            trademark: section.optional("trademark", read::text),
            issued: section.optional("issued", read::day),
            previously_issued: section.optional("previously_issued", read::day),
            generation_method: section.optional("generation_method", read::text),
            generated: section.optional_section("generated", Collected::read),
        })
    }
}
