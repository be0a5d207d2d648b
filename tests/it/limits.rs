//! Limits of how often may be asked, and how slowly, met with real requests.

use std::num::NonZeroU32;

use crate::{app::TestApp, client::Answer, organisation::text};

/// The first refusal among many requests in a row.
fn refused(request: impl Fn() -> Answer) -> Answer {
    let mut answers = (0..500).map(|_| request());
    answers.find(|answer| answer.status == 429).expect("nothing was limited")
}

#[test]
fn a_key_that_asks_too_often_is_told_when_to_come_back_and_nothing_is_recorded() {
    let rate = NonZeroU32::new(60).unwrap();
    let app = TestApp::start_with(|config, _| config.rates.key = rate);
    let (acme, globex) = app.two_parties();
    let body = serde_json::json!({"model": "acme/nothing", "input": "text"});
    let answer = refused(|| acme.client.get("/api/v1/whoami"));
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.header("ratelimit"), "\"key\";r=0;t=1");
    assert_eq!(answer.header("ratelimit-policy"), "\"key\";q=60;w=1");
    assert!(answer.problem(429, "rate-limit-exceeded").contains("60 requests a second"));
    let refused = refused(|| acme.client.post("/v1/embeddings", &body));
    assert_eq!(text(&refused.body["error"]["type"]), "rate_limit_error");
    assert_eq!(text(&refused.body["error"]["code"]), "rate_limit_exceeded");
    globex.client.get("/api/v1/whoami").expect(200);
    std::thread::sleep(std::time::Duration::from_secs(1));
    let log = acme.client.log();
    assert!(log.iter().all(|entry| !entry.to_string().contains("rate-limit")), "{log:?}");
}

#[test]
fn guessing_is_limited_by_address_and_good_keys_pass_all_the_same() {
    let rate = NonZeroU32::new(5).unwrap();
    let app = TestApp::start_with(|config, _| config.rates.stranger = rate);
    let acme = app.party("acme");
    let stranger = app.nobody().with_token("chy_00000000000000000000000000000000_x");
    let answer = refused(|| stranger.get("/api/v1/whoami"));
    assert_eq!(answer.header("ratelimit"), "\"address\";r=0;t=1");
    acme.client.get("/api/v1/whoami").expect(200);
}

#[test]
fn a_party_cannot_add_its_keys_up() {
    let rate = NonZeroU32::new(40).unwrap();
    let app = TestApp::start_with(|config, _| config.rates.party = rate);
    let acme = app.party("acme");
    let answer = refused(|| acme.client.get("/api/v1/whoami"));
    assert_eq!(answer.header("ratelimit-policy"), "\"party\";q=40;w=1");
}

#[test]
fn a_body_that_trickles_in_is_given_up() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let said = acme.client.trickle("POST", "/api/v1/keys");
    assert!(said.starts_with("HTTP/1.1 400") && said.contains("less than 16 KiB"), "{said}");
    acme.client.get("/api/v1/whoami").expect(200);
}
