//! Bad inputs to registration over HTTP: a clear problem, nothing visible left, the owed entry written.

use std::path::PathBuf;

use chancery::app::{SystemClock, SystemEntropy};
use chancery_base::{crypto::SigningKey, values::Clock};
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    client::Answer,
    database::numbers,
    fixtures::{self, Files, files_below},
    organisation::{Organisation, text},
};

/// A small model that would be accepted.
fn small() -> Files {
    fixtures::open_classifier().clone()
}

fn statement() -> String {
    fixtures::statement("acme/reviews", &small(), &fixtures::open_passport())
}

fn open(party: &Organisation, statement: &str) -> Answer {
    let envelope = fixtures::signed(statement, &party.key);
    party.client.post_bytes("/api/v1/uploads", envelope.to_json().as_bytes())
}

/// Nothing of the attempt can be seen, and no row or file of it is left.
#[track_caller]
fn assert_nothing_left(app: &TestApp, party: &Organisation) {
    assert_no_model(app, party);
    let rows = |table: &str| numbers(&app.config.database, &format!("SELECT count(*) AS number FROM {table}"))[0];
    assert_eq!((rows("uploads"), rows("blobs")), (0, 0), "rows of an upload are left");
    assert_eq!(files_below(&app.config.store), Vec::<PathBuf>::new(), "sealed files are left");
}

/// There is no model, for whoever asks and in the tables.
#[track_caller]
fn assert_no_model(app: &TestApp, party: &Organisation) {
    let models = party.client.get("/api/v1/models").expect(200);
    assert_eq!(models["items"], json!([]));
    party.client.get("/api/v1/models/acme/reviews").problem(404, "not-found");
    for table in ["models", "versions", "version_files"] {
        assert_eq!(numbers(&app.config.database, &format!("SELECT count(*) AS number FROM {table}")), [0], "{table}");
    }
}

#[test]
fn a_wrong_signature() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let mut envelope: Value = serde_json::from_str(&fixtures::signed(&statement(), &acme.key).to_json()).unwrap();
    let other: Value = serde_json::from_str(&fixtures::signed("{}", &acme.key).to_json()).unwrap();
    envelope["signatures"] = other["signatures"].clone();
    acme.client.post("/api/v1/uploads", &envelope).problem(422, "bad-signature");
    acme.client.logged_refusals(&[("open-upload", "bad-signature")]);
    assert_nothing_left(&app, &acme);
}

#[test]
fn unknown_unapproved_and_revoked_signing_keys() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let (stranger, proposed) = (SigningKey::generate(&SystemEntropy), SigningKey::generate(&SystemEntropy));
    acme.propose(&proposed);
    let path = format!("/api/v1/signing-keys/{}", text(&acme.key_id));
    assert_eq!(acme.client.delete(&path).expect(200)["versions_stopped"], 0);
    for (key, words) in [(&stranger, "trusted"), (&proposed, "not approved"), (&acme.key, "revoked")] {
        let envelope = fixtures::signed(&statement(), key).to_json();
        let detail = acme.client.post_bytes("/api/v1/uploads", envelope.as_bytes()).problem(422, "bad-signature");
        assert!(detail.contains(words), "{detail}");
    }
    acme.client.logged_refusals(&[("open-upload", "bad-signature"); 3]);
    assert_nothing_left(&app, &acme);
}

