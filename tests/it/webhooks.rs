//! Webhooks: what happens is told to a real receiver, signed, at least once, whatever fails in between, and to nobody else.

use std::{
    collections::BTreeSet,
    process::Command,
    time::{Duration, Instant},
};

use chancery_base::outbound::Reach;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    browser::Browser,
    client::{Client, PATIENCE},
    commands::Program,
    database::{numbers, only_on_postgres},
    fixtures::TERMS,
    organisation::{Organisation, text},
    process::Site,
    receiver::{Message, Receiver, SILENCE},
    required::required,
};

/// A server whose webhooks reach this machine.
pub fn started() -> TestApp {
    TestApp::start_with(|config, _| config.webhooks = Reach::PublicAndLoopback)
}

/// Adds a webhook; its document, with the secret.
pub fn add(client: &Client, receiver: &Receiver, events: &[&str]) -> Value {
    client.post("/api/v1/webhooks", &json!({"url": receiver.url(), "events": events})).expect(201)
}

pub fn path_of(webhook: &Value, what: &str) -> String {
    format!("/api/v1/webhooks/{}{what}", text(&webhook["id"]))
}

fn deliveries(client: &Client, webhook: &Value) -> Vec<Value> {
    client.get(&path_of(webhook, "/deliveries")).expect(200)["items"].as_array().unwrap().clone()
}

