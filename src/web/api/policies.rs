//! Policies: the rules in force with the mode of each, other rules put in their place, and what was in force before.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use chancery_base::values::Sha256Digest;
use chancery_domain::{
    policy::{PolicySources, RuleMode},
    serving::{HISTORY_PAGE, PastActivation, Proposal, Rulebook},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
    page::{PageQuery, next_page},
};

/// Rules, in one of four ways.
#[derive(Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "rules are proposed as `schema` and `files` (with a list `shadow` or without), as `digest`, as `origin: \"server\"`, \
                 or as `rule` and `mode` (enforced, shadow or dropped)"
)]
pub enum ProposalBody {
    /// Texts, with rules to be tried first.
    Texts {
        schema: String,
        files: BTreeMap<String, String>,
        #[serde(default)]
        shadow: Vec<String>,
    },
    /// A set that was in force.
    Kept { digest: Sha256Digest },
    /// What the server is started with.
    Of { origin: ServerOrigin },
    /// A rule's new mode.
    Mode { rule: String, mode: RuleMode },
}

/// The one origin that can be asked for.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerOrigin {
    /// What the server is started with.
    Server,
}

impl From<ProposalBody> for Proposal {
    fn from(body: ProposalBody) -> Self {
        match body {
            ProposalBody::Texts { schema, files, shadow } => {
                Self::Texts { sources: PolicySources::new(schema, files), tried: shadow }
            }
            ProposalBody::Kept { digest } => Self::Kept(digest),
            ProposalBody::Of { origin: ServerOrigin::Server } => Self::OfServer,
            ProposalBody::Mode { rule, mode } => Self::Mode { rule, mode },
        }
    }
}

/// `GET /api/v1/policies`
pub async fn list(call: Call) -> Answer {
    let app = call.app.clone();
    let book = blocking::record(move || app.desk.rulebook()).await?;
    Ok(HttpResponse::Ok().json(view(&book)))
}

/// `POST /api/v1/policies`
pub async fn change(call: Call) -> Answer {
    let proposal = call.body::<ProposalBody>()?.into();
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    // Texts may be many, and all of them are checked.
    let book = blocking::work(move || app.desk.change_rules(&caller, &once, proposal)).await?;
    Ok(HttpResponse::Ok().json(view(&book)))
}

/// `GET /api/v1/policies/history?after=`
pub async fn history(call: Call, query: PageQuery) -> Answer {
    let before = query.after()?;
    let (app, caller) = (call.app.clone(), call.caller.clone());
    let past = blocking::record(move || app.desk.policy_history(&caller, before)).await?;
    let next = next_page(&past, HISTORY_PAGE, |last| last.activation.number.to_string());
    let items: Vec<Value> = past.iter().map(past_view).collect();
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
