//! The logs as outsiders see them: served, verified from public files alone, silent about what was said.

use std::time::{Duration, Instant};

use chancery_base::logs::{LogName, SignedCheckpoint, Trust, VerifyError, follow_log, verify_log};
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    client::Served,
    database::on_postgres,
    fixtures::TERMS,
    organisation::{Organisation, text},
};

/// Verifies one log of a server.
pub fn verify(app: &TestApp, log: LogName, trust: &Trust) -> Result<SignedCheckpoint, VerifyError> {
    verify_log(&Served { client: app.nobody(), log }, &trust.log_keys())
}

/// A registry with some history: the owner, the licensee, and the receipt of a use that is proved.
fn with_history() -> (TestApp, Organisation, Organisation, Value) {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    let used = globex.program("commercial-service", "DE").predict("acme/reviews", "x").expect(200);
    let receipt = globex.client.receipt(&used["receipt"]);
    globex.client.receipt(&used["chancery"]["liability_receipt"]);
    (app, acme, globex, receipt)
}

#[test]
fn both_logs_verify_from_public_files_alone() {
    let (app, ..) = with_history();
    let trust = app.trust();
    for log in LogName::ALL {
        let signed = verify(&app, log, &trust).unwrap();
        assert!(signed.checkpoint().size > 0);
        assert!(signed.checkpoint().origin.to_string().ends_with(log.as_str()));
    }
    let checkpoint = app.nobody().get("/log/audit/checkpoint");
    assert_eq!(checkpoint.header("cache-control"), "no-store");
    assert_eq!(checkpoint.header("content-type"), "text/plain; charset=utf-8");
}

#[test]
fn a_log_continues_what_was_remembered() {
    let (app, acme, ..) = with_history();
    let trust = app.trust();
    let remembered = verify(&app, LogName::Audit, &trust).unwrap();
    acme.key(&json!({"role": "member", "label": "more"}));
    let served = Served { client: app.nobody(), log: LogName::Audit };
    let started = Instant::now();
    loop {
        let now = follow_log(&served, &trust.log_keys(), remembered.checkpoint()).unwrap();
        if now.checkpoint().size > remembered.checkpoint().size {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "the log does not grow");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn keys_that_nobody_pinned_verify_nothing() {
    let (app, ..) = with_history();
    let stranger = TestApp::start();
    assert!(matches!(verify(&app, LogName::Audit, &stranger.trust()), Err(VerifyError::Checkpoint(_))));
}

/// Flips one bit of a stored entry.
fn flip(app: &TestApp, position: u64) {
    let changed = if on_postgres() {
        "set_byte(entry, 5, get_byte(entry, 5) # 1)"
    } else {
        "CAST(substr(entry, 1, 5) || CASE substr(entry, 6, 1) WHEN X'41' THEN X'42' ELSE X'41' END \
         || substr(entry, 7) AS BLOB)"
    };
    app.tamper(&format!("UPDATE log_leaves SET entry = {changed} WHERE log = 'audit' AND position = {position}"));
}

#[test]
fn a_byte_flipped_in_the_database_is_named() {
    let (app, ..) = with_history();
    flip(&app, 3);
    let found = verify(&app, LogName::Audit, &app.trust()).unwrap_err();
    assert_eq!(found, VerifyError::Entry { index: 3 });
    verify(&app, LogName::Liability, &app.trust()).unwrap();
}

#[test]
fn an_entry_that_was_replaced_with_its_hash_does_not_lead_to_the_signed_root() {
    let (app, ..) = with_history();
    let columns = ["entry", "leaf_hash"];
    let copied = columns
        .map(|column| format!("{column} = (SELECT {column} FROM log_leaves WHERE log = 'audit' AND position = 1)"));
    app.tamper(&format!("UPDATE log_leaves SET {} WHERE log = 'audit' AND position = 2", copied.join(", ")));
    let found = verify(&app, LogName::Audit, &app.trust()).unwrap_err();
    assert!(matches!(found, VerifyError::Root { .. }), "{found}");
}

#[test]
fn receipts_are_for_those_they_concern() {
    let (app, acme, globex, receipt) = with_history();
    let path = format!("/api/v1/receipts/{}", text(&receipt["leaf"]));
    globex.client.get(&path).expect(200);
    acme.client.get(&path).expect(200);
    let initech = app.party("initech");
    let foreign = initech.client.get(&path);
    let absent = initech.client.get("/api/v1/receipts/leaf_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2");
    assert_eq!(foreign.body, absent.body, "what is not visible answers as what is not there");
    foreign.problem(404, "not-found");
    app.nobody().get(&path).problem(401, "invalid-api-key");
}

#[test]
fn the_public_log_holds_commitments_only() {
    let (app, _, _, receipt) = with_history();
    let size = verify(&app, LogName::Audit, &app.trust()).unwrap().checkpoint().size;
    let bundle = app.nobody().get(&format!("/log/audit/tile/entries/000.p/{size}"));
    assert_eq!(bundle.status, 200);
    assert!(bundle.header("cache-control").contains("immutable"));
    // Two bytes of length, one of version, a commitment of 32.
    assert_eq!(bundle.bytes.len() as u64, size * 35);
    for said in ["acme", "globex", "decision", text(&receipt["opening"]["payload"]["decision"])] {
        let is_there = bundle.bytes.windows(said.len()).any(|window| window == said.as_bytes());
        assert!(!is_there, "`{said}` is public");
    }
}

#[test]
fn nothing_is_answered_once_a_log_was_rolled_back_under_the_server() {
    let (app, _, globex, _) = with_history();
    let program = globex.program("commercial-service", "DE");
    program.predict("acme/reviews", "before").expect(200);
    app.tamper("DELETE FROM log_checkpoints WHERE log = 'audit'; UPDATE log_state SET size = 1 WHERE log = 'audit'");
    let started = Instant::now();
    loop {
        let answer = program.predict("acme/reviews", "after");
        if answer.status == 503 {
            assert_eq!(answer.body["type"], "/problems/log-unavailable");
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "still answered: {}", answer.status);
        std::thread::sleep(Duration::from_millis(50));
    }
}
