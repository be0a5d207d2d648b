//! Predictions and previews.

use actix_web::{HttpRequest, HttpResponse, web};
use chancery_base::{
    problem::Problem,
    values::{ModelName, ModelReference, Purpose, Selector, Territory, TokenCount},
};
use chancery_domain::serving::{Inputs, Outcome, Output, PreviewRequest, UseRequest};
use chancery_engine::Task;
use serde::Deserialize;
use serde_json::json;

use super::models::selector;
use crate::web::{
    blocking,
    call::{Answer, Call, narrowed},
    problem::Family,
    refusal,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PredictBody {
    inputs: Vec<String>,
    version: Option<String>,
}

/// `POST /api/v1/models/{owner}/{name}/predict`
pub async fn predict(call: Call, path: web::Path<(String, String)>, request: HttpRequest) -> Answer {
    let body: PredictBody = call.body()?;
    let (purpose, territory) = narrowed(&request)?;
    let model = model_name(&path)?;
    let asked = UseRequest {
        caller: call.caller.clone(),
        model: ModelReference {
            model: model.clone(),
            selector: body.version.as_deref().map_or(Ok(Selector::Latest), selector)?,
        },
        purpose,
        territory,
        inputs: Inputs { task: Task::Classify, texts: body.inputs },
        once: call.once.clone(),
    };
    let app = call.app.clone();
    Ok(match blocking::gated(call.waited, move || app.infer(&asked)).await? {
        Outcome::Refused(recorded) => refusal::refuse(&recorded, &model, call.language, Family::Api),
        Outcome::Answered(answered) => {
            let mut answer = HttpResponse::Ok();
            refusal::papers(&mut answer, &answered.recorded, &model);
            let labels = match &answered.output {
                Output::Labels(labels) => labels.as_slice(),
                Output::Vectors(_) => &[],
            };
            let tokens: u64 = answered.token_counts.iter().map(|count| u64::from(*count)).sum();
            answer.json(json!({
                "model": model,
                "outputs": labels,
                "usage": {"tokens": tokens},
                "decision": answered.recorded.id,
                "receipt": answered.recorded.leaf,
                "chancery": refusal::papers_of(&answered, call.language),
            }))
        }
    })
}

/// The model that a path names.
pub fn model_name(path: &(String, String)) -> Result<ModelName, Problem> {
    let (owner, name) = path;
    format!("{owner}/{name}").parse().map_err(|_| Problem::not_found("model"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PreviewBody {
    model: String,
    purpose: Option<Purpose>,
    territory: Option<Territory>,
    tokens: Option<TokenCount>,
}

/// `POST /api/v1/decisions/preview`
pub async fn preview(call: Call) -> Answer {
    let body: PreviewBody = call.body()?;
    let asked = PreviewRequest {
        caller: call.caller.clone(),
        model: body.model.parse().map_err(|invalid| Problem::from(invalid).at("model"))?,
        purpose: body.purpose,
        territory: body.territory,
        tokens: body.tokens.unwrap_or_default(),
    };
    let app = call.app.clone();
    let preview = blocking::record(move || app.desk.preview(&asked)).await?;
    Ok(HttpResponse::Ok().json(json!({
        "outcome": if preview.decision.is_allowed() { "allowed" } else { "refused" },
        "detail": refusal::detail(&preview.decision, call.language),
        "reasons": refusal::reasons(&preview.decision, call.language),
        "facts": preview.facts,
        "policy_digest": preview.decision.policy_digest,
    })))
}
