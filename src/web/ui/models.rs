//! Models: which there are, and what is known of each version: files, signature, passport, licence, lineage.

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::Problem,
    values::{ModelName, ModelReference, PAGE_ITEMS, Selector},
};
use chancery_domain::{
    artifacts::{Version, VersionStatus},
    passport::{Dataset, Parent, ParentSource, Passport},
    policy::facts::{LicenceCause, LicenceEffect},
    registration::ListedModel,
    serving::Description,
};

use super::{
    frame::Frame,
    visit::{Visit, see_other},
};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "models.html")]
struct ModelsPage {
    frame: Frame,
    models: Vec<ListedModel>,
    search: String,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "model.html")]
struct ModelPage {
    frame: Frame,
    listed: ListedModel,
    versions: Vec<Version>,
    described: Description,
    passport: Passport,
    is_ours: bool,
}

/// A node of the lineage, and how its place in the drawing follows from its number.
struct Node {
    name: String,
    note: String,
    y: usize,
    is_model: bool,
}

/// Height that a node takes in the drawing, in its own units.
const NODE_HEIGHT: usize = 64;

impl ModelPage {
    fn causes(&self) -> &[LicenceCause] {
        self.described.claims.licence.as_ref().map_or(&[], |licence| licence.causes.as_slice())
    }

    fn datasets(&self) -> &[Dataset] {
        &self.passport.datasets
    }

    fn parents(&self) -> &[Parent] {
        &self.passport.parents
    }

    /// What the version was made from, one below the other.
    fn nodes(&self) -> Vec<Node> {
        let data = self.datasets().iter().map(|set| {
            let licence = set.licence.as_ref().map_or_else(|| self.frame.t("licence-unknown"), ToString::to_string);
            (format!("{} {}", set.name, set.version), licence, false)
        });
        let parents = self.parents().iter().map(|parent| (name_of(parent), parent.activity.to_string(), true));
        let all = data.chain(parents).enumerate();
        all.map(|(index, (name, note, is_model))| Node { name, note, y: index * NODE_HEIGHT, is_model }).collect()
    }

    /// What a clause does, in a word or two, with the condition it sets.
    fn effect(&self, cause: &LicenceCause) -> String {
        let (effect, condition) = match &cause.effect {
            LicenceEffect::Forbidden(_) => ("forbidden", None),
            LicenceEffect::Silent(_) => ("silent", None),
            LicenceEffect::Conditional { condition, .. } => ("conditional", Some(condition)),
            LicenceEffect::Reserved => ("reserved", None),
            LicenceEffect::Unread => ("unread", None),
            LicenceEffect::Missing => ("missing", None),
            LicenceEffect::FieldOfUse => ("field-of-use", None),
            LicenceEffect::PurposeForbidden(_) | LicenceEffect::TerritoryForbidden(_) => ("restricted", None),
            LicenceEffect::Permission { .. } => ("permitted", None),
            LicenceEffect::AttributionRequired(_) => ("attribution", None),
        };
        let word = self.frame.named("effect", effect);
        match condition {
            Some(condition) => format!("{word}: {}", condition.in_language(self.frame.language())),
            None => word,
        }
    }

    fn height(&self) -> usize {
        (self.datasets().len() + self.parents().len()).max(1) * NODE_HEIGHT
    }

    fn tag(&self, status: &VersionStatus) -> &'static str {
        match status {
            VersionStatus::Registered => "active",
            VersionStatus::Suspended => "suspended",
            VersionStatus::Withdrawn => "withdrawn",
        }
    }
}

/// What a parent is called.
fn name_of(parent: &Parent) -> String {
    match &parent.source {
        ParentSource::Registered(reference) => reference.to_string(),
        ParentSource::External(model) => model.name.clone(),
    }
}

/// `GET /models`
pub async fn models(visit: Visit) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let search = fields.text("search").to_owned();
    // A name goes on from where it would stand: a beginning finds the first that begins so.
    let after = fields.optional::<ModelName>("after").unwrap_or_default();
    let models = blocking::record(move || app.archive.list(&caller, after.as_ref())).await?;
    let is_full = u32::try_from(models.len()).is_ok_and(|length| length >= PAGE_ITEMS);
    let next = models.last().filter(|_| is_full).map(|last| last.model.name.to_string());
    let is_found = |listed: &ListedModel| listed.model.name.to_string().contains(search.as_str());
    let models = models.into_iter().filter(is_found).collect();
    Visit::show(&ModelsPage { frame, models, search, next })
}

/// `GET /models/{owner}/{name}?version=`
pub async fn model(visit: Visit, path: web::Path<(String, String)>) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let name: ModelName = format!("{}/{}", path.0, path.1).parse().map_err(|_| Problem::not_found("model"))?;
    let selector = fields.optional::<Selector>("version").map_err(|_| Problem::not_found("version"))?;
    let reference = ModelReference { model: name.clone(), selector: selector.unwrap_or(Selector::Latest) };
    let party = caller.party.id;
    let (listed, versions, described) = blocking::record(move || {
        let (listed, versions) = app.archive.show(&caller, &name, 0)?;
        Ok((listed, versions, app.desk.describe(&caller, &reference)?))
    })
    .await?;
    let passport = Passport::parse_json(described.version.passport.as_bytes()).map_err(Problem::internal)?;
    let is_ours = listed.model.owner == party;
    Visit::show(&ModelPage { frame, listed, versions, described, passport, is_ours })
}

/// `POST /models/{owner}/{name}/{version}/status`
pub async fn status(visit: Visit, path: web::Path<(String, String, String)>) -> Answer {
    let Visit { app, caller, once, fields, .. } = visit;
    let place = format!("/models/{}/{}?version={}", path.0, path.1, path.2);
    let reference: ModelReference =
        format!("{}/{}@{}", path.0, path.1, path.2).parse().map_err(|_| Problem::not_found("version"))?;
    let status: VersionStatus = fields.value("status")?;
    blocking::record(move || app.archive.change_status(&caller, &once, &reference, status)).await?;
    Ok(see_other(&format!("{place}&said=saved")))
}
