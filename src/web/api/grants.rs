//! Grants: offered, accepted, revoked, shown clause by clause.

use actix_web::{HttpResponse, web};
use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{GrantId, Language},
};
use chancery_domain::{
    artifacts,
    granting::{Changed, NewOffer},
    licensing::{self, Grant},
    parties,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    problem::set,
};

/// Most grants in one listing.
const LIST_LIMIT: i64 = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokeBody {
    reason: String,
}

/// `POST /api/v1/grants`
pub async fn offer(call: Call) -> Answer {
    let new: NewOffer = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let changed = blocking::record(move || app.registrar.offer(&caller, &once, new)).await?;
    let view = changed_view(&call, changed).await?;
    Ok(HttpResponse::Created().json(view))
}

/// `GET /api/v1/grants`
pub async fn list(call: Call) -> Answer {
    let (app, party, language) = (call.app.clone(), call.caller.party.id, call.language);
    let items: Vec<Value> = blocking::record(move || {
        app.database.read(|connection| {
            let grants = Grant::of_party(connection, party, LIST_LIMIT)?;
            grants.iter().map(|grant| view(connection, grant, language)).collect()
        })
    })
    .await?;
    Ok(HttpResponse::Ok().json(json!({"items": items})))
}

/// `GET /api/v1/grants/{id}`
pub async fn show(call: Call, path: web::Path<String>) -> Answer {
    let view = grant_view(&call, grant_id(&path)?).await?;
    Ok(HttpResponse::Ok().json(view))
}

/// `POST /api/v1/grants/{id}/accept`
pub async fn accept(call: Call, path: web::Path<String>) -> Answer {
    let id = grant_id(&path)?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let envelope = call.bytes().to_vec();
    let changed = blocking::record(move || app.registrar.accept(&caller, &once, id, &envelope)).await?;
    Ok(HttpResponse::Ok().json(changed_view(&call, changed).await?))
}

/// `POST /api/v1/grants/{id}/revoke`
pub async fn revoke(call: Call, path: web::Path<String>) -> Answer {
    let (id, body) = (grant_id(&path)?, call.body::<RevokeBody>()?);
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let changed = blocking::record(move || app.registrar.revoke(&caller, &once, id, &body.reason)).await?;
    Ok(HttpResponse::Ok().json(changed_view(&call, changed).await?))
}

fn grant_id(path: &str) -> Result<GrantId, Problem> {
    path.parse().map_err(|_| Problem::not_found("grant"))
}

async fn changed_view(call: &Call, changed: Changed) -> Result<Value, Problem> {
    let mut view = grant_view(call, changed.grant).await?;
    set(&mut view, "receipt", json!(changed.leaf));
    Ok(view)
}

async fn grant_view(call: &Call, id: GrantId) -> Result<Value, Problem> {
    let (app, party, language) = (call.app.clone(), call.caller.party.id, call.language);
    blocking::record(move || {
        app.database.read(|connection| {
            let grant = Grant::find_for(connection, id, party)?;
            view(connection, &grant, language)
        })
    })
    .await
}

/// A grant as programs see it, with its clauses in the caller's language.
fn view(connection: &mut AnyConnection, grant: &Grant, language: Language) -> Result<Value, Problem> {
    let model = artifacts::find_model_by_id(connection, grant.model)?;
    let licensor = parties::find_party(connection, grant.licensor)?;
    let licensee = parties::find_party(connection, grant.licensee)?;
    let quota = licensing::quota_of(connection, grant.id)?;
    Ok(json!({
        "id": grant.id,
        "status": grant.status.as_str(),
        "model": model.map(|model| model.name),
        "licensor": licensor.as_ref().map(|party| &party.slug),
        "licensor_id": grant.licensor,
        "licensee": licensee.as_ref().map(|party| &party.slug),
        "licensee_id": grant.licensee,
        "terms": grant.terms,
        "terms_digest": grant.terms_digest,
        "clauses": grant.terms.render(language),
        "quota": quota.map(|quota| json!({"tokens": quota.quota, "settled": quota.settled, "leased": quota.leased})),
        "offered_at": grant.offered_at,
        "accepted_at": grant.accepted_at,
        "revoked_at": grant.revoked_at,
    }))
}
