//! Several servers: on one PostgreSQL they write one log; on one data directory there is only ever one.

use chancery::app::OpenError;
use chancery_base::logs::LogName;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, on_postgres, text},
    client::Client,
    fixtures::TERMS,
    logs::verify,
};

/// Calls on each server, and keys made on each, by each of its callers.
const ROUNDS: usize = 12;

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let app = TestApp::start();
    let refused = app.refused_twin();
    assert!(matches!(refused, OpenError::Locked { .. }), "{refused}");
    assert!(refused.to_string().contains("--data"), "{refused}");
}

#[test]
fn two_servers_on_one_database_write_one_log() {
    if !on_postgres() {
        println!("SKIPPED: SQLite serves one process; the test above holds that");
        return;
    }
    let first = TestApp::start();
    let second = first.replica("second");
    let (acme, globex) = first.two_parties();
    acme.push_reviews();
    let grant = acme.grant("acme/reviews", &globex, &TERMS.replace("quota_tokens = 1000", "quota_tokens = 100000"));
    let program = globex.program("commercial-service", "DE");
    let callers = [&first, &second, &first, &second];
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let running: Vec<_> = callers
            .iter()
            .enumerate()
            .map(|(number, app)| {
                let (program, operator) = (program.at(app.address), app.operator.clone());
                scope.spawn(move || call_and_join(&program, &operator, number))
            })
            .collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(answers.len(), callers.len() * ROUNDS);

    // Every leaf gets its place, and whoever is asked proves it.
    let other = program.at(second.address);
    for answer in &answers {
        program.receipt(&answer["receipt"]);
        other.receipt(&answer["chancery"]["liability_receipt"]);
    }
    let trust = first.trust();
    assert_eq!(trust, second.trust(), "replicas share their keys");
    for log in LogName::ALL {
        let (here, there) = (verify(&first, log, &trust).unwrap(), verify(&second, log, &trust).unwrap());
        let (smaller, larger) = (here.checkpoint().size, there.checkpoint().size);
        assert!(smaller > 0 && larger >= smaller, "{log}: {smaller}, {larger}");
    }
    let size = verify(&first, LogName::Liability, &trust).unwrap().checkpoint().size;
    assert_eq!(size, answers.len() as u64, "one liability leaf a use");
    let decisions = program.log().iter().filter(|entry| entry["type"] == "decision").count();
    assert_eq!(decisions, answers.len());
    let used: u64 = answers.iter().map(|answer| answer["usage"]["tokens"].as_u64().unwrap()).sum();
    let path = format!("/api/v1/grants/{grant}");
    for client in [&acme.client, &acme.client.at(second.address)] {
        assert_eq!(client.get(&path).expect(200)["quota"]["settled"], used);
    }
}

/// Uses the model and admits parties by turns; the answers to the uses.
fn call_and_join(program: &Client, operator: &Client, number: usize) -> Vec<Value> {
    (0..ROUNDS)
        .map(|round| {
            let slug = format!("party-{number}-{round}");
            let joined = operator.post("/api/v1/parties", &json!({"slug": slug, "title": slug})).expect(201);
            assert!(text(&joined["api_key"]["token"]).starts_with("chy_"));
            program.predict("acme/reviews", "works").expect(200)
        })
        .collect()
}

#[test]
fn what_one_server_revokes_the_other_refuses() {
    if !on_postgres() {
        println!("SKIPPED: SQLite serves one process");
        return;
    }
    let first = TestApp::start();
    let second = first.replica("second");
    let (acme, globex) = first.two_parties();
    acme.push_reviews();
    let grant = acme.grant("acme/reviews", &globex, TERMS);
    let there = globex.program("commercial-service", "DE").at(second.address);
    there.predict("acme/reviews", "x").expect(200);
    acme.client.post(&format!("/api/v1/grants/{grant}/revoke"), &json!({"reason": "over"})).expect(200);
    assert_eq!(there.predict("acme/reviews", "x").status, 403);
}

#[test]
fn rules_changed_on_one_server_decide_on_the_other() {
    if !on_postgres() {
        println!("SKIPPED: SQLite serves one process");
        return;
    }
    let first = TestApp::start();
    let second = first.replica("second");
    let (acme, globex) = first.two_parties();
    acme.push_reviews();
    let there = globex.program("commercial-service", "DE").at(second.address);
    let shadow = |rules: Value| first.operator.post("/api/v1/policies/shadow", &json!({"rules": rules})).expect(200);
    let tried = shadow(json!(["grant-missing"]));
    there.predict("acme/reviews", "x").expect(200);
    assert_eq!(second.operator.get("/api/v1/policies").expect(200)["digest"], tried["digest"]);
    shadow(json!([]));
    assert_eq!(there.predict("acme/reviews", "x").status, 403);
}
