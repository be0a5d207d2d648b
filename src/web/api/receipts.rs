//! Receipts: the promise at once, opening and full proof as soon as there is a checkpoint.

use actix_web::{HttpResponse, web};
use chancery_base::{db::AnyConnection, logs, problem::Problem, values::LeafId};
use chancery_domain::{
    artifacts::{Model, Version},
    reports::OpenedRecord,
};
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
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let view = blocking::record(move || document(&app, &app.reporter.record(&caller, leaf)?));
    Ok(HttpResponse::Ok().json(view.await?))
}

/// A receipt, as clients keep it.
///
/// Errors: a defect of ours.
pub fn document(app: &App, record: &OpenedRecord) -> Result<Value, Problem> {
    let OpenedRecord { leaf, opening, proof, .. } = record;
    Ok(json!({
        "leaf": leaf.id,
        "log": leaf.log,
        "promise": app.promise(leaf)?,
        "opening": opening,
        "proof": proof.as_ref().map(ToString::to_string),
    }))
}

/// The receipt of a version's registration, for everybody who may see the version: it is its owner's announcement.
pub fn receipt_of_registration(
    connection: &mut AnyConnection,
    app: &App,
    model: &Model,
    version: &Version,
) -> Result<Value, Problem> {
    let Some(opening) = logs::opening(connection, version.leaf, model.owner)? else { return Ok(Value::Null) };
    let Some(leaf) = logs::leaf(connection, version.leaf)? else { return Ok(Value::Null) };
    let proof = logs::receipt(connection, version.leaf)?;
    document(app, &OpenedRecord { leaf, index: None, opening, proof })
}
