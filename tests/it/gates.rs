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

/// What needs more than a key: the request, and the roles that may make it.
const PERMITTED: &[(&str, &str, &[&str])] = &[
    ("POST", "/api/v1/parties", &["operator"]),
    ("POST", "/api/v1/policies", &["operator"]),
    ("POST", "/api/v1/policies/diff", &["operator"]),
    ("GET", "/api/v1/policies/history", &["operator"]),
    ("GET", "/api/v1/policies/shadow/report", &["operator", "owner", "auditor"]),
    ("POST", "/api/v1/models/acme/reviews/holds", &["operator"]),
    ("DELETE", "/api/v1/holds/hold_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2", &["operator"]),
    ("POST", "/api/v1/keys", &["operator", "owner"]),
    ("GET", "/api/v1/keys", &["operator", "owner"]),
    ("DELETE", "/api/v1/keys/key_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2", &["operator", "owner"]),
    ("POST", "/api/v1/signing-keys/signer_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2/approve", &["operator", "owner"]),
    ("DELETE", "/api/v1/signing-keys/signer_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2", &["operator", "owner"]),
    ("POST", "/api/v1/uploads", &["operator", "owner"]),
    ("POST", "/api/v1/uploads/upload_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2/commit", &["operator", "owner"]),
    ("DELETE", "/api/v1/uploads/upload_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2", &["operator", "owner"]),
    ("PUT", "/api/v1/models/acme/reviews/aliases/stable", &["operator", "owner"]),
    ("POST", "/api/v1/models/acme/reviews/versions/v1/status", &["operator", "owner"]),
    ("POST", "/api/v1/grants", &["operator", "owner"]),
    ("POST", "/api/v1/grants/grant_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2/accept", &["operator", "owner"]),
    ("POST", "/api/v1/grants/grant_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2/revoke", &["operator", "owner"]),
    ("POST", "/api/v1/signing-keys/challenge", &["operator", "owner", "member"]),
    ("POST", "/api/v1/models/acme/reviews/predict", &["operator", "owner", "member"]),
    ("POST", "/v1/embeddings", &["operator", "owner", "member"]),
    ("POST", "/api/v1/decisions/preview", &["operator", "owner", "member"]),
    ("GET", "/api/v1/exports/audit?from=0&to=1", &["operator", "owner", "auditor"]),
    ("GET", "/api/v1/decisions", &["operator", "owner", "auditor"]),
    ("GET", "/api/v1/receipts", &["operator", "owner", "auditor"]),
    ("GET", "/api/v1/models", &["operator", "owner", "member", "auditor"]),
    ("GET", "/api/v1/whoami", &["operator", "owner", "member", "auditor"]),
];

/// A body that is well formed for the route at `path`, whatever comes of it.
fn body(path: &str) -> Value {
    match path.rsplit('/').next().unwrap() {
        "parties" => json!({"slug": "more", "title": "More"}),
        "policies" | "diff" => json!({"origin": "server"}),
        "holds" => json!({"authority": "court", "reason": "order", "legal_demand": false}),
        "keys" => json!({"role": "member", "label": "more"}),
        "stable" => json!({"version": "v1"}),
        "status" => json!({"status": "suspended"}),
        "grants" => json!({"model": "acme/reviews", "licensee": "globex", "terms": fixtures::terms()}),
        "revoke" => json!({"reason": "over"}),
        "predict" => json!({"inputs": ["x"]}),
        "embeddings" => json!({"model": "acme/reviews", "input": "x"}),
        "preview" => json!({"model": "acme/reviews"}),
        _ => json!({}),
    }
}

#[test]
fn each_role_may_do_what_it_is_for_and_nothing_else() {
    let app = TestApp::start();
    let acme = app.party("acme");
    for role in ["operator", "owner", "member", "auditor"] {
        let issuer = if role == "operator" { &app.operator } else { &acme.client };
        let key = issuer.post("/api/v1/keys", &json!({"role": role, "label": role})).expect(201);
        let client = issuer.with_token(text(&key["token"]));
        for (method, path, permitted) in PERMITTED {
            let answer = client.send(method, path, &[], body(path).to_string().as_bytes());
            let is_refused = answer.body["type"] == "/problems/forbidden";
            assert_eq!(is_refused, !permitted.contains(&role), "{role}: {method} {path}: {}", answer.body);
        }
    }
    for attempt in ["create-party", "activate-policies", "diff-policies", "place-hold", "release-hold"] {
        acme.client.logged_refusal(attempt, "forbidden");
    }
    for attempt in ["issue-api-key", "revoke-api-key", "signing-key-revoked", "abandon-upload", "use-model"] {
        acme.client.logged_refusal(attempt, "forbidden");
    }
}