#[test]
fn a_weak_or_unproved_signing_key() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let challenge = acme.client.post("/api/v1/signing-keys/challenge", &json!({})).expect(200);
    // The neutral element: a key under which everybody can sign.
    let weak = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let body = json!({
        "public_key": weak, "label": "weak", "challenge": challenge["challenge"],
        "signature": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
    });
    let answer = acme.client.post("/api/v1/signing-keys", &body);
    answer.problem(422, "bad-signature");
    let key = SigningKey::generate(&SystemEntropy);
    let body = json!({
        "public_key": key.verifying_key(), "label": "borrowed", "challenge": challenge["challenge"],
        "signature": key.sign(b"something else"),
    });
    acme.client.post("/api/v1/signing-keys", &body).problem(422, "bad-signature");
    acme.client.logged_refusals(&[("propose-signing-key", "bad-signature"); 2]);
    let keys = acme.client.get("/api/v1/signing-keys").expect(200);
    assert_eq!(keys["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_digest_mismatch_and_a_truncated_upload() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let files = small();
    let session = acme.announce("acme/reviews", &files, &fixtures::open_passport());
    let weights = session["files"].as_array().unwrap().iter().find(|file| file["path"] == "model.safetensors");
    let weights = weights.unwrap();
    let path = format!("/api/v1/uploads/{}/blobs/{}", text(&session["id"]), text(&weights["sha256"]));
    let mut bytes = files["model.safetensors"].clone();
    let whole = bytes.len();
    acme.client.put_broken_off(&path, whole, &bytes[..whole / 2]);
    let now = acme.client.get(&format!("/api/v1/uploads/{}", text(&session["id"]))).expect(200);
    assert!(now["files"].as_array().unwrap().iter().all(|file| file["state"] == "wanted"), "{now}");
    *bytes.last_mut().unwrap() ^= 1;
    acme.client.put(&path, &bytes).problem(422, "digest-mismatch");
    let short = acme.client.put(&path, &bytes[..whole - 1]);
    short.problem(422, "digest-mismatch");
    let commit = format!("/api/v1/uploads/{}/commit", text(&session["id"]));
    acme.client.post(&commit, &json!({})).problem(409, "conflict");
    acme.client.logged_refusals(&[
        ("send-file", "bad-request"),
        ("send-file", "digest-mismatch"),
        ("send-file", "digest-mismatch"),
        ("commit-upload", "conflict"),
    ]);
    assert_no_model(&app, &acme);
    assert_eq!(files_below(&app.config.store), Vec::<PathBuf>::new(), "what was refused is stored");
    // The session survives what was wrong with it.
    acme.send_files(&session, &files);
    acme.client.post(&commit, &json!({})).expect(201);
}

#[test]
fn paths_that_leave_the_model_or_collide() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let paths = [
        "../config.json",
        "x/../../config.json",
        "/config.json",
        "con\\u0000fig.json",
        "x\\\\config.json",
        "",
        ".",
        "model.safetensors",
        "MODEL.safetensors",
    ];
    for path in paths {
        let good = statement();
        let bad = good.replace("config.json", path);
        assert_ne!(good, bad);
        let answer = open(&acme, &bad);
        assert_eq!(answer.status, 400, "{path}: {answer}");
        answer.problem(400, "bad-request");
    }
    acme.client.logged_refusals(&[("open-upload", "bad-request"); 9]);
    assert_nothing_left(&app, &acme);
}

/// A push in which `path` holds `bytes` is refused at its commit and leaves nothing.
fn refused_file(path: &str, bytes: &[u8]) -> String {
    let app = TestApp::start();
    let acme = app.party("acme");
    let mut files = small();
    files.insert(path.to_owned(), bytes.to_vec());
    let session = acme.announce("acme/reviews", &files, &fixtures::open_passport());
    acme.send_files(&session, &files);
    let commit = format!("/api/v1/uploads/{}/commit", text(&session["id"]));
    let detail = acme.client.post(&commit, &json!({})).problem(422, "refused-format");
    acme.client.logged_refusals(&[("commit-upload", "refused-format")]);
    assert_nothing_left(&app, &acme);
    acme.client.get(&format!("/api/v1/uploads/{}", text(&session["id"]))).problem(404, "not-found");
    detail
}

#[test]
fn a_pickle_under_any_name() {
    let pickle = b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.";
    for name in ["model.safetensors", "README.md", "weights.bin", "notes.json", "weights"] {
        let detail = refused_file(name, pickle);
        assert!(detail.contains("pickle"), "{name}: {detail}");
    }
}

#[test]
fn a_malformed_safetensors_header() {
    refused_file("model.safetensors", b"\x90\x01\x00\x00\x00\x00\x00\x00{\"w\":{}}");
}

#[test]
fn a_passport_that_lacks_a_field() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let mut incomplete = fixtures::open_passport();
    incomplete["privacy"]["controller"].take();
    let answer = open(&acme, &fixtures::statement("acme/reviews", &small(), &incomplete));
    assert_eq!(answer.body["field"], "privacy.controller", "{answer:?}");
    answer.problem(422, "bad-passport");
    acme.client.logged_refusals(&[("open-upload", "bad-passport")]);
    assert_nothing_left(&app, &acme);
}

#[test]
fn oversize_deep_and_malformed_json() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let oversize = vec![b' '; 5 << 20];
    acme.client.post_bytes("/api/v1/uploads", &oversize).problem(413, "too-large");
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for path in ["/api/v1/uploads", "/api/v1/grants", "/api/v1/keys", "/api/v1/decisions/preview"] {
        acme.client.post_bytes(path, deep.as_bytes()).problem(400, "bad-request");
        acme.client.post_bytes(path, b"{\"a\":").problem(400, "bad-request");
        acme.client.post_bytes(path, b"\xff\xfe").problem(400, "bad-request");
        acme.client.post_bytes(path, b"").problem(400, "bad-request");
        if path != "/api/v1/uploads" {
            acme.client.logged_refusal(&format!("POST {path}"), "bad-request");
        }
    }
    acme.client.logged_refusal("POST /api/v1/uploads", "too-large");
    assert_nothing_left(&app, &acme);
}

