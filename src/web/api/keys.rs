//! API keys of the caller's party.

use actix_web::{HttpResponse, web};
use chancery_base::problem::Problem;
use chancery_domain::{
    membership::{self, NewKey, TokenShown},
    parties::ApiKey,
};
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Page, PageQuery},
    problem::set,
};

/// `POST /api/v1/keys`
pub async fn issue(call: Call) -> Answer {
    let new: NewKey = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let shown = blocking::record(move || membership::issue_key(&app.office, &caller, &once, new)).await?;
    Ok(HttpResponse::Created().json(shown_view(&shown)))
}

/// `GET /api/v1/keys?after=`
pub async fn list(call: Call, query: PageQuery) -> Answer {
    let after = query.after()?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let keys = blocking::record(move || membership::list_keys(&app.office, &caller, after)).await?;
    let Page { items, next } = query.cut(keys, |last| last.id.to_string());
    let items: Vec<Value> = items.iter().map(key_view).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `DELETE /api/v1/keys/{id}`
pub async fn revoke(call: Call, path: web::Path<String>) -> Answer {
    let id = path.parse().map_err(|_| Problem::not_found("API key"))?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    blocking::record(move || membership::revoke_key(&app.office, &caller, &once, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A key as programs see it; never its secret.
pub fn key_view(key: &ApiKey) -> Value {
    json!({
        "id": key.id,
        "role": key.role.code(),
        "label": key.label,
        "purpose": key.purpose,
        "territory": key.territory,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    })
}

/// A new key with its secret, the one time it is shown.
pub fn shown_view(shown: &TokenShown) -> Value {
    let mut view = key_view(&shown.key);
    set(&mut view, "token", json!(*shown.token));
    view
}
