//! What each role mainly does, in a real browser, in both languages, with scripts and without.

use super::{Look, Tab, WIDE, drive};
use crate::{
    app::TestApp,
    browser::{Browser, PASSWORD},
};

const OWNER: &str = "ada@acme.example";

/// A registry with `acme`, and the key of its owner.
fn registry() -> (TestApp, String) {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let token = app.party("acme").client.token().to_owned();
    (app, token)
}

/// An owner sets the organisation up, signs in, invites an approver, who joins; in `language`.
async fn set_up_and_invite(tab: &Tab, app: &TestApp, token: &str, language: &str) {
    let url = app.url();
    tab.open(&format!("{url}/set-up?lang={language}")).await;
    tab.prefer(language, "auto").await;
    tab.open(&format!("{url}/set-up")).await;
    for (name, text) in [("token", token), ("name", "Ada"), ("email", OWNER), ("password", PASSWORD)] {
        tab.fill(name, text).await;
    }
    tab.leave_by("main button.primary").await;
    assert!(tab.find("[role=status]").await.text().await.unwrap().contains(if language == "zh" {
        "账户"
    } else {
        "account"
    }));
    tab.fill("password", PASSWORD).await;
    tab.leave_by("main button").await;
    tab.find(".account").await;

    tab.open(&format!("{url}/members")).await;
    tab.fill("email", "grace@acme.example").await;
    tab.click("input[name=role][value=approver]").await;
    tab.leave_by("#invite button.primary").await;
    let place = tab.find(".secret code").await.text().await.unwrap();
    tab.click(".account > summary").await;
    tab.leave_by(".account form[action='/sign-out'] button").await;
    tab.find("main [name=organisation]").await;

    tab.open(&place).await;
    tab.fill("name", "Grace").await;
    tab.fill("password", PASSWORD).await;
    tab.leave_by("main button.primary").await;
    tab.fill("password", PASSWORD).await;
    tab.leave_by("main button").await;
    let shown = tab.find(".account > summary").await.text().await.unwrap();
    assert!(shown.contains(if language == "zh" { "审批人" } else { "approver" }), "{shown}");
}

#[test]
fn an_owner_invites_an_approver() {
    for (language, has_scripts) in [("en", true), ("zh", false)] {
        let (app, token) = registry();
        drive(Look { has_scripts, ..WIDE }, async |tab| set_up_and_invite(tab, &app, &token, language).await);
    }
}

#[test]
fn everything_can_be_done_with_the_keyboard() {
    let (app, token) = registry();
    Browser::new(app.address).set_up(&token, "acme", OWNER);
    drive(WIDE, async |tab| {
        tab.open(&format!("{}/sign-in", app.url())).await;
        tab.driver.action_chain().send_keys(thirtyfour::Key::Tab).perform().await.unwrap();
        let skip = tab.driver.active_element().await.unwrap();
        assert!(skip.attr("href").await.unwrap().unwrap().ends_with("#main"), "the first stop leads to the content");
        tab.driver.action_chain().send_keys(thirtyfour::Key::Enter).perform().await.unwrap();
        for text in ["acme", OWNER, PASSWORD] {
            tab.driver.action_chain().send_keys(thirtyfour::Key::Tab).perform().await.unwrap();
            tab.driver.action_chain().send_keys(text).perform().await.unwrap();
        }
        tab.driver.action_chain().send_keys(thirtyfour::Key::Enter).perform().await.unwrap();
        tab.find(".account").await;
    });
}
