//! Releasing what froze a model.

use actix_web::web;
use chancery_base::{problem::Problem, values::HoldId};

use crate::web::{
    blocking,
    call::Answer,
    ui::visit::{Visit, see_other},
};

/// `POST /models/{owner}/{name}/holds/{hold}/release`
pub async fn release(visit: Visit, path: web::Path<(String, String, String)>) -> Answer {
    let id: HoldId = path.2.parse().map_err(|_| Problem::not_found("hold"))?;
    let Visit { app, caller, once, .. } = visit;
    blocking::record(move || app.archive.release_hold(&caller, &once, id)).await?;
    Ok(see_other(&format!("/models/{}/{}?said=hold-released", path.0, path.1)))
}
