//! The pages around licences: requests, offers step by step, grants, keys and passports, with forms alone.

use chancery_base::crypto::SigningKey;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    browser::Browser,
    fixtures::{self, TERMS},
    organisation::{Organisation, text},
};

/// A registry in which `acme` owns a model and `globex` may see it, each with a browser in which somebody signed in.
struct Market {
    app: TestApp,
    acme: Organisation,
    globex: Organisation,
    owner: Browser,
    licensee: Browser,
}

impl Market {
    fn open() -> Self {
        let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
        let (acme, globex) = app.two_parties();
        acme.push_reviews();
        let (owner, licensee) = (signed_in(&app, &acme), signed_in(&app, &globex));
        Self { app, acme, globex, owner, licensee }
    }
}

fn signed_in(app: &TestApp, organisation: &Organisation) -> Browser {
    let browser = Browser::new(app.address);
    browser.set_up(organisation.client.token(), &organisation.slug, &format!("ada@{}.example", organisation.slug));
    browser
}

/// The identifier with this prefix in an address.
fn identifier(place: &str, prefix: &str) -> String {
    let rest = place.split(&format!("{prefix}_")).nth(1).unwrap_or_else(|| panic!("no {prefix} in {place}"));
    format!("{prefix}_{}", rest.chars().take_while(char::is_ascii_hexdigit).collect::<String>())
}

/// What the hidden fields of the last step say, so that the next one carries them on as a browser does.
fn carried(html: &str) -> Vec<(String, String)> {
    let inputs = html.split("<input type=\"hidden\" name=\"").skip(1);
    let pairs = inputs.filter_map(|input| {
        let (name, rest) = input.split_once("\" value=\"")?;
        Some((name.to_owned(), rest.split_once('"')?.0.replace("&#38;", "&").replace("&#34;", "\"")))
    });
    pairs.filter(|(name, _)| !["form_token", "once", "language", "back"].contains(&name.as_str())).collect()
}

/// Fills in one step of an offer and goes on.
fn step(browser: &Browser, html: &str, fields: &[(&str, &str)], go: &str) -> (u16, String, String) {
    let carried = carried(html);
    let mut all: Vec<(&str, &str)> = carried.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend(fields.iter().copied().chain([("go", go)]));
    let shown = browser.submit("/grants/new", &all);
    (shown.answer.status, shown.answer.header("location").to_owned(), shown.html)
}

const MESSAGE: &str = "<script>alert(1)</script> \"sorting\" tickets & more";

fn ask(browser: &Browser) -> String {
    browser.read("/grants/requests/new?model=acme/reviews");
    let place = browser.follow(
        "/grants/requests/new",
        &[
            ("model", "acme/reviews"),
            ("purposes", "commercial-service"),
            ("other_purposes", "triage"),
            ("territories", "DE, FR"),
            ("expected_tokens", "2 000 000"),
            ("message", MESSAGE),
        ],
    );
    identifier(&place, "request")
}

