//! Holds: placed and released by the operator.

use actix_web::{HttpResponse, web};
use chancery_base::{problem::Problem, values::HoldId};
use chancery_domain::registration::NewHold;
use serde_json::json;

use super::predict::model_name;
use crate::web::{
    blocking,
    call::{Answer, Call},
};

/// `POST /api/v1/models/{owner}/{name}/holds`
pub async fn place(call: Call, path: web::Path<(String, String)>) -> Answer {
    let (new, model) = (call.body::<NewHold>()?, model_name(&path)?);
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let (hold, leaf) = blocking::record(move || app.archive.place_hold(&caller, &once, &model, &new)).await?;
    Ok(HttpResponse::Created().json(json!({"id": hold, "receipt": leaf})))
}

/// `DELETE /api/v1/holds/{id}`
pub async fn release(call: Call, path: web::Path<String>) -> Answer {
    let id: HoldId = path.parse().map_err(|_| Problem::not_found("hold"))?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    blocking::record(move || app.archive.release_hold(&caller, &once, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
