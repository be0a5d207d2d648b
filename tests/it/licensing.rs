//! Grants: offered, accepted, revoked, and each clause refusing what is outside it.

use chancery::app::SystemClock;
use chancery_base::{crypto::Envelope, values::Clock};
use chancery_domain::licensing::Terms;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    browser::Browser,
    client::{Answer, Client},
    fixtures::{self, TERMS, terms_of},
    organisation::{Organisation, text},
};

/// A registry with a registered model.
fn with_model() -> (TestApp, Organisation, Organisation) {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    (app, acme, globex)
}

fn call(program: &Client) -> Answer {
    program.predict("acme/reviews", "fine")
}

/// Asserts that the call is refused by `rule`, and that the log says so.
#[track_caller]
fn assert_refused(program: &Client, status: u16, rule: &str, code: &str) -> Answer {
    let answer = call(program);
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.body["reasons"][0]["rule"], rule, "{}", answer.body);
    assert_eq!(answer.body["reasons"][0]["code"], code, "{}", answer.body);
    let decision = answer.body["decision"].clone();
    let entry = program.logged(rule, |entry| entry["decision"] == decision);
    assert_eq!((&entry["outcome"], &entry["rule"]), (&json!("refused"), &json!(rule)));
    answer
}

#[test]
fn a_grant_lives_from_offer_to_revocation() {
    let (_app, acme, globex) = with_model();
    let program = globex.program("commercial-service", "DE");
    assert_refused(&program, 403, "grant-missing", "licence_required");
    let offer = acme.offer("acme/reviews", &globex, TERMS);
    assert_eq!(offer["status"], "offered");
    assert_eq!(offer["clauses"].as_array().unwrap().len(), 9, "{offer}");
    assert_refused(&program, 403, "grant-not-accepted", "licence_required");
    let accepted = globex.accept(&offer);
    assert_eq!(accepted["status"], "accepted");
    let receipt = globex.client.receipt(&accepted["receipt"]);
    let details = &receipt["opening"]["payload"]["details"];
    assert_eq!(details["terms_digest"], offer["terms_digest"]);
    assert_eq!((&details["model"], &details["signing_key"]), (&json!("acme/reviews"), &globex.key_id));
    call(&program).expect(200);
    let path = format!("/api/v1/grants/{}", text(&offer["id"]));
    globex.client.post(&format!("{path}/revoke"), &json!({"reason": "no"})).problem(403, "forbidden");
    let revoked = acme.client.post(&format!("{path}/revoke"), &json!({"reason": "unpaid"})).expect(200);
    assert_eq!(revoked["status"], "revoked");
    assert_refused(&program, 403, "grant-revoked", "licence_required");
    globex
        .client
        .logged("the revocation", |entry| entry["type"] == "grant-revoked" && entry["details"]["reason"] == "unpaid");
    acme.client.post(&format!("{path}/revoke"), &json!({"reason": "again"})).problem(409, "conflict");
}

#[test]
fn clauses_are_shown_in_the_readers_language() {
    let (_app, acme, globex) = with_model();
    let offer = acme.offer("acme/reviews", &globex, TERMS);
    let path = format!("/api/v1/grants/{}", text(&offer["id"]));
    let chinese = globex.client.send("GET", &path, &[("accept-language", "zh-CN")], b"").expect(200);
    assert_eq!(chinese["terms_digest"], offer["terms_digest"], "the digest does not depend on the language");
    let title = text(&chinese["clauses"][0]["title"]);
    assert!(!title.is_ascii(), "{title}");
}

