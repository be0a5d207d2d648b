//! The first tab of a model: what it is, what the viewer may do with it, how it is called and used.

use askama::Template;
use chancery_base::{problem::Problem, values::UnixMillis};
use chancery_domain::{
    granting::ShownGrant,
    licensing::GrantStatus,
    parties::{self, Party},
    policy::facts::PrivacyClass,
};

use chancery_engine::Architecture;

use super::{
    about::{About, Asked, tag},
    place::ArtifactPlace,
    uses::DAYS,
};
use crate::web::{
    blocking,
    call::Answer,
    ui::{chart::Chart, frame::Frame, visit::Visit},
};

/// Grants of the viewer that are looked at for what it may do.
const LOOKED_AT: u32 = 10;

#[derive(Template)]
#[template(path = "model/summary.html")]
struct SummaryPage {
    frame: Frame,
    about: About,
    owner: Party,
    /// Grants of the viewer's organisation that are in force.
    held: Vec<ShownGrant>,
    chart: Option<Chart>,
}

impl SummaryPage {
    /// How the model is called from the command line.
    fn command(&self) -> String {
        let embeds = self.about.described.version.architecture == Architecture::BertSentenceEncoder.to_string();
        let verb = if embeds { "embed" } else { "predict" };
        format!("chancery {verb} {} '…'", self.about.name())
    }

    /// What the papers of the whole lineage say of personal data: the worst of it.
    fn privacy(&self) -> Option<&'static str> {
        let works = self.about.described.claims.privacy.as_ref()?;
        let classes = works.iter().map(|work| match work.class {
            None => "unknown",
            Some(PrivacyClass::None) => "none",
            Some(PrivacyClass::Personal) => "personal",
            Some(PrivacyClass::SpecialCategory) => "special-category",
        });
        let rank =
            |class: &&str| ["none", "unknown", "personal", "special-category"].iter().position(|known| known == class);
        classes.max_by_key(rank)
    }
}

/// `GET /models/{owner}/{name}?version=`
pub async fn summary(visit: Visit, path: ArtifactPlace) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let (asked, now) = (Asked::read(&path, &fields)?, app.clock.now());
    let (about, owner, grants, days) = blocking::record(move || {
        let about = About::read(&app, &caller, &asked, "summary")?;
        let grants = if about.is_ours {
            Vec::new()
        } else {
            app.registrar.on_model(&caller, about.listed.model.id, None, LOOKED_AT)?.items
        };
        let owner = app.database.read(|connection| parties::find_party(connection, about.listed.model.owner))?;
        let owner = owner.ok_or_else(|| Problem::internal("a model's owner is missing"))?;
        let days = app.desk.uses_by_day(&caller, about.name(), None, DAYS)?;
        Ok((about, owner, grants, days))
    })
    .await?;
    let held = grants.into_iter().filter(|shown| is_in_force(shown, now)).collect();
    Visit::show(&SummaryPage { frame, about, owner, held, chart: Chart::of(&days) })
}

fn is_in_force(shown: &ShownGrant, now: UnixMillis) -> bool {
    shown.grant.status == GrantStatus::Accepted && shown.grant.terms.term.contains(now)
}
