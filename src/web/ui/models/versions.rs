//! The versions of a model or data set, the newest first, and the aliases that point to them.

use askama::Template;
use chancery_base::values::{Alias, ModelReference, Selector};
use chancery_domain::{
    artifacts::{Version, VersionStatus},
    catalogue::PAGE,
};

use super::{
    about::{About, Asked, tag},
    place::ArtifactPlace,
};
use crate::web::{
    blocking,
    call::Answer,
    ui::{
        fields::Fields,
        form::Form,
        frame::Frame,
        visit::{Visit, see_other},
    },
};

#[derive(Template)]
#[template(path = "model/versions.html")]
struct VersionsPage {
    frame: Frame,
    about: About,
    form: Form,
    versions: Vec<Version>,
    /// The number that older versions are below.
    next: Option<u32>,
}

impl VersionsPage {
    fn aliases_of(&self, number: &u32) -> Vec<&str> {
        let aliases = self.about.listed.aliases.iter().filter(|(_, of)| of == number);
        aliases.map(|(alias, _)| alias.as_str()).collect()
    }

    /// What an owner may do with a version of this status.
    fn changes(&self, status: &VersionStatus) -> &'static [&'static str] {
        match status {
            _ if !self.about.is_ours || !self.frame.may_administer() => &[],
            VersionStatus::Registered => &["suspend", "withdraw"],
            VersionStatus::Suspended => &["reinstate", "withdraw"],
            VersionStatus::Withdrawn => &["destroy"],
            VersionStatus::Destroyed => &[],
        }
    }
}

/// `GET /models/{owner}/{name}/versions?below=`
pub async fn versions(visit: Visit, path: ArtifactPlace) -> Answer {
    page(visit, path, Form::default()).await
}

/// `POST /models/{owner}/{name}/aliases`
pub async fn set_alias(visit: Visit, path: ArtifactPlace) -> Answer {
    let model = path.name()?;
    let (app, caller, once, fields) =
        (visit.app.clone(), visit.caller.clone(), visit.once.clone(), visit.fields.clone());
    let set = blocking::record(move || {
        let alias: Alias = fields.value("alias")?;
        let selector: Selector = fields.value("version")?;
        app.archive.set_alias(&caller, &once, &ModelReference { model, selector }, &alias)
    });
    match set.await {
        Ok(_) => Ok(see_other(&format!("{}/versions?said=saved", path.root()))),
        Err(problem) => {
            let form = Form::refused(visit.fields.clone(), problem.clone());
            let again = page(visit, path, form).await;
            match problem.kind.status() {
                404 | 500.. => Err(problem.into()),
                status => Visit::with_status(again?, status),
            }
        }
    }
}

async fn page(visit: Visit, path: ArtifactPlace, form: Form) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let asked = Asked::read(&path, &Fields::default())?;
    let below = fields.number::<u32>("below").unwrap_or_default();
    let (about, mut versions) = blocking::record(move || {
        let about = About::read(&app, &caller, &asked, "versions")?;
        // Versions are numbered without gaps, so that those of a page are known by their numbers.
        let below = below.unwrap_or(u32::MAX).min(about.listed.versions.saturating_add(1));
        let (_, mut versions) =
            app.archive.show(&caller, about.kind(), about.name(), below.saturating_sub(PAGE + 1))?;
        versions.retain(|version| version.number < below);
        Ok((about, versions))
    })
    .await?;
    versions.reverse();
    let next = versions.last().map(|oldest| oldest.number).filter(|number| *number > 1);
    Visit::show(&VersionsPage { frame, about, form, versions, next })
}
