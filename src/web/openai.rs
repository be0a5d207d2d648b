//! OpenAI's clients, unchanged: `/v1/embeddings` and `/v1/models`.

use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine, engine::general_purpose::STANDARD};
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{ArtifactKind, ModelReference},
};
use chancery_domain::{
    artifacts::Model,
    registration,
    serving::{Answered, Inputs, Outcome, Output, UseRequest},
};
use chancery_engine::Task;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    blocking,
    call::{Answer, Call, narrowed},
    problem::Family,
    refusal,
};

/// An embeddings request, as OpenAI's clients send it.
#[derive(Deserialize)]
pub struct EmbeddingsBody {
    model: String,
    input: OneOrMany,
    #[serde(default)]
    encoding_format: EncodingFormat,
    dimensions: Option<u32>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum EncodingFormat {
    #[default]
    Float,
    Base64,
}

/// Reads a model name whose slash a client may have percent-encoded.
fn reference(text: &str) -> Result<ModelReference, Problem> {
    let decoded = text.replace("%2F", "/").replace("%2f", "/");
    decoded.parse().map_err(|invalid| Problem::from(invalid).at("model"))
}

/// `POST /v1/embeddings`
pub async fn embeddings(call: Call, request: HttpRequest) -> Answer {
    let body: EmbeddingsBody = call.body()?;
    if body.dimensions.is_some() {
        let detail = "vectors are given at the model's own length; leave `dimensions` out";
        return Err(Problem::new(ProblemKind::BadRequest, detail).at("dimensions").into());
    }
    let (purpose, territory) = narrowed(&request)?;
    let texts = match body.input {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(texts) => texts,
    };
    let model = reference(&body.model)?;
    let asked = UseRequest {
        caller: call.caller.clone(),
        model: model.clone(),
        purpose,
        territory,
        inputs: Inputs { task: Task::Embed, texts },
        once: call.once.clone(),
    };
    let app = call.app.clone();
    Ok(match blocking::gated(call.waited, move || app.infer(&asked)).await? {
        Outcome::Refused(recorded) => refusal::refuse(&recorded, &model.model, call.language, Family::OpenAi),
        Outcome::Answered(answered) => answer(&call, &model, &body.model, body.encoding_format, &answered),
    })
}

fn answer(
    call: &Call,
    model: &ModelReference,
    name: &str,
    format: EncodingFormat,
    answered: &Answered,
) -> HttpResponse {
    let vectors = match &answered.output {
        Output::Vectors(vectors) => vectors.as_slice(),
        Output::Labels(_) => &[],
    };
    let data: Vec<Value> = vectors
        .iter()
        .enumerate()
        .map(|(index, vector)| json!({"object": "embedding", "index": index, "embedding": encode(vector, format)}))
        .collect();
    let tokens: u64 = answered.token_counts.iter().map(|count| u64::from(*count)).sum();
    let mut answer = HttpResponse::Ok();
    refusal::papers(&mut answer, &answered.recorded, &model.model);
    answer.json(json!({
        "object": "list",
        "data": data,
        "model": name,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        "chancery": refusal::papers_of(answered, call.language),
    }))
}

fn encode(vector: &[f32], format: EncodingFormat) -> Value {
    match format {
        EncodingFormat::Float => json!(vector),
        EncodingFormat::Base64 => {
            let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
            json!(STANDARD.encode(bytes))
        }
    }
}

/// `GET /v1/models`: all of them, since these clients know no pages.
pub async fn models(call: Call) -> Answer {
    let (app, party) = (call.app.clone(), call.caller.party.id);
    let data = blocking::record(move || {
        let mut data: Vec<Value> = Vec::new();
        let mut last: Option<Model> = None;
        loop {
            let after = last.as_ref().map(|model| &model.name);
            let page = app
                .database
                .read(|connection| registration::list_visible(connection, ArtifactKind::Model, party, after))?;
            data.extend(page.iter().map(model_view));
            match page.into_iter().last() {
                Some(model) => last = Some(model),
                None => return Ok(data),
            }
        }
    })
    .await?;
    Ok(HttpResponse::Ok().json(json!({"object": "list", "data": data})))
}

/// `GET /v1/models/{model}`
pub async fn model(call: Call, path: web::Path<String>) -> Answer {
    let reference = reference(&path)?;
    let (app, party) = (call.app.clone(), call.caller.party.id);
    let (model, _) = blocking::record(move || {
        app.database.read(|connection| registration::find_visible(connection, party, &reference))
    })
    .await?;
    Ok(HttpResponse::Ok().json(model_view(&model)))
}

fn model_view(model: &Model) -> Value {
    json!({
        "id": model.name,
        "object": "model",
        "created": model.created_at.as_seconds(),
        "owned_by": model.name.owner,
    })
}
