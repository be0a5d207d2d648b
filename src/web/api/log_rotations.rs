//! Letting the logs go on under another name: the decision, and whether it was carried out.

use actix_web::HttpResponse;
use chancery_domain::{
    membership::Acted,
    rotating::{self, NewRotation, Rotation},
};
use serde_json::{Value, json};

use super::approvals::proposed;
use crate::web::{
    blocking,
    call::{Answer, Call},
};

/// `GET /api/v1/log-rotations`
pub async fn last(call: Call) -> Answer {
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let last = blocking::record(move || rotating::last_ordered(&app.office, &caller)).await?;
    Ok(HttpResponse::Ok().json(json!({"last": last.as_ref().map(view)})))
}

/// `POST /api/v1/log-rotations`
pub async fn order(call: Call) -> Answer {
    let new: NewRotation = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    match blocking::record(move || app.order_rotation(&caller, &once, &new)).await? {
        Acted::Done(rotation) => Ok(HttpResponse::Created().json(view(&rotation))),
        Acted::Proposed(proposal) => proposed(&call, proposal).await,
    }
}

fn view(rotation: &Rotation) -> Value {
    let Rotation { id, reason, ordered_at, expires_at, done_at } = rotation;
    json!({"id": id, "reason": reason, "ordered_at": ordered_at, "expires_at": expires_at, "done_at": done_at})
}
