//! Holds: placed and released by the operator, seen by whose models they freeze.

use actix_web::{HttpResponse, web};
use chancery_base::{
    problem::Problem,
    values::{HoldId, ModelName},
};
use chancery_domain::{holds::Hold, registration::NewHold};
use serde_json::{Value, json};

use super::predict::model_name;
use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Page, PageQuery},
};

/// `POST /api/v1/models/{owner}/{name}/holds`
pub async fn place(call: Call, path: web::Path<(String, String)>) -> Answer {
    let (new, model) = (call.body::<NewHold>()?, model_name(&path)?);
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let (hold, leaf) = blocking::record(move || app.archive.place_hold(&caller, &once, &model, &new)).await?;
    Ok(HttpResponse::Created().json(json!({"id": hold, "receipt": leaf})))
}

/// `GET /api/v1/holds?after=`
pub async fn list(call: Call, query: PageQuery) -> Answer {
    let after = query.after()?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let held = blocking::record(move || app.archive.list_holds(&caller, after)).await?;
    let Page { items, next } = query.cut(held, |(last, _)| last.id.to_string());
    let items: Vec<Value> = items.iter().map(|(hold, model)| view(hold, model)).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// A hold on `model` as programs see it.
pub fn view(hold: &Hold, model: &ModelName) -> Value {
    let Hold { id, authority, reason, is_legal_demand, placed_at, .. } = hold;
    json!({
        "id": id, "model": model, "authority": authority, "reason": reason, "legal_demand": is_legal_demand,
        "placed_at": placed_at,
    })
}

/// `DELETE /api/v1/holds/{id}`
pub async fn release(call: Call, path: web::Path<String>) -> Answer {
    let id: HoldId = path.parse().map_err(|_| Problem::not_found("hold"))?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    blocking::record(move || app.archive.release_hold(&caller, &once, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
