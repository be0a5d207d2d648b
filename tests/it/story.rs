//! The main road, end to end: registered, licensed, refused, trained again, allowed, proved, metered.

use chancery_base::logs::{LogName, Promise, Receipt};
use serde_json::json;

use crate::{
    app::TestApp,
    client::opening,
    fixtures::{self, TERMS},
    organisation::text,
};

const PRAISE: &str = "I love it, works perfectly";

#[test]
fn a_model_is_licensed_refused_trained_again_and_used() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let first = acme.push("acme/reviews", fixtures::mixed_classifier(), &fixtures::mixed_passport());
    assert_eq!(first["version"], 1);
    let grant = acme.grant("acme/reviews", &globex, TERMS);
    let program = globex.program("commercial-service", "DE");

    let refused = program.predict("acme/reviews", PRAISE);
    let refusal = refused.body.clone();
    assert_eq!(refused.status, 403, "{refusal}");
    let detail = text(&refusal["detail"]);
    for named in ["forum-noncommercial", "CC-BY-NC-4.0", "2(a)(1)"] {
        assert!(detail.contains(named), "`{named}` is not in: {detail}");
    }
    let reason = &refusal["reasons"][0];
    assert_eq!(reason["rule"], "licence-non-commercial-paid");
    assert!(detail.contains(text(&reason["next_step"])), "what to do is missing: {detail}");
    assert_eq!(refused.header("chancery-decision"), text(&refusal["decision"]));
    let entry = program.logged("the refused decision", |entry| entry["decision"] == refusal["decision"]);
    assert_eq!((&entry["outcome"], &entry["rule"]), (&json!("refused"), &json!("licence-non-commercial-paid")));

    let second = acme.push_reviews();
    assert_eq!(second["version"], 2);
    let answer = program.predict("acme/reviews", PRAISE);
    let allowed = answer.body.clone();
    assert_eq!(answer.status, 200, "{allowed}");
    assert_eq!(allowed["outputs"][0]["label"], "positive", "{allowed}");
    assert_eq!(answer.header("chancery-receipt"), text(&allowed["receipt"]));
    assert!(answer.header("link").contains("rel=\"license\""), "{answer:?}");

    // The receipt verifies with the pinned keys alone, and opens to what was answered.
    let trust = app.trust();
    let receipt = program.receipt(&allowed["receipt"]);
    let proof: Receipt = text(&receipt["proof"]).parse().unwrap();
    proof.verify(&trust.log_keys()).unwrap();
    let opened = opening(&receipt);
    assert_eq!(opened.entry().to_bytes(), proof.entry);
    assert_eq!(opened.payload()["outcome"], "allowed");
    assert_eq!(opened.payload()["decision"], allowed["decision"]);
    let promise = Promise::open(text(&receipt["promise"]).as_bytes(), &trust.promise_keys()).unwrap();
    assert_eq!(promise.leaf, opened.entry().leaf_hash());

    // Who answers for the use stands in the other log.
    let liability = program.receipt(&allowed["chancery"]["liability_receipt"]);
    assert_eq!(liability["log"], LogName::Liability.as_str());
    text(&liability["proof"]).parse::<Receipt>().unwrap().verify(&trust.log_keys()).unwrap();
    let owed = opening(&liability);
    assert_eq!(owed.payload()["type"], "use");
    assert_eq!(owed.payload()["liability"]["responsible"], "Acme", "{}", owed.payload());

    let tokens = allowed["usage"]["tokens"].as_u64().unwrap();
    assert!(tokens > 0);
    let quota = acme.client.get(&format!("/api/v1/grants/{grant}")).expect(200)["quota"].clone();
    assert_eq!(quota["settled"], tokens, "{quota}");
}

#[test]
fn what_happened_is_in_the_log_of_each_party_concerned() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    let program = globex.program("commercial-service", "DE");
    program.predict("acme/reviews", PRAISE).expect(200);
    for event in ["signing-key-approved", "grant-offered", "grant-accepted", "decision"] {
        acme.client.logged(event, |entry| entry["type"] == event);
    }
    for event in ["grant-offered", "grant-accepted", "api-key-issued", "decision"] {
        globex.client.logged(event, |entry| entry["type"] == event);
    }
    // What is between others is not for the operator's own party either.
    let log = app.operator.log();
    assert!(log.iter().all(|entry| entry["type"] != "decision"), "{log:#?}");
}
