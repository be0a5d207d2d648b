//! Grants: offered, accepted, revoked, shown clause by clause.

use actix_web::{HttpResponse, web};
use chancery_base::{
    problem::Problem,
    values::{GrantId, Language},
};
use chancery_domain::{
    granting::{Changed, GrantQuery, NewOffer, ShownGrant},
    licensing::{GrantSide, GrantState},
    membership::Acted,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::approvals::proposed;
use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Asked, Page, PageQuery},
    problem::set,
};

/// What a listing is narrowed to.
#[derive(Deserialize)]
pub struct ListQuery {
    side: Option<GrantSide>,
    state: Option<GrantState>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonBody {
    reason: String,
}

/// `POST /api/v1/grants`
pub async fn offer(call: Call) -> Answer {
    let new: NewOffer = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    match blocking::record(move || app.offer(&caller, &once, new)).await? {
        Acted::Done(changed) => Ok(HttpResponse::Created().json(changed_view(&call, changed).await?)),
        Acted::Proposed(proposal) => proposed(&call, proposal).await,
    }
}

/// `GET /api/v1/grants?side=&state=&name=&after=`
pub async fn list(call: Call, page: PageQuery, Asked(asked): Asked<ListQuery>) -> Answer {
    let ListQuery { side, state, name } = asked;
    let query = GrantQuery { side, state, name, after: page.after()? };
    let (app, caller, language) = (call.app.clone(), call.caller.clone(), call.language);
    let shown = blocking::record(move || app.registrar.list(&caller, &query)).await?;
    let Page { items, next } = page.cut(shown, |last| last.grant.id.to_string());
    let items: Vec<Value> = items.iter().map(|shown| view(shown, language)).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `GET /api/v1/grants/{id}`
pub async fn show(call: Call, path: web::Path<String>) -> Answer {
    Ok(HttpResponse::Ok().json(grant_view(&call, grant_id(&path)?).await?))
}

/// `POST /api/v1/grants/{id}/accept`
pub async fn accept(call: Call, path: web::Path<String>) -> Answer {
    let id = grant_id(&path)?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let envelope = call.bytes().to_vec();
    let changed = blocking::record(move || app.registrar.accept(&caller, &once, id, &envelope)).await?;
    Ok(HttpResponse::Ok().json(changed_view(&call, changed).await?))
}

/// `POST /api/v1/grants/{id}/decline`
pub async fn decline(call: Call, path: web::Path<String>) -> Answer {
    let (id, body) = (grant_id(&path)?, call.body::<ReasonBody>()?);
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let changed = blocking::record(move || app.registrar.decline(&caller, &once, id, &body.reason)).await?;
    Ok(HttpResponse::Ok().json(changed_view(&call, changed).await?))
}

/// `POST /api/v1/grants/{id}/revoke`
pub async fn revoke(call: Call, path: web::Path<String>) -> Answer {
    let (id, body) = (grant_id(&path)?, call.body::<ReasonBody>()?);
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
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let shown = blocking::record(move || app.registrar.show(&caller, id)).await?;
    Ok(view(&shown, call.language))
}

/// A grant as programs see it, with its clauses in the caller's language.
fn view(shown: &ShownGrant, language: Language) -> Value {
    let ShownGrant { grant, model, licensor, licensee, quota } = shown;
    let quota = quota.map(|quota| json!({"tokens": quota.quota, "settled": quota.settled, "leased": quota.leased}));
    json!({
        "id": grant.id,
        "status": grant.status.as_str(),
        "model": model,
        "licensor": licensor,
        "licensor_id": grant.licensor,
        "licensee": licensee,
        "licensee_id": grant.licensee,
        "terms": grant.terms,
        "terms_digest": grant.terms_digest,
        "clauses": grant.terms.render(language),
        "quota": quota,
        "offered_at": grant.offered_at,
        "accepted_at": grant.accepted_at,
        "revoked_at": grant.revoked_at,
        "revocation_reason": grant.revocation_reason,
    })
}
