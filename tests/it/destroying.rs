//! Keys that are destroyed: what cannot be read again, here and from what older copies remember, and what can; and that a server which
//! dies over it finishes it at its next start.

use std::{fs, net::SocketAddr, os::unix::fs::PermissionsExt, path::Path, thread, time::Duration};

use serde_json::{Value, json};

use crate::{
    client::{Answer, Client},
    commands::Program,
    crash::registry::{CALLED, GROWING, Registry},
    database::{self, on_postgres},
    fixtures::files_below,
    organisation::text,
    process::Site,
};

const REASON: &str = "an erasure was asked for";

fn path(model: &str, number: &str, act: &str) -> String {
    format!("/api/v1/models/{model}/versions/{number}{act}")
}

fn withdraw(owner: &Client, model: &str, number: &str) {
    owner.post(&path(model, number, "/status"), &json!({"status": "withdrawn"})).expect(200);
}

fn destroy(owner: &Client, model: &str, number: &str) -> Answer {
    owner.post(&path(model, number, "/destruction"), &json!({"reason": REASON}))
}

/// Demands that a version opens with what its owner signed.
#[track_caller]
fn assert_opens(owner: &Client, model: &str, number: &str) {
    let report = owner.post(&path(model, number, "/check"), &json!({})).expect(200);
    assert_eq!(report["verdict"], "valid", "{model}@{number}: {report}");
}

fn predict(registry: &Registry, at: SocketAddr) {
    registry.predict(at, "I love it", None).unwrap().ok();
}

fn root_key(site: &Site) -> String {
    fs::read_to_string(site.keys().join("root.key")).unwrap()
}

/// Whether any file below `folder` holds `bytes`.
fn is_found(folder: &Path, bytes: &[u8]) -> bool {
    files_below(folder).iter().any(|file| fs::read(file).unwrap().windows(bytes.len()).any(|window| window == bytes))
}

