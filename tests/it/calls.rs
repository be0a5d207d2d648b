//! Calling a model: embeddings as OpenAI's clients know them, predictions, previews, and every way to be refused.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    client::{Answer, Client},
    fixtures::{self, TERMS},
    organisation::{Organisation, text},
};

/// A licensee's program that may call `acme/reviews`, and the grant it does so under.
fn licensed() -> (TestApp, Organisation, Client, String) {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    let grant = acme.grant("acme/reviews", &globex, TERMS);
    let program = globex.program("commercial-service", "DE");
    (app, acme, program, grant)
}

fn settled(acme: &Organisation, grant: &str) -> Value {
    acme.client.get(&format!("/api/v1/grants/{grant}")).expect(200)["quota"]["settled"].clone()
}

/// The floats of one embedding.
fn vector(embedding: &Value) -> Vec<f32> {
    serde_json::from_value(embedding.clone()).unwrap()
}

fn decoded(embedding: &Value) -> Vec<f32> {
    let bytes = STANDARD.decode(text(embedding)).unwrap();
    bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

#[test]
fn embeddings_under_every_name_and_encoding() {
    let Some(files) = fixtures::minilm() else { return };
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let passport = fixtures::open_passport();
    acme.push_as("acme/minilm", &files, &passport, &json!({"alias": "production"}));
    acme.grant("acme/minilm", &globex, TERMS);
    let program = globex.program("commercial-service", "DE");
    let ask = |model: &str, format: &str| {
        let body = json!({"model": model, "input": ["hello", "你好"], "encoding_format": format});
        program.post("/v1/embeddings", &body).expect(200)
    };
    let first = ask("acme/minilm", "float");
    assert_eq!((&first["object"], &first["model"]), (&json!("list"), &json!("acme/minilm")));
    assert!(first["usage"]["prompt_tokens"].as_u64().unwrap() > 0);
    let expected = vector(&first["data"][1]["embedding"]);
    assert_eq!(expected.len(), 384);
    let length: f32 = expected.iter().map(|number| number * number).sum();
    assert!((length - 1.0).abs() < 1e-4, "{length}");
    for model in ["acme/minilm", "acme%2Fminilm", "acme/minilm@production", "acme/minilm@v1"] {
        let answer = ask(model, "base64");
        assert_eq!(answer["model"], model);
        let found = decoded(&answer["data"][1]["embedding"]);
        let difference = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(difference < 1e-5, "{model}: {difference}");
    }
    let listed = program.get("/v1/models").expect(200);
    assert_eq!(listed["data"][0]["id"], "acme/minilm", "{listed}");
    for path in ["/v1/models/acme/minilm", "/v1/models/acme%2Fminilm"] {
        assert_eq!(program.get(path).expect(200)["id"], "acme/minilm");
    }
    let one = program.post("/v1/embeddings", &json!({"model": "acme/minilm", "input": "hello"})).expect(200);
    program.logged("the decision", |entry| entry["decision"] == one["chancery"]["decision"]);
}

#[test]
fn a_prediction_carries_its_papers() {
    let (_app, acme, program, grant) = licensed();
    let answer = program.predict("acme/reviews", "terrible, broke at once");
    let body = answer.body.clone();
    assert_eq!(answer.status, 200, "{body}");
    assert_eq!(body["outputs"][0]["label"], "negative", "{body}");
    assert_eq!(answer.header("chancery-decision"), text(&body["decision"]));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(settled(&acme, &grant), body["usage"]["tokens"]);
    let by_version = json!({"inputs": ["good"], "version": "v1"});
    program.post("/api/v1/models/acme/reviews/predict", &by_version).expect(200);
    let entry = program.logged("the decision", |entry| entry["decision"] == body["decision"]);
    assert_eq!((&entry["outcome"], &entry["grant"]), (&json!("allowed"), &json!(grant)));
}

#[test]
fn inputs_that_no_model_takes() {
    let (_app, _acme, program, _grant) = licensed();
    let predict = |body: Value| program.post("/api/v1/models/acme/reviews/predict", &body);
    predict(json!({"inputs": []})).problem(400, "bad-request");
    predict(json!({"inputs": "text"})).problem(400, "bad-request");
    predict(json!({"inputs": ["x"], "more": 1})).problem(400, "bad-request");
    predict(json!({"inputs": vec!["x"; 100_000]})).problem(413, "too-large");
    predict(json!({"inputs": ["x"], "version": "v9"})).problem(404, "not-found");
    program.predict("acme/nothing", "x").problem(404, "not-found");
    let embed = |body: Value| program.post("/v1/embeddings", &body);
    let wrong_task = embed(json!({"model": "acme/reviews", "input": "x"}));
    assert!((400..500).contains(&wrong_task.status), "{wrong_task:?}");
    let shortened = embed(json!({"model": "acme/reviews", "input": "x", "dimensions": 256}));
    assert_eq!(shortened.body["field"], "dimensions", "{shortened:?}");
    shortened.problem(400, "bad-request");
    for body in [json!({"model": "acme", "input": "x"}), json!({"model": "acme/reviews"}), json!([])] {
        let answer = embed(body);
        assert_eq!(answer.body["error"]["type"], "invalid_request_error", "{answer:?}");
        answer.problem(400, "bad-request");
    }
}

#[test]
fn a_preview_decides_without_a_record() {
    let (_app, acme, program, grant) = licensed();
    let ask = |body: Value| program.post("/api/v1/decisions/preview", &body).expect(200);
    // The log is in order: once this use is in it, so is everything before.
    let first = program.predict("acme/reviews", "x").expect(200);
    program.logged("the first use", |entry| entry["decision"] == first["decision"]);
    let (before, used) = (program.log().len(), settled(&acme, &grant));
    let allowed = ask(json!({"model": "acme/reviews", "tokens": 5}));
    assert_eq!(allowed["outcome"], "allowed", "{allowed}");
    let short = ask(json!({"model": "acme/reviews", "tokens": 500_000}));
    assert_eq!((&short["outcome"], &short["reasons"][0]["rule"]), (&json!("refused"), &json!("quota-exceeded")));
    let elsewhere = ask(json!({"model": "acme/reviews", "purpose": "research"}));
    let rules: Vec<_> = elsewhere["reasons"].as_array().unwrap().iter().map(|reason| text(&reason["rule"])).collect();
    assert!(rules.contains(&"purpose-outside-key"), "{elsewhere}");
    assert_eq!(settled(&acme, &grant), used);
    let body = program.predict("acme/reviews", "x").expect(200);
    program.logged("the use", |entry| entry["decision"] == body["decision"]);
    assert_eq!(program.log().len(), before + 1);
}

#[test]
fn a_refusal_under_v1_has_openais_error_beside_the_problem() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    let program = globex.program("commercial-service", "DE");
    let answer = program.post("/v1/embeddings", &json!({"model": "acme/reviews", "input": "x"}));
    let body = answer.body.clone();
    assert_eq!(answer.status, 403, "{body}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(body["error"]["code"], "licence_required", "{body}");
    assert_eq!(body["error"]["type"], "policy_refusal");
    assert_eq!(body["error"]["message"], body["detail"]);
    assert_eq!(body["reasons"][0]["rule"], "grant-missing");
    assert!(text(&body["promise"]).starts_with("chancery inclusion promise v1\n"), "{body}");
    program.logged("the refusal", |entry| entry["decision"] == body["decision"]);
    let chinese = program.send(
        "POST",
        "/v1/embeddings",
        &[("accept-language", "zh")],
        json!({"model": "acme/reviews", "input": "x"}).to_string().as_bytes(),
    );
    assert!(text(&chinese.body["detail"]).contains("授权"), "{chinese:?}");
}

#[test]
fn a_replay_meters_once() {
    let (_app, acme, program, grant) = licensed();
    let body = json!({"inputs": ["works perfectly"]}).to_string();
    let call = |body: &str| {
        let path = "/api/v1/models/acme/reviews/predict";
        program.send("POST", path, &[("idempotency-key", "once")], body.as_bytes())
    };
    let first = call(&body).expect(200);
    let tokens = settled(&acme, &grant);
    let again = call(&body).expect(200);
    for member in ["decision", "receipt", "outputs", "usage"] {
        assert_eq!(first[member], again[member], "{member}");
    }
    assert_eq!(settled(&acme, &grant), tokens);
    call(&json!({"inputs": ["another"]}).to_string()).problem(422, "idempotency-mismatch");
    // Another party's keys are its own.
    let own = json!({"inputs": ["own"]}).to_string();
    let headers = [("idempotency-key", "once"), ("chancery-purpose", "research"), ("chancery-territory", "DE")];
    let path = "/api/v1/models/acme/reviews/predict";
    acme.client.send("POST", path, &headers, own.as_bytes()).expect(200);
}

/// A call of `acme/reviews` under an idempotency key, with further headers.
fn once(program: &Client, key: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
    let headers = [&[("idempotency-key", key)], headers].concat();
    program.send("POST", "/api/v1/models/acme/reviews/predict", &headers, body.to_string().as_bytes())
}

#[test]
fn a_replay_passes_the_gate_again() {
    let (app, acme, program, grant) = licensed();
    let body = json!({"inputs": ["works perfectly"]});
    let first = once(&program, "one", &body, &[]).expect(200);
    assert!(first["chancery"]["content_key"].is_string(), "{first}");
    let hold = json!({"authority": "court", "reason": "order", "legal_demand": true});
    let placed = app.operator.post("/api/v1/models/acme/reviews/holds", &hold).expect(201);
    let held = once(&program, "one", &body, &[]);
    assert_eq!(held.status, 451, "{}", held.body);
    assert_ne!(held.body["decision"], first["decision"]);
    program.logged("the refusal", |entry| entry["decision"] == held.body["decision"] && entry["outcome"] == "refused");
    app.operator.delete(&format!("/api/v1/holds/{}", text(&placed["id"]))).expect(204);
    let again = once(&program, "one", &body, &[]).expect(200);
    assert_eq!((&again["decision"], &again["outputs"]), (&first["decision"], &first["outputs"]));
    assert_eq!(again["chancery"]["promise"], first["chancery"]["promise"]);
    assert_eq!(again["chancery"]["content_key"], Value::Null, "it opens no commitment");
    acme.client.post(&format!("/api/v1/grants/{grant}/revoke"), &json!({"reason": "over"})).expect(200);
    assert_eq!(once(&program, "one", &body, &[]).status, 403);
}

#[test]
fn a_replay_is_answered_by_the_version_that_was_judged() {
    let (_app, acme, program, _grant) = licensed();
    let alias = |version: &str| {
        let path = "/api/v1/models/acme/reviews/aliases/production";
        acme.client.put(path, json!({"version": version}).to_string().as_bytes()).expect(204)
    };
    alias("v1");
    let body = json!({"inputs": ["works perfectly"], "version": "production"});
    let first = once(&program, "one", &body, &[]).expect(200);
    acme.push("acme/reviews", fixtures::mixed_classifier(), &fixtures::mixed_passport());
    alias("v2");
    assert_eq!(once(&program, "two", &body, &[]).status, 403, "the second version is not for services");
    let again = once(&program, "one", &body, &[]).expect(200);
    assert_eq!((&again["decision"], &again["outputs"]), (&first["decision"], &first["outputs"]));
}

#[test]
fn another_purpose_territory_or_key_is_another_request() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    let program = globex.program("commercial-service", "DE");
    let body = json!({"inputs": ["x"]});
    once(&program, "one", &body, &[]).expect(200);
    for header in [("chancery-territory", "DE"), ("chancery-purpose", "commercial-service")] {
        once(&program, "one", &body, &[header]).problem(422, "idempotency-mismatch");
    }
    let other = globex.program("commercial-service", "DE");
    once(&other, "one", &body, &[]).problem(422, "idempotency-mismatch");
    program.logged_refusal("use-model", "idempotency-mismatch");
}

