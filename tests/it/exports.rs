//! Audit packs: the same bytes each time, safe to open in a spreadsheet, and refused once a byte was changed.

use std::collections::BTreeMap;

use chancery_domain::reports::verify_audit_pack;
use serde_json::json;

use crate::{app::TestApp, commands::Program, fixtures::TERMS, organisation::Organisation};

fn with_history() -> (TestApp, Organisation) {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    let used = globex.program("commercial-service", "DE").predict("acme/reviews", "x").expect(200);
    acme.client.receipt(&used["receipt"]);
    (app, acme)
}

#[test]
fn a_pack_is_the_same_each_time_and_verifies() {
    let (app, acme) = with_history();
    let pack = acme.client.pack();
    let report = verify_audit_pack(&pack, &app.trust()).unwrap();
    assert_eq!(report.party, "acme");
    assert!(report.entries > 5);
    // Later entries outside the period change nothing.
    let until = pack_until_now(&acme);
    acme.key(&json!({"role": "member", "label": "later"}));
    acme.client.logged("the key", |entry| entry["type"] == "api-key-issued");
    assert_eq!(acme.client.get(&until.0).bytes, until.1);
    let dictionary: serde_json::Value = serde_json::from_slice(&pack["datapackage.json"]).unwrap();
    let fields = dictionary["resources"][0]["schema"]["fields"].as_array().unwrap();
    let heading = String::from_utf8(pack["audit.csv"].clone()).unwrap().lines().next().unwrap().to_owned();
    let described: Vec<_> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!(heading, described.join(","));
}

/// A pack up to its last entry: its address and its bytes.
fn pack_until_now(acme: &Organisation) -> (String, Vec<u8>) {
    let last = acme.client.log().last().unwrap()["at"].clone();
    let path = format!("/api/v1/exports/audit?from=0&to={}", last.as_i64().unwrap() + 1);
    let answer = acme.client.get(&path);
    assert_eq!(answer.status, 200);
    assert_eq!(acme.client.get(&path).bytes, answer.bytes);
    (path, answer.bytes)
}

#[test]
fn a_changed_byte_in_any_file_is_refused() {
    let (app, acme) = with_history();
    let (pack, trust) = (acme.client.pack(), app.trust());
    for name in pack.keys() {
        let length = pack[name].len();
        for position in [0, length / 2, length - 1] {
            let mut changed: BTreeMap<_, _> = pack.clone();
            changed.get_mut(name).unwrap()[position] ^= 1;
            assert!(verify_audit_pack(&changed, &trust).is_err(), "{name} at {position}");
        }
        let mut without = pack.clone();
        without.remove(name);
        assert!(verify_audit_pack(&without, &trust).unwrap_err().is_inconclusive(), "{name}");
    }
    let stranger = TestApp::start();
    assert!(verify_audit_pack(&pack, &stranger.trust()).unwrap_err().is_inconclusive());
}

#[test]
fn no_cell_starts_a_formula() {
    // A clause is the one text in the table that its writer chooses freely.
    let app = TestApp::start_with(|config, folder| {
        let policies = folder.join("policies");
        std::fs::create_dir(&policies).unwrap();
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/policies")).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() {
                let text = std::fs::read_to_string(&path).unwrap();
                let hostile = text.replace("@clause(\"grant\")", "@clause(\"=HYPERLINK(1)\")");
                std::fs::write(policies.join(path.file_name().unwrap()), hostile).unwrap();
            }
        }
        config.policies = Some(policies);
    });
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    let refused = globex.program("commercial-service", "DE").predict("acme/reviews", "x");
    assert_eq!(refused.body["reasons"][0]["clause"], "=HYPERLINK(1)", "{refused:?}");
    globex.client.logged("the refusal", |entry| entry["decision"] == refused.body["decision"]);
    let table = String::from_utf8(globex.client.pack().remove("audit.csv").unwrap()).unwrap();
    assert!(table.contains(",'=HYPERLINK(1),"), "{table}");
    assert!(!table.contains(",=HYPERLINK"), "{table}");
}

#[test]
fn a_period_that_is_none() {
    let app = TestApp::start();
    let acme = app.party("acme");
    acme.client.get("/api/v1/exports/audit").problem(400, "bad-request");
    acme.client.get("/api/v1/exports/audit?from=x&to=1").problem(400, "bad-request");
    acme.client.get("/api/v1/exports/audit?from=2&to=1").problem(422, "unprocessable");
}

#[test]
fn the_command_tells_valid_invalid_and_unverifiable_apart() {
    let (app, acme) = with_history();
    acme.client.pack();
    let program = Program::of(&acme.client);
    let pack = app.folder().join("pack");
    let (folder, trust) = (pack.to_str().unwrap(), app.trust_file());
    let trust = trust.to_str().unwrap();
    let export = ["export", "audit", "--from", "2020-01-01", "--to", "2100-01-01", "--out", folder];
    program.run(&export).expect(0);
    program.run(&export).expect(1);
    program.run(&["export", "verify", folder, "--trust", trust]).expect(0);
    program.run(&["export", "verify", folder]).expect(7);
    let table = pack.join("audit.csv");
    let changed = std::fs::read_to_string(&table).unwrap().replacen("acme", "evil", 1);
    std::fs::write(&table, changed).unwrap();
    program.run(&["export", "verify", folder, "--trust", trust]).expect(6);
    std::fs::remove_file(&table).unwrap();
    program.run(&["export", "verify", folder, "--trust", trust]).expect(7);
}