#[test]
fn another_tenants_upload_is_not_there() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let session = acme.announce("acme/reviews", &small(), &fixtures::open_passport());
    let path = format!("/api/v1/uploads/{}", text(&session["id"]));
    let digest = text(&session["files"][0]["sha256"]);
    globex.client.get(&path).problem(404, "not-found");
    globex.client.delete(&path).problem(404, "not-found");
    globex.client.put(&format!("{path}/blobs/{digest}"), b"x").problem(404, "not-found");
    globex.client.post(&format!("{path}/commit"), &json!({})).problem(404, "not-found");
    for attempt in ["abandon-upload", "send-file", "commit-upload"] {
        globex.client.logged_refusal(attempt, "not-found");
    }
    let absent = "/api/v1/uploads/upload_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2";
    let (there, nowhere) = (globex.client.get(&path).body, globex.client.get(absent).body);
    assert_eq!(there, nowhere, "what is not visible answers as what is not there");
    // A party cannot push under another's name.
    let foreign = fixtures::signed(&statement(), &globex.key).to_json();
    let answer = globex.client.post_bytes("/api/v1/uploads", foreign.as_bytes());
    assert!(matches!(answer.status, 403 | 404), "{answer:?}");
}

#[test]
fn expired_revoked_unknown_and_malformed_api_keys() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let past = json!({"role": "member", "label": "past", "expires_at": 1});
    acme.client.post("/api/v1/keys", &past).problem(422, "unprocessable");
    let soon = SystemClock.now().as_millis() + 500;
    let expired = acme.key(&json!({"role": "member", "label": "short", "expires_at": soon}));
    acme.client.with_token(text(&expired["token"])).get("/api/v1/whoami").expect(200);
    while SystemClock.now().as_millis() <= soon {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let revoked = acme.key(&json!({"role": "member", "label": "gone"}));
    acme.client.with_token(text(&revoked["token"])).get("/api/v1/whoami").expect(200);
    let path = format!("/api/v1/keys/{}", text(&revoked["id"]));
    globex.client.delete(&path).problem(404, "not-found");
    acme.client.delete(&path).expect(204);
    acme.client.logged("that the key was revoked", |entry| entry["type"] == "api-key-revoked");
    let mut forged = text(&acme.key(&json!({"role": "member", "label": "good"}))["token"]).to_owned();
    let last = if forged.ends_with('q') { 'p' } else { 'q' };
    forged.pop();
    forged.push(last);
    for token in [text(&expired["token"]), text(&revoked["token"]), &forged, "chy_", "x", ""] {
        let client = acme.client.with_token(token);
        for path in ["/api/v1/whoami", "/api/v1/models", "/v1/models"] {
            let answer = client.get(path);
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{token} {answer:?}");
            answer.problem(401, "invalid-api-key");
        }
    }
}

#[test]
fn an_idempotency_key_with_another_body() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let envelope = fixtures::signed(&statement(), &acme.key).to_json();
    let headers = [("idempotency-key", "one")];
    let first = acme.client.send("POST", "/api/v1/uploads", &headers, envelope.as_bytes()).expect(201);
    let again = acme.client.send("POST", "/api/v1/uploads", &headers, envelope.as_bytes()).expect(201);
    assert_eq!(first["id"], again["id"]);
    let other =
        fixtures::signed(&fixtures::statement("acme/other", &small(), &fixtures::open_passport()), &acme.key).to_json();
    let answer = acme.client.send("POST", "/api/v1/uploads", &headers, other.as_bytes());
    answer.problem(422, "idempotency-mismatch");
    acme.client.logged_refusals(&[("open-upload", "idempotency-mismatch")]);
    let long = "x".repeat(129);
    let answer = acme.client.send("POST", "/api/v1/uploads", &[("idempotency-key", &long)], envelope.as_bytes());
    answer.problem(400, "bad-request");
}

