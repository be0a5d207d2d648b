//! Receipts: the promise at once, opening and full proof as soon as there is a checkpoint.

use actix_web::{HttpResponse, web};
use chancery_base::{
    db::AnyConnection,
    logs,
    problem::Problem,
    values::{LeafId, PartyId},
};
use chancery_domain::artifacts::{Model, Version};
use serde_json::{Value, json};

use crate::{
    app::App,
    web::{
        blocking,
        call::{Answer, Call},
    },
};

/// `GET /api/v1/receipts/{leaf}`
pub async fn show(call: Call, path: web::Path<String>) -> Answer {
    let leaf: LeafId = path.parse().map_err(|_| Problem::not_found("receipt"))?;
    let (app, party) = (call.app.clone(), call.caller.party.id);
    let view = blocking::record(move || app.database.read(|connection| receipt(connection, &app, leaf, party)));
    Ok(HttpResponse::Ok().json(view.await?.ok_or_else(|| Problem::not_found("receipt"))?))
}

/// The receipt of a leaf, if `party` may open it.
fn receipt(connection: &mut AnyConnection, app: &App, leaf: LeafId, party: PartyId) -> Result<Option<Value>, Problem> {
    let Some(opening) = logs::opening(connection, leaf, party)? else { return Ok(None) };
    let Some(appended) = logs::leaf(connection, leaf)? else { return Ok(None) };
    let promise = app.promise(&appended)?;
    let proof = logs::receipt(connection, leaf)?;
    Ok(Some(json!({
        "leaf": leaf,
        "log": appended.log,
        "promise": promise,
        "opening": opening,
        "proof": proof.map(|proof| proof.to_string()),
    })))
}

/// The receipt of a version's registration, for everybody who may see the version: it is its owner's announcement.
pub fn receipt_of_registration(
    connection: &mut AnyConnection,
    app: &App,
    model: &Model,
    version: &Version,
) -> Result<Value, Problem> {
    Ok(receipt(connection, app, version.leaf, model.owner)?.unwrap_or_default())
}