#[test]
fn an_acceptance_of_other_terms_or_by_another_key_is_refused() {
    let (app, acme, globex) = with_model();
    let offer = acme.offer("acme/reviews", &globex, TERMS);
    let path = format!("/api/v1/grants/{}/accept", text(&offer["id"]));
    let send = |envelope: &Envelope| globex.client.post_bytes(&path, envelope.to_json().as_bytes());
    let mut other = offer.clone();
    other["terms_digest"] = json!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    let detail = send(&globex.acceptance(&other)).problem(422, "bad-signature");
    assert!(detail.contains("terms"), "{detail}");
    send(&acme.acceptance(&offer)).problem(422, "bad-signature");
    globex.client.post_bytes(&path, b"{}").problem(422, "bad-signature");
    globex.client.logged_refusals(&[("accept-grant", "bad-signature"); 3]);
    // The licensor cannot accept for the licensee, and a stranger sees nothing.
    let by_licensor = acme.client.post_bytes(&path, acme.acceptance(&offer).to_json().as_bytes());
    by_licensor.problem(403, "forbidden");
    let initech = app.party("initech");
    initech.client.post_bytes(&path, initech.acceptance(&offer).to_json().as_bytes()).problem(404, "not-found");
    let now = globex.client.get(&format!("/api/v1/grants/{}", text(&offer["id"]))).expect(200);
    assert_eq!(now["status"], "offered");
    globex.accept(&offer);
    globex.client.post_bytes(&path, globex.acceptance(&offer).to_json().as_bytes()).problem(409, "conflict");
}

#[test]
fn another_tenants_grants_are_not_there() {
    let (app, acme, globex) = with_model();
    let grant = acme.grant("acme/reviews", &globex, TERMS);
    let initech = app.party("initech");
    let path = format!("/api/v1/grants/{grant}");
    initech.client.get(&path).problem(404, "not-found");
    initech.client.post(&format!("{path}/revoke"), &json!({"reason": "no"})).problem(404, "not-found");
    assert_eq!(initech.client.get("/api/v1/grants").expect(200)["items"], json!([]));
    let terms: Value = globex.client.get(&path).expect(200)["terms"].clone();
    let offer = json!({"model": "acme/reviews", "licensee": "globex", "terms": terms});
    initech.client.post("/api/v1/grants", &offer).problem(404, "not-found");
}

#[test]
fn purpose_territory_and_term_each_refuse() {
    let (_app, acme, globex) = with_model();
    acme.grant("acme/reviews", &globex, TERMS);
    call(&globex.program("commercial-service", "FR")).expect(200);
    assert_refused(&globex.program("research", "DE"), 403, "grant-purpose", "use_not_permitted");
    assert_refused(&globex.program("commercial-service", "US"), 403, "grant-territory", "use_not_permitted");
}