#[test]
fn verbs_and_routes_that_do_not_exist() {
    let app = TestApp::start();
    let acme = app.party("acme");
    for (method, path) in [("DELETE", "/api/v1/whoami"), ("PATCH", "/api/v1/models"), ("PUT", "/v1/embeddings")] {
        acme.client.send(method, path, &[], b"{}").problem(405, "method-not-allowed");
    }
    for path in ["/api/v1/nothing", "/v1/nothing", "/nothing", "/log/other/checkpoint", "/log/audit/tile/9/x"] {
        acme.client.get(path).problem(404, "not-found");
    }
    app.nobody().get("/healthz").expect(200);
    app.nobody().get("/readyz").expect(200);
}

#[test]
fn a_member_may_not_administer_and_no_one_but_the_operator_operate() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let member = acme.program("research", "DE");
    member.post("/api/v1/keys", &json!({"role": "owner", "label": "more"})).problem(403, "forbidden");
    let envelope = fixtures::signed(&statement(), &acme.key).to_json();
    member.post_bytes("/api/v1/uploads", envelope.as_bytes()).problem(403, "forbidden");
    acme.client.post("/api/v1/parties", &json!({"slug": "more", "title": "More"})).problem(403, "forbidden");
    acme.client.post("/api/v1/keys", &json!({"role": "operator", "label": "more"})).problem(403, "forbidden");
}

#[test]
fn a_private_ancestor_counts_and_is_not_named() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let hidden = fixtures::passport_with("the-hidden-set", "CC-BY-NC-4.0");
    acme.push_as("acme/base", &small(), &hidden, &json!({"visibility": "private"}));
    let mut child = fixtures::open_passport();
    child["parent"] = json!([{"activity": "finetune", "model": "acme/base@v1"}]);
    let mut files = small();
    files.insert("README.md".to_owned(), b"tuned".to_vec());
    acme.push("acme/tuned", &files, &child);
    let path = "/api/v1/models/acme/tuned/versions/v1";
    let (own, foreign) = (acme.client.get(path).expect(200), globex.client.get(path).expect(200));
    let (own, foreign) = (&own["effective_licence"], &foreign["effective_licence"]);
    assert!(own.to_string().contains("the-hidden-set"), "{own}");
    assert!(!foreign.to_string().contains("the-hidden-set"), "{foreign}");
    assert_eq!(own["licence"]["commercial_use"], foreign["licence"]["commercial_use"]);
    let program = globex.program("commercial-service", "DE");
    let preview = program.post("/api/v1/decisions/preview", &json!({"model": "acme/tuned"})).expect(200);
    assert!(!preview.to_string().contains("the-hidden-set"), "{preview}");
    acme.grant("acme/tuned", &globex, fixtures::TERMS);
    let refused = program.predict("acme/tuned", "x");
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(!refused.body.to_string().contains("the-hidden-set"), "{}", refused.body);
}

#[test]
fn an_idempotency_key_does_a_hold_a_status_and_an_alias_once() {
    let app = TestApp::start();
    let acme = app.party("acme");
    acme.push_reviews();
    let once = |client: &crate::client::Client, method: &str, path: &str, body: &Value| {
        let path = format!("/api/v1/models/acme/reviews/{path}");
        client.send(
            method,
            &path,
            &[("idempotency-key", path.rsplit('/').next().unwrap())],
            body.to_string().as_bytes(),
        )
    };
    let hold = json!({"authority": "court", "reason": "order", "legal_demand": true});
    let placed = once(&app.operator, "POST", "holds", &hold).expect(201);
    assert_eq!(once(&app.operator, "POST", "holds", &hold).expect(201), placed);
    let other = json!({"authority": "court", "reason": "another order", "legal_demand": true});
    once(&app.operator, "POST", "holds", &other).problem(422, "idempotency-mismatch");
    app.operator.logged_refusal("place-hold", "idempotency-mismatch");
    for _ in 0..2 {
        app.operator.delete(&format!("/api/v1/holds/{}", text(&placed["id"]))).expect(204);
    }
    let suspended = once(&acme.client, "POST", "versions/v1/status", &json!({"status": "suspended"})).expect(200);
    let again = once(&acme.client, "POST", "versions/v1/status", &json!({"status": "suspended"})).expect(200);
    assert_eq!(suspended["receipt"], again["receipt"]);
    for _ in 0..2 {
        once(&acme.client, "PUT", "aliases/stable", &json!({"version": "v1"})).expect(204);
    }
    acme.client.logged("the alias", |entry| entry["type"] == "alias-set");
    let log = acme.client.log();
    for event in ["hold-placed", "hold-released", "version-status-changed", "alias-set"] {
        assert_eq!(log.iter().filter(|entry| entry["type"] == event).count(), 1, "{event}");
    }
}
