//! Requests made up by schemathesis from the served document, as two parties that have things and must not learn of each other's. No
//! answer is a server error, none differs from the document, and none speaks of what is another party's alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use serde_json::{Value, json};

use crate::{
    app::TestApp,
    client::Client,
    fixtures::{self, TERMS},
    organisation::{Organisation, text},
    required::required,
};

/// How long requests are made up for one party.
const SECONDS: &str = "75";
/// What every answer is held against; the last is our own. Whether bad data is refused is not asked here: most made-up names in paths are
/// replaced by good ones.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
response_schema_conformance,unsupported_method,ignored_auth,says_nothing_of_others";

/// What a party has that its own paths can name, by name in the path.
type Things = BTreeMap<&'static str, String>;

/// Gives `owner` private things whose names stand nowhere else; texts in them hold a canary that no path names.
fn private_things(owner: &Organisation, partner: &Organisation, operator: &Client) -> Things {
    let (name, canary) = (format!("private-{}", owner.slug), format!("canary-{}", owner.slug));
    let model = format!("{}/{name}", owner.slug);
    let files = fixtures::tiny_classifier();
    let options = json!({"visibility": "private", "alias": format!("{canary}-alias")});
    let pushed =
        owner.push_as(&model, &files, &fixtures::passport_with(&format!("{canary} data"), "CC-BY-4.0"), &options);
    let grant = owner.offer(&model, partner, &TERMS.replace("Reviews by Acme", &canary));
    let session = owner.announce(&format!("{}/draft", owner.slug), &files, &fixtures::open_passport());
    let hold = json!({"authority": canary, "reason": canary, "legal_demand": false});
    let held = owner.push_as(&format!("{model}-held"), &files, &fixtures::open_passport(), &options);
    let hold = operator.post(&format!("/api/v1/models/{model}-held/holds"), &hold).expect(201);
    let key = owner
        .key(&json!({"role": "member", "label": format!("{canary} key"), "purpose": "research", "territory": "DE"}));
    let spare = owner.propose(&chancery_base::crypto::SigningKey::generate(&chancery::app::SystemEntropy));
    let used = owner.client.with_token(text(&key["token"])).predict(&model, "x").expect(200);
    let text = |value: &Value| text(value).to_owned();
    BTreeMap::from([
        ("canary", canary),
        ("owner", owner.slug.clone()),
        ("name", name),
        ("version", text(&pushed["id"])),
        ("held version", text(&held["id"])),
        ("manifest", text(&pushed["manifest_digest"])),
        ("grant", grant["id"].as_str().unwrap().to_owned()),
        ("upload", text(&session["id"])),
        ("sha256", text(&session["files"][0]["sha256"])),
        ("hold", text(&hold["id"])),
        ("key", text(&key["id"])),
        ("token", text(&key["token"])),
        ("signing key", text(&spare["id"])),
        ("decision", text(&used["decision"])),
        ("leaf", text(&used["receipt"])),
    ])
}

