//! What stands around every page, and what it offers: where you are, what went wrong, and only what you may do.

use serde_json::json;

use crate::{
    app::TestApp,
    browser::Browser,
    fixtures::TERMS,
    organisation::text,
    people::{joined, signed_in},
};

/// The addresses that the tabs of a page lead to.
fn tabs(html: &str) -> Vec<String> {
    let tabs = html.split("<nav class=\"tabs\"").nth(1).unwrap().split("</nav>").next().unwrap();
    tabs.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn what_goes_wrong_is_told_within_the_page_that_people_know() {
    let (app, _, ada) = signed_in();
    let member = joined(&app, &ada, "grace@acme.example", "member");
    for (path, status) in [("/nowhere", 404), ("/models/acme/none", 404), ("/grants/grant_x", 404), ("/tokens", 403)] {
        let shown = member.open(path);
        assert_eq!(shown.answer.status, status, "{path}");
        let html = shown.html;
        assert!(html.contains("class=\"nav\"") && html.contains("action=\"/sign-out\""), "{path}: {html}");
        assert!(!html.contains("this key") && !html.contains("route"), "{path}: {html}");
        assert_eq!(html.contains("your organisation may not see it"), status == 404, "{path}: {html}");
    }
    member.open("/nowhere");
    let sent = member.submit("/settings", &[]);
    assert!(sent.answer.status == 405 && sent.html.contains("class=\"nav\""), "{}", sent.html);
    let stranger = Browser::new(app.address).open("/nowhere");
    assert!(stranger.answer.status == 404 && !stranger.html.contains("class=\"nav\""), "{}", stranger.html);
}

#[test]
fn tabs_lead_everybody_where_they_may_go_and_say_where_they_are() {
    let (app, _, ada) = signed_in();
    for role in ["approver", "member", "auditor", "owner"] {
        let person = joined(&app, &ada, &format!("{role}@acme.example"), role);
        let tabs = tabs(&person.read("/members"));
        assert!(tabs.len() >= 4, "{tabs:?}");
        for tab in &tabs {
            let html = person.read(tab);
            assert!(html.contains(&format!("href=\"{tab}\" aria-current=\"page\"")), "{tab}: {html}");
            let section = if tab == "/members" { "page" } else { "true" };
            assert!(html.contains(&format!("href=\"/members\" aria-current=\"{section}\"")), "{tab}: {html}");
        }
        let may_enrol = ["member", "owner"].contains(&role);
        assert_eq!(person.read("/keys").contains("data-enrol"), may_enrol, "{role}");
    }
}

#[test]
fn a_tick_that_is_missing_is_asked_for_where_it_belongs() {
    let (app, acme, ada) = signed_in();
    joined(&app, &ada, "grace@acme.example", "member");
    let key = acme.key(&json!({"role": "member", "label": "laptop"}));
    let id = text(&key["id"]).to_owned();
    ada.read("/tokens");
    let shown = ada.submit(&format!("/tokens/{id}/revoke"), &[]);
    assert_eq!(shown.answer.status, 422);
    for said in [format!("id=\"sure-{id}-error\""), "Revoking a key cannot be taken back".to_owned()] {
        assert!(shown.html.contains(&said) && shown.html.contains("id=\"new\""), "{said}: {}", shown.html);
    }
    ada.follow(&format!("/tokens/{id}/revoke"), &[("sure", "yes")]);
    let members = ada.read("/members");
    let place = members.split("action=\"/members/person_").nth(1).unwrap().split('/').next().unwrap();
    let shown = ada.submit(&format!("/members/person_{place}/remove"), &[]);
    assert!(shown.answer.status == 422 && shown.html.contains(&format!("sure-person_{place}-error")), "{}", shown.html);
    let shown = ada
        .submit("/members/invitations", &[("email", "eve@acme.example"), ("role", "auditor"), ("parties", "No Slug")]);
    assert!(shown.html.contains("<details class=\"more\" open>") && shown.html.contains("<code>No</code>"));
}

#[test]
fn an_asset_has_one_address() {
    let (_app, _, ada) = signed_in();
    let html = ada.read("/");
    let whole =
        html.split("href=\"").find(|rest| rest.starts_with("/assets/") && rest.contains("chancery.css")).unwrap();
    let whole = whole.split('"').next().unwrap();
    assert_eq!(ada.open(whole).answer.status, 200);
    for part in ["/assets/s/chancery.css", "/assets/assets/chancery.css", &whole.replacen("/assets/", "/assets//", 1)] {
        assert_eq!(ada.open(part).answer.status, 404, "{part}");
    }
}

#[test]
fn decisions_open_on_the_side_that_has_any() {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    let ada = Browser::new(app.address);
    ada.set_up(acme.client.token(), "acme", "ada@acme.example");
    let is_open = |side: &str| ada.read("/decisions").contains(&format!("side={side}\" aria-current=\"page\""));
    assert!(is_open("caller"), "nothing was decided yet");
    assert_eq!(globex.program("commercial-service", "DE").predict("acme/reviews", "good").status, 200);
    assert!(is_open("owner"));
    assert!(ada.read("/decisions?side=caller").contains("side=caller\" aria-current=\"page\""));
}
