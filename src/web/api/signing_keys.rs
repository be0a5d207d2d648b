//! Signing keys of the caller's party: enrolled with proof of possession, approved, revoked.

use actix_web::{HttpResponse, web};
use chancery_base::{
    problem::Problem,
    values::{PAGE_ITEMS, SigningKeyId},
};
use chancery_domain::{
    artifacts,
    parties::{self, EnrolledKey},
    registration::NewSigningKey,
};
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Page, PageQuery},
    problem::set,
};

/// `POST /api/v1/signing-keys/challenge`
pub async fn challenge(call: Call) -> Answer {
    let challenge = call.app.archive.challenge(&call.caller)?;
    Ok(HttpResponse::Ok().json(json!({"challenge": challenge.text, "expires_at": challenge.expires_at})))
}

/// `POST /api/v1/signing-keys`
pub async fn propose(call: Call) -> Answer {
    let new: NewSigningKey = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let key = blocking::record(move || app.archive.propose_signing_key(&caller, &once, &new)).await?;
    Ok(HttpResponse::Created().json(view(&key)))
}

/// `GET /api/v1/signing-keys?after=`
pub async fn list(call: Call, query: PageQuery) -> Answer {
    let after = query.after()?;
    let (app, party) = (call.app.clone(), call.caller.party.id);
    let keys = blocking::record(move || {
        app.database.read(|connection| Ok(parties::signing_keys_page(connection, party, after, PAGE_ITEMS)?))
    });
    let Page { items, next } = query.cut(keys.await?, |last| last.id.to_string());
    let items: Vec<Value> = items.iter().map(view).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `POST /api/v1/signing-keys/{id}/approve`
pub async fn approve(call: Call, path: web::Path<String>) -> Answer {
    let (app, caller, once, id) = (call.app.clone(), call.caller.clone(), call.once.clone(), key_id(&path)?);
    let key = blocking::record(move || app.archive.approve_signing_key(&caller, &once, id)).await?;
    Ok(HttpResponse::Ok().json(view(&key)))
}

/// `DELETE /api/v1/signing-keys/{id}`
pub async fn revoke(call: Call, path: web::Path<String>) -> Answer {
    let (app, caller, once, id) = (call.app.clone(), call.caller.clone(), call.once.clone(), key_id(&path)?);
    let view = blocking::record(move || {
        let mut view = view(&app.archive.revoke_signing_key(&caller, &once, id)?);
        let stopped = app.database.read(|connection| artifacts::versions_signed_by(connection, id))?;
        set(&mut view, "versions_stopped", json!(stopped));
        Ok(view)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

fn key_id(path: &str) -> Result<SigningKeyId, Problem> {
    path.parse().map_err(|_| Problem::not_found("signing key"))
}

/// A signing key as programs see it.
pub fn view(key: &EnrolledKey) -> Value {
    json!({
        "id": key.id,
        "label": key.label,
        "public_key": key.public_key,
        "fingerprint": key.fingerprint().to_string(),
        "status": key.status().code(),
        "created_at": key.created_at,
        "approved_at": key.approved_at,
        "revoked_at": key.revoked_at,
    })
}
