//! Policies: the rules in force, and which of them are only tried.

use actix_web::HttpResponse;
use chancery_domain::policy::RuleSet;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::web::{
    blocking,
    call::{Answer, Call},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShadowBody {
    rules: Vec<String>,
}

/// `GET /api/v1/policies`
pub async fn list(call: Call) -> Answer {
    let app = call.app.clone();
    let rules = blocking::record(move || app.desk.current_rules()).await?;
    Ok(HttpResponse::Ok().json(view(&rules)))
}

/// `POST /api/v1/policies/shadow`
pub async fn shadow(call: Call) -> Answer {
    let body: ShadowBody = call.body()?;
    let (app, caller, once) = (call.app.clone(), call.caller.clone(), call.once.clone());
    let rules = blocking::record(move || app.desk.shadow(&caller, &once, body.rules)).await?;
    Ok(HttpResponse::Ok().json(view(&rules)))
}

fn view(rules: &RuleSet) -> Value {
    json!({"digest": rules.digest(), "rules": rules.listing()})
}
