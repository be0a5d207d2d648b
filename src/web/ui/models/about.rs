//! What stands above every tab of the page of a model or data set: which one, which of its versions, how it stands.

use chancery_base::{
    problem::Problem,
    values::{ArtifactKind, ArtifactPath, ModelName, ModelReference, Selector, Sha256Digest},
};
use chancery_domain::{
    artifacts::VersionStatus, parties::Caller, passport::Document, registration::ListedModel, serving::Description,
};

use super::place::ArtifactPlace;
use crate::{
    app::App,
    web::ui::{fields::Fields, visit::encoded},
};

/// Versions that the selector offers by number; others are found among all versions.
const OFFERED: u32 = 20;

/// A version of a model or data set, as its pages show it.
pub struct About {
    pub listed: ListedModel,
    pub described: Description,
    /// Its passport or datasheet.
    pub document: Document,
    /// Whether it belongs to the viewer's organisation.
    pub is_ours: bool,
    /// Which tab this is.
    pub tab: &'static str,
    /// Which version was asked for, where one was.
    asked: Option<Selector>,
}

/// Which version of which model or data set an address means.
#[derive(Clone)]
pub struct Asked {
    pub kind: ArtifactKind,
    pub reference: ModelReference,
    selector: Option<Selector>,
}

impl Asked {
    /// Reads an address.
    pub fn read(place: &ArtifactPlace, fields: &Fields) -> Result<Self, Problem> {
        let selector = fields.optional::<Selector>("version").map_err(|_| Problem::not_found("version"))?;
        let reference = ModelReference { model: place.name()?, selector: selector.clone().unwrap_or(Selector::Latest) };
        Ok(Self { kind: place.kind, reference, selector })
    }
}

impl About {
    /// Reads what stands above the tab.
    ///
    /// Errors: what does not exist and what is not for the caller answer alike.
    pub fn read(app: &App, caller: &Caller, asked: &Asked, tab: &'static str) -> Result<Self, Problem> {
        let listed = app.archive.glance(caller, asked.kind, &asked.reference.model)?;
        let described = app.desk.describe(caller, asked.kind, &asked.reference)?;
        let document = Document::parse_json(asked.kind, described.version.passport.as_bytes());
        let document = document.map_err(Problem::internal)?;
        let is_ours = listed.model.owner == caller.party.id;
        Ok(Self { listed, described, document, is_ours, tab, asked: asked.selector.clone() })
    }

    /// Whether it is a model.
    pub const fn is_model(&self) -> bool {
        matches!(self.kind(), ArtifactKind::Model)
    }

    /// Which of the two it is.
    pub const fn kind(&self) -> ArtifactKind {
        self.listed.model.kind
    }

    /// The tabs it has.
    pub const fn tabs(&self) -> &'static [&'static str] {
        match self.kind() {
            ArtifactKind::Dataset if self.is_ours => {
                &["summary", "datasheet", "files", "versions", "lineage", "licence", "preparations"]
            }
            ArtifactKind::Model => {
                &["summary", "passport", "files", "versions", "lineage", "licence", "grants", "uses"]
            }
            ArtifactKind::Dataset => &["summary", "datasheet", "files", "versions", "lineage", "licence"],
        }
    }

    /// Where its pages are.
    pub fn root(&self) -> String {
        format!("/{}/{}", self.kind().collection(), self.name())
    }

    /// Its name.
    pub const fn name(&self) -> &ModelName {
        &self.listed.model.name
    }

    /// The version as commands name it.
    pub fn pinned(&self) -> ModelReference {
        ModelReference { model: self.name().clone(), selector: Selector::Number(self.described.version.number) }
    }

    /// The file of the artifact that holds the licence's text.
    pub fn licence_file(&self) -> Option<&ArtifactPath> {
        self.document.passport().and_then(|passport| passport.licence.text_file.as_ref())
    }

    /// SHA-256 of the licence's text.
    pub fn licence_digest(&self) -> Option<Sha256Digest> {
        match &self.document {
            Document::Passport(passport) => passport.licence.text_digest,
            Document::Datasheet(datasheet) => datasheet.dataset.licence_text_digest,
        }
    }

    /// Where another tab of this version is.
    pub fn place(&self, tab: &str) -> String {
        let tab = if tab == "summary" { String::new() } else { format!("/{tab}") };
        let version = self.asked.as_ref().map(|asked| format!("?{}", encoded("version", &asked.to_string())));
        format!("{}{tab}{}", self.root(), version.unwrap_or_default())
    }

    /// The same tab without its parameters.
    pub fn here(&self) -> String {
        if self.tab == "summary" { self.root() } else { format!("{}/{}", self.root(), self.tab) }
    }

    /// Whether calls of this version are decided at all.
    pub fn is_callable(&self) -> bool {
        self.described.version.status == VersionStatus::Registered
    }

    /// Whether a licence for it would be of any use: models are licensed here, and what is withdrawn does not come back.
    pub const fn can_be_licensed(&self) -> bool {
        self.is_model() && matches!(self.described.version.status, VersionStatus::Registered | VersionStatus::Suspended)
    }

    /// Aliases of this version.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        let number = self.described.version.number;
        self.listed.aliases.iter().filter(move |(_, of)| *of == number).map(|(alias, _)| alias.as_str())
    }

    /// What the selector offers: aliases, then the newest numbers; the one that is shown is always among them.
    pub fn selectors(&self) -> Vec<(String, bool)> {
        let shown = self.asked.clone().unwrap_or(Selector::Number(self.described.version.number)).to_string();
        let aliases = self.listed.aliases.iter().map(|(alias, _)| alias.to_string());
        // Versions are numbered without gaps.
        let newest = self.listed.versions;
        let numbers =
            (newest.saturating_sub(OFFERED) + 1..=newest).rev().map(|number| Selector::Number(number).to_string());
        let mut all: Vec<String> = aliases.chain(numbers).collect();
        if !all.contains(&shown) {
            all.insert(0, shown.clone());
        }
        all.into_iter().map(|selector| (selector.clone(), selector == shown)).collect()
    }
}

/// How a status looks.
pub const fn tag(status: &VersionStatus) -> &'static str {
    match status {
        VersionStatus::Registered => "active",
        VersionStatus::Suspended => "suspended",
        VersionStatus::Withdrawn => "withdrawn",
        VersionStatus::Destroyed => "destroyed",
    }
}
