//! How a model was used, day by day.

use askama::Template;

use super::{
    about::{About, Asked, tag},
    place::ArtifactPlace,
};
use crate::web::{
    blocking,
    call::Answer,
    ui::{chart::Chart, frame::Frame, visit::Visit},
};

/// Days that are shown.
pub const DAYS: u32 = 30;

#[derive(Template)]
#[template(path = "model/uses.html")]
struct UsesPage {
    frame: Frame,
    about: About,
    chart: Option<Chart>,
    /// Allowed and refused in all the days.
    total: (u64, u64),
    /// Whether an auditor's limits leave something out.
    is_limited: bool,
}

/// `GET /models/{owner}/{name}/uses`
pub async fn uses(visit: Visit, path: ArtifactPlace) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let (asked, is_limited) = (Asked::read(&path, &fields)?, caller.scope().is_limited());
    let (about, days) = blocking::record(move || {
        let days = app.desk.uses_by_day(&caller, &asked.reference.model, None, DAYS)?;
        Ok((About::read(&app, &caller, &asked, "uses")?, days))
    })
    .await?;
    let total = days.iter().fold((0, 0), |sum, day| (sum.0 + day.allowed, sum.1 + day.refused));
    Visit::show(&UsesPage { frame, about, chart: Chart::of(&days), total, is_limited })
}
