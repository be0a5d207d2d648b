//! Recorded decisions: shown with their facts, explained rule by rule, and decided again.

use actix_web::{HttpResponse, web};
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{DecisionId, Invalid, Language, UnixMillis},
};
use chancery_domain::{
    policy::Replay,
    serving::{DecisionQuery, ListedDecision, RecalledDecision, Side},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{PageQuery, cursor},
    refusal,
};

/// Which decisions.
#[derive(Deserialize)]
pub struct Narrowed {
    side: Option<String>,
    outcome: Option<String>,
    rule: Option<String>,
    model: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
}

/// `GET /api/v1/decisions?side=&outcome=&rule=&model=&from=&to=&after=`
pub async fn list(call: Call, page: PageQuery, narrowed: Result<web::Query<Narrowed>, actix_web::Error>) -> Answer {
    let query = narrowed.map_err(|_| unreadable())?.into_inner().query(&page)?;
    let (app, caller, language) = (call.app.clone(), call.caller.clone(), call.language);
    let found = blocking::record(move || app.desk.decisions(&caller, &query)).await?;
    let items: Vec<Value> = found.decisions.iter().map(|decision| summary(decision, language)).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": found.next.as_ref().map(cursor)})))
}

impl Narrowed {
    fn query(self, page: &PageQuery) -> Result<DecisionQuery, Problem> {
        let parsed = |name: &str, invalid: Invalid| Problem::from(invalid).at(name);
        let side = self.side.map(|side| side.parse::<Side>()).transpose();
        let allowed = self.outcome.map(|outcome| match outcome.as_str() {
            "allowed" => Ok(true),
            "refused" => Ok(false),
            other => Err(parsed("outcome", Invalid::new(other, "allowed or refused"))),
        });
        let model = self.model.map(|model| model.parse()).transpose();
        Ok(DecisionQuery {
            side: side.map_err(|invalid| parsed("side", invalid))?.unwrap_or(Side::Caller),
            allowed: allowed.transpose()?,
            rule: self.rule,
            model: model.map_err(|invalid| parsed("model", invalid))?,
            from: self.from.map(UnixMillis::new),
            until: self.to.map(UnixMillis::new),
            before: page.after()?,
            limit: page.limit(),
        })
    }
}

/// What a query is that cannot be read.
pub fn unreadable() -> Problem {
    let detail = "the query cannot be read; give each parameter once, `from` and `to` in milliseconds since 1970";
    Problem::new(ProblemKind::BadRequest, detail)
}

fn summary(decision: &ListedDecision, language: Language) -> Value {
    json!({
        "id": decision.id,
        "decided_at": decision.decided_at,
        "outcome": if decision.is_allowed { "allowed" } else { "refused" },
        "caller": decision.caller,
        "model": decision.model,
        "rule": decision.rule,
        "message": decision.message.as_ref().map(|message| message.in_language(language)),
    })
}

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
