//! People: how they get in, what keeps others out, and how they are taken out.

use chancery::app::SystemClock;
use chancery_base::{crypto::AuthenticatorSecret, values::Clock};

use crate::{
    app::TestApp,
    browser::{Browser, PASSWORD},
};

pub const EMAIL: &str = "ada@acme.example";

/// A registry with `acme`, and a browser in which its first person signed in.
pub fn signed_in() -> (TestApp, crate::organisation::Organisation, Browser) {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let acme = app.party("acme");
    let browser = Browser::new(app.address);
    browser.set_up(acme.client.token(), "acme", EMAIL);
    (app, acme, browser)
}

/// Invites somebody; what their browser opens.
fn invited(browser: &Browser, email: &str, role: &str) -> String {
    browser.read("/members");
    let shown = browser.submit("/members/invitations", &[("email", email), ("role", role)]);
    assert_eq!(shown.answer.status, 200, "{}", shown.html);
    let address = shown.html.split("/join/").nth(1).unwrap().split('<').next().unwrap().to_owned();
    format!("/join/{address}")
}

/// Joins acme and signs in as another person.
pub fn joined(app: &TestApp, browser: &Browser, email: &str, role: &str) -> Browser {
    joined_at(app, browser, "acme", email, role)
}

/// The same at another organisation.
pub fn joined_at(app: &TestApp, browser: &Browser, organisation: &str, email: &str, role: &str) -> Browser {
    let place = invited(browser, email, role);
    let other = Browser::new(app.address);
    other.read(&place);
    other.follow(&place, &[("name", "Grace"), ("password", PASSWORD)]);
    assert_eq!(other.sign_in(organisation, email, PASSWORD), "/");
    other
}

#[test]
fn the_first_person_shows_a_key_and_signs_in_with_a_password() {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let acme = app.party("acme");
    let browser = Browser::new(app.address);
    assert_eq!(browser.open("/").answer.header("location"), "/sign-in?next=%2F");
    assert_eq!(browser.open("/sign-in").answer.header("location"), "/set-up", "nobody can sign in yet");
    let weak = browser.submit(
        "/set-up",
        &[("token", acme.client.token()), ("name", "Ada"), ("email", EMAIL), ("password", "password1234")],
    );
    assert_eq!(weak.answer.status, 422);
    assert!(weak.html.contains("would be guessed soon") && weak.html.contains("value=\"ada@acme.example\""));
    assert!(
        !weak.html.contains("password1234") && !weak.html.contains(acme.client.token()),
        "secrets are not repeated"
    );
    browser.set_up(acme.client.token(), "acme", EMAIL);
    assert!(browser.read("/").contains("acme"));
    let again = browser.submit(
        "/set-up",
        &[("token", acme.client.token()), ("name", "Eve"), ("email", "eve@x"), ("password", PASSWORD)],
    );
    assert_eq!(again.answer.status, 409, "one key makes one person");
    acme.client.logged("the person", |entry| entry["type"] == "person-joined");
    let entry = acme.client.logged("the sign-in", |entry| entry["type"] == "signed-in");
    assert!(entry["person"].as_str().unwrap().starts_with("person_"), "{entry}");
    assert!(!entry.to_string().contains("ada"), "no name and no address is on record: {entry}");
}