#[test]
fn suspended_and_withdrawn_models_refuse() {
    let (_app, acme, program, _grant) = licensed();
    let set = |status: &str| {
        let path = "/api/v1/models/acme/reviews/versions/v1/status";
        acme.client.post(path, &json!({"status": status}))
    };
    let suspended = set("suspended").expect(200);
    acme.client.receipt(&suspended["receipt"]);
    let refused = program.predict("acme/reviews", "x");
    assert_eq!((refused.status, &refused.body["reasons"][0]["rule"]), (403, &json!("model-suspended")));
    set("registered").expect(200);
    program.predict("acme/reviews", "x").expect(200);
    set("withdrawn").expect(200);
    let refused = program.predict("acme/reviews", "x");
    assert_eq!((refused.status, &refused.body["reasons"][0]["rule"]), (403, &json!("model-withdrawn")));
    set("registered").problem(409, "conflict");
    let decision = refused.body["decision"].clone();
    program.logged("the refusal", |entry| entry["decision"] == decision);
}

#[test]
fn holds_refuse_until_they_are_released() {
    let (app, acme, program, _grant) = licensed();
    let path = "/api/v1/models/acme/reviews/holds";
    let hold = json!({"authority": "Landgericht Berlin", "reason": "order 7 O 12/26", "legal_demand": true});
    acme.client.post(path, &hold).problem(403, "forbidden");
    let placed = app.operator.post(path, &hold).expect(201);
    acme.client.logged("the hold", |entry| entry["type"] == "hold-placed");
    let refused = program.predict("acme/reviews", "x");
    assert_eq!(refused.status, 451, "{refused:?}");
    assert!(text(&refused.body["detail"]).contains("Landgericht Berlin"));
    let links: Vec<_> = refused.headers.get_all("link").iter().map(|link| link.to_str().unwrap()).collect();
    assert!(links.iter().any(|link| link.contains("rel=\"blocked-by\"")), "{links:?}");
    app.operator.delete(&format!("/api/v1/holds/{}", text(&placed["id"]))).expect(204);
    program.predict("acme/reviews", "x").expect(200);
    let own = json!({"authority": "acme", "reason": "quality review", "legal_demand": false});
    app.operator.post(path, &own).expect(201);
    let refused = program.predict("acme/reviews", "x");
    assert_eq!((refused.status, &refused.body["reasons"][0]["rule"]), (403, &json!("hold-placed")));
}

