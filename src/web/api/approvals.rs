//! What waits for a second person of the caller's party, what was decided, and what needs two.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use chancery_base::{
    problem::Problem,
    values::{PersonId, ProposalId, UnixMillis},
};
use chancery_domain::{
    approvals::{ApprovalRules, Proposal, ProposalStanding},
    membership::{self, Acted},
    parties::Label,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Asked, Page, PageQuery},
    problem::set,
};

/// What a listing is narrowed to.
#[derive(Deserialize)]
pub struct ListQuery {
    state: Option<ProposalStanding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclineBody {
    #[serde(default)]
    reason: String,
}

/// `GET /api/v1/approvals?state=&after=`
pub async fn list(call: Call, page: PageQuery, Asked(ListQuery { state }): Asked<ListQuery>) -> Answer {
    let before = page.after()?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let (proposals, names) = blocking::record(move || {
        let proposals = membership::list_proposals(&app.office, &caller, state, before)?;
        Ok((proposals, membership::names(&app.office, &caller)?))
    })
    .await?;
    let now = call.app.clock.now();
    let Page { items, next } = page.cut(proposals, |last| last.id.to_string());
    let items: Vec<Value> = items.iter().map(|proposal| summary(proposal, &names, now)).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `GET /api/v1/approvals/{id}`
pub async fn show(call: Call, path: web::Path<String>) -> Answer {
    Ok(HttpResponse::Ok().json(approval_view(&call, proposal_id(&path)?).await?))
}

/// `POST /api/v1/approvals/{id}/approve`
pub async fn approve(call: Call, path: web::Path<String>) -> Answer {
    let id = proposal_id(&path)?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    // Rules may be many, and all of them are checked.
    blocking::work(move || app.approve(&caller, &once, id)).await?;
    Ok(HttpResponse::Ok().json(approval_view(&call, id).await?))
}

/// `POST /api/v1/approvals/{id}/decline`
pub async fn decline(call: Call, path: web::Path<String>) -> Answer {
    let (id, body) = (proposal_id(&path)?, call.body::<DeclineBody>()?);
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    blocking::record(move || membership::decline(&app.office, &caller, &once, id, &body.reason)).await?;
    Ok(HttpResponse::Ok().json(approval_view(&call, id).await?))
}

/// `GET /api/v1/approvals/rules`
pub async fn rules(call: Call) -> Answer {
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let rules = blocking::record(move || membership::approval_rules(&app.office, &caller)).await?;
    Ok(HttpResponse::Ok().json(rules))
}

/// `PUT /api/v1/approvals/rules`
pub async fn set_rules(call: Call) -> Answer {
    let rules: ApprovalRules = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    match blocking::record(move || app.set_approval_rules(&caller, &once, rules)).await? {
        Acted::Done(()) => Ok(HttpResponse::Ok().json(rules)),
        Acted::Proposed(proposal) => proposed(&call, proposal).await,
    }
}

/// The answer where an act waits for a second person: what waits, and how it goes on.
pub async fn proposed(call: &Call, id: ProposalId) -> Answer {
    let view = json!({
        "approval": approval_view(call, id).await?,
        "next": format!("another person of your organisation who may approve looks at /approvals/{id} and approves it"),
    });
    Ok(HttpResponse::Accepted().insert_header(("Location", format!("/api/v1/approvals/{id}"))).json(view))
}

fn proposal_id(path: &str) -> Result<ProposalId, Problem> {
    path.parse().map_err(|_| Problem::not_found("proposal"))
}

async fn approval_view(call: &Call, id: ProposalId) -> Result<Value, Problem> {
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let (proposal, names) = blocking::record(move || {
        Ok((membership::find_proposal(&app.office, &caller, id)?, membership::names(&app.office, &caller)?))
    })
    .await?;
    let mut view = summary(&proposal, &names, call.app.clock.now());
    set(&mut view, "subject", proposal.subject);
    Ok(view)
}

/// A proposal in a listing, without what the act is given, which may be long.
fn summary(proposal: &Proposal, names: &HashMap<PersonId, Label>, now: UnixMillis) -> Value {
    let person = |id: PersonId| json!({"id": id, "name": names.get(&id)});
    json!({
        "id": proposal.id,
        "kind": proposal.kind,
        "state": proposal.standing(now),
        "proposed_by": person(proposal.proposed_by),
        "created_at": proposal.created_at,
        "expires_at": proposal.expires_at,
        "decided_by": proposal.decided_by.map(person),
        "decided_at": proposal.decided_at,
        "reason": proposal.reason,
    })
}
