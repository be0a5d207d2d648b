//! Receipts: the promise at once, opening and full proof as soon as there is a checkpoint.

use actix_web::{HttpResponse, web};
use chancery_base::{
    db::AnyConnection,
    logs,
    problem::Problem,
    values::{Invalid, LeafId, UnixMillis},
};
use chancery_domain::{
    artifacts::{Model, Version},
    reports::{ListedRecord, OpenedRecord, RecordQuery},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::decisions::unreadable;
use crate::{
    app::App,
    web::{
        blocking,
        call::{Answer, Call},
        page::{PageQuery, cursor},
    },
};

/// Which entries.
#[derive(Deserialize)]
pub struct Narrowed {
    log: Option<String>,
    event: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
}

/// `GET /api/v1/receipts?log=&event=&from=&to=&after=`
pub async fn list(call: Call, page: PageQuery, narrowed: Result<web::Query<Narrowed>, actix_web::Error>) -> Answer {
    let Narrowed { log, event, from, to } = narrowed.map_err(|_| unreadable())?.into_inner();
    let log = log.map(|log| log.parse()).transpose();
    let query = RecordQuery {
        log: log.map_err(|invalid: Invalid| Problem::from(invalid).at("log"))?,
        event,
        from: from.map(UnixMillis::new),
        until: to.map(UnixMillis::new),
        before: page.after()?,
        limit: page.limit(),
    };
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let found = blocking::record(move || app.reporter.records(&caller, &query)).await?;
    let items: Vec<Value> = found.records.iter().map(summary).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": found.next.as_ref().map(cursor)})))
}

fn summary(record: &ListedRecord) -> Value {
    let told = record.told.as_ref();
    json!({
        "leaf": record.id,
        "log": record.log,
        "index": record.index,
        "appended_at": record.appended_at,
        "event": told.map(|told| &told.event),
        "actor": told.and_then(|told| told.actor.as_ref()),
        "subject": told.and_then(|told| told.subject.as_ref()),
    })
}

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