#[test]
fn a_request_is_answered_by_an_offer_that_starts_with_it() {
    let market = Market::open();
    assert!(market.licensee.read("/models/acme/reviews").contains("/grants/requests/new?model=acme/reviews"));
    let request = ask(&market.licensee);
    let page = format!("/grants/requests/{request}");
    for browser in [&market.owner, &market.licensee] {
        let html = browser.read(&page);
        assert!(!html.contains("<script>alert"), "what others wrote is text");
        assert!(html.contains("&#60;script&#62;alert(1)") && html.contains("2\u{202f}000\u{202f}000"), "{html}");
    }
    let asked = market.licensee.open("/grants/requests/new?model=acme/reviews");
    assert_eq!(asked.answer.header("location"), page, "what was asked is shown instead of asked again");
    let overview = market.owner.read("/");
    assert!(overview.contains("globex asks to use acme/reviews") && overview.contains(&page), "{overview}");
    assert!(market.owner.read("/grants/requests").contains(&page));
    assert!(!market.licensee.read("/grants/requests").contains(&page));
    assert!(market.licensee.read("/grants/requests?side=held").contains(&page));
    market.globex.client.logged("the request", |entry| entry["type"] == "access-requested");
    market.acme.client.logged("the request", |entry| entry["type"] == "access-requested");

    let html = market.owner.read(&format!("/grants/new?answers={request}"));
    assert!(html.contains("value=\"acme/reviews\"") && html.contains("value=\"globex\""), "{html}");
    let (_, _, html) =
        step(&market.owner, &html, &[("model", "acme/reviews"), ("licensee", "globex"), ("versions", "")], "next");
    assert!(html.contains("value=\"commercial-service\" checked") && html.contains("value=\"triage\""), "{html}");
    assert!(html.contains("id=\"where-named\" value=\"named\" checked") && html.contains("value=\"DE FR\""), "{html}");
    let used =
        [("purposes", "commercial-service"), ("other_purposes", "triage"), ("where", "named"), ("included", "DE FR")];
    let (_, _, html) = step(&market.owner, &html, &used, "next");
    assert!(html.contains("value=\"2000000\""), "the expected volume is the quota to start with: {html}");
    assert!(html.contains("only in DE, FR"), "the clauses settled so far: {html}");
    let term = [
        ("start", "2026-01-01"),
        ("end", "2099-12-31"),
        ("quota_tokens", "2000000"),
        ("price", "flat"),
        ("amount", ""),
    ];
    let (status, _, html) = step(&market.owner, &html, &term, "next");
    assert_eq!(status, 422);
    assert!(html.contains("id=\"amount-error\""), "{html}");
    let term = [term[0], term[1], term[2], term[3], ("amount", "10.00 EUR")];
    let (_, _, html) = step(&market.owner, &html, &term, "next");
    let (_, _, html) = step(&market.owner, &html, &[("attribution", "Reviews by Acme")], "back");
    assert!(html.contains("value=\"10.00 EUR\""), "going back keeps what was typed");
    let (_, _, html) = step(&market.owner, &html, &term, "next");
    assert!(html.contains("value=\"Reviews by Acme\""), "and so does what was typed before going back");
    let (_, _, html) =
        step(&market.owner, &html, &[("attribution", "Reviews by Acme"), ("governing_law", "Germany")], "next");
    for said in ["Reviews by Acme", "2000000 tokens", "&#34;governing_law&#34;: &#34;Germany&#34;", "tag-allowed"] {
        assert!(html.contains(said), "{said}: {html}");
    }
    assert!(!html.contains("verdict-refused"), "nothing stands against it: {html}");
    let (status, place, html) = step(&market.owner, &html, &[], "offer");
    assert_eq!(status, 303, "{html}");
    let grant = identifier(&place, "grant");
    let shown = market.licensee.read(&page);
    assert!(shown.contains(&format!("/grants/{grant}")) && shown.contains("answered by an offer"), "{shown}");
    let offered = market.globex.client.get(&format!("/api/v1/grants/{grant}")).expect(200);
    assert_eq!(offered["terms"]["purposes"], json!(["commercial-service", "triage"]));
    assert_eq!(offered["terms"]["term"]["end"], "2100-01-01T00:00:00.000Z", "the last day is part of the term");
    let shown = market.licensee.read(&format!("/grants/{grant}"));
    let digest = text(&offered["terms_digest"]);
    assert!(
        shown.contains(&format!("chancery grant accept {grant} --terms-digest {digest}")),
        "the way without a script"
    );
    market.globex.accept(&offered);
    assert!(market.licensee.read(&format!("/grants/{grant}")).contains("tag-active"));
}

#[test]
fn what_an_offer_would_not_allow_is_told_before_it_is_made() {
    let market = Market::open();
    market.acme.push("acme/mixed", fixtures::mixed_classifier(), &fixtures::mixed_passport());
    let html = market.owner.read("/grants/new?model=acme/mixed");
    let (_, _, html) = step(&market.owner, &html, &[("model", "acme/mixed"), ("licensee", "globex")], "next");
    let (_, _, html) = step(
        &market.owner,
        &html,
        &[("purposes", "commercial-service"), ("purposes", "research"), ("where", "eu")],
        "next",
    );
    let (_, _, html) = step(&market.owner, &html, &[("start", "2026-01-01"), ("price", "free")], "next");
    let (status, _, html) = step(&market.owner, &html, &[("governing_law", "Germany")], "next");
    assert_eq!(status, 200);
    assert!(
        html.contains("verdict-refused") && html.contains("forum-noncommercial 1"),
        "the data set is named: {html}"
    );
    assert!(html.contains("tag-allowed"), "research is not refused: {html}");
    let (status, _, again) = step(&market.owner, &html, &[], "offer");
    assert_eq!(status, 422);
    assert!(again.contains("id=\"despite-error\"") && again.contains("forum-noncommercial"), "{again}");
    let (status, place, _) = step(&market.owner, &again, &[("despite", "yes")], "offer");
    assert_eq!(status, 303);
    let offer = market.globex.client.get(&format!("/api/v1/grants/{}", identifier(&place, "grant"))).expect(200);
    market.globex.accept(&offer);
    let program = market.globex.program("commercial-service", "DE");
    assert_eq!(program.predict("acme/mixed", "as foreseen").status, 403);
}

