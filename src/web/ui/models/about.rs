//! What stands above every tab of a model's page: which model, which of its versions, how it stands.

use chancery_base::{
    problem::Problem,
    values::{ModelName, ModelReference, Selector},
};
use chancery_domain::{
    artifacts::VersionStatus, parties::Caller, passport::Passport, registration::ListedModel, serving::Description,
};

use super::NamePath;
use crate::{
    app::App,
    web::ui::{fields::Fields, visit::encoded},
};

/// Versions that the selector offers by number; others are found among all versions.
const OFFERED: u32 = 20;

/// A version of a model, as its pages show it.
pub struct About {
    pub listed: ListedModel,
    pub described: Description,
    pub passport: Passport,
    /// Whether it belongs to the viewer's organisation.
    pub is_ours: bool,
    /// Which tab this is.
    pub tab: &'static str,
    /// Which version was asked for, where one was.
    asked: Option<Selector>,
}

/// Which version of which model an address means.
#[derive(Clone)]
pub struct Asked {
    pub reference: ModelReference,
    selector: Option<Selector>,
}

impl Asked {
    /// Reads an address. What cannot be a name is nobody's model.
    pub fn read(path: &NamePath, fields: &Fields) -> Result<Self, Problem> {
        let model = model_name(path)?;
        let selector = fields.optional::<Selector>("version").map_err(|_| Problem::not_found("model version"))?;
        let reference = ModelReference { model, selector: selector.clone().unwrap_or(Selector::Latest) };
        Ok(Self { reference, selector })
    }
}

/// The model that an address means.
pub fn model_name(path: &NamePath) -> Result<ModelName, Problem> {
    format!("{}/{}", path.0, path.1).parse().map_err(|_| Problem::not_found("model"))
}

impl About {
    /// Reads what stands above the tab.
    ///
    /// Errors: what does not exist and what is not for the caller answer alike.
    pub fn read(app: &App, caller: &Caller, asked: &Asked, tab: &'static str) -> Result<Self, Problem> {
        let listed = app.archive.glance(caller, &asked.reference.model)?;
        let described = app.desk.describe(caller, &asked.reference)?;
        let passport = Passport::parse_json(described.version.passport.as_bytes()).map_err(Problem::internal)?;
        let is_ours = listed.model.owner == caller.party.id;
        Ok(Self { listed, described, passport, is_ours, tab, asked: asked.selector.clone() })
    }

    /// The model's name.
    pub const fn name(&self) -> &ModelName {
        &self.listed.model.name
    }

    /// The version as commands name it.
    pub fn pinned(&self) -> ModelReference {
        ModelReference { model: self.name().clone(), selector: Selector::Number(self.described.version.number) }
    }

    /// Where another tab of this version is.
    pub fn place(&self, tab: &str) -> String {
        let tab = if tab == "summary" { String::new() } else { format!("/{tab}") };
        let version = self.asked.as_ref().map(|asked| format!("?{}", encoded("version", &asked.to_string())));
        format!("/models/{}{tab}{}", self.name(), version.unwrap_or_default())
    }

    /// The same tab without its parameters.
    pub fn here(&self) -> String {
        if self.tab == "summary" {
            format!("/models/{}", self.name())
        } else {
            format!("/models/{}/{}", self.name(), self.tab)
        }
    }

    /// Whether calls of this version are decided at all.
    pub fn is_callable(&self) -> bool {
        self.described.version.status == VersionStatus::Registered
    }

    /// Whether a licence for it would be of any use: what is withdrawn does not come back.
    pub const fn can_be_licensed(&self) -> bool {
        matches!(self.described.version.status, VersionStatus::Registered | VersionStatus::Suspended)
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
