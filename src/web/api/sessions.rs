//! The caller's own sessions: browsers and terminals in which they signed in.

use actix_web::{HttpResponse, web};
use chancery_base::{problem::Problem, values::SessionId};
use chancery_domain::{membership, parties::Session};
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
};

/// `GET /api/v1/sessions`
pub async fn list(call: Call) -> Answer {
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let sessions = blocking::record(move || membership::sessions(&app.office, &caller)).await?;
    let items: Vec<Value> = sessions.iter().map(view).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items})))
}

/// `DELETE /api/v1/sessions/{id}`
pub async fn end(call: Call, path: web::Path<String>) -> Answer {
    let id: SessionId = path.parse().map_err(|_| Problem::not_found("session"))?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    blocking::record(move || membership::end_session(&app.office, &caller, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A session as its person sees it; never its secret.
fn view(session: &Session) -> Value {
    json!({"id": session.id, "agent": session.agent, "created_at": session.created_at, "seen_at": session.seen_at})
}
