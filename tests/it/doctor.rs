//! `chancery doctor`: a registry that is well, and the ways in which it may not be, each with what to do.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use chancery::app::Config;
use chancery_base::db::Location;
use serde_json::{Value, json};

use crate::{app::TestApp, commands::Program, organisation::text, people};

/// What the doctor says of a registry.
fn examined(app: &TestApp, program: &Program, exit: i32) -> Vec<(String, String)> {
    examined_in(&app.config, program, exit)
}

fn examined_in(config: &Config, program: &Program, exit: i32) -> Vec<(String, String)> {
    let database = match &config.database {
        Location::Postgres(url) => url.clone(),
        Location::Sqlite(file) => format!("sqlite:{}", file.display()),
    };
    let shown = |path: &Path| path.to_str().unwrap().to_owned();
    let (data, keys, store) = (shown(&config.data), shown(&config.keys), shown(&config.store));
    let arguments = ["doctor", "--json", "--data", &data, "--keys", &keys, "--store", &store, "--database", &database];
    let told: Value = serde_json::from_str(program.run(&arguments).expect(exit).out.trim()).unwrap();
    let findings = told["findings"].as_array().unwrap().iter();
    for finding in findings.clone().filter(|finding| finding["health"] != "good") {
        assert!(!text(&finding["fix"]["en"]).is_empty() && !text(&finding["fix"]["zh"]).is_empty(), "{finding}");
    }
    findings.map(|finding| (text(&finding["check"]).to_owned(), text(&finding["health"]).to_owned())).collect()
}

/// The checks that did not come out well.
fn ill(findings: &[(String, String)]) -> Vec<(&str, &str)> {
    let ill = findings.iter().filter(|(_, health)| health != "good");
    ill.map(|(check, health)| (check.as_str(), health.as_str())).collect()
}

#[test]
fn a_registry_that_is_well_is_told_to_be() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    acme.push_reviews();
    let program = Program::of(&acme.client);
    let findings = examined(&app, &program, 0);
    let checks: Vec<_> = findings.iter().map(|(check, _)| check.as_str()).collect();
    let expected = [
        "server",
        "data",
        "room",
        "store-room",
        "keys",
        "policies",
        "database",
        "root-key",
        "audit-log",
        "liability-log",
        "authority",
        "store",
    ];
    assert_eq!(checks, expected, "{findings:?}");
}

#[test]
fn what_is_wrong_is_named_with_what_to_do() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    acme.push_reviews();
    let program = Program::of(&acme.client);
    let key = app.config.keys.join("root.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(ill(&examined(&app, &program, 1)), [("keys", "bad")]);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let promise = app.config.keys.join("audit-promise.pem");
    fs::rename(&promise, app.config.data.join("aside")).unwrap();
    assert_eq!(ill(&examined(&app, &program, 1)), [("keys", "bad")]);
    assert!(!promise.exists(), "a key that is missing is not made anew");
    fs::rename(app.config.data.join("aside"), &promise).unwrap();
    let root = fs::read(&key).unwrap();
    fs::write(&key, [&root[..root.len() - 4], b"0000"].concat()).unwrap();
    assert_eq!(ill(&examined(&app, &program, 1)), [("root-key", "bad")]);
    fs::write(&key, root).unwrap();
    app.tamper("UPDATE log_leaves SET entry = leaf_hash WHERE log = 'audit' AND position = 1");
    assert_eq!(ill(&examined(&app, &program, 1)), [("audit-log", "bad")]);
}

#[test]
fn whoever_was_given_more_in_the_database_is_named() {
    let (app, acme, ada) = people::signed_in();
    let program = Program::of(&acme.client);
    people::joined(&app, &ada, "grace@acme.example", "approver");
    ada.ask("PUT", "/api/v1/approvals/rules", &json!({"grants_above_tokens": 5})).expect(200);
    let member = acme.client.post("/api/v1/keys", &json!({"role": "member", "label": "shop"})).expect(201);
    let gone = acme.client.post("/api/v1/keys", &json!({"role": "member", "label": "old"})).expect(201);
    acme.client.delete(&format!("/api/v1/keys/{}", text(&gone["id"]))).expect(204);
    assert!(ill(&examined(&app, &program, 0)).is_empty());
    let id = text(&member["id"]).to_owned();
    for (change, back) in [
        (
            format!("UPDATE api_keys SET role = 'owner' WHERE id = '{id}'"),
            format!("UPDATE api_keys SET role = 'member' WHERE id = '{id}'"),
        ),
        (
            "UPDATE api_keys SET revoked_at = NULL WHERE label = 'old'".to_owned(),
            "UPDATE api_keys SET revoked_at = 1 WHERE label = 'old'".to_owned(),
        ),
        (
            "UPDATE people SET role = 'owner' WHERE role = 'approver'".to_owned(),
            "UPDATE people SET role = 'approver' WHERE email LIKE 'grace%'".to_owned(),
        ),
        (
            "UPDATE approval_rules SET grants_above_tokens = NULL".to_owned(),
            "UPDATE approval_rules SET grants_above_tokens = 5".to_owned(),
        ),
    ] {
        app.tamper(&change);
        assert_eq!(ill(&examined(&app, &program, 1)), [("authority", "bad")], "{change}");
        app.tamper(&back);
    }
    assert!(ill(&examined(&app, &program, 0)).is_empty());
}

#[test]
fn missing_files_and_a_missing_registry_are_found() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    acme.push_reviews();
    let program = Program::of(&acme.client);
    let shelves = fs::read_dir(app.config.store.join("blobs")).unwrap().map(|shelf| shelf.unwrap().path());
    let blob = shelves.flat_map(|shelf| fs::read_dir(shelf).unwrap()).next().unwrap().unwrap().path();
    fs::remove_file(blob).unwrap();
    assert_eq!(ill(&examined(&app, &program, 1)), [("store", "bad")]);
    let nowhere = program.path("nowhere");
    let told = program.run(&["doctor", "--data", nowhere.to_str().unwrap(), "--lang", "en"]).expect(1);
    assert!(told.out.contains("BAD") && told.out.contains("→ name the folder"), "{told:?}");
    assert!(!nowhere.exists());
    fs::create_dir(&nowhere).unwrap();
    let told = program.run(&["doctor", "--data", nowhere.to_str().unwrap(), "--lang", "en"]).expect(0);
    assert!(told.out.contains("`chancery serve`"), "{told:?}");
    assert_eq!(fs::read_dir(&nowhere).unwrap().count(), 0, "nothing is made");
}

#[test]
fn a_database_that_does_not_continue_what_was_signed_is_found() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    acme.push_reviews();
    let (program, folder) = (Program::of(&acme.client), tempfile::tempdir().unwrap());
    let other = Location::Sqlite(folder.path().join("other.db"));
    drop(chancery_base::db::Database::open(&other).unwrap());
    let mut elsewhere = app.config.clone();
    elsewhere.database = other;
    let found = examined_in(&elsewhere, &program, 1);
    assert_eq!(ill(&found), [("data", "bad"), ("audit-log", "bad"), ("liability-log", "bad"), ("store", "bad")]);
}