#[test]
fn a_destroyed_version_cannot_be_read_here_or_from_an_older_backup() {
    let (registry, server) = Registry::open(Site::new());
    let site = &registry.site;
    let owner = registry.owner.client.at(server.address);
    registry.push(server.address, GROWING, "to be erased").unwrap().ok();
    let (backup, keys) = (site.folder().join("backup"), site.folder().join("safe"));
    let shown = |path: &Path| path.to_str().unwrap().to_owned();
    let options = site.options();
    let run = |command: &[&str]| {
        let arguments: Vec<&str> = command.iter().copied().chain(options.iter().map(String::as_str)).collect();
        Program::alone().run(&arguments)
    };
    run(&["backup", "--to", &shown(&backup), "--with-keys", &shown(&keys)]).expect(0);
    let (old_root, stored) = (root_key(site), files_below(&site.store()).len());
    // What a crash may have left, and what somebody spoilt, keeps no key alive.
    fs::write(site.keys().join("root.key.next.1.draft"), &old_root).unwrap();
    let hook = json!({"url": "https://hooks.example.com/chancery"});
    owner.post("/api/v1/webhooks", &hook).expect(201);
    owner.post("/api/v1/webhooks", &hook).expect(201);
    let spoilt = "UPDATE webhooks SET secret = previous_secret WHERE id = (SELECT min(id) FROM webhooks)";
    let spoilt = spoilt.replace("previous_secret", if on_postgres() { "'\\x0102'" } else { "x'0102'" });
    database::alter(&site.database, &spoilt);

    // What is in use, or frozen, or somebody else's, is not destroyed.
    destroy(&owner, GROWING, "v2").problem(409, "conflict");
    withdraw(&owner, GROWING, "v2");
    let hold = json!({"authority": "court", "reason": "evidence", "legal_demand": true});
    let operator = server.operator.as_ref().unwrap();
    let hold = operator.post(&format!("/api/v1/models/{GROWING}/holds"), &hold).expect(201);
    assert!(destroy(&owner, GROWING, "v2").problem(409, "conflict").contains("court"));
    operator.delete(&format!("/api/v1/holds/{}", text(&hold["id"]))).expect(204);
    destroy(&registry.licensee.client.at(server.address), GROWING, "v2").problem(403, "forbidden");
    owner.post(&path(GROWING, "v2", "/destruction"), &json!({"reason": " "})).problem(422, "unprocessable");
    owner.post(&path(GROWING, "v2", "/status"), &json!({"status": "destroyed"})).problem(422, "unprocessable");

    let program = Program::of(&owner);
    let plan = program.run(&["model", "destroy", "acme/drafts@v2", "--reason", REASON]).expect(0);
    assert!(plan.out.contains("Nothing was destroyed") && plan.out.contains("README.md"), "{plan:?}");
    let command = ["model", "destroy", "acme/drafts@v2", "--reason", REASON, "--yes", "--json"];
    let told: Value = serde_json::from_str(&program.run(&command).expect(0).out).unwrap();
    assert_eq!(told["destroyed"], json!(["README.md"]), "{told}");
    assert_eq!(told["kept"].as_array().unwrap().len(), 2, "its weights are those of other versions: {told}");
    owner.receipt(&told["receipt"]);

    assert!(owner.post(&path(GROWING, "v2", "/check"), &json!({})).problem(410, "destroyed").contains("papers"));
    assert_eq!(owner.get(&path(GROWING, "v2", "")).expect(200)["status"], "destroyed");
    destroy(&owner, GROWING, "v2").problem(409, "conflict");
    let signer = format!("acme={}", text(&json!(registry.owner.key.verifying_key())));
    program.run(&["trust", "add", "--from", &owner.url(), "--signer", &signer]).expect(0);
    let verified = program.run(&["verify", "acme/drafts@v2", "--lang", "en"]).expect(7);
    assert!(
        verified.out.contains("valid: signed for acme") && verified.out.contains("destroyed by its owner"),
        "{verified:?}"
    );
    assert_eq!(files_below(&site.store()).len(), stored - 1);
    assert_eq!(registry.number("SELECT count(*) AS number FROM blobs WHERE length(envelope) = 0"), 1);
    assert_eq!(registry.number("SELECT CAST(max(key_version) AS BIGINT) AS number FROM tenant_keys"), 2);
    let parties = registry.number("SELECT count(*) AS number FROM parties");
    assert_eq!(registry.number("SELECT count(*) AS number FROM tenant_keys"), parties, "old keys are gone");
    let destroyed = owner.logged("the destruction", |entry| entry["type"] == "keys-destroyed");
    assert_eq!(destroyed["details"]["reason"], REASON);
    owner.logged("the end of the old keys", |entry| entry["type"] == "keys-replaced");

    // Everything else opens, also for a server that starts anew.
    assert_ne!(root_key(site), old_root);
    let secret = old_root.split_whitespace().last().unwrap().as_bytes();
    assert!(!is_found(&site.keys(), secret) && !is_found(&site.data, secret), "the old root key is nowhere");
    drop(server);
    let server = site.start();
    let owner = owner.at(server.address);
    predict(&registry, server.address);
    assert_opens(&owner, GROWING, "v1");
    assert_opens(&owner, CALLED, "v1");
    registry.push(server.address, GROWING, "afterwards").unwrap().ok();
    assert_opens(&owner, GROWING, "v3");
    let looked = run(&["doctor", "--json"]);
    assert!(!looked.out.contains("\"bad\""), "{looked:?}");

    // What an older backup remembers does not open with the keys there are now.
    let place = site.elsewhere();
    fs::create_dir_all(place.keys()).unwrap();
    for file in files_below(&site.keys()) {
        fs::copy(&file, place.keys().join(file.file_name().unwrap())).unwrap();
    }
    let options = place.options();
    let restore = ["restore", "--json", "--lang", "en", "--from", &shown(&backup)];
    let arguments: Vec<&str> = restore.into_iter().chain(options.iter().map(String::as_str)).collect();
    let outcome = Program::alone().run(&arguments).expect(1);
    assert!(outcome.out.contains("keys were destroyed after this backup"), "{outcome:?}");
    // One that is made now does, with the keys there are now.
    let newer = site.folder().join("newer");
    let stale = run(&["backup", "--lang", "en", "--to", &shown(&newer), "--with-keys", &shown(&keys)]).expect(1);
    assert!(stale.said.contains("copy the keys to a new folder"), "{stale:?}");
    let fresh = site.folder().join("safe-again");
    run(&["backup", "--to", &shown(&newer), "--with-keys", &shown(&fresh)]).expect(0);
    let place = site.elsewhere();
    fs::create_dir_all(place.keys()).unwrap();
    fs::set_permissions(place.keys(), fs::Permissions::from_mode(0o700)).unwrap();
    for file in files_below(&fresh) {
        fs::copy(&file, place.keys().join(file.file_name().unwrap())).unwrap();
    }
    drop(server);
    let options = place.options();
    let restore = ["restore", "--json", "--nothing-signed-since", "--from", &shown(&newer)];
    let arguments: Vec<&str> = restore.into_iter().chain(options.iter().map(String::as_str)).collect();
    Program::alone().run(&arguments).expect(0);
}