#[test]
fn a_revoked_key_is_refused_from_the_next_call_on() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    let key = globex.key(&json!({
        "role": "member", "label": "shop", "purpose": "commercial-service", "territory": "DE",
    }));
    let program = globex.client.with_token(text(&key["token"]));
    program.predict("acme/reviews", "x").expect(200);
    globex.client.delete(&format!("/api/v1/keys/{}", text(&key["id"]))).expect(204);
    program.predict("acme/reviews", "x").problem(401, "invalid-api-key");
    let again = program.post("/v1/embeddings", &json!({"model": "acme/reviews", "input": "x"}));
    assert_eq!(again.body["error"]["type"], "authentication_error", "{again:?}");
    again.problem(401, "invalid-api-key");
}

#[test]
fn a_call_may_narrow_its_key_and_not_leave_it() {
    let (_app, _acme, program, _grant) = licensed();
    let body = json!({"inputs": ["x"]}).to_string();
    let call = |name: &str, value: &str| {
        program.send("POST", "/api/v1/models/acme/reviews/predict", &[(name, value)], body.as_bytes())
    };
    call("chancery-territory", "DE").expect(200);
    let refused = call("chancery-territory", "FR");
    assert_eq!((refused.status, &refused.body["reasons"][0]["rule"]), (403, &json!("territory-outside-key")));
    call("chancery-territory", "Atlantis").problem(400, "bad-request");
}

#[test]
fn a_private_model_is_not_there_for_strangers() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let passport = fixtures::open_passport();
    acme.push_as("acme/reviews", fixtures::open_classifier(), &passport, &json!({"visibility": "private"}));
    let program = globex.program("commercial-service", "DE");
    program.predict("acme/reviews", "x").problem(404, "not-found");
    program.post("/api/v1/decisions/preview", &json!({"model": "acme/reviews"})).problem(404, "not-found");
    program.get("/v1/models/acme/reviews").problem(404, "not-found");
    assert_eq!(program.get("/api/v1/models").expect(200)["items"], json!([]));
    acme.grant("acme/reviews", &globex, TERMS);
    program.predict("acme/reviews", "x").expect(200);
}
