//! `chancery doctor`: a registry that is well, and the ways in which it may not be, each with what to do.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use chancery_base::db::Location;
use serde_json::Value;

use crate::{app::TestApp, commands::Program, organisation::text};

/// What the doctor says of a registry.
fn examined(app: &TestApp, program: &Program, exit: i32) -> Vec<(String, String)> {
    let database = match &app.config.database {
        Location::Postgres(url) => url.clone(),
        Location::Sqlite(file) => format!("sqlite:{}", file.display()),
    };
    let shown = |path: &Path| path.to_str().unwrap().to_owned();
    let (data, keys, store) = (shown(&app.config.data), shown(&app.config.keys), shown(&app.config.store));
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
    let expected =
        ["server", "data", "room", "store-room", "keys", "policies", "database", "audit-log", "liability-log", "store"];
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
    app.tamper("UPDATE log_leaves SET entry = leaf_hash WHERE log = 'audit' AND position = 1");
    assert_eq!(ill(&examined(&app, &program, 1)), [("audit-log", "bad")]);
}

#[test]
fn missing_files_and_a_missing_registry_are_found() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    acme.push_reviews();
    let program = Program::of(&acme.client);
    fs::remove_dir_all(&app.config.store).unwrap();
    fs::create_dir(&app.config.store).unwrap();
    assert_eq!(ill(&examined(&app, &program, 1)), [("store", "bad")]);
    let nowhere = program.path("nowhere");
    let told = program.run(&["doctor", "--data", nowhere.to_str().unwrap(), "--lang", "en"]).expect(1);
    assert!(told.out.contains("BAD") && told.out.contains("→ name the folder"), "{told:?}");
    assert!(!nowhere.exists());
}
