//! Recorded decisions: shown with their facts, explained rule by rule, and decided again.

use actix_web::{HttpResponse, web};
use chancery_base::{
    problem::Problem,
    values::{DecisionId, Language},
};
use chancery_domain::{policy::Replay, serving::RecalledDecision};
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
    Ok(HttpResponse::Ok().json(view(&recalled, call.language)))
}

fn view(recalled: &RecalledDecision, language: Language) -> Value {
    let decision = &recalled.decision;
    json!({
        "id": recalled.record.id,
        "decided_at": recalled.record.decided_at,
        "outcome": if decision.is_allowed() { "allowed" } else { "refused" },
        "reasons": refusal::reasons(decision, language),
        "grant": recalled.record.grant,
        "facts": recalled.facts,
        "decision": decision,
        "explanation": recalled.explanation,
        "policy_digest": decision.policy_digest,
        "facts_digest": decision.facts_digest,
        "receipt": recalled.record.leaf,
        "replay": match recalled.replay {
            Replay::Equal => "equal",
            Replay::Different(_) => "different",
            Replay::NotReplayable(_) => "not-replayable",
        },
    })
}