/// What to put into the paths of each route: the things of these parties, in this order.
fn known(parties: &[&Things]) -> Value {
    let of = |name: &str| -> Value { parties.iter().map(|things| things[name].clone()).collect() };
    let model = json!({"owner": of("owner"), "name": of("name")});
    let with = |more: Value| {
        let mut names = model.clone();
        names.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        names
    };
    let version = with(json!({"selector": ["latest", "v1"]}));
    let names: Value = parties.iter().map(|things| format!("{}/{}", things["owner"], things["name"])).collect();
    let mut known = json!({
        "/api/v1/holds/{id}": {"id": of("hold")},
        "/api/v1/decisions/{id}": {"id": of("decision")},
        "/api/v1/receipts/{leaf}": {"leaf": of("leaf")},
        "/v1/models/{model}": {"model": names},
        "/log/{log}/tile/{path}": {"log": ["audit", "liability"], "path": ["0/000", "entries/000", "0/000.p/1"]},
        "/problems/{slug}": {"slug": ["not-found", "licence-required"]},
        "/api/v1/uploads/{id}/blobs/{sha256}": {"id": of("upload"), "sha256": of("sha256")},
        "/api/v1/models/{owner}/{name}/aliases/{alias}": with(json!({"alias": ["stable"]})),
    });
    let paths = known.as_object_mut().unwrap();
    for (path, name) in [("keys", "key"), ("signing-keys", "signing key"), ("uploads", "upload"), ("grants", "grant")] {
        for act in ["", "/approve", "/commit", "/accept", "/revoke"] {
            paths.insert(format!("/api/v1/{path}/{{id}}{act}"), json!({"id": of(name)}));
        }
    }
    for act in ["", "/predict", "/holds"] {
        paths.insert(format!("/api/v1/models/{{owner}}/{{name}}{act}"), model.clone());
    }
    for act in ["", "/bundle", "/check", "/status"] {
        paths.insert(format!("/api/v1/models/{{owner}}/{{name}}/versions/{{selector}}{act}"), version.clone());
    }
    known
}

/// Lets schemathesis make requests up as `caller`; how often each operation was answered with which status.
fn make_up(
    app: &TestApp,
    schemathesis: &str,
    caller: &Client,
    own: &Things,
    others: &Things,
) -> BTreeMap<(String, u16), usize> {
    let seen = app.folder().join(format!("seen-{}", own["owner"]));
    // The other party's name is no secret; all that stands under it is.
    let secrets: Vec<_> =
        others.iter().filter(|(name, _)| !["owner", "sha256"].contains(name)).map(|(_, thing)| thing).collect();
    let own_key = caller.get("/api/v1/whoami").expect(200)["key"]["id"].clone();
    let things = json!({"known": known(&[own, others]), "own_key": own_key, "secrets": secrets});
    let output = Command::new(schemathesis)
        .args(["run", &format!("{}/api/openapi.json", app.url()), "--checks", CHECKS])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--max-time",
            SECONDS,
            "--seed",
            "20261127",
            "--continue-on-failure",
        ])
        .args([
            "--header",
            &format!("Authorization:Bearer {}", caller.token()),
            "--suppress-health-check",
            "all",
            "--warnings",
            "off",
        ])
        .env("CHANCERY_THINGS", things.to_string())
        .env("CHANCERY_SEEN", &seen)
        .env("SCHEMATHESIS_HOOKS", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/generated_requests.py"))
        .env("NO_COLOR", "1")
        .current_dir(app.folder())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "as {}:\n{said}\n{}", own["owner"], String::from_utf8_lossy(&output.stderr));
    let mut counted = BTreeMap::new();
    for line in fs::read_to_string(seen).unwrap().lines() {
        let (operation, status) = line.split_once(' ').unwrap();
        *counted.entry((operation.to_owned(), status.parse().unwrap())).or_default() += 1;
    }
    counted
}

#[test]
fn made_up_requests_meet_no_fault_and_learn_nothing_of_others() {
    let Some(schemathesis) = required("CHANCERY_SCHEMATHESIS") else { return };
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let initech = app.party("initech");
    let of_acme = private_things(&acme, &globex, &app.operator);
    let of_initech = private_things(&initech, &globex, &app.operator);
    let runs = [(&acme.client, &of_acme, &of_initech), (&initech.client, &of_initech, &of_acme)];
    for (client, own, others) in runs {
        let seen = make_up(&app, &schemathesis, client, own, others);
        let requests: usize = seen.values().sum();
        let done: BTreeSet<_> =
            seen.keys().filter(|(_, status)| (200..300).contains(status)).map(|(operation, _)| operation).collect();
        println!("{}: {requests} requests, {} operations done", own["owner"], done.len());
        assert!(requests > 1_000, "only {requests} requests were made up");
        assert!(done.len() > 30, "only {done:?} were ever done");
    }
}