#[test]
fn the_cookie_is_for_this_host_only_and_dies_with_the_session() {
    let (app, _, browser) = signed_in();
    let before = browser.cookie();
    let shown = browser.submit("/sign-in", &[("organisation", "acme"), ("email", EMAIL), ("password", PASSWORD)]);
    let cookie = shown.answer.header("set-cookie");
    for attribute in ["__Host-chancery=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{attribute} is missing: {cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert_ne!(browser.cookie(), before, "signing in makes another session");
    let kept = browser.cookie();
    browser.read("/");
    assert_eq!(browser.follow("/sign-out", &[]), "/sign-in?said=signed-out");
    assert_eq!(browser.cookie(), "");
    let replay = Browser::new(app.address);
    for old in [kept, before, "session_x.y".to_owned(), String::new()] {
        replay.take_cookie(&old);
        assert_eq!(replay.open("/").answer.status, 303, "{old}");
    }
}

#[test]
fn who_is_unknown_and_who_errs_are_told_the_same_and_many_errors_lock() {
    let (app, acme, _) = signed_in();
    let tried = |organisation: &str, email: &str, password: &str| {
        let browser = Browser::new(app.address);
        let shown =
            browser.submit("/sign-in", &[("organisation", organisation), ("email", email), ("password", password)]);
        let form = shown.html.replace(email, "").replace(organisation, "").replace("acme", "");
        (shown.answer.status, form, shown.answer.header("location").to_owned())
    };
    let wrong = tried("acme", EMAIL, "wrong wrong wrong");
    assert_eq!(wrong.0, 401);
    for (organisation, email) in [("acme", "eve@acme.example"), ("nowhere", EMAIL), ("Not A Slug", "no address")] {
        assert_eq!(tried(organisation, email, PASSWORD), wrong, "{organisation} {email}");
    }
    for _ in 0..5 {
        assert_eq!(tried("acme", EMAIL, "wrong wrong wrong"), wrong);
    }
    assert_eq!(tried("acme", EMAIL, PASSWORD), wrong, "the right password does not help while nothing is looked at");
    let entry = acme.client.logged("the sixth failure", |entry| entry["details"]["failures"] == 6);
    assert_eq!((entry["type"].as_str(), entry["by"].as_str()), (Some("sign-in-refused"), None));
}

#[test]
fn a_session_is_no_place_to_try_passwords_in() {
    let (_app, _, browser) = signed_in();
    let changed = |old: &str| {
        browser.read("/settings");
        browser.submit("/settings/password", &[("password", old), ("new_password", "another walnut copper tram")])
    };
    // Those that anybody has, and then those of the session itself.
    for _ in 0..11 {
        assert_eq!(changed("wrong wrong wrong").answer.status, 422);
    }
    let right = changed(PASSWORD);
    assert_eq!(right.answer.status, 422, "the right one does not help while nothing is looked at");
    assert!(right.html.contains("too many attempts"), "{}", right.html);
}

#[test]
fn people_come_by_invitation_and_go_at_once() {
    let (app, acme, owner) = signed_in();
    let place = invited(&owner, "grace@acme.example", "member");
    let grace = Browser::new(app.address);
    assert!(grace.read(&place).contains("grace@acme.example"));
    let grace = joined(&app, &owner, "hedy@acme.example", "member");
    let page = grace.read("/members");
    assert!(page.contains("hedy@acme.example") && !page.contains("/members/invitations"), "members see, owners change");
    let refused = grace.submit("/members/invitations", &[("email", "x@y"), ("role", "owner")]);
    assert_eq!(refused.answer.status, 403);
    acme.client.logged("the refusal", |entry| {
        entry["details"]["attempt"] == "invite-person" && entry["details"]["problem"] == "forbidden"
    });

    let page = owner.read("/members");
    let row = page.split("hedy@acme.example").nth(1).unwrap();
    let id = row.split("/members/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    assert_eq!(owner.follow(&format!("/members/{id}/change"), &[("role", "auditor")]), "/members?said=saved");
    assert!(grace.read("/").contains("auditor"), "another role counts from the next request on");
    owner.read("/members");
    let unsure = owner.submit(&format!("/members/{id}/remove"), &[]);
    assert_eq!(unsure.answer.status, 422);
    assert_eq!(owner.follow(&format!("/members/{id}/remove"), &[("sure", "yes")]), "/members?said=removed");
    assert_eq!(grace.open("/").answer.status, 303, "whoever was removed is signed out");
    assert_eq!(grace.sign_in("acme", "hedy@acme.example", PASSWORD), "");

    let whole = owner.read("/members");
    let own = whole.split(EMAIL).nth(2).unwrap().split("/members/").nth(1).unwrap().split('/').next().unwrap();
    let last = owner.submit(&format!("/members/{own}/remove"), &[("sure", "yes")]);
    assert_eq!(last.answer.status, 409, "somebody who can administer stays: {}", last.html);
}

#[test]
fn an_invitation_works_once_and_not_when_withdrawn_or_forged() {
    let (app, _, owner) = signed_in();
    let place = invited(&owner, "grace@acme.example", "approver");
    let grace = Browser::new(app.address);
    grace.read(&place);
    grace.follow(&place, &[("name", "Grace"), ("password", PASSWORD)]);
    assert_eq!(grace.open(&place).answer.status, 404);
    let withdrawn = invited(&owner, "hedy@acme.example", "member");
    let page = owner.read("/members");
    let action = page.split("/members/invitations/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    owner.follow(&format!("/members/invitations/{action}"), &[]);
    assert_eq!(grace.open(&withdrawn).answer.status, 404);
    let forged = format!("{}A{}", &withdrawn[..withdrawn.len() - 9], &withdrawn[withdrawn.len() - 8..]);
    for place in [forged.as_str(), "/join/invitation_1.AAAA", "/join/x"] {
        assert_eq!(grace.open(place).answer.status, 404, "{place}");
    }
    let operator = owner.submit("/members/invitations", &[("email", "o@p"), ("role", "operator")]);
    assert_eq!(operator.answer.status, 403, "nobody gives a role above their own");
}

/// Waits until a code of an authenticator, which lasts 30 seconds, will not run out within the next few.
pub fn early_in_a_step() {
    while SystemClock.now().as_millis() % 30_000 > 20_000 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[test]
fn a_second_factor_is_asked_for_and_its_codes_work_once() {
    let (app, acme, browser) = signed_in();
    early_in_a_step();
    browser.read("/settings/second-factor");
    let shown = browser.hidden("secret");
    let secret = AuthenticatorSecret::parse_base32(&shown).unwrap();
    let code = |steps: i64| secret.code(SystemClock.now().plus_millis(steps * 30_000));
    let wrong =
        browser.submit("/settings/second-factor", &[("secret", &shown), ("code", "000000"), ("password", PASSWORD)]);
    assert_eq!(wrong.answer.status, 422, "{}", wrong.html);
    assert_eq!(browser.hidden("secret"), shown, "an error keeps the secret that was scanned");
    let set =
        browser.submit("/settings/second-factor", &[("secret", &shown), ("code", &code(-1)), ("password", PASSWORD)]);
    assert_eq!(set.answer.status, 200, "{}", set.html);
    let codes: Vec<&str> =
        set.html.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().split_whitespace().collect();
    assert_eq!(codes.len(), 8);

    let other = Browser::new(app.address);
    assert_eq!(other.sign_in("acme", EMAIL, PASSWORD), "/sign-in/second-factor?next=%2F");
    assert_eq!(other.open("/").answer.status, 303, "half a sign-in opens nothing");
    let half = other.cookie();
    assert_eq!(other.submit("/sign-in/second-factor", &[("code", "000000")]).answer.status, 401);
    let now = code(0);
    assert_eq!(other.follow("/sign-in/second-factor", &[("code", &now), ("next", "/settings")]), "/settings");
    assert_ne!(other.cookie(), half, "the second factor makes another session");
    assert!(other.read("/settings").contains(": 8"));

    let third = Browser::new(app.address);
    third.sign_in("acme", EMAIL, PASSWORD);
    assert_eq!(third.submit("/sign-in/second-factor", &[("code", &now)]).answer.status, 401, "a code works once");
    assert_eq!(third.follow("/sign-in/second-factor", &[("code", codes[0])]), "/");
    assert!(third.read("/settings").contains(": 7"));
    let fourth = Browser::new(app.address);
    fourth.sign_in("acme", EMAIL, PASSWORD);
    assert_eq!(fourth.submit("/sign-in/second-factor", &[("code", codes[0])]).answer.status, 401);
    acme.client.logged("the factor", |entry| entry["type"] == "second-factor-set");

    third.read("/settings");
    // The password alone neither removes nor replaces it.
    let remove = "/settings/second-factor/remove";
    for alone in [vec![("password", "wrong"), ("code", codes[1])], vec![("password", PASSWORD)]] {
        assert_eq!(third.submit(remove, &alone).answer.status, 422, "{alone:?}");
    }
    third.read("/settings/second-factor");
    let fresh = third.hidden("secret");
    let fresh_code = AuthenticatorSecret::parse_base32(&fresh).unwrap().code(SystemClock.now());
    let replace = [("secret", fresh.as_str()), ("code", &fresh_code), ("password", PASSWORD)];
    let refused = third.submit("/settings/second-factor", &replace);
    assert!(refused.answer.status == 422 && refused.html.contains("current_code-error"), "{}", refused.html);
    third.read("/settings");
    let both = [("password", PASSWORD), ("code", codes[2])];
    assert_eq!(third.follow(remove, &both), "/settings?said=factor-removed");
    assert_eq!(other.open("/settings").answer.status, 303, "every other session ended");
}

#[test]
fn other_sites_change_nothing() {
    let (app, _, browser) = signed_in();
    browser.read("/settings");
    let token = browser.hidden("form_token");
    let (own, fields) = (format!("http://{}", app.address), [("form_token", token.as_str()), ("name", "Eve")]);
    let (other_port, null) = (format!("http://{}:1", app.address.ip()), "null".to_owned());
    for headers in [
        vec![("sec-fetch-site", "cross-site"), ("origin", own.as_str())],
        vec![("sec-fetch-site", "same-site"), ("origin", own.as_str())],
        vec![("sec-fetch-site", "none")],
        vec![("origin", "https://evil.example")],
        vec![("origin", other_port.as_str())],
        vec![("origin", null.as_str())],
        vec![],
    ] {
        assert_eq!(browser.forge("/settings/name", &headers, &fields).answer.status, 403, "{headers:?}");
        assert_eq!(browser.forge("/sign-in", &headers, &fields).answer.status, 403, "{headers:?}");
        assert_eq!(browser.forge("/api/v1/keys", &headers, &[]).answer.status, 403, "{headers:?}");
    }
    let stranger = [("sec-fetch-site", "same-origin")];
    assert_eq!(browser.forge("/settings/name", &stranger, &[("name", "Eve")]).answer.status, 403, "no form token");
    assert_eq!(browser.forge("/settings/name", &[("origin", own.as_str())], &fields).answer.status, 303);
    for next in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let fields = [("organisation", "acme"), ("email", EMAIL), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.submit("/sign-in", &fields).answer.header("location"), "/", "{next}");
        let place = browser.submit("/preferences", &[("back", next), ("language", "zh")]);
        assert_eq!(place.answer.header("location"), "/", "{next}");
    }
    assert!(browser.read("/").contains("lang=\"zh\""));
}

#[test]
fn a_page_says_who_may_load_it_and_shows_texts_as_texts() {
    let (app, acme, browser) = signed_in();
    let name = "<script>alert(1)</script>\"'>&";
    browser.read("/settings");
    browser.follow("/settings/name", &[("name", name)]);
    let shown = browser.open("/members");
    assert!(!shown.html.contains("<script>alert") && shown.html.contains("&#60;script&#62;alert(1)"), "{}", shown.html);
    let policy = shown.answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self'"));
    assert_eq!(shown.answer.header("cache-control"), "no-store");
    let reflected = Browser::new(app.address).open("/sign-in?organisation=%22%3E%3Cscript%3E&next=%22%3E&said=%3Cb%3E");
    assert!(!reflected.html.contains("\"><script>") && !reflected.html.contains("<b>"), "{}", reflected.html);
    let absent = browser.open("/nothing-here");
    assert_eq!((absent.answer.status, absent.answer.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(!acme.client.get("/api/v1/nothing").problem(404, "not-found").is_empty());
    assert_eq!(browser.open("/api/v1/whoami").answer.body["person"]["email"], EMAIL, "the pages' scripts use the API");
    let uses = browser.forge("/v1/embeddings", &[("sec-fetch-site", "same-origin")], &[]);
    assert_ne!(uses.answer.status, 200);
    app.nobody().get("/settings").problem(401, "invalid-api-key");
}

#[test]
fn too_many_attempts_from_one_address_are_turned_away() {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 2.try_into().unwrap());
    let attempt = || {
        let fields = [("organisation", "a"), ("email", "b@c"), ("password", "d")];
        Browser::new(app.address).submit("/sign-in", &fields).answer.status
    };
    let statuses: Vec<u16> = std::thread::scope(|threads| {
        let attempts: Vec<_> = (0..6).map(|_| threads.spawn(attempt)).collect();
        attempts.into_iter().map(|attempt| attempt.join().unwrap()).collect()
    });
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[test]
fn a_stranger_who_guesses_keeps_nobody_out_of_a_browser_they_used_before() {
    let (app, _, browser) = signed_in();
    browser.read("/settings");
    browser.follow("/sign-out", &[]);
    let stranger = Browser::new(app.address);
    let guess = |browser: &Browser, password: &str| {
        let fields = [("organisation", "acme"), ("email", EMAIL), ("password", password)];
        browser.submit("/sign-in", &fields).answer.status
    };
    for _ in 0..8 {
        assert_eq!(guess(&stranger, "not this one"), 401);
    }
    assert_eq!(guess(&stranger, PASSWORD), 401, "strangers wait");
    let earlier = Browser::new(app.address);
    assert_eq!(guess(&earlier, PASSWORD), 401, "so does a browser that nobody used here");
    assert_eq!(guess(&browser, "mistyped"), 401);
    assert_eq!(guess(&browser, PASSWORD), 303);
    // What it is known by opens nothing, and has few attempts.
    let known = browser.kept("__Host-chancery-known");
    let thief = Browser::new(app.address);
    thief.keep("__Host-chancery-known", &known);
    assert_eq!(thief.open("/").answer.status, 303);
    thief.take_cookie(&known);
    assert_eq!(thief.open("/settings").answer.status, 303);
    for _ in 0..8 {
        guess(&stranger, "not this one");
    }
    let thief = Browser::new(app.address);
    thief.keep("__Host-chancery-known", &known);
    for _ in 0..5 {
        assert_eq!(guess(&thief, "not this one"), 401);
    }
    assert_eq!(guess(&thief, PASSWORD), 401);
}
