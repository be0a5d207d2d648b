//! Releasing what froze a model or data set.

use chancery_base::{problem::Problem, values::HoldId};

use super::place::ArtifactPlace;
use crate::web::{
    blocking,
    call::Answer,
    ui::visit::{Visit, see_other},
};

/// `POST /models/{owner}/{name}/holds/{hold}/release`
pub async fn release(visit: Visit, path: ArtifactPlace) -> Answer {
    let id: HoldId = path.part("hold").parse().map_err(|_| Problem::not_found("hold"))?;
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || app.archive.release_hold(&caller, &once, id)).await?;
    Ok(see_other(&format!("{}?said=hold-released", path.root())))
}
