//! Policies: the rules in force with the mode of each, other rules put in their place, and what was in force before.

use actix_web::HttpResponse;
use chancery_domain::{
    membership::Acted,
    serving::{PastActivation, Rulebook, RulesDraft},
};
use serde_json::{Value, json};

use super::approvals::proposed;
use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{Page, PageQuery},
};

/// `GET /api/v1/policies`
pub async fn list(call: Call) -> Answer {
    let app = call.app.clone();
    let book = blocking::record(move || app.desk.rulebook()).await?;
    Ok(HttpResponse::Ok().json(view(&book)))
}

/// `POST /api/v1/policies`
pub async fn change(call: Call) -> Answer {
    let draft: RulesDraft = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    // Texts may be many, and all of them are checked.
    match blocking::work(move || app.change_rules(&caller, &once, draft)).await? {
        Acted::Done(book) => Ok(HttpResponse::Ok().json(view(&book))),
        Acted::Proposed(proposal) => proposed(&call, proposal).await,
    }
}

/// `GET /api/v1/policies/history?after=`
pub async fn history(call: Call, query: PageQuery) -> Answer {
    let before = query.after()?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let past = blocking::record(move || app.desk.policy_history(&caller, before)).await?;
    let Page { items, next } = query.cut(past, |last| last.activation.number.to_string());
    let items: Vec<Value> = items.iter().map(past_view).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

fn view(book: &Rulebook) -> Value {
    let activation = &book.activation;
    let rules = book.rules.iter().map(|standing| {
        let rule = &standing.rule;
        json!({
            "id": rule.id, "stage": rule.stage, "mode": rule.mode, "since": standing.since, "by": standing.by,
            "clause": rule.clause, "source": rule.source,
        })
    });
    json!({
        "digest": activation.digest,
        "number": activation.number,
        "origin": activation.origin.name(),
        "activated_at": activation.activated_at,
        "by": book.by,
        "receipt": activation.leaf,
        "rules": rules.collect::<Vec<_>>(),
    })
}

fn past_view(past: &PastActivation) -> Value {
    let changes = past.changes.iter().map(|(rule, mode)| json!({"rule": rule, "mode": mode}));
    json!({
        "number": past.activation.number,
        "digest": past.activation.digest,
        "origin": past.activation.origin.name(),
        "activated_at": past.activation.activated_at,
        "by": past.by,
        "receipt": past.activation.leaf,
        "changes": changes.collect::<Vec<_>>(),
    })
}
