//! The drill: a registry is backed up while it is written to, its server dies, and it comes back elsewhere; and every way in which a
//! backup may not be what it seems.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use chancery_base::{db::Location, logs::LogName};
use serde_json::{Value, json};

use crate::{
    client::Client,
    commands::{Outcome, Program},
    crash::registry::{CALLED, GROWING, Registry},
    database::{self, only_on_sqlite},
    fixtures::files_below,
    organisation::text,
    process::{Server, Site},
};

/// Runs a command on the registry at `site`.
pub fn on(site: &Site, command: &[&str]) -> Outcome {
    let options = site.options();
    let arguments: Vec<&str> = command.iter().copied().chain(options.iter().map(String::as_str)).collect();
    Program::alone().run(&arguments)
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn document(outcome: &Outcome) -> Value {
    serde_json::from_str(outcome.out.trim()).unwrap_or_else(|error| panic!("{error}: {outcome:?}"))
}

fn copy_folder(from: &Path, to: &Path) {
    for file in files_below(from) {
        let copy = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&file, &copy).unwrap();
    }
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).unwrap();
}

/// Backs `site` up to `to`.
fn backed_up(site: &Site, to: &Path) -> Value {
    document(&on(site, &["backup", "--json", "--to", shown(to)]).expect(0))
}

/// Restores `backup` beside `site`, with the keys in `keys`.
fn restored(site: &Site, backup: &Path, keys: &Path, further: &[&str]) -> (Site, Outcome) {
    let place = site.elsewhere();
    copy_folder(keys, &place.keys());
    let outcome = on(&place, &[&["restore", "--json", "--from", shown(backup)], further].concat());
    (place, outcome)
}

/// Somebody who verifies the registry, with the keys of its logs and its owner pinned.
pub fn witness(registry: &Registry, at: SocketAddr) -> Program {
    let client = registry.owner.client.at(at);
    let program = Program::of(&client);
    let signer = format!("acme={}", text(&json!(registry.owner.key.verifying_key())));
    program.run(&["trust", "add", "--from", &client.url(), "--signer", &signer]).expect(0);
    program
}

/// Lets clients write until `act` is done.
fn while_written_to<T>(registry: &Registry, at: SocketAddr, act: impl FnOnce() -> T) -> T {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0;
            while !stop.load(Ordering::Acquire) {
                number += 1;
                registry.push(at, GROWING, &format!("draft {number}")).unwrap().ok();
            }
        });
        scope.spawn(|| {
            while !stop.load(Ordering::Acquire) {
                registry.predict(at, "I love it", None).unwrap().ok();
            }
        });
        let done = act();
        stop.store(true, Ordering::Release);
        done
    })
}

/// The size of a log in the document of a command.
fn size(logs: &Value, log: LogName, member: &str) -> u64 {
    let found = logs.as_array().unwrap().iter().find(|found| found["log"] == json!(log)).unwrap();
    found[member].as_u64().unwrap()
}

/// Demands that the registry at `server` is whole: a model, a use, its receipt.
fn assert_serves(registry: &Registry, server: &Server, witness: &Program) {
    witness.run(&["verify", CALLED]).expect(0);
    let used = registry.predict(server.address, "I love it", None).unwrap().ok().body;
    registry.caller.at(server.address).receipt(&used["receipt"]);
    registry.push(server.address, GROWING, "after the restoration").unwrap().ok();
}

