//! Recorded decisions: shown with their facts, explained rule by rule, and decided again.

use actix_web::{HttpResponse, web};
use chancery_base::{problem::Problem, values::DecisionId};
use chancery_domain::{
    policy::{Replay, explain, replay},
    serving::RecalledDecision,
};
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    refusal,
};

/// `GET /api/v1/decisions/{id}`
pub async fn show(call: Call, path: web::Path<String>) -> Answer {
    let id: DecisionId = path.parse().map_err(|_| Problem::not_found("decision"))?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let recalled = blocking::record(move || app.desk.recall(&caller, id)).await?;
    let mut view = view(&recalled);
    super::super::problem::set(&mut view, "reasons", json!(refusal::reasons(&recalled.decision, call.language)));
    Ok(HttpResponse::Ok().json(view))
}

fn view(recalled: &RecalledDecision) -> Value {
    let decision = &recalled.decision;
    let replayed = replay(&recalled.rules, Some(&recalled.record.facts), decision);
    json!({
        "id": recalled.record.id,
        "decided_at": recalled.record.decided_at,
        "outcome": if decision.is_allowed() { "allowed" } else { "refused" },
        "grant": recalled.record.grant,
        "facts": recalled.facts,
        "decision": decision,
        "explanation": recalled.facts.as_ref().map(|facts| explain(&recalled.rules, facts, decision)),
        "policy_digest": decision.policy_digest,
        "facts_digest": decision.facts_digest,
        "receipt": recalled.record.leaf,
        "replay": match replayed {
            Replay::Equal => "equal",
            Replay::Different(_) => "different",
            Replay::NotReplayable(_) => "not-replayable",
        },
    })
}