#[test]
fn a_replacement_of_the_root_key_that_was_cut_short_is_finished() {
    let (registry, server) = Registry::open(Site::new());
    let site = &registry.site;
    let old = root_key(site);
    let owner = registry.owner.client.at(server.address);
    withdraw(&owner, GROWING, "v1");
    destroy(&owner, GROWING, "v1").expect(200);
    drop(server);
    let new = root_key(site);
    let (current, next) = (site.keys().join("root.key"), site.keys().join("root.key.next"));
    // Everything was wrapped under the successor, which did not take its place yet.
    fs::rename(&current, &next).unwrap();
    fs::write(&current, &old).unwrap();
    let server = site.start();
    predict(&registry, server.address);
    drop(server);
    assert_eq!((root_key(site), next.exists()), (new.clone(), false));
    // A successor that nothing was wrapped under.
    fs::write(&next, new.replace(" 2 ", " 3 ").replace("AA", "AB").replace('x', "y")).unwrap();
    let server = site.start();
    predict(&registry, server.address);
    drop(server);
    assert_eq!((root_key(site), next.exists()), (new, false));
}

#[test]
fn a_server_that_dies_while_it_destroys_loses_nothing_else() {
    let (registry, mut server) = Registry::open(Site::new());
    for round in 0..8_u32 {
        let number = format!("v{}", round + 2);
        registry.push(server.address, GROWING, &format!("round {round}")).unwrap().ok();
        let owner = registry.owner.client.at(server.address);
        withdraw(&owner, GROWING, &number);
        thread::scope(|scope| {
            let (path, body) = (path(GROWING, &number, "/destruction"), json!({"reason": REASON}).to_string());
            let asked = scope.spawn(move || owner.attempt_post(&path, body.as_bytes(), None).ok());
            thread::sleep(Duration::from_millis(u64::from(round) * 3));
            server.kill();
            asked.join().unwrap();
        });
        server = registry.site.start();
        let owner = registry.owner.client.at(server.address);
        predict(&registry, server.address);
        assert_opens(&owner, GROWING, "v1");
        let status = owner.get(&path(GROWING, &number, "")).expect(200);
        match text(&status["status"]) {
            "withdrawn" => assert_opens(&owner, GROWING, &number),
            "destroyed" => {
                owner.post(&path(GROWING, &number, "/check"), &json!({})).problem(410, "destroyed");
            }
            other => panic!("{other}"),
        }
        let unfinished = "SELECT count(*) AS number FROM (SELECT party_id FROM tenant_keys GROUP BY party_id HAVING count(*) > 1) AS several";
        assert_eq!(database::numbers(&registry.site.database, unfinished), [0]);
        assert!(!registry.site.keys().join("root.key.next").exists());
    }
}

#[test]
fn servers_on_one_database_follow_a_new_root_key() {
    if !on_postgres() {
        return;
    }
    let (registry, server) = Registry::open(Site::new());
    let other = registry.site.beside("other").start();
    let owner = registry.owner.client.at(server.address);
    withdraw(&owner, GROWING, "v1");
    destroy(&owner, GROWING, "v1").expect(200);
    assert_opens(&owner.at(other.address), CALLED, "v1");
    registry.push(other.address, GROWING, "at the other").unwrap().ok();
    let body = json!({"slug": "initech", "title": "Initech"});
    let operator = server.operator.as_ref().unwrap().at(other.address);
    // One that does not know the new key yet may have to be asked twice.
    let joined = operator.post("/api/v1/parties", &body);
    if joined.status != 201 {
        joined.problem(409, "conflict");
        operator.post("/api/v1/parties", &body).expect(201);
    }
    predict(&registry, other.address);
}