#[test]
fn steps_refuse_what_is_not_there_or_not_ones_own() {
    let market = Market::open();
    for (fields, field) in [
        ([("model", "acme/absent"), ("licensee", "globex")], "model"),
        ([("model", "acme/reviews"), ("licensee", "nobody")], "licensee"),
        ([("model", "acme/reviews"), ("licensee", "acme")], "licensee"),
        ([("model", "<script>"), ("licensee", "globex")], "model"),
    ] {
        let html = market.owner.read("/grants/new");
        let (status, _, html) = step(&market.owner, &html, &fields, "next");
        assert!(status >= 400 && html.contains(&format!("id=\"{field}-error\"")), "{fields:?}: {status} {html}");
        assert!(!html.contains("<script>\"") && html.contains("aria-current=\"step\""));
    }
    let html = market.owner.read("/grants/new?model=acme/reviews");
    let skipped = [("model", "acme/reviews"), ("licensee", "globex")];
    let (status, _, html) = step(&market.owner, &html, &skipped, "offer");
    assert_eq!(status, 422, "no step can be left out: {html}");
    let other = step(&market.licensee, &market.licensee.read("/grants/new"), &skipped, "next");
    assert_eq!(other.0, 404, "another party's model is not there for offers");
    let stranger = signed_in(&market.app, &market.app.party("initech"));
    let request = ask(&market.licensee);
    for path in [
        format!("/grants/requests/{request}"),
        format!("/grants/new?answers={request}"),
        "/grants/requests/request_00000000000070008000000000000000".to_owned(),
    ] {
        assert_eq!(stranger.open(&path).answer.status, 404, "{path}");
    }
    stranger.read("/grants/requests");
    for (act, fields) in [("decline", vec![("reason", "no")]), ("withdraw", vec![])] {
        assert_eq!(stranger.submit(&format!("/grants/requests/{request}/{act}"), &fields).answer.status, 404);
    }
    market.licensee.read("/grants/requests");
    let own = market.licensee.submit(&format!("/grants/requests/{request}/decline"), &[("reason", "no")]);
    assert_eq!(own.answer.status, 403, "who asked does not decline");
}

#[test]
fn a_request_is_declined_with_a_reason_or_withdrawn_and_then_asked_again() {
    let market = Market::open();
    let request = ask(&market.licensee);
    let page = format!("/grants/requests/{request}");
    market.owner.read(&page);
    let silent = market.owner.submit(&format!("{page}/decline"), &[("reason", "  ")]);
    assert_eq!(silent.answer.status, 422);
    assert!(silent.html.contains("id=\"reason-error\""), "{}", silent.html);
    market.owner.read(&page);
    market.owner.follow(&format!("{page}/decline"), &[("reason", "\u{5e0}\u{5d0} <b>not</b> for this")]);
    let shown = market.licensee.read(&page);
    assert!(shown.contains("&#60;b&#62;not&#60;/b&#62; for this") && shown.contains("declined"), "{shown}");
    market.owner.read(&page);
    assert_eq!(market.owner.submit(&format!("{page}/decline"), &[("reason", "again")]).answer.status, 409);
    let again = ask(&market.licensee);
    assert_ne!(again, request);
    market.licensee.read(&format!("/grants/requests/{again}"));
    market.licensee.follow(&format!("/grants/requests/{again}/withdraw"), &[]);
    let late = market.owner.open(&format!("/grants/new?answers={again}"));
    assert_eq!(late.answer.status, 200);
    let body = json!({"model": "acme/reviews", "licensee": "globex", "terms": fixtures::terms(), "answers": again});
    market.acme.client.post("/api/v1/grants", &body).problem(409, "conflict");
    market.acme.client.logged("the refusal", |entry| entry["type"] == "access-declined");
}