#[test]
fn a_grant_outside_its_term_refuses() {
    let (_app, acme, globex) = with_model();
    let program = globex.program("commercial-service", "DE");
    let soon = SystemClock.now().plus_millis(3_000);
    let ending = TERMS.replace("start = 2026-01-01", &format!("start = 2026-01-01\nend = {soon}"));
    acme.grant("acme/reviews", &globex, &ending);
    while SystemClock.now() < soon {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_refused(&program, 403, "grant-expired", "licence_expired");
}

#[test]
fn a_grant_before_its_term_refuses() {
    let (_app, acme, globex) = with_model();
    acme.grant("acme/reviews", &globex, &TERMS.replace("2026-01-01", "2099-01-01"));
    let program = globex.program("commercial-service", "DE");
    assert_refused(&program, 403, "grant-not-yet", "licence_required");
}

#[test]
fn a_quota_refuses_what_it_cannot_cover_and_says_not_to_retry() {
    let (_app, acme, globex) = with_model();
    let grant = acme.grant("acme/reviews", &globex, &terms_of(3));
    let program = globex.program("commercial-service", "DE");
    let used = call(&program).expect(200)["usage"]["tokens"].as_u64().unwrap();
    assert!(used <= 3, "{used}");
    let long = program.predict("acme/reviews", "one two three four five six seven eight");
    assert_eq!(long.status, 429, "{}", long.body);
    assert_eq!(long.header("x-should-retry"), "false");
    assert_eq!(long.body["reasons"][0]["rule"], "quota-exceeded");
    let decision = long.body["decision"].clone();
    program.logged("the refusal", |entry| entry["decision"] == decision && entry["outcome"] == "refused");
    let quota = acme.client.get(&format!("/api/v1/grants/{grant}")).expect(200)["quota"].clone();
    assert_eq!((&quota["tokens"], &quota["settled"]), (&json!(3), &json!(used)), "{quota}");
}

/// Sets all of a quota aside for a process called `holder`, until `expires_at`.
fn set_aside(app: &TestApp, grant: &str, holder: &str, expires_at: i64) {
    app.tamper(&format!("UPDATE quotas SET leased_tokens = quota_tokens WHERE grant_id = '{grant}'"));
    app.tamper(&format!(
        "INSERT INTO quota_leases (grant_id, holder, outstanding_tokens, expires_at)
         SELECT grant_id, '{holder}', quota_tokens, {expires_at} FROM quotas WHERE grant_id = '{grant}'"
    ));
}

#[test]
fn what_a_dead_process_had_set_aside_comes_back() {
    let (app, acme, globex) = with_model();
    let grant = acme.grant("acme/reviews", &globex, TERMS);
    set_aside(&app, &grant, "dead", 1);
    let program = globex.program("commercial-service", "DE");
    let used = call(&program).expect(200)["usage"]["tokens"].clone();
    let quota = acme.client.get(&format!("/api/v1/grants/{grant}")).expect(200)["quota"].clone();
    assert_eq!(quota["settled"], used, "{quota}");
}

#[test]
fn what_running_calls_have_set_aside_is_worth_another_try() {
    let (app, acme, globex) = with_model();
    let grant = acme.grant("acme/reviews", &globex, TERMS);
    set_aside(&app, &grant, "living", i64::MAX);
    let detail = call(&globex.program("commercial-service", "DE")).problem(429, "overloaded");
    assert!(detail.contains("try again"), "{detail}");
}

/// Registers a model made from a data set under `licence`, with that permission, and calls it under a paid grant.
fn call_made_from(licence: &str, permission: &Value) -> Answer {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let mut passport = fixtures::passport_with("corpus", licence);
    passport["dataset"].as_array_mut().unwrap().last_mut().unwrap()["permission"] = permission.clone();
    acme.push("acme/reviews", fixtures::open_classifier(), &passport);
    acme.grant("acme/reviews", &globex, TERMS);
    call(&globex.program("commercial-service", "DE"))
}

#[test]
fn a_licence_that_forbids_commercial_use_is_not_laundered() {
    for (licence, rule) in [
        ("CC-BY-NC-SA-3.0-IGO", "licence-non-commercial-paid"),
        ("PolyForm-Noncommercial-1.0.0", "licence-non-commercial-paid"),
        ("CC-BY-NC-4.0 OR LicenseRef-Anything", "licence-non-commercial-paid"),
        ("LicenseRef-Handwritten", "licence-unread"),
        ("LicenseRef-Proprietary", "licence-reserved"),
    ] {
        let refused = call_made_from(licence, &Value::Null);
        assert_eq!((refused.status, &refused.body["reasons"][0]["rule"]), (403, &json!(rule)), "{}", refused.body);
    }
}

#[test]
fn a_declared_permission_is_taken_and_told_as_declared() {
    let permission = json!({"holder": "Archive", "evidence": "contract 7", "rights": ["train", "commercial"]});
    let answer = call_made_from("LicenseRef-Handwritten", &permission).expect(200);
    let notices = answer["chancery"]["notices"].to_string();
    assert!(notices.contains("Archive") && notices.contains("declares"), "{answer}");
}

#[test]
fn a_revoked_signing_key_stops_what_it_signed_and_says_so() {
    let (_app, acme, globex) = with_model();
    acme.grant("acme/reviews", &globex, TERMS);
    let program = globex.program("commercial-service", "DE");
    call(&program).expect(200);
    let revoked = acme.client.delete(&format!("/api/v1/signing-keys/{}", text(&acme.key_id))).expect(200);
    assert_eq!((&revoked["status"], &revoked["versions_stopped"]), (&json!("revoked"), &json!(1)), "{revoked}");
    let refused = assert_refused(&program, 403, "signing-key-revoked", "use_not_permitted");
    assert!(text(&refused.body["detail"]).contains("was revoked"), "{}", refused.body);
}

#[test]
fn silence_is_recorded_as_a_notice() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    // The text of C-UDA-1.0 does not address commercial use.
    let silent = fixtures::passport_with("silent-set", "C-UDA-1.0");
    acme.push("acme/reviews", fixtures::open_classifier(), &silent);
    acme.grant("acme/reviews", &globex, TERMS);
    let program = globex.program("commercial-service", "DE");
    let answer = call(&program).expect(200);
    let notices = answer["chancery"]["notices"].as_array().unwrap();
    let is_named = notices.iter().any(|notice| text(notice).contains("C-UDA-1.0") && text(notice).contains("notice"));
    assert!(is_named, "{answer}");
    let decision = program.get(&format!("/api/v1/decisions/{}", text(&answer["decision"]))).expect(200);
    let recorded = decision["decision"].to_string();
    assert!(recorded.contains("silent-commercial"), "{recorded}");
}

