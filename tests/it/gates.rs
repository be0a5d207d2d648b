//! Every documented route asks who calls, except those that are listed as ungated.

use chancery::web::UNGATED;

use serde_json::{Value, json};

use crate::{app::TestApp, fixtures, organisation::text};

const DOCUMENT: &str = include_str!("../../docs/api.md");

/// Method and path of every route in the document.
pub fn documented() -> Vec<(&'static str, &'static str)> {
    let is_method = |word: &str| ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&word);
    let quoted = DOCUMENT.split('`').filter_map(|quoted| quoted.split_once(' '));
    let routes: Vec<_> = quoted.filter(|(method, path)| is_method(method) && path.starts_with('/')).collect();
    assert!(routes.len() > 35, "the document names {} routes only", routes.len());
    routes
}

/// A path with something in place of each name in braces.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for part in path.split('{') {
        filled.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
        if part.len() < path.len() {
            filled.push('x');
        }
    }
    filled.trim_end_matches('x').to_owned() + if path.ends_with('}') { "x" } else { "" }
}

#[test]
fn nobody_passes_a_gate_without_a_key() {
    let app = TestApp::start();
    let nobody = app.nobody();
    for (method, path) in documented().into_iter().filter(|(_, path)| !path.starts_with("/log/")) {
        let answer = nobody.send(method, &filled(path), &[], b"");
        assert_eq!(answer.status, 401, "{method} {path}");
        assert_eq!(answer.body["type"], "/problems/invalid-api-key", "{method} {path}");
    }
}

#[test]
fn a_key_that_was_never_issued_passes_no_gate_either() {
    let app = TestApp::start();
    let stranger = app.nobody().with_token("chy_00000000000000000000000000000000_x");
    for (method, path) in documented().into_iter().filter(|(_, path)| !path.starts_with("/log/")) {
        assert_eq!(stranger.send(method, &filled(path), &[], b"").status, 401, "{method} {path}");
    }
}

#[test]
fn what_is_ungated_is_listed() {
    let app = TestApp::start();
    for (path, _) in UNGATED {
        let path = path.replace("{log}", "audit").replace("{path:.+}", "0/000").replace("{slug}", "not-found");
        let path = path.replace("{digest}/{name}", "0/x").replace("{invitation}", "x");
        assert_ne!(app.nobody().get(&path).status, 401, "{path}");
    }
    for path in ["/", "/v1", "/v1/", "/api/", "/api/v1", "/metrics", "/log", "/admin"] {
        assert!([401, 404].contains(&app.nobody().get(path).status), "{path}");
    }
}

/// What a member's key may not do: the request, its body, and what the attempt is called on record.
fn beyond_a_member() -> [(&'static str, &'static str, Value, &'static str); 10] {
    [
        ("POST", "/api/v1/parties", json!({"slug": "more", "title": "More"}), "create-party"),
        ("POST", "/api/v1/policies", json!({"origin": "server"}), "activate-policies"),
        ("POST", "/api/v1/policies/diff", json!({"origin": "server"}), "diff-policies"),
        (
            "POST",
            "/api/v1/models/acme/reviews/holds",
            json!({"authority": "court", "reason": "order", "legal_demand": false}),
            "place-hold",
        ),
        ("DELETE", "/api/v1/holds/hold_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2", json!({}), "release-hold"),
        ("POST", "/api/v1/keys", json!({"role": "member", "label": "more"}), "issue-api-key"),
        ("DELETE", "/api/v1/keys/key_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2", json!({}), "revoke-api-key"),
        ("DELETE", "/api/v1/signing-keys/signer_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2", json!({}), "signing-key-revoked"),
        ("DELETE", "/api/v1/uploads/upload_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2", json!({}), "abandon-upload"),
        (
            "POST",
            "/api/v1/grants",
            json!({"model": "acme/reviews", "licensee": "globex", "terms": fixtures::terms()}),
            "offer-grant",
        ),
    ]
}

/// Who may do what stands in `roles.rs`; here, that a refusal says so and is on record.
#[test]
fn what_a_role_may_not_do_is_refused_on_record() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let key = acme.key(&json!({"role": "member", "label": "program"}));
    let member = acme.client.with_token(text(&key["token"]));
    for (method, path, body, attempt) in beyond_a_member() {
        member.send(method, path, &[], body.to_string().as_bytes()).problem(403, "forbidden");
        acme.client.logged_refusal(attempt, "forbidden");
    }
    let auditor = acme.client.with_token(text(&acme.key(&json!({"role": "auditor", "label": "audit"}))["token"]));
    auditor.post("/api/v1/models/acme/reviews/predict", &json!({"inputs": ["x"]})).problem(403, "forbidden");
    acme.client.logged_refusal("use-model", "forbidden");
}
