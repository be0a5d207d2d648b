//! The program's verifiers against servers, files and rows that lie: valid (0), invalid (6) and could not check (7).

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use chancery_base::{
    crypto::{Envelope, SigningKey},
    logs::{Checkpoint, NoteSigner, TreeHash},
};
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    commands::Program,
    fixtures::{self, TERMS},
    liar::{self, Lie},
    organisation::{Organisation, text},
};

/// A registry with a registered model: its owner and another party.
fn with_history() -> (TestApp, Organisation, Organisation) {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    (app, acme, globex)
}

/// The program with the keys of `app` and of `owner` pinned.
fn trusting(app: &TestApp, owner: &Organisation) -> Program {
    let program = Program::of(&owner.client);
    let signer = format!("{}={}", owner.slug, text(&json!(owner.key.verifying_key())));
    program.run(&["trust", "add", "--from", &app.url(), "--signer", &signer]).expect(0);
    program
}

/// The bundle of a version, once its registration is proved.
fn bundle(acme: &Organisation, number: u32) -> Value {
    let path = format!("/api/v1/models/acme/reviews/versions/v{number}/bundle");
    acme.client.receipt(&acme.client.get(&path).expect(200)["receipt"]["leaf"]);
    acme.client.get(&path).expect(200)
}

/// Tells the truth about everything but what `lie` answers.
fn but(lie: impl Fn(&str) -> Option<Lie> + Send + Sync + 'static) -> impl Fn(&str) -> Lie + Send + Sync + 'static {
    move |path| lie(path).unwrap_or_else(|| Lie::From(path.to_owned()))
}

/// Shows each log in place of the other.
fn swapped(path: &str) -> Option<Lie> {
    let (audit, liability) = ("/log/audit/", "/log/liability/");
    let other = path.strip_prefix(audit).map(|rest| format!("{liability}{rest}"));
    other.or_else(|| path.strip_prefix(liability).map(|rest| format!("{audit}{rest}"))).map(Lie::From)
}

/// A checkpoint that contradicts every other, signed with the log's own key.
fn forked(app: &TestApp, size: u64) -> Vec<u8> {
    let key = fs::read_to_string(app.config.keys.join("audit-checkpoint.pem")).unwrap();
    let origin = app.trust().logs.iter().map(|key| key.name().to_string()).find(|name| name.ends_with("/audit"));
    let origin = origin.unwrap();
    let signer = NoteSigner::new(origin.parse().unwrap(), SigningKey::from_pem(&key).unwrap());
    let checkpoint = Checkpoint { origin: origin.parse().unwrap(), size, root: TreeHash::of_leaf(b"fork") };
    checkpoint.sign(&signer).unwrap().to_string().into_bytes()
}

/// What the program keeps of checkpoints.
fn kept(program: &Program) -> Vec<PathBuf> {
    let kept = fs::read_dir(program.path("state/chancery/checkpoints")).unwrap();
    kept.map(|file| file.unwrap().path()).collect()
}

fn evidence(program: &Program) -> Vec<Vec<u8>> {
    let is_evidence = |file: &&PathBuf| file.to_string_lossy().contains("conflict");
    kept(program).iter().filter(is_evidence).map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn a_log_shown_in_place_of_another_is_invalid() {
    let (app, acme, _) = with_history();
    let program = trusting(&app, &acme);
    program.run(&["log", "verify"]).expect(0);
    let swapping = liar::before(&app, but(swapped));
    let found = program.run(&["log", "verify", "--log", "audit", "--server", &swapping]).expect(6);
    assert!(found.out.contains("/liability"), "{found:?}");
    program.run(&["log", "watch", "--once", "--log", "audit", "--server", &swapping]).expect(6);
    assert_eq!(evidence(&program).len(), 1);
}

#[test]
fn a_page_in_place_of_a_checkpoint_could_not_be_checked() {
    let (app, acme, _) = with_history();
    let program = trusting(&app, &acme);
    for (status, page) in [(200, "<html>welcome</html>"), (404, "<html>not found</html>"), (502, "")] {
        let elsewhere = liar::before(&app, move |_| Lie::Said(status, page.as_bytes().to_vec()));
        program.run(&["log", "verify", "--server", &elsewhere]).expect(7);
        program.run(&["log", "watch", "--once", "--server", &elsewhere]).expect(7);
    }
    program.run(&["log", "verify", "--server", "http://127.0.0.1:9"]).expect(7);
}

#[test]
fn the_first_bad_entry_is_named() {
    let (app, acme, _) = with_history();
    let program = trusting(&app, &acme);
    let empty = program.path("nobody.txt");
    fs::write(&empty, "").unwrap();
    program.run(&["log", "verify", "--trust", empty.to_str().unwrap()]).expect(7);
    let copied = "(SELECT entry FROM log_leaves WHERE log = 'audit' AND position = 1)";
    app.tamper(&format!("UPDATE log_leaves SET entry = {copied} WHERE log = 'audit' AND position >= 3"));
    let found = program.run(&["log", "verify"]).expect(6);
    assert!(found.out.contains("entry 3 "), "{found:?}");
}

#[test]
fn a_fork_is_found_and_its_evidence_kept() {
    let (app, acme, _) = with_history();
    let program = trusting(&app, &acme);
    program.run(&["log", "watch", "--once"]).expect(0);
    let remembered: Value =
        serde_json::from_str(program.run(&["log", "watch", "--once", "--log", "audit", "--json"]).expect(0).out.trim())
            .unwrap();
    // Memory goes by the server's address, so the lie must come from there: the program is pointed at a liar from the start.
    let note = forked(&app, remembered["size"].as_u64().unwrap());
    let is_lying = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (lies, told) = (std::sync::Arc::clone(&is_lying), note.clone());
    let server = liar::before(
        &app,
        but(move |path| {
            let forks = lies.load(std::sync::atomic::Ordering::SeqCst) && path == "/log/audit/checkpoint";
            forks.then(|| Lie::Said(200, told.clone()))
        }),
    );
    let watch = ["log", "watch", "--once", "--server", &server, "--json"];
    program.run(&watch).expect(0);
    is_lying.store(true, std::sync::atomic::Ordering::SeqCst);
    let found = program.run(&watch).expect(6);
    let lines: Vec<Value> = found.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdicts: Vec<_> = lines.iter().map(|line| (text(&line["log"]), text(&line["verdict"]))).collect();
    assert_eq!(verdicts, [("audit", "invalid"), ("liability", "valid")], "{found:?}");
    assert_eq!(fs::read(text(&lines[0]["evidence"])).unwrap(), note);
    assert_eq!(evidence(&program), [note]);
    is_lying.store(false, std::sync::atomic::Ordering::SeqCst);
    program.run(&watch).expect(0);
}

#[test]
fn what_was_verified_is_remembered() {
    let (app, acme, _) = with_history();
    let program = trusting(&app, &acme);
    let verify = ["log", "verify", "--log", "audit"];
    program.run(&verify).expect(0);
    let memory = kept(&program).remove(0);
    // As if the log had shown another history before: all it shows now agrees, but does not continue that.
    let size = serde_json::from_str::<Value>(
        program.run(&["log", "watch", "--once", "--log", "audit", "--json"]).expect(0).out.trim(),
    );
    let other = forked(&app, size.unwrap()["size"].as_u64().unwrap());
    fs::write(&memory, &other).unwrap();
    let found = program.run(&verify).expect(6);
    assert!(found.out.contains("FORK"), "{found:?}");
    assert_eq!(evidence(&program).len(), 1);
    assert_eq!(fs::read(&memory).unwrap(), other, "what was seen is not forgotten for what contradicts it");
    fs::write(&memory, "damaged").unwrap();
    program.run(&verify).expect(7);
}

#[test]
fn a_damaged_memory_is_said_and_not_forgotten() {
    let (app, acme, _) = with_history();
    let program = trusting(&app, &acme);
    program.run(&["log", "watch", "--once", "--log", "audit"]).expect(0);
    let memory = kept(&program).remove(0);
    fs::write(&memory, "damaged").unwrap();
    let found = program.run(&["log", "watch", "--once", "--json"]).expect(7);
    let other = found
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|line| line["log"] == "liability");
    assert_eq!(other.unwrap()["verdict"], "valid", "the other log is looked at all the same");
    assert_eq!(fs::read_to_string(&memory).unwrap(), "damaged");
}

#[test]
fn a_watch_goes_on_until_the_server_is_back() {
    let (app, acme, _) = with_history();
    let program = trusting(&app, &acme);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let server = format!("http://{address}");
    program.run(&["log", "watch", "--once", "--server", &server]).expect(7);
    let mut watch = Command::new(env!("CARGO_BIN_EXE_chancery"));
    watch.args(["log", "watch", "--interval", "1", "--log", "audit", "--server", &server]).stdout(Stdio::null());
    watch.env("XDG_CONFIG_HOME", program.path("config")).env("XDG_STATE_HOME", program.path("state"));
    let mut watch = watch.stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(watch.try_wait().unwrap(), None, "it ended although the server may come back");
    // The server that comes back shows another log, which ends the watch.
    liar::before_at(&address, TcpListener::bind(address).unwrap(), &app, but(swapped));
    let started = Instant::now();
    let status = loop {
        if let Some(status) = watch.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > Duration::from_secs(60) {
            watch.kill().unwrap();
            panic!("the watch does not end");
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    assert_eq!(status.code(), Some(6));
}

#[test]
fn receipts_are_valid_forged_or_unproved() {
    let (app, acme, globex) = with_history();
    acme.grant("acme/reviews", &globex, TERMS);
    let used = globex.program("commercial-service", "DE").predict("acme/reviews", "x").expect(200);
    let receipt = globex.client.receipt(&used["receipt"]);
    let program = trusting(&app, &acme);
    let fetched = program.path("fetched.receipt");
    let get = ["receipt", "get", text(&used["receipt"]), "--out", fetched.to_str().unwrap()];
    let theirs = Program::of(&globex.client);
    theirs.run(&get).expect(0);
    assert_eq!(fs::metadata(&fetched).unwrap().permissions().mode() & 0o777, 0o600);
    theirs.run(&get).expect(1);
    // What needs no key asks for none, and a variable that is set to nothing is none.
    program.run_with(&["log", "verify"], &[("CHANCERY_TOKEN", "")]).expect(0);
    let file = program.path("use.receipt");
    let verify = |receipt: &Value, code: i32| {
        fs::write(&file, receipt.to_string()).unwrap();
        program.run(&["receipt", "verify", file.to_str().unwrap()]).expect(code);
    };
    verify(&receipt, 0);
    let mut forged = receipt.clone();
    forged["opening"]["payload"]["outcome"] = json!("refused");
    verify(&forged, 6);
    let mut forged = receipt.clone();
    forged["proof"] = json!(text(&receipt["proof"]).replacen("index ", "index 1", 1));
    verify(&forged, 6);
    let mut promised = receipt.clone();
    promised["proof"] = Value::Null;
    verify(&promised, 7);
    verify(&json!({}), 7);
    let nobody = Program::alone();
    fs::write(&file, receipt.to_string()).unwrap();
    nobody.run(&["receipt", "verify", file.to_str().unwrap()]).expect(7);
    nobody.run(&["receipt", "verify", "absent"]).expect(7);
}

#[test]
fn an_entry_that_mentions_a_manifest_does_not_make_a_version() {
    let (app, acme, _) = with_history();
    let program = trusting(&app, &acme);
    let mut bundle = bundle(&acme, 1);
    let file = program.path("bundle.json");
    let verify = |bundle: &Value, code: i32| {
        fs::write(&file, bundle.to_string()).unwrap();
        program.run(&["verify", "--bundle", file.to_str().unwrap()]).expect(code);
    };
    verify(&bundle, 0);
    let lines = String::from_utf8(acme.client.pack().remove("openings.jsonl").unwrap()).unwrap();
    let opened = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let announced = opened.into_iter().find(|line| line["opening"]["payload"]["type"] == "upload-opened").unwrap();
    bundle["receipt"] = acme.client.receipt(&announced["leaf"]);
    verify(&bundle, 6);
}

#[test]
fn a_version_is_not_taken_for_another() {
    let (app, acme, _) = with_history();
    acme.push("acme/reviews", fixtures::mixed_classifier(), &fixtures::mixed_passport());
    for number in [1, 2] {
        bundle(&acme, number);
    }
    let program = trusting(&app, &acme);
    program.run(&["verify", "acme/reviews@v1"]).expect(0);
    program.run(&["verify", "acme/reviews@v2"]).expect(0);
    let first = |path: &str| path.contains("/versions/v2/").then(|| Lie::From(path.replace("/v2/", "/v1/")));
    let server = liar::before(&app, but(first));
    let found = program.run(&["verify", "acme/reviews@v2", "--server", &server]).expect(6);
    assert!(found.out.contains("version 1"), "{found:?}");
    // What the server found counts only about the files that were signed.
    let nothing = |path: &str| {
        let said = json!({"verdict": "valid", "manifest": true, "files": []}).to_string().into_bytes();
        path.ends_with("/check").then_some(Lie::Said(200, said))
    };
    program.run(&["verify", "acme/reviews@v2", "--server", &liar::before(&app, but(nothing))]).expect(6);
}

#[test]
fn papers_changed_in_the_database_are_found_and_not_judged_by() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push("acme/reviews", fixtures::mixed_classifier(), &fixtures::mixed_passport());
    acme.grant("acme/reviews", &globex, TERMS);
    let program = trusting(&app, &acme);
    // The row says what a model without the non-commercial data would say.
    let forged = fixtures::open_passport().to_string().replace('\'', "''");
    app.tamper(&format!("UPDATE versions SET passport = '{forged}'"));
    let refused = globex.program("commercial-service", "DE").predict("acme/reviews", "x");
    refused.problem(422, "digest-mismatch");
    program.run(&["verify", "acme/reviews"]).expect(6);
    acme.client.logged("the tampering", |entry| entry["type"] == "tampering-found");
}

#[test]
fn files_repointed_in_the_database_are_found_and_not_run() {
    let (app, acme, globex) = with_history();
    acme.push("acme/reviews", fixtures::mixed_classifier(), &fixtures::open_passport());
    acme.grant("acme/reviews", &globex, TERMS);
    let first = "FROM version_files AS f JOIN versions AS v ON v.id = f.version_id WHERE v.number = 1 AND f.path = version_files.path";
    let columns = ["sha256", "size", "blob_id"].map(|column| format!("{column} = (SELECT f.{column} {first})"));
    app.tamper(&format!("UPDATE version_files SET {}", columns.join(", ")));
    let refused = globex.program("commercial-service", "DE").predict("acme/reviews@v2", "x");
    assert_ne!(refused.status, 200, "{refused:?}");
    let program = trusting(&app, &acme);
    program.run(&["verify", "acme/reviews@v1"]).expect(0);
    program.run(&["verify", "acme/reviews@v2"]).expect(6);
}

#[test]
fn a_damaged_key_of_a_blob_is_invalid_and_no_failure() {
    let (app, acme, _) = with_history();
    let program = trusting(&app, &acme);
    app.tamper("UPDATE blobs SET envelope = substr(envelope, 1, 10)");
    program.run(&["verify", "acme/reviews"]).expect(6);
}

#[test]
fn only_the_export_key_speaks_for_an_export() {
    let (app, acme, _) = with_history();
    acme.client.pack();
    let program = Program::of(&acme.client);
    let pack = program.path("pack");
    let folder = pack.to_str().unwrap();
    program.run(&["export", "audit", "--from", "2020-01-01", "--to", "2100-01-01", "--out", folder]).expect(0);
    let trust = program.path("some-trust.txt");
    let verify = |text: &str| {
        fs::write(&trust, text).unwrap();
        program.run(&["export", "verify", folder, "--trust", trust.to_str().unwrap()]).code
    };
    let all = app.trust_text();
    assert_eq!(verify(&all), 0);
    let without = |kind: &str| -> String {
        all.lines().filter(|line| !line.starts_with(kind)).map(|line| format!("{line}\n")).collect()
    };
    assert_eq!(verify(&without("log ")), 7, "the log's key is not pinned");
    assert_eq!(verify(&without("signer ")), 7, "the export key is not pinned");
    let stray = pack.join("summary.csv");
    fs::write(&stray, "nobody signed this").unwrap();
    assert_eq!(verify(&all), 6, "a file that was not signed lies beside the others");
    fs::remove_file(stray).unwrap();

    // A party's key signs the same manifest; whatever the party is called, it does not speak for exports.
    let manifest = Envelope::parse(&fs::read(pack.join("manifest.json")).unwrap()).unwrap();
    let payload = manifest.unverified_payload().to_vec();
    let resigned = Envelope::sign("application/vnd.chancery.audit-pack.v1+json", payload, &acme.key).unwrap();
    fs::write(pack.join("manifest.json"), resigned.to_json()).unwrap();
    for party in ["acme", "exports"] {
        let signer = format!("signer {party} {}\n", text(&json!(acme.key.verifying_key())));
        assert_eq!(verify(&format!("{all}{signer}")), 7, "{party}");
    }
    // Nor does the export key of another registry.
    let signer = format!("signer elsewhere.example/exports {}\n", text(&json!(acme.key.verifying_key())));
    assert_eq!(verify(&format!("{all}{signer}")), 6);
}

#[test]
fn a_server_cannot_have_owners_keys_pinned() {
    let (app, acme, _) = with_history();
    let program = Program::of(&acme.client);
    let forged = format!("{}signer acme {}\n", app.trust_text(), text(&json!(acme.key.verifying_key())));
    let told = forged.clone().into_bytes();
    let server = liar::before(&app, but(move |path| (path == "/log/trust").then(|| Lie::Said(200, told.clone()))));
    program.run(&["trust", "add", "--from", &server]).expect(0);
    let pinned = fs::read_to_string(program.path("config/chancery/trust.txt")).unwrap();
    assert!(!pinned.contains("signer acme") && pinned.contains("/exports "), "{pinned}");
    // Another key under a name that is pinned is reported, and nothing is pinned.
    let key = pinned.lines().find(|line| line.contains("/exports ")).unwrap();
    let (name, _) = key.rsplit_once(' ').unwrap();
    let other = format!("{name} {}\n", text(&json!(acme.key.verifying_key()))).into_bytes();
    let server = liar::before(&app, but(move |path| (path == "/log/trust").then(|| Lie::Said(200, other.clone()))));
    program.run(&["trust", "add", "--from", &server]).expect(6);
    assert_eq!(fs::read_to_string(program.path("config/chancery/trust.txt")).unwrap(), pinned);
}

#[test]
fn a_grant_is_revoked_and_a_refusal_explained() {
    let (_app, acme, globex) = with_history();
    let grant = acme.grant("acme/reviews", &globex, TERMS);
    let (owner, licensee) = (Program::of(&acme.client), Program::of(&globex.client));
    licensee.run(&["grant", "revoke", &grant, "--reason", "mine"]).expect(4);
    owner.run(&["grant", "revoke", &grant, "--reason", "unpaid"]).expect(0);
    let refused = globex.program("commercial-service", "DE").predict("acme/reviews", "x");
    let explained = licensee.run(&["policy", "explain", text(&refused.body["decision"])]).expect(0);
    assert!(explained.out.contains("grant-revoked"), "{explained:?}");
    licensee.run(&["policy", "explain", "decision_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2"]).expect(1);
}

#[test]
fn a_passport_is_begun_once() {
    let program = Program::alone();
    let file = program.path("passport.toml");
    let out = file.to_str().unwrap();
    program.run(&["passport", "init", "--out", out]).expect(0);
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.contains("[[dataset]]"), "{written}");
    fs::write(&file, "mine").unwrap();
    program.run(&["passport", "init", "--out", out]).expect(1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let chinese = program.path("zh.toml");
    program.run(&["passport", "init", "--lang", "zh", "--out", chinese.to_str().unwrap()]).expect(0);
    assert!(!fs::read_to_string(&chinese).unwrap().is_ascii());
}
