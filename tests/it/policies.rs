//! Policies: rules that are only tried, and decisions that can be explained and decided again.

use serde_json::{Value, json};

use crate::{app::TestApp, fixtures::TERMS, organisation::text};

/// A draft that puts one rule in a mode.
fn mode(rule: &str, mode: &str) -> Value {
    json!({"rule": rule, "mode": mode})
}

fn recall(client: &crate::client::Client, decision: &Value) -> Value {
    client.get(&format!("/api/v1/decisions/{}", text(decision))).expect(200)
}

#[test]
fn a_rule_in_shadow_records_and_does_not_refuse() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    let program = globex.program("commercial-service", "DE");
    let enforced = program.predict("acme/reviews", "x");
    assert_eq!(enforced.status, 403, "{enforced:?}");

    let before = app.operator.get("/api/v1/policies").expect(200);
    acme.client.post("/api/v1/policies", &mode("grant-missing", "shadow")).problem(403, "forbidden");
    let after = app.operator.post("/api/v1/policies", &mode("grant-missing", "shadow")).expect(200);
    assert_ne!(before["digest"], after["digest"]);
    let rules = after["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == "grant-missing").unwrap();
    assert_eq!(rule["mode"], "shadow");
    app.operator.logged("the activation", |entry| entry["type"] == "policy-activated");

    let allowed = program.predict("acme/reviews", "x").expect(200);
    let entry = program.logged("the use", |entry| entry["decision"] == allowed["decision"]);
    assert_eq!((&entry["outcome"], &entry["shadow"]), (&json!("allowed"), &json!(["grant-missing"])));
    assert_eq!(recall(&program, &allowed["decision"])["policy_digest"], after["digest"]);

    // What was decided under the old rules is decided again under them.
    let old = recall(&program, &enforced.body["decision"]);
    assert_eq!((&old["policy_digest"], &old["replay"]), (&before["digest"], &json!("equal")));
    app.operator.post("/api/v1/policies", &mode("grant-missing", "enforced")).expect(200);
    assert_eq!(program.predict("acme/reviews", "x").status, 403);
}

#[test]
fn rules_in_force_outlive_a_restart() {
    let app = TestApp::start();
    let shadow = mode("grant-missing", "shadow").to_string();
    let headers = [("idempotency-key", "one")];
    let before = app.operator.get("/api/v1/policies").expect(200);
    let put = || app.operator.send("POST", "/api/v1/policies", &headers, shadow.as_bytes()).expect(200);
    let after = put();
    assert_ne!(before["digest"], after["digest"]);
    assert_eq!(put(), after);
    let app = app.restarted();
    assert_eq!(app.operator.get("/api/v1/policies").expect(200), after);
    app.operator.logged("the activation", |entry| {
        entry["type"] == "policy-activated" && entry["details"]["policy_digest"] == after["digest"]
    });
    let log = app.operator.log();
    let activations: Vec<_> = log.iter().filter(|entry| entry["type"] == "policy-activated").collect();
    assert_eq!(activations.len(), 2, "one at the first start, one by the operator: {activations:#?}");
    assert_eq!((&activations[0]["by"], &activations[1]["by"]), (&Value::Null, &json!("operator")));
}

#[test]
fn decisions_are_explained_and_replay_equal() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    let allowed = globex.program("commercial-service", "DE").predict("acme/reviews", "x").expect(200);
    let refused = globex.program("research", "DE").predict("acme/reviews", "x").body;
    for (decision, outcome) in [(&allowed["decision"], "allowed"), (&refused["decision"], "refused")] {
        let shown = recall(&globex.client, decision);
        assert_eq!((&shown["outcome"], &shown["replay"]), (&json!(outcome), &json!("equal")), "{shown}");
        assert!(!shown["explanation"].is_null() && !shown["facts"].is_null(), "{shown}");
    }
    let shown = recall(&globex.client, &refused["decision"]);
    assert_eq!(shown["reasons"], refused["reasons"]);
    assert_eq!(shown["receipt"], refused["receipt"]);
    let path = format!("/api/v1/decisions/{}", text(&refused["decision"]));
    app.party("initech").client.get(&path).problem(404, "not-found");
    acme.client.get(&path).expect(200);
}