#[test]
fn a_long_listing_comes_in_pages() {
    let (_app, acme, globex) = with_model();
    let offers: Vec<Value> = (0..101).map(|_| acme.offer("acme/reviews", &globex, TERMS)["id"].clone()).collect();
    let first = globex.client.get("/api/v1/grants").expect(200);
    let second = globex.client.get(&format!("/api/v1/grants?after={}", text(&first["next"]))).expect(200);
    let ids = |page: &Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|grant| grant["id"].clone()).collect()
    };
    let mut listed = [ids(&first), ids(&second)].concat();
    listed.reverse();
    assert_eq!((ids(&first).len(), &second["next"]), (100, &Value::Null));
    assert_eq!(listed, offers);
    globex.client.get("/api/v1/grants?after=nothing").problem(400, "bad-request");
    globex.client.get("/api/v1/models?after=nothing").problem(400, "bad-request");
}

#[test]
fn a_grant_that_was_changed_where_it_is_stored_answers_nothing() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let mallory = app.party("mallory");
    acme.push_reviews();
    let grant = acme.grant("acme/reviews", &globex, TERMS);
    let offer = acme.offer("acme/reviews", &globex, TERMS);
    let offer = text(&offer["id"]);
    let (licensee, stranger) =
        (globex.program("commercial-service", "DE"), mallory.program("commercial-service", "DE"));
    licensee.predict("acme/reviews", "x").expect(200);
    stranger.predict("acme/reviews", "x").expect(403);

    // Each is undone before the next, and then the licensee is answered again.
    let member = |column: &str, from: &str, to: &str| {
        format!("UPDATE grants SET {column} = replace({column}, '{from}', '{to}') WHERE id = '{grant}'")
    };
    let party = |slug: &str| format!("(SELECT id FROM parties WHERE slug = '{slug}')");
    let holder = |slug: &str| format!("UPDATE grants SET licensee_id = {} WHERE id = '{grant}'", party(slug));
    let status = |status: &str| format!("UPDATE grants SET status = '{status}' WHERE id = '{offer}'");
    let quota =
        |change: &str| format!("UPDATE quotas SET quota_tokens = quota_tokens {change} WHERE grant_id = '{grant}'");
    let widened = ("commercial-service", "internal-evaluation");
    for (change, undo, caller) in [
        (holder("mallory"), holder("globex"), &stranger),
        (member("terms", widened.0, widened.1), member("terms", widened.1, widened.0), &licensee),
        (member("acceptance", "payload", "playload"), member("acceptance", "playload", "payload"), &licensee),
        (status("accepted"), status("offered"), &licensee),
        (quota("+ 1"), quota("- 1"), &licensee),
    ] {
        app.tamper(&change);
        let refused = caller.predict("acme/reviews", "x");
        assert_eq!((refused.status, &refused.body["type"]), (422, &json!("/problems/digest-mismatch")), "{change}");
        app.tamper(&undo);
        licensee.predict("acme/reviews", "x").expect(200);
    }
}

