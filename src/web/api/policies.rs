//! Policies: the rules in force, and which of them are only tried.

use std::sync::Arc;

use actix_web::HttpResponse;
use chancery_base::problem::{Problem, ProblemKind};
use chancery_domain::{parties::Permission, policy::RuleSet};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::web::call::{Answer, Call};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShadowBody {
    rules: Vec<String>,
}

/// `GET /api/v1/policies`
pub async fn list(call: Call) -> Answer {
    Ok(HttpResponse::Ok().json(view(&call.app.desk.rules())))
}

/// `POST /api/v1/policies/shadow`
pub async fn shadow(call: Call) -> Answer {
    let body: ShadowBody = call.body()?;
    call.caller.require(Permission::Operate)?;
    let rules = call.app.desk.rules().in_shadow(body.rules);
    let rules = rules.map_err(|error| Problem::new(ProblemKind::Unprocessable, error.to_string()).at("rules"))?;
    let rules = Arc::new(rules);
    let (app, caller, activated) = (call.app.clone(), call.caller.clone(), Arc::clone(&rules));
    crate::web::blocking::record(move || app.desk.activate(&caller, activated)).await?;
    Ok(HttpResponse::Ok().json(view(&rules)))
}

fn view(rules: &RuleSet) -> Value {
    json!({"digest": rules.digest(), "rules": rules.listing()})
}
