//! The licences on a model that the viewer may see: all of them where it owns the model, otherwise its own.

use askama::Template;
use chancery_base::values::{GrantId, UnixMillis};
use chancery_domain::{catalogue::PAGE, granting::GrantsOnModel};

use super::{
    about::{About, Asked, tag},
    place::ArtifactPlace,
};
use crate::web::{
    blocking,
    call::Answer,
    ui::{frame::Frame, grants::tag as state_tag, visit::Visit},
};

#[derive(Template)]
#[template(path = "model/grants.html")]
struct GrantsPage {
    frame: Frame,
    about: About,
    grants: GrantsOnModel,
    now: UnixMillis,
}

/// `GET /models/{owner}/{name}/grants?after=`
pub async fn grants(visit: Visit, path: ArtifactPlace) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let (asked, now) = (Asked::read(&path, &fields)?, app.clock.now());
    let before = fields.optional::<GrantId>("after")?;
    let (about, grants) = blocking::record(move || {
        let about = About::read(&app, &caller, &asked, "grants")?;
        let grants = app.registrar.on_model(&caller, about.listed.model.id, before, PAGE)?;
        Ok((about, grants))
    })
    .await?;
    Visit::show(&GrantsPage { frame, about, grants, now })
}