#[test]
fn an_offer_can_be_declined_and_one_whose_term_ended_is_none() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    let offer = acme.offer("acme/reviews", &globex, TERMS);
    let path = format!("/api/v1/grants/{}", text(&offer["id"]));
    let because = json!({"reason": "too dear"});
    acme.client.post(&format!("{path}/decline"), &because).problem(403, "forbidden");
    globex.client.post(&format!("{path}/decline"), &json!({"reason": ""})).problem(422, "unprocessable");
    let declined = globex.client.post(&format!("{path}/decline"), &because).expect(200);
    assert_eq!((&declined["status"], &declined["revocation_reason"]), (&json!("declined"), &json!("too dear")));
    globex.client.receipt(&declined["receipt"]);
    acme.client.logged("what the licensee said", |entry| entry["details"]["reason"] == "too dear");
    for (client, act) in [(&globex.client, "decline"), (&acme.client, "revoke")] {
        client.post(&format!("{path}/{act}"), &because).problem(409, "conflict");
    }
    let envelope: Value = serde_json::from_str(&globex.acceptance(&offer).to_json()).unwrap();
    globex.client.post(&format!("{path}/accept"), &envelope).problem(409, "conflict");
    let listed = |state: &str| globex.client.get(&format!("/api/v1/grants?state={state}")).expect(200)["items"].clone();
    assert_eq!(listed("declined")[0]["id"], offer["id"]);

    let past = TERMS.replace("start = 2026-01-01", "start = 2020-01-01\nend = 2021-01-01");
    let past = serde_json::to_value(Terms::parse(&past).unwrap()).unwrap();
    let body = json!({"model": "acme/reviews", "licensee": "globex", "terms": past});
    assert!(acme.client.post("/api/v1/grants", &body).problem(422, "unprocessable").contains("ended"));
}

#[test]
fn a_hold_is_seen_by_whose_models_it_freezes() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    let hold = json!({"authority": "Court of Hamburg", "reason": "Az. 1 O 2/26", "legal_demand": true});
    let placed = app.operator.post("/api/v1/models/acme/reviews/holds", &hold).expect(201);
    for client in [&app.operator, &acme.client] {
        let listed = client.get("/api/v1/holds").expect(200)["items"].clone();
        assert_eq!((&listed[0]["id"], &listed[0]["model"]), (&placed["id"], &json!("acme/reviews")), "{listed}");
        assert_eq!(listed[0]["authority"], "Court of Hamburg");
    }
    assert_eq!(globex.client.get("/api/v1/holds").expect(200)["items"], json!([]), "not on its models");
    let ada = Browser::new(app.address);
    ada.set_up(acme.client.token(), "acme", "ada@acme.example");
    let page = ada.read("/models/acme/reviews");
    assert!(page.contains("Court of Hamburg") && page.contains("Az. 1 O 2/26"), "{page}");
    assert!(!page.contains("/release"), "only operators release");
    let chris = Browser::new(app.address);
    chris.set_up(app.operator.token(), "operator", "chris@operator.example");
    chris.read("/models/acme/reviews");
    let release = format!("/models/acme/reviews/holds/{}/release", text(&placed["id"]));
    chris.follow(&release, &[]);
    assert!(!ada.read("/models/acme/reviews").contains("Court of Hamburg"));
}
