//! Listings in pages: each item once, in order, by API and on the command line.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{app::TestApp, client::Client, commands::Program, fixtures, organisation::text};

/// More than stand on one page.
const MANY: usize = 103;

/// Reads a listing to its end by pages of `limit` items; the items and how many pages there were.
fn read(client: &Client, path: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut after) = (Vec::new(), 0, String::new());
    loop {
        let page = client.get(&format!("{path}?limit={limit}{after}")).expect(200);
        let found = page["items"].as_array().unwrap();
        assert!(found.len() <= limit, "{page}");
        items.extend(found.iter().cloned());
        pages += 1;
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return (items, pages),
        }
    }
}

#[test]
fn keys_signing_keys_and_versions_come_in_pages() {
    let app = TestApp::start();
    let acme = app.party("acme");
    for number in 0..MANY {
        acme.key(&json!({"role": "member", "label": format!("key {number}")}));
    }
    acme.propose(&chancery_base::crypto::SigningKey::generate(&chancery::app::SystemEntropy));
    acme.push("acme/reviews", fixtures::open_classifier(), &fixtures::open_passport());
    acme.push("acme/reviews", fixtures::mixed_classifier(), &fixtures::mixed_passport());
    let path = "/api/v1/keys";
    let (keys, pages) = read(&acme.client, path, 100);
    assert_eq!((keys.len(), pages), (MANY + 1, 2));
    assert!(keys.is_sorted_by(|one, other| text(&one["id"]) < text(&other["id"])), "{keys:?}");
    let labels: BTreeSet<_> = keys.iter().skip(1).map(|key| text(&key["label"]).to_owned()).collect();
    assert_eq!(labels, (0..MANY).map(|number| format!("key {number}")).collect());
    assert_eq!(read(&acme.client, "/api/v1/signing-keys", 1).0.len(), 2);
    let (versions, _) = read(&acme.client, "/api/v1/models/acme/reviews", 1);
    assert_eq!(versions.iter().map(|version| version["version"].clone()).collect::<Vec<_>>(), [1, 2]);
    let listed = Program::of(&acme.client).run(&["token", "list", "--json"]).expect(0);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(listed["items"].as_array().unwrap().len(), MANY + 1);
}

#[test]
fn a_page_has_a_length_that_makes_sense_and_a_cursor_of_its_listing() {
    let app = TestApp::start();
    let acme = app.party("acme");
    for query in ["limit=0", "limit=101", "limit=-1", "limit=many", "limit=1&limit=2"] {
        acme.client.get(&format!("/api/v1/keys?{query}")).problem(400, "bad-request");
    }
    let foreign = "YWNtZS9yZXZpZXdz";
    acme.client.get(&format!("/api/v1/models?after={foreign}")).expect(200);
    for path in ["/api/v1/keys", "/api/v1/signing-keys", "/api/v1/grants"] {
        acme.client.get(&format!("{path}?after={foreign}")).problem(400, "bad-request");
    }
}