#[test]
fn grants_are_found_by_side_state_and_name() {
    let market = Market::open();
    let accepted = market.acme.grant("acme/reviews", &market.globex, TERMS);
    let offered = text(&market.acme.offer("acme/reviews", &market.globex, TERMS)["id"]).to_owned();
    let found = |browser: &Browser, query: &str| {
        let html = browser.read(&format!("/grants?{query}"));
        [&accepted, &offered].map(|id| html.contains(&format!("/grants/{id}")))
    };
    for (query, here) in [
        ("", [true, true]),
        ("side=given", [true, true]),
        ("side=held", [false, false]),
        ("state=offered", [false, true]),
        ("state=revoked", [false, false]),
        ("name=glo", [true, true]),
        ("name=reviews&state=offered", [false, true]),
        ("name=acme/rev", [true, true]),
        ("name=other", [false, false]),
        ("name=%27%25&state=nonsense", [false, false]),
    ] {
        assert_eq!(found(&market.owner, query), here, "{query}");
    }
    assert_eq!(found(&market.licensee, "side=held&name=acme"), [true, true]);
    let page = market.acme.client.get("/api/v1/grants?side=given&state=offered&name=globex").expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    market.acme.client.get("/api/v1/grants?state=nonsense").problem(400, "bad-request");
}

#[test]
fn ending_a_licence_is_confirmed_with_what_it_stops() {
    let market = Market::open();
    let grant = market.acme.grant("acme/reviews", &market.globex, TERMS);
    let program = market.globex.program("commercial-service", "DE");
    for _ in 0..3 {
        assert_eq!(program.predict("acme/reviews", "again").status, 200);
    }
    let shown = market.owner.read(&format!("/grants/{grant}"));
    assert!(shown.contains("in the last seven days: 3") && shown.contains("/decisions/decision_"), "{shown}");
    let page = format!("/grants/{grant}/revoke");
    let confirm = market.owner.read(&page);
    assert!(confirm.contains("in the last seven days: 3.") && confirm.contains("not used yet:"), "{confirm}");
    assert_eq!(market.licensee.open(&page).answer.status, 403);
    let unsure = market.owner.submit(&page, &[("reason", "unpaid")]);
    assert_eq!(unsure.answer.status, 422);
    assert!(unsure.html.contains("id=\"sure-error\"") && unsure.html.contains("value=\"unpaid\""), "{}", unsure.html);
    market.owner.read(&page);
    market.owner.follow(&page, &[("reason", "<i>unpaid</i>"), ("sure", "yes")]);
    let shown = market.licensee.read(&format!("/grants/{grant}"));
    assert!(shown.contains("&#60;i&#62;unpaid&#60;/i&#62;"), "the licensee reads why: {shown}");
    assert_eq!(program.predict("acme/reviews", "over").status, 403);
}

#[test]
fn a_key_is_approved_by_its_fingerprint_and_revoked_with_what_stops() {
    let market = Market::open();
    let key = SigningKey::generate(&chancery::app::SystemEntropy);
    let id = text(&market.acme.propose(&key)["id"]).to_owned();
    let fingerprint = key.verifying_key().fingerprint().to_string();
    let page = format!("/keys/{id}/approve");
    assert!(market.owner.read(&page).contains(&fingerprint));
    assert_eq!(market.licensee.open(&page).answer.status, 404);
    let wrong = market.owner.submit(&page, &[("compared", &fingerprint[..8])]);
    assert_eq!(wrong.answer.status, 422, "the first digits are in every list");
    market.owner.read(&page);
    market.owner.follow(&page, &[("compared", &fingerprint[fingerprint.len() - 8..])]);
    let page = format!("/keys/{}/revoke", text(&market.acme.key_id));
    let confirm = market.owner.read(&page);
    assert!(confirm.contains("/models/acme/reviews") && confirm.contains("v1"), "{confirm}");
    assert_eq!(market.owner.submit(&page, &[]).answer.status, 422);
    market.owner.read(&page);
    market.owner.follow(&page, &[("sure", "yes")]);
    assert!(market.owner.read("/keys").contains("tag-revoked"));
}

