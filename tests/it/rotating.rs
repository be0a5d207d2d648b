//! Logs that go on under another name because it was decided: what was recorded keeps its place and its proofs, and whoever verifies
//! follows knowingly.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    backups::{document, on, witness},
    commands::Program,
    crash::registry::{CALLED, Registry},
    organisation::text,
    process::Site,
};

const PATH: &str = "/api/v1/log-rotations";

#[test]
fn the_logs_go_on_under_another_name_once_it_was_ordered() {
    let (mut registry, mut server) = Registry::open(Site::new());
    registry.site.listen = server.address;
    let (site, operator) = (&registry.site, server.operator.clone().unwrap());
    let witness = witness(&registry, server.address);
    witness.run(&["log", "verify"]).expect(0);
    let used = registry.predict(server.address, "I love it", None).unwrap().ok().body;
    let before = registry.caller.at(server.address).receipt(&used["receipt"]);

    let early = on(site, &["log", "rotate", "--lang", "en"]).expect(1);
    assert!(early.said.contains("another server has"), "{early:?}");
    registry.owner.client.at(server.address).post(PATH, &json!({"reason": "mine"})).problem(403, "forbidden");
    operator.post(PATH, &json!({"reason": ""})).problem(422, "unprocessable");
    assert_eq!(operator.get(PATH).expect(200), json!({"last": null}));
    let program = Program::of(&operator);
    let ordered = program.run(&["log", "order-rotation", "--reason", "yearly", "--json"]).expect(0);
    let ordered: Value = serde_json::from_str(&ordered.out).unwrap();
    let twice = operator.post(PATH, &json!({"reason": "again"})).problem(409, "conflict");
    assert!(twice.contains("log rotate"), "{twice}");
    server.terminate();
    server.ended_within(Duration::from_secs(20));

    let told = document(&on(site, &["log", "rotate", "--json"]).expect(0));
    let ended = &told["ended"][0];
    assert!(text(&told["origin"]).ends_with("/2"), "{told}");
    let again = on(site, &["log", "rotate", "--lang", "en"]).expect(1);
    assert!(again.said.contains("order-rotation"), "{again:?}");

    let server = site.start();
    let (operator, owner) = (operator.at(server.address), registry.owner.client.at(server.address));
    assert_eq!(operator.get(PATH).expect(200)["last"]["id"], ordered["id"]);
    assert!(operator.get(PATH).expect(200)["last"]["done_at"].is_number());
    let entry = owner.logged("the rotation", |entry| entry["type"] == "log-rotated");
    let details = &entry["details"];
    assert_eq!((&details["rotation"], &details["reason"]), (&ordered["id"], &json!("yearly")));
    assert_eq!(
        (&details["ended"]["origin"], &details["ended"]["last_signed"]),
        (&ended["origin"], &ended["last_signed"])
    );
    assert!(text(&ended["last_signed"]).contains(&format!("\n{}\n", ended["restored_size"])), "all is signed: {ended}");

    // Whoever verifies follows knowingly, and nothing is missing.
    witness.run(&["log", "verify"]).expect(7);
    witness.run(&["trust", "add", "--from", &operator.url()]).expect(0);
    witness.run(&["log", "verify"]).expect(6);
    let followed = witness.run(&["log", "verify", "--new-name", "--lang", "en"]).expect(0);
    assert!(!followed.out.contains("NOT contain"), "{followed:?}");
    witness.run(&["verify", CALLED]).expect(0);
    // What was proven before is so still, under both names.
    let after = registry.caller.at(server.address).receipt(&used["receipt"]);
    assert_ne!(before["proof"], after["proof"]);
    registry.predict(server.address, "I love it", None).unwrap().ok();
    witness.run(&["log", "verify"]).expect(0);
}