#[test]
fn a_registry_comes_back_after_its_server_died_and_says_what_was_lost() {
    let (registry, mut server) = Registry::open(Site::new());
    let backups = tempfile::tempdir().unwrap();
    let backup = backups.path().join("backup");
    let witness = witness(&registry, server.address);
    witness.run(&["log", "verify"]).expect(0);
    let (first, second) = while_written_to(&registry, server.address, || {
        let first = backed_up(&registry.site, &backup);
        let pushed = registry.push(server.address, GROWING, "between the backups").unwrap().ok().body;
        registry.owner.client.at(server.address).receipt(&pushed["receipt"]);
        (first, backed_up(&registry.site, &backup))
    });
    assert_eq!(second["kept"], first["sealed_files"], "what is there already is not copied again");
    assert!(size(&second["logs"], LogName::Audit, "size") > size(&first["logs"], LogName::Audit, "size"));

    // Entries after the backup are signed and seen; then the server dies.
    let used = registry.predict(server.address, "I love it", None).unwrap().ok().body;
    registry.caller.at(server.address).receipt(&used["receipt"]);
    witness.run(&["log", "verify"]).expect(0);
    server.kill();

    let (mut place, outcome) = restored(&registry.site, &backup, &registry.site.keys(), &[]);
    let told = document(&outcome.expect(1));
    let logs = &told["restored"]["logs"];
    for log in LogName::ALL {
        let (restored, signed) = (size(logs, log, "restored"), size(logs, log, "signed"));
        assert!(restored == size(&second["logs"], log, "size") && restored < signed, "{told}");
    }
    let bad = |told: &Value| {
        let ill = told["findings"].as_array().unwrap().iter().filter(|finding| finding["health"] == "bad");
        ill.map(|finding| text(&finding["check"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(bad(&told), ["audit-log", "liability-log"], "{told}");
    place.listen = server.address;
    let (_, said) = place.start_refused();
    assert!(said.contains("older than what was signed") && said.contains("--accept-loss"), "{said}");

    // There is no newer backup, so the logs go on under another name.
    let told = document(&on(&place, &["restore", "--json", "--accept-loss"]).expect(0));
    assert_eq!(bad(&told), Vec::<String>::new(), "{told}");
    let ended = &told["succession"]["ended"][0];
    let aside = PathBuf::from(text(&told["succession"]["old_keys"]));
    let remembered = fs::read_to_string(aside.join("audit-checkpoint.last")).unwrap();
    assert_eq!(text(&ended["last_signed"]), remembered);
    assert!(aside.join("audit-checkpoint.pem").exists() && !place.keys().join("next").exists());
    let again = on(&place, &["restore", "--accept-loss"]).expect(1);
    assert!(again.said.contains("nothing is lost"), "{again:?}");

    let server = place.start();
    assert_says_what_was_lost(&registry.owner.client.at(server.address), ended, &remembered);
    // Who saw the lost entries is told so, accepts the new name knowingly, and keeps the proof.
    let unknown = witness.run(&["log", "verify"]).expect(7);
    assert!(unknown.out.contains("pinned") || unknown.out.contains("trust"), "{unknown:?}");
    witness.run(&["trust", "add", "--from", &format!("http://{}", server.address)]).expect(0);
    let other = witness.run(&["log", "verify"]).expect(6);
    assert!(other.out.contains("--new-name"), "{other:?}");
    let accepted = witness.run(&["log", "verify", "--new-name"]).expect(0);
    assert!(accepted.out.contains("NOT contain"), "{accepted:?}");
    let kept = files_below(&witness.path("state/chancery/checkpoints"));
    assert!(kept.iter().any(|file| fs::read_to_string(file).unwrap() == remembered), "{kept:?}");
    assert_serves(&registry, &server, &witness);
    witness.run(&["log", "verify"]).expect(0);
    // A use from before the backup is proven under the new name.
    let old = registry.owner.client.at(server.address).log();
    assert!(old.iter().any(|entry| entry["type"] == "version-registered"), "{old:?}");
}

/// The first new entry records the end of the old log.
fn assert_says_what_was_lost(owner: &Client, ended: &Value, remembered: &str) {
    let entry = owner.logged("what was restored", |entry| entry["type"] == "log-restored");
    let details = &entry["details"];
    assert_eq!(details["ended"]["last_signed"], *remembered);
    assert_eq!(details["ended"]["origin"], ended["origin"]);
    assert_eq!(details["restored"]["size"], ended["restored_size"]);
    assert_eq!(text(&details["origin"]), format!("{}/2/audit", text(&ended["origin"]).strip_suffix("/audit").unwrap()));
}

#[test]
fn a_registry_that_was_stopped_moves_without_a_loss() {
    let (registry, mut server) = Registry::open(Site::new());
    let folder = tempfile::tempdir().unwrap();
    let (backup, keys) = (folder.path().join("backup"), folder.path().join("keys"));
    let witness = witness(&registry, server.address);
    witness.run(&["log", "verify"]).expect(0);
    server.terminate();
    assert_eq!(server.ended_within(std::time::Duration::from_secs(20)).code(), Some(0));
    let command = ["backup", "--json", "--to", shown(&backup), "--with-keys", shown(&keys)];
    on(&registry.site, &command).expect(0);
    assert!(!files_below(&backup).iter().any(|file| shown(file).ends_with(".pem") || shown(file).ends_with(".key")));

    // A copy of the keys does not know what was signed last.
    let (_, unsaid) = restored(&registry.site, &backup, &keys, &[]);
    assert!(document(&unsaid.expect(1))["error"]["detail"].as_str().unwrap().contains("--nothing-signed-since"));
    let (mut place, outcome) = restored(&registry.site, &backup, &keys, &["--nothing-signed-since"]);
    assert_eq!(document(&outcome.expect(0))["health"], "good");
    place.listen = server.address;
    let server = place.start();
    witness.run(&["log", "verify"]).expect(0);
    assert_serves(&registry, &server, &witness);
    witness.run(&["log", "verify"]).expect(0);

    // The keys that served it remember, so nothing need be said.
    let (_, whole) = restored(&registry.site, &backup, &registry.site.keys(), &["--accept-loss"]);
    let told = document(&whole.expect(0));
    assert_eq!((&told["health"], &told["succession"]), (&json!("good"), &Value::Null), "{told}");
}

#[test]
fn who_saw_more_recognises_an_old_backup_whatever_its_operator_says() {
    let (registry, mut server) = Registry::open(Site::new());
    let folder = tempfile::tempdir().unwrap();
    let (backup, keys) = (folder.path().join("backup"), folder.path().join("keys"));
    on(&registry.site, &["backup", "--to", shown(&backup), "--with-keys", shown(&keys)]).expect(0);
    let used = registry.predict(server.address, "I love it", None).unwrap().ok().body;
    registry.caller.at(server.address).receipt(&used["receipt"]);
    let witness = witness(&registry, server.address);
    witness.run(&["log", "verify"]).expect(0);
    server.kill();
    let (mut place, outcome) = restored(&registry.site, &backup, &keys, &["--nothing-signed-since"]);
    outcome.expect(0);
    place.listen = server.address;
    let server = place.start();
    let older = witness.run(&["log", "verify", "--lang", "en"]).expect(6);
    assert!(older.out.contains("OLDER THAN WHAT YOU SAW") && !older.out.contains("FORK"), "{older:?}");
    let watched = witness.run(&["log", "watch", "--once", "--log", "liability", "--lang", "zh"]).expect(6);
    assert!(watched.out.contains("更旧"), "{watched:?}");
    // Once it has grown beyond what was seen, it is a fork.
    for _ in 0..6 {
        let used = registry.predict(server.address, "I love it", None).unwrap().ok().body;
        registry.caller.at(server.address).receipt(&used["receipt"]);
    }
    let forked = witness.run(&["log", "verify", "--lang", "en"]).expect(6);
    assert!(forked.out.contains("FORK"), "{forked:?}");
}

#[test]
fn a_backup_that_is_not_what_it_was_is_refused() {
    let (registry, mut server) = Registry::open(Site::new());
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    backed_up(&registry.site, &backup);
    server.kill();
    let keys = registry.site.keys();
    let refused = |code: i32, what: &str| {
        let (place, outcome) = restored(&registry.site, &backup, &keys, &["--nothing-signed-since"]);
        let told = outcome.expect(code);
        assert!(told.out.contains(what), "`{what}` is not in {told:?}");
        assert!(!place.data.exists() && !place.store().exists(), "nothing is written");
    };
    let changed = |file: &Path, what: &str| {
        let whole = fs::read(file).unwrap();
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(file, bytes).unwrap();
        refused(6, what);
        fs::remove_file(file).unwrap();
        refused(6, "missing");
        fs::write(file, whole).unwrap();
    };
    let largest = |folder: &str| {
        let files = files_below(&backup.join(folder));
        files.into_iter().max_by_key(|file| fs::metadata(file).unwrap().len()).unwrap()
    };
    changed(&largest("database"), "not what it was");
    changed(&largest("store"), "not what it was");
    let added = backup.join("database/parties.jsonl.more");
    fs::write(&added, "{}").unwrap();
    refused(6, "not what it was");
    fs::remove_file(added).unwrap();

    // A backup that was cut short has everything but its manifest.
    let manifest = backup.join("manifest.json");
    let text_of = fs::read_to_string(&manifest).unwrap();
    fs::remove_file(&manifest).unwrap();
    refused(1, "no manifest");
    fs::write(&manifest, &text_of[..text_of.len() / 2]).unwrap();
    refused(1, "is not a manifest");
    let schema = text_of.find("\"schema\"").unwrap();
    let newer = text_of[schema..].replacen("\"2026", "\"9999", 1);
    fs::write(&manifest, text_of[..schema].to_owned() + newer.as_str()).unwrap();
    refused(1, "newer version");
    fs::write(&manifest, text_of).unwrap();
    let (_, good) = restored(&registry.site, &backup, &keys, &["--nothing-signed-since"]);
    assert_eq!(document(&good)["restored"]["sealed_files"], files_below(&backup.join("store")).len());
}

#[test]
fn keys_and_places_that_are_wrong_are_refused() {
    let (registry, mut server) = Registry::open(Site::new());
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    backed_up(&registry.site, &backup);
    server.kill();
    let keys = registry.site.keys();

    let stranger = Site::new();
    drop(stranger.start());
    let (_, others) = restored(&registry.site, &backup, &stranger.keys(), &["--nothing-signed-since"]);
    assert!(others.expect(1).out.contains("not those of this registry"));
    let few = folder.path().join("few");
    copy_folder(&keys, &few);
    fs::remove_file(few.join("root.key")).unwrap();
    let (_, lacking) = restored(&registry.site, &backup, &few, &[]);
    assert!(lacking.expect(1).out.contains("lacks root.key"));
    // The right names around another root key: found when it is held against what was restored.
    fs::copy(stranger.keys().join("root.key"), few.join("root.key")).unwrap();
    let (_, wrong) = restored(&registry.site, &backup, &few, &[]);
    let told = document(&wrong.expect(1));
    assert!(told["findings"].as_array().unwrap().iter().any(|f| f["check"] == "root-key" && f["health"] == "bad"));

    // What is there is not overwritten.
    let occupied = on(&registry.site, &["restore", "--from", shown(&backup)]).expect(1);
    assert!(occupied.said.contains("not empty"), "{occupied:?}");
    let inside = backup.join("keys");
    let command = ["backup", "--to", shown(&backup), "--with-keys", shown(&inside)];
    assert!(on(&registry.site, &command).expect(1).said.contains("elsewhere"));
    let else_there = folder.path().join("pictures");
    fs::create_dir(&else_there).unwrap();
    fs::write(else_there.join("cat.png"), "cat").unwrap();
    assert!(on(&registry.site, &["backup", "--to", shown(&else_there)]).expect(1).said.contains("holds no backup"));
    assert_eq!(fs::read_dir(&else_there).unwrap().count(), 1);

    // A registry that lacks a file is not backed up as if it were whole; what was backed up before stays aside.
    let lost = files_below(&registry.site.store().join("blobs")).remove(0);
    fs::remove_file(lost).unwrap();
    let fresh = folder.path().join("fresh");
    let lacking = on(&registry.site, &["backup", "--to", shown(&fresh)]).expect(1);
    assert!(lacking.said.contains("lacks the sealed file"), "{lacking:?}");
    assert!(!fresh.join("manifest.json").exists());
    on(&registry.site, &["backup", "--to", shown(&folder.path().join("no/store")), "--store", "/nowhere"]).expect(2);
}

#[test]
fn tables_are_brought_up_to_date_knowingly_and_never_backwards() {
    let site = Site::new().elsewhere();
    if let Location::Sqlite(_) = &site.database {
        assert!(on(&site, &["migrate", "--check"]).expect(1).said.contains("there is no file"));
        fs::create_dir_all(&site.data).unwrap();
        fs::write(site.sqlite_file(), "").unwrap();
    }
    let pending = document(&on(&site, &["migrate", "--check", "--json"]).expect(1));
    assert!(!pending["pending"].as_array().unwrap().is_empty() && pending["applied"] == json!([]), "{pending}");
    let strict = on(&site, &["serve", "--listen", "127.0.0.1:0", "--no-migrate"]).expect(1);
    assert!(strict.said.contains("chancery migrate"), "{strict:?}");
    let applied = document(&on(&site, &["migrate", "--json"]).expect(0));
    assert_eq!(applied["applied"], pending["pending"]);
    on(&site, &["migrate", "--check"]).expect(0);

    let mut newer = database::connect(&site.database);
    diesel::RunQueryDsl::execute(
        diesel::sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000001')"),
        &mut newer,
    )
    .unwrap();
    for command in [&["migrate"][..], &["migrate", "--check"], &["serve", "--listen", "127.0.0.1:0"]] {
        let refused = on(&site, command).expect(1);
        assert!(refused.said.contains("newer version"), "{refused:?}");
    }
}

#[test]
fn a_served_file_is_not_migrated_on_sqlite() {
    if !only_on_sqlite() {
        return;
    }
    let site = Site::new();
    let _server = site.start();
    assert!(on(&site, &["migrate"]).expect(1).said.contains("another server"));
    on(&site, &["migrate", "--check"]).expect(0);
}