#[test]
fn a_passport_is_checked_before_it_is_signed() {
    let market = Market::open();
    let client = &market.acme.client;
    let good = chancery::demo::papers::passport(chancery::demo::papers::Data::OpenOnly);
    let checked = client.post_bytes("/api/v1/passports/check", good.as_bytes()).expect(200);
    assert_eq!((&checked["valid"], &checked["passport"]), (&json!(true), &fixtures::open_passport()));
    let json_form = checked["passport"].to_string();
    let again = client.post_bytes("/api/v1/passports/check", json_form.as_bytes()).expect(200);
    assert_eq!(again["passport"], checked["passport"], "both forms are read");
    let bad = client.post_bytes("/api/v1/passports/check", b"passport = 1\n[model]\nnmae = \"x\"\n").expect(200);
    assert_eq!((&bad["valid"], &bad["passport"]), (&json!(false), &Value::Null));
    assert!(bad["faults"].as_array().unwrap().iter().any(|fault| fault["position"]["line"] == 3), "{bad}");
    client.post_bytes("/api/v1/passports/check", &[0xff, 0xfe, b'{']).expect(200);
    let html = market.owner.read("/upload");
    assert!(html.contains("chancery push ./MODEL --model acme/NAME"), "the way without a script");
    let shown = market.owner.submit("/upload/passport", &[("passport_text", "passport = 1\n<script>")]);
    assert!(shown.html.contains("notice-danger") && shown.html.contains("&#60;script&#62;"), "{}", shown.html);
    market.owner.read("/upload");
    let shown = market.owner.submit("/upload/passport", &[("passport_text", &good)]);
    assert!(shown.html.contains("notice-success") || shown.html.contains("notice-warning"), "{}", shown.html);
}

#[test]
fn requests_by_program_follow_the_same_rules() {
    let market = Market::open();
    let (acme, globex) = (&market.acme.client, &market.globex.client);
    let body = json!({"model": "acme/reviews", "purposes": ["research"], "message": "a thesis"});
    let asked = globex.post("/api/v1/access-requests", &body).expect(201);
    let path = format!("/api/v1/access-requests/{}", text(&asked["id"]));
    globex.post("/api/v1/access-requests", &body).problem(409, "conflict");
    for (change, field) in [
        (json!({"purposes": []}), "purposes"),
        (json!({"message": " "}), "message"),
        (json!({"message": "a\u{202e}b"}), "message"),
        (json!({"expected_tokens": 0}), "expected_tokens"),
    ] {
        let mut bad = body.clone();
        bad.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = globex.post("/api/v1/access-requests", &bad).expect(422);
        assert_eq!(refused["field"], field, "{refused}");
    }
    acme.post("/api/v1/access-requests", &body).problem(422, "unprocessable");
    let secret = json!({"visibility": "private"});
    market.acme.push_as("acme/secret", &fixtures::tiny_classifier(), &fixtures::open_passport(), &secret);
    let hidden = json!({"model": "acme/secret", "purposes": ["research"], "message": "m"});
    let absent = json!({"model": "acme/absent", "purposes": ["research"], "message": "m"});
    let [hidden, absent] =
        [hidden, absent].map(|body| globex.post("/api/v1/access-requests", &body).problem(404, "not-found"));
    assert_eq!(hidden, absent, "what is not listed answers as what is not there");
    let listed = acme.get("/api/v1/access-requests?state=open").expect(200);
    assert_eq!(listed["items"][0]["id"], asked["id"]);
    assert_eq!(globex.get("/api/v1/access-requests").expect(200)["items"], json!([]));
    assert_eq!(globex.get("/api/v1/access-requests?side=held").expect(200)["items"][0]["state"], "open");
    let initech = market.app.party("initech");
    initech.client.get(&path).problem(404, "not-found");
    globex.post(&format!("{path}/decline"), &json!({"reason": "no"})).problem(403, "forbidden");
    acme.post(&format!("{path}/withdraw"), &json!({})).problem(403, "forbidden");
    let other =
        json!({"model": "acme/reviews", "licensee": "initech", "terms": fixtures::terms(), "answers": asked["id"]});
    acme.post("/api/v1/grants", &other).problem(422, "unprocessable");
    let mut offer = other;
    offer["licensee"] = json!("globex");
    let grant = acme.post("/api/v1/grants", &offer).expect(201);
    let answered = globex.get(&path).expect(200);
    assert_eq!((&answered["state"], &answered["grant"]), (&json!("answered"), &grant["id"]));
    acme.post("/api/v1/grants", &offer).problem(409, "conflict");
}