/// Waits until what was sent last has arrived.
pub fn wait_until_delivered(client: &Client, webhook: &Value) {
    let started = Instant::now();
    while deliveries(client, webhook)[0]["status"] != "delivered" {
        assert!(started.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until the webhook, as its party sees it, is as expected.
#[track_caller]
fn wait_until(client: &Client, webhook: &Value, is_it: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let listed = client.get("/api/v1/webhooks").expect(200);
        let found = listed["items"].as_array().unwrap().iter().find(|listed| listed["id"] == webhook["id"]).cloned();
        if let Some(found) = found.as_ref().filter(|found| is_it(found)) {
            return found.clone();
        }
        assert!(started.elapsed() < PATIENCE, "{found:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Makes a key, which is an event.
fn make_key(organisation: &Organisation) -> Value {
    organisation.key(&json!({"role": "member", "label": "Ann Example's laptop"}))["id"].clone()
}

#[test]
fn parties_are_told_what_they_may_know_and_no_more() {
    let app = started();
    let (acme, globex) = app.two_parties();
    make_key(&acme);
    let (owner, licensee, operator) = (Receiver::start(), Receiver::start(), Receiver::start());
    for (client, receiver) in [(&acme.client, &owner), (&globex.client, &licensee), (&app.operator, &operator)] {
        client.post("/api/v1/webhooks", &json!({"url": receiver.url()})).expect(201);
    }
    let version = acme.push_reviews();
    let refused = globex.program("commercial-service", "DE").predict("acme/reviews", "a secret input");
    assert_eq!(refused.status, 403);
    let grant = acme.grant("acme/reviews", &globex, TERMS);
    let hold = json!({"authority": "Judge Example", "reason": "order 1", "legal_demand": true});
    let held = app.operator.post("/api/v1/models/acme/reviews/holds", &hold).expect(201);
    app.operator.delete(&format!("/api/v1/holds/{}", text(&held["id"]))).expect(204);
    let status = json!({"status": "suspended"});
    acme.client.post("/api/v1/models/acme/reviews/versions/v1/status", &status).expect(200);
    acme.client.post(&format!("/api/v1/grants/{grant}/revoke"), &json!({"reason": "Mr Example is late"})).expect(200);
    let key = make_key(&acme);
    acme.client.delete(&format!("/api/v1/keys/{}", text(&key))).expect(204);
    app.operator.post("/api/v1/policies", &json!({"rule": "grant-missing", "mode": "shadow"})).expect(200);

    let told = |receiver: &Receiver, event: &str| receiver.wait_for(1, event)[0].json()["data"].clone();
    for receiver in [&owner, &licensee] {
        for event in ["grant.offered", "grant.accepted", "grant.revoked"] {
            let data = told(receiver, event);
            assert_eq!((&data["grant"], &data["link"]), (&json!(grant), &json!(format!("/api/v1/grants/{grant}"))));
        }
        let data = told(receiver, "use.refused");
        assert_eq!((&data["decision"], &data["rule"]), (&refused.body["decision"], &json!("grant-missing")));
    }
    assert_eq!(told(&owner, "model.version.registered")["version_id"], version["id"]);
    assert_eq!(told(&owner, "model.version.status-changed")["to"], "suspended");
    assert_eq!(told(&owner, "key.issued")["api_key"], key, "what happened before the webhook was added is not told");
    assert_eq!(told(&owner, "key.revoked")["api_key"], key);
    for receiver in [&owner, &operator] {
        for event in ["hold.placed", "hold.released"] {
            let data = told(receiver, event);
            assert_eq!((&data["hold"], &data["model"]), (&held["id"], &json!("acme/reviews")));
        }
    }
    assert_eq!(text(&told(&operator, "policy.changed")["policy_digest"]).len(), 64);
    let receipt = told(&owner, "grant.revoked")["receipt"].clone();
    let opened = acme.client.get(text(&receipt)).expect(200);
    assert_eq!(opened["opening"]["payload"]["details"]["grant"], json!(grant));

    let kinds = |receiver: &Receiver| -> BTreeSet<String> {
        receiver.heard().iter().map(|message| text(&message.json()["type"]).to_owned()).collect()
    };
    let of_globex = ["grant.accepted", "grant.offered", "grant.revoked", "key.issued", "use.refused"];
    assert_eq!(kinds(&licensee), of_globex.map(str::to_owned).into());
    assert_eq!(kinds(&operator), ["hold.placed", "hold.released", "policy.changed"].map(str::to_owned).into());
    for message in [owner.heard(), licensee.heard(), operator.heard()].concat() {
        assert_eq!(message.path, "/in?from=chancery");
        for private in ["Example", "secret input", "commercial", "globex", "order 1"] {
            assert!(!message.body.contains(private), "{private} in {}", message.body);
        }
    }
}

/// What the library of Standard Webhooks makes of messages; `None` where it is missing.
fn judged(app: &TestApp, secret: &Value, messages: &[Message]) -> Option<Vec<Value>> {
    let python = required("CHANCERY_PYTHON")?;
    let messages: Vec<Value> =
        messages.iter().map(|message| json!({"headers": message.headers, "body": message.body})).collect();
    let order = json!({"secret": secret, "messages": messages}).to_string();
    let oracle = format!("{}/tests/oracles/webhook_check.py", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python).args([&oracle, &order]).current_dir(app.folder()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn the_standards_library_accepts_signatures_under_old_and_new_secret_and_no_others() {
    let app = started();
    let acme = app.party("acme");
    let receiver = Receiver::start();
    let webhook = add(&acme.client, &receiver, &["key.issued"]);
    make_key(&acme);
    let first = receiver.wait_for(1, "key.issued")[0].clone();
    let rotated = acme.client.post(&path_of(&webhook, "/rotate"), &json!({})).expect(200);
    assert!(rotated["secret"] != webhook["secret"] && rotated["previous_secret_until"].is_i64(), "{rotated}");
    make_key(&acme);
    let second = receiver.wait_for(2, "key.issued")[1].clone();
    assert_eq!(second.headers["webhook-signature"].split(' ').count(), 2);
    let tampered = Message { body: second.body.replace("key.issued", "key.revoked"), ..second.clone() };
    let mut renamed = second.clone();
    renamed.headers.insert("webhook-id".to_owned(), first.id().to_owned());
    let messages = [first, second.clone(), tampered, renamed];
    let Some(by_old) = judged(&app, &webhook["secret"], &messages) else { return };
    assert_eq!(by_old[1], second.json());
    assert!(by_old[0].is_object() && by_old[2].is_null() && by_old[3].is_null(), "{by_old:?}");
    let by_new = judged(&app, &rotated["secret"], &messages).unwrap();
    assert!(by_new[0].is_null() && by_new[1].is_object() && by_new[2].is_null() && by_new[3].is_null(), "{by_new:?}");
    acme.client.logged("the rotation", |entry| entry["type"] == "webhook-secret-rotated");
    let log = serde_json::to_string(&acme.client.log()).unwrap();
    assert!(!log.contains("from=chancery") && !log.contains("whsec_"), "neither path nor secret is in the log");
}

#[test]
fn a_receiver_that_was_down_is_told_everything_once_it_is_back() {
    let app = started();
    let acme = app.party("acme");
    let receiver = Receiver::start();
    let address = receiver.address;
    let webhook = add(&acme.client, &receiver, &["key.issued"]);
    drop(receiver);
    let keys: BTreeSet<String> = (0..3).map(|_| text(&make_key(&acme)).to_owned()).collect();
    let failing = wait_until(&acme.client, &webhook, |webhook| webhook["status"] == "failing");
    assert!(failing["failing_since"].is_i64(), "{failing}");
    let waiting = deliveries(&acme.client, &webhook);
    let tried = waiting.iter().find(|delivery| delivery["attempts"] == 1).unwrap();
    assert_eq!((&tried["status"], &tried["answer"]), (&json!("waiting"), &json!("disconnected")), "{tried}");
    assert!(tried["next_attempt_at"].as_i64() > tried["attempted_at"].as_i64());
    // It is back, and busy: what it answers with an error is sent again under the same id.
    let receiver = Receiver::at(address);
    receiver.answer(503);
    let first = receiver.wait_for(1, "key.issued")[0].clone();
    receiver.answer(200);
    let started = Instant::now();
    loop {
        let heard = receiver.heard();
        let told: BTreeSet<String> =
            heard.iter().map(|message| text(&message.json()["data"]["api_key"]).to_owned()).collect();
        let again = heard.iter().filter(|message| message.id() == first.id()).count();
        if told == keys && again == 2 {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{heard:#?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    wait_until(&acme.client, &webhook, |webhook| webhook["status"] == "on");
    let delivered = deliveries(&acme.client, &webhook);
    assert!(delivered.iter().all(|delivery| delivery["status"] == "delivered"), "{delivered:#?}");
}

#[test]
fn what_was_committed_before_a_crash_is_told_after_it_and_what_was_being_sent_is_sent_again() {
    let site = Site::new().with_webhooks_to_loopback();
    let receiver = Receiver::start();
    let mut server = site.start();
    let operator = server.operator.clone().unwrap();
    let acme = Organisation::join(&operator, "acme");
    let webhook = add(&acme.client, &receiver, &["key.issued", "key.revoked"]);
    receiver.answer(SILENCE);
    let key = make_key(&acme);
    let unanswered = receiver.wait_for(1, "key.issued")[0].clone();
    // The only webhook is busy, so nobody is told of this one before the crash.
    acme.client.delete(&format!("/api/v1/keys/{}", text(&key))).expect(204);
    server.kill();
    assert!(receiver.heard().iter().all(|message| message.json()["type"] != "key.revoked"));
    receiver.answer(204);
    let server = site.start();
    let revoked = receiver.wait_for(1, "key.revoked");
    assert_eq!(revoked[0].json()["data"]["api_key"], key);
    let issued = receiver.wait_for(2, "key.issued");
    assert_eq!(issued[1].id(), unanswered.id(), "the same message, under the same id");
    assert_eq!(issued[1].body, unanswered.body);
    let acme = acme.client.at(server.address);
    wait_until(&acme, &webhook, |webhook| webhook["status"] == "on");
    assert_eq!(deliveries(&acme, &webhook).len(), 2, "each event is one message");
}

#[test]
fn webhooks_are_looked_after_on_pages() {
    let app = started();
    let (acme, globex) = app.two_parties();
    let [owner, stranger] = [&acme, &globex].map(|party| {
        let browser = Browser::new(app.address);
        browser.set_up(party.client.token(), &party.slug, &format!("ada@{}.example", party.slug));
        browser
    });
    let receiver = Receiver::start();
    assert!(owner.read("/webhooks").contains("Nobody is told"));
    let bad = owner.submit("/webhooks", &[("url", "http://10.0.0.1/hook")]);
    assert!(bad.answer.status == 422 && bad.html.contains("id=\"url-error\""), "{}", bad.html);
    let made = owner.submit("/webhooks", &[("url", &receiver.url()), ("events", "key.issued")]).html;
    assert!(made.contains("whsec_") && !owner.read("/webhooks").contains("whsec_"), "the secret is shown once");
    let listed = acme.client.get("/api/v1/webhooks").expect(200)["items"][0].clone();
    assert_eq!(listed["events"], json!(["key.issued"]));
    let page = format!("/webhooks/{}", text(&listed["id"]));
    for path in [page.clone(), format!("{page}/test")] {
        stranger.read("/webhooks");
        let answer = if path == page { stranger.open(&path) } else { stranger.submit(&path, &[]) };
        assert_eq!(answer.answer.status, 404, "{path}");
    }
    owner.read(&page);
    owner.follow(&format!("{page}/test"), &[]);
    receiver.wait_for(1, "webhook.test");
    wait_until_delivered(&acme.client, &listed);
    let shown = owner.read(&page);
    let again = shown.split("action=\"").find(|form| form.contains("/redeliver\"")).unwrap();
    owner.follow(again.split('"').next().unwrap(), &[]);
    receiver.wait_for(2, "webhook.test");
    owner.read(&page);
    assert!(owner.submit(&format!("{page}/rotate"), &[]).html.contains("whsec_"));
    owner.read(&page);
    assert_eq!(owner.submit(&format!("{page}/remove"), &[]).answer.status, 422, "it asks first");
    owner.read(&page);
    owner.follow(&format!("{page}/remove"), &[("sure", "yes")]);
    assert_eq!(owner.open(&page).answer.status, 404);
}

#[test]
fn both_parties_are_told_once_that_a_quota_runs_low() {
    let app = started();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    let receivers = [&acme, &globex].map(|party| {
        let receiver = Receiver::start();
        add(&party.client, &receiver, &["quota.low"]);
        receiver
    });
    let grant = acme.grant("acme/reviews", &globex, &TERMS.replace("quota_tokens = 100000\n", "quota_tokens = 10\n"));
    let program = globex.program("commercial-service", "DE");
    let used = |text: &str| program.predict("acme/reviews", text).ok().body["usage"]["tokens"].as_u64().unwrap();
    let mut sum = 0;
    while sum < 8 {
        sum += used("good");
    }
    for receiver in &receivers {
        let told = receiver.wait_for(1, "quota.low")[0].json();
        let expected = json!({"grant": grant, "model": "acme/reviews", "quota_tokens": 10, "used_tokens": sum});
        for member in ["grant", "model", "quota_tokens", "used_tokens"] {
            assert_eq!(told["data"][member], expected[member], "{told}");
        }
    }
    used("good");
    acme.client.logged("that it runs low", |entry| entry["type"] == "quota-low" && entry["by"].is_null());
    // Longer than from one count to the next.
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(receivers.map(|receiver| receiver.heard().len()), [1, 1], "it is told once");
}

#[test]
fn a_message_is_sent_again_on_request_under_the_same_id() {
    let app = started();
    let acme = app.party("acme");
    let receiver = Receiver::start();
    let webhook = add(&acme.client, &receiver, &["key.issued"]);
    let sent = acme.client.post(&path_of(&webhook, "/test"), &json!({})).expect(202);
    let test = receiver.wait_for(1, "webhook.test")[0].clone();
    assert_eq!(test.id(), text(&sent["id"]));
    let again = path_of(&webhook, &format!("/deliveries/{}/redeliver", text(&sent["id"])));
    wait_until_delivered(&acme.client, &webhook);
    acme.client.post(&again, &json!({})).expect(202);
    let tests = receiver.wait_for(2, "webhook.test");
    assert_eq!((tests[0].id(), &tests[0].body), (tests[1].id(), &tests[1].body));
    acme.client.logged("the test", |entry| entry["type"] == "webhook-tested");
    acme.client.logged("that it was sent again", |entry| entry["type"] == "webhook-redelivered");
    let absent = path_of(&webhook, "/deliveries/delivery_018bcfe568007000800000000000000a/redeliver");
    acme.client.post(&absent, &json!({})).problem(404, "not-found");
}

#[test]
fn a_receiver_that_is_gone_is_switched_off_until_a_test_arrives() {
    let app = started();
    let acme = app.party("acme");
    let receiver = Receiver::start();
    let webhook = add(&acme.client, &receiver, &["key.issued"]);
    receiver.answer(410);
    make_key(&acme);
    let off = wait_until(&acme.client, &webhook, |webhook| webhook["status"] == "off");
    assert_eq!(off["switched_off_because"], "gone", "{off}");
    let given_up = deliveries(&acme.client, &webhook)[0].clone();
    assert_eq!((&given_up["status"], &given_up["answer"]), (&json!("given-up"), &json!("410")));
    let again = path_of(&webhook, &format!("/deliveries/{}/redeliver", text(&given_up["id"])));
    assert!(acme.client.post(&again, &json!({})).problem(409, "conflict").contains("test"));
    acme.client.logged("that it was switched off", |entry| {
        entry["type"] == "webhook-switched-off" && entry["details"]["because"] == "gone" && entry["by"].is_null()
    });
    let missed = make_key(&acme);
    receiver.answer(204);
    acme.client.post(&path_of(&webhook, "/test"), &json!({})).expect(202);
    wait_until(&acme.client, &webhook, |webhook| webhook["status"] == "on");
    acme.client.logged("that it was switched on", |entry| entry["type"] == "webhook-switched-on");
    let key = make_key(&acme);
    let told = receiver.wait_for(2, "key.issued");
    let told: Vec<_> = told.iter().map(|message| message.json()["data"]["api_key"].clone()).collect();
    assert!(told.contains(&key) && !told.contains(&missed), "{told:?}");
}

#[test]
fn redirects_are_not_followed() {
    let app = started();
    let acme = app.party("acme");
    let elsewhere = Receiver::start();
    let receiver = Receiver::redirecting("127.0.0.1:0".parse().unwrap(), &elsewhere.url());
    let webhook = add(&acme.client, &receiver, &["key.issued"]);
    receiver.answer(307);
    make_key(&acme);
    wait_until(&acme.client, &webhook, |webhook| webhook["status"] == "failing");
    assert_eq!(deliveries(&acme.client, &webhook)[0]["answer"], "307");
    assert!(elsewhere.heard().is_empty());
}

#[test]
fn addresses_that_lead_inside_are_refused() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let add = |body: Value| acme.client.post("/api/v1/webhooks", &body);
    let receiver = Receiver::start();
    for url in [
        receiver.url().as_str(),
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.8/",
        "https://100.64.0.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fd00::1]/",
        "https://hooks.example.com./",
        "https://user:pass@hooks.example.com/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com/#x",
        "https://hооks.example.com/",
        "ftp://hooks.example.com/",
        "hooks.example.com",
        "",
    ] {
        let refused = add(json!({"url": url}));
        assert_eq!(refused.body["field"], "url", "{url}: {refused}");
        let detail = refused.problem(422, "unprocessable");
        assert!(url.is_empty() || !detail.contains(url), "what was given may hold a secret: {detail}");
    }
    assert_eq!(add(json!({"url": "https://hooks.example.com/", "events": []})).body["field"], "events");
    add(json!({"url": "https://hooks.example.com/", "events": ["webhook.test"]})).problem(422, "unprocessable");
    add(json!({"url": "https://hooks.example.com/", "events": ["no.such"]})).problem(400, "bad-request");
    add(json!({"url": "https://hooks.example.com/", "secret": "mine"})).problem(400, "bad-request");
    assert_eq!(acme.client.get("/api/v1/webhooks").expect(200)["items"], json!([]));
    acme.client.logged_refusal("add-webhook", "unprocessable");
    for number in 0..10 {
        add(json!({"url": format!("https://hooks{number}.example.com/"), "events": ["policy.changed"]})).expect(201);
    }
    add(json!({"url": "https://hooks.example.com/"})).problem(409, "conflict");
}

#[test]
fn a_webhook_that_was_reached_once_is_not_reached_from_a_server_that_may_not() {
    let mut app = started();
    let acme = app.party("acme");
    let receiver = Receiver::start();
    let webhook = add(&acme.client, &receiver, &["key.issued"]);
    app.config.webhooks = Reach::Public;
    let app = app.restarted();
    let acme = Organisation { client: acme.client.at(app.address), ..acme };
    make_key(&acme);
    wait_until(&acme.client, &webhook, |webhook| webhook["status"] == "failing");
    assert_eq!(deliveries(&acme.client, &webhook)[0]["answer"], "no-public-address");
    assert!(receiver.heard().is_empty());
}

#[test]
fn another_partys_webhook_is_not_there_and_only_owners_have_any() {
    let app = started();
    let (acme, globex) = app.two_parties();
    let receiver = Receiver::start();
    let webhook = add(&acme.client, &receiver, &["key.issued"]);
    let sent = acme.client.post(&path_of(&webhook, "/test"), &json!({})).expect(202);
    receiver.wait_for(1, "webhook.test");
    let redeliver = path_of(&webhook, &format!("/deliveries/{}/redeliver", text(&sent["id"])));
    let tried = |client: &Client, status: u16, slug: &str| {
        client.delete(&path_of(&webhook, "")).problem(status, slug);
        for path in [path_of(&webhook, "/test"), path_of(&webhook, "/rotate"), redeliver.clone()] {
            client.post(&path, &json!({})).problem(status, slug);
        }
        client.get(&path_of(&webhook, "/deliveries")).problem(status, slug);
    };
    tried(&globex.client, 404, "not-found");
    globex.client.logged_refusals(&[
        ("remove-webhook", "not-found"),
        ("test-webhook", "not-found"),
        ("rotate-webhook-secret", "not-found"),
        ("redeliver-webhook", "not-found"),
    ]);
    assert_eq!(globex.client.get("/api/v1/webhooks").expect(200)["items"], json!([]));
    let own = add(&globex.client, &receiver, &["key.issued"]);
    let mixed = path_of(&own, &format!("/deliveries/{}/redeliver", text(&sent["id"])));
    globex.client.post(&mixed, &json!({})).problem(404, "not-found");
    for role in ["member", "auditor"] {
        let client = acme.client.with_token(text(&acme.key(&json!({"role": role, "label": role}))["token"]));
        tried(&client, 403, "forbidden");
        client.get("/api/v1/webhooks").problem(403, "forbidden");
        client.post("/api/v1/webhooks", &json!({"url": receiver.url()})).problem(403, "forbidden");
    }
    assert!(acme.client.get("/api/v1/webhooks").expect(200)["items"][0].get("secret").is_none());
    let once = [("idempotency-key", "one")];
    let body = json!({"url": receiver.url()}).to_string();
    acme.client.send("POST", "/api/v1/webhooks", &once, body.as_bytes()).problem(422, "unprocessable");
    acme.client.delete(&path_of(&webhook, "")).expect(204);
    tried(&acme.client, 404, "not-found");
}

#[test]
fn webhooks_are_managed_from_the_command_line() {
    let app = started();
    let acme = app.party("acme");
    let (program, receiver) = (Program::of(&acme.client), Receiver::start());
    let added = program.run(&["webhook", "add", &receiver.url(), "--event", "key.issued"]).expect(0);
    assert!(added.out.starts_with("whsec_") && added.said.contains("webhook_"), "{added:?}");
    let listed = program.run(&["webhook", "list"]).expect(0).out;
    assert!(listed.contains("on") && listed.contains(&receiver.url()) && listed.contains("key.issued"), "{listed}");
    let id = listed.split_whitespace().find(|word| word.starts_with("webhook_")).unwrap();
    let tested = program.run(&["--lang", "zh", "webhook", "test", id]).expect(0).out;
    assert!(tested.contains("正在发送 delivery_"), "{tested}");
    let delivery = receiver.wait_for(1, "webhook.test")[0].id().to_owned();
    let started = Instant::now();
    loop {
        let sent = program.run(&["webhook", "deliveries", id]).expect(0).out;
        if sent.contains("delivered") {
            assert!(sent.contains(&delivery) && sent.contains("webhook.test") && sent.contains("204"), "{sent}");
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{sent}");
    }
    program.run(&["webhook", "redeliver", id, &delivery]).expect(0);
    receiver.wait_for(2, "webhook.test");
    assert!(program.run(&["webhook", "rotate", id]).expect(0).out.starts_with("whsec_"));
    assert!(program.run(&["webhook", "remove", id]).expect(0).out.contains(id));
    assert!(!program.run(&["webhook", "list"]).expect(0).out.contains(id));
    assert!(program.run(&["webhook", "add", "http://example.com/"]).expect(1).said.contains("https"));
    program.run(&["webhook", "add", "https://example.com/", "--event", "no.such"]).expect(2);
}

#[test]
fn two_servers_tell_each_thing_once_on_postgres() {
    if !only_on_postgres() {
        return;
    }
    let site = Site::new().with_webhooks_to_loopback();
    let (first, second) = (site.start(), site.beside("second").start());
    let operator = first.operator.clone().unwrap();
    let acme = Organisation::join(&operator, "acme");
    let receiver = Receiver::start();
    let webhook = add(&acme.client, &receiver, &["key.issued"]);
    for number in 0..40 {
        let at = if number % 2 == 0 { first.address } else { second.address };
        acme.client.at(at).post("/api/v1/keys", &json!({"role": "member", "label": "key"})).expect(201);
    }
    receiver.wait_for(40, "key.issued");
    std::thread::sleep(Duration::from_secs(1));
    let heard = receiver.heard();
    let ids: BTreeSet<&str> = heard.iter().map(Message::id).collect();
    assert_eq!((heard.len(), ids.len()), (40, 40));
    let query = "SELECT count(*) AS number FROM webhook_deliveries WHERE status = 'delivered'";
    assert_eq!(numbers(&site.database, query), [40], "{}", webhook["id"]);
}
