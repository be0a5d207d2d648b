//! Other people's tools judge what a running server gives out. Each says that it is skipped where its tool is missing.

use std::{fs, path::Path, process::Command};

use base64::{Engine, engine::general_purpose::STANDARD};
use chancery_base::logs::{LogName, Receipt};
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    client::opening,
    exchange,
    fixtures::{self, TERMS, terms_of},
    organisation::text,
    required::required,
};

fn oracle(name: &str) -> String {
    format!("{}/tests/oracles/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Runs a tool; whether it succeeded, and what it wrote.
fn run(tool: &str, arguments: &[&str], folder: &Path) -> (bool, String, String) {
    let output = Command::new(tool).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_stock_openai_client_works_unchanged() {
    let (Some(python), Some(files)) = (required("CHANCERY_PYTHON"), fixtures::minilm()) else { return };
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let passport = fixtures::open_passport();
    acme.push_as("acme/minilm", &files, &passport, &json!({"alias": "production"}));
    acme.grant("acme/minilm", &globex, &terms_of(100));
    let program = globex.program("commercial-service", "DE");
    let embed = |model: &str, input: Value| json!({"do": "embed", "model": model, "input": input});
    let mut floats = embed("acme/minilm", json!(["hello", "你好"]));
    floats["encoding_format"] = json!("float");
    let order = json!({
        "base_url": format!("{}/v1", app.url()),
        "api_key": program.token(),
        "calls": [
            floats,
            embed("acme%2Fminilm", json!(["hello", "你好"])),
            embed("acme/minilm@production", json!("hello")),
            {"do": "models"},
            {"do": "model", "model": "acme/minilm"},
            embed("acme/minilm", json!("word ".repeat(120))),
            embed("acme/absent", json!("x")),
        ],
    });
    let (succeeded, out, said) = run(&python, &[&oracle("openai_client.py"), &order.to_string()], app.folder());
    assert!(succeeded, "{said}");
    let results: Value = serde_json::from_str(&out).unwrap();
    let results = &results["results"];
    let vector = |result: usize, index: usize| -> Vec<f64> {
        serde_json::from_value(results[result]["vectors"][index].clone()).unwrap()
    };
    for (result, index, other) in [(1, 1, 1), (2, 0, 0)] {
        let (found, expected) = (vector(result, index), vector(0, other));
        assert_eq!(found.len(), 384);
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-5), "call {result}");
    }
    assert!(text(&results[0]["headers"]["chancery-receipt"]).starts_with("leaf_"), "{results}");
    assert_eq!(results[3]["models"], json!(["acme/minilm"]));
    assert_eq!(results[4]["models"], json!(["acme/minilm"]));
    let short = &results[5];
    assert_eq!((&short["error"], &short["status"]), (&json!("RateLimitError"), &json!(429)), "{short}");
    assert_eq!(short["code"], "project_spend_limit_exceeded", "{short}");
    assert_eq!(short["requests"], 1, "a quota that is used up must not be asked again");
    let absent = &results[6];
    assert_eq!((&absent["error"], &absent["status"]), (&json!("NotFoundError"), &json!(404)), "{absent}");
}

#[test]
fn a_refusal_reaches_the_developer_through_the_openai_client() {
    let Some(python) = required("CHANCERY_PYTHON") else { return };
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    let call = |key: &str| {
        let order = json!({
            "base_url": format!("{}/v1", app.url()), "api_key": key,
            "calls": [{"do": "embed", "model": "acme/reviews", "input": "x"}],
        });
        let (succeeded, out, said) = run(&python, &[&oracle("openai_client.py"), &order.to_string()], app.folder());
        assert!(succeeded, "{said}");
        serde_json::from_str::<Value>(&out).unwrap()["results"][0].clone()
    };
    let refused = call(globex.program("commercial-service", "DE").token());
    assert_eq!((&refused["error"], &refused["status"]), (&json!("PermissionDeniedError"), &json!(403)), "{refused}");
    assert_eq!((&refused["code"], &refused["type"]), (&json!("licence_required"), &json!("policy_refusal")));
    assert_eq!(refused["requests"], 1);
    let stranger = call("chy_nobody");
    assert_eq!(stranger["error"], "AuthenticationError", "{stranger}");
}

/// The verifier keys of a log, as signed notes write them.
fn verifier_key(app: &TestApp, log: LogName) -> String {
    let trust = app.trust();
    let suffix = format!("/{log}");
    let keys: Vec<String> = trust.logs.iter().map(ToString::to_string).collect();
    let named = keys.iter().find(|key| key.split('+').next().unwrap().ends_with(&suffix));
    named.unwrap_or_else(|| panic!("no key of {log} in {keys:?}")).clone()
}

#[test]
fn gos_checksum_database_accepts_logs_and_receipts() {
    let Some(verify_log) = required("CHANCERY_VERIFY_LOG") else { return };
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    // More than one full tile.
    for number in 0..260 {
        acme.key(&json!({"role": "member", "label": format!("key {number}")}));
    }
    let used = globex.program("commercial-service", "DE").predict("acme/reviews", "x").expect(200);
    let leaves = [(LogName::Audit, &used["receipt"]), (LogName::Liability, &used["chancery"]["liability_receipt"])];
    for (log, leaf) in leaves {
        let key = verifier_key(&app, log);
        let receipt = globex.client.receipt(leaf);
        let at = format!("{}/log/{log}", app.url());
        let (succeeded, out, said) =
            run(&verify_log, &["log", "-log", &at, "-vkey", &key, "-proofs", "50"], app.folder());
        assert!(succeeded, "{log}: {out}{said}");
        let proof: Receipt = text(&receipt["proof"]).parse().unwrap();
        fs::write(app.folder().join("use.tlog-proof"), text(&receipt["proof"])).unwrap();
        fs::write(app.folder().join("use.entry"), opening(&receipt).entry().to_bytes()).unwrap();
        let arguments = ["proof", "-proof", "use.tlog-proof", "-entry", "use.entry", "-vkey", &key];
        let (succeeded, out, said) = run(&verify_log, &arguments, app.folder());
        assert!(succeeded, "{log}: {out}{said}");
        fs::write(app.folder().join("use.entry"), [&proof.entry[..], b"x"].concat()).unwrap();
        assert!(!run(&verify_log, &arguments, app.folder()).0, "another entry was accepted");
    }
}

#[test]
fn securesystemslib_accepts_what_an_owner_signed() {
    let Some(python) = required("CHANCERY_PYTHON") else { return };
    let app = TestApp::start();
    let acme = app.party("acme");
    acme.push_reviews();
    let version = acme.client.get("/api/v1/models/acme/reviews/versions/latest").expect(200);
    fs::write(app.folder().join("manifest.json"), version["signed_manifest"].to_string()).unwrap();
    let key = STANDARD.encode(acme.key.verifying_key().as_bytes());
    let check = |key: &str| run(&python, &[&oracle("dsse_check.py"), "--key", key, "manifest.json"], app.folder());
    let (succeeded, out, said) = check(&key);
    assert!(succeeded, "{out}{said}");
    let verdict: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(verdict["payload_type"], "application/vnd.in-toto+json", "{verdict}");
    let other = STANDARD.encode(app.party("globex").key.verifying_key().as_bytes());
    assert!(!check(&other).0, "a stranger's key was accepted");
}

#[test]
fn frictionless_accepts_the_table_and_its_dictionary() {
    let Some(python) = required("CHANCERY_PYTHON") else { return };
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    let used = globex.program("commercial-service", "DE").predict("acme/reviews", "x").expect(200);
    acme.client.receipt(&used["receipt"]);
    let folder = app.folder().join("pack");
    fs::create_dir(&folder).unwrap();
    acme.client.pack().iter().for_each(|(name, bytes)| fs::write(folder.join(name), bytes).unwrap());
    let validate = ["-m", "frictionless", "validate", "datapackage.json"];
    let (succeeded, out, said) = run(&python, &validate, &folder);
    assert!(succeeded, "{out}{said}");
    let table = fs::read_to_string(folder.join("audit.csv")).unwrap();
    // The first column of the first row is a number.
    fs::write(folder.join("audit.csv"), table.replacen("\r\n", "\r\nx", 1)).unwrap();
    assert!(!run(&python, &validate, &folder).0, "a text was accepted where a number is described");
}

#[test]
fn mlcroissant_accepts_what_is_exported_and_loads_the_files_beside_it() {
    let Some(mlcroissant) = required("CHANCERY_MLCROISSANT") else { return };
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    exchange::add(&acme);
    let document = acme.client.get("/api/v1/datasets/acme/review-data/versions/v1/croissant").expect(200);
    let folder = app.folder().join("exported");
    for (name, bytes) in exchange::files() {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    let validate = |document: &Value| {
        fs::write(folder.join("croissant.json"), document.to_string()).unwrap();
        run(&mlcroissant, &["validate", "--jsonld", "croissant.json"], &folder)
    };
    let (succeeded, out, said) = validate(&document);
    assert!(succeeded, "{out}{said}");
    assert!(!said.to_ascii_lowercase().contains("warning") && !said.contains("different keys"), "{said}");
    for set in document["recordSet"].as_array().unwrap() {
        let load = ["load", "--jsonld", "croissant.json", "--record_set", text(&set["@id"]), "--num_records", "1"];
        let (succeeded, out, said) = run(&mlcroissant, &load, &folder);
        assert!(succeeded && format!("{out}{said}").contains(text(&set["field"][0]["@id"])), "{out}{said}");
    }
    // The tool is shown to refuse.
    for (pointer, value) in [
        ("/recordSet/0/field/0/source/fileObject/@id", json!("elsewhere")),
        ("/distribution/0/sha256", Value::Null),
        ("/conformsTo", Value::Null),
    ] {
        let mut other = document.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        assert!(!validate(&other).0, "{pointer}");
    }
    let mut unversioned = document.clone();
    unversioned["version"] = json!("2026-01");
    assert!(validate(&unversioned).2.contains("warning"), "a warning would be seen");
}
