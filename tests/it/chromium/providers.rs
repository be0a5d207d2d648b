//! The pages about an organisation's own login, in a real browser that goes to a real provider and back.

use std::{fs, path::Path};

use super::{Look, Tab, WIDE, drive, pages::faults};
use crate::{browser::PASSWORD, oidc::House};

/// Looks at what is shown now.
async fn look_at(tab: &Tab, name: &str, look: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    fs::create_dir_all(&folder).unwrap();
    tab.driver.screenshot(&folder.join(format!("{name}.{look}.png"))).await.unwrap();
    let found = faults(tab).await;
    assert!(found.is_empty(), "{name} ({look}): {}", found.join("\n"));
}

/// Signs in at the provider as `who` and lets it send the browser back.
async fn sign_in_there(tab: &Tab, who: &str) {
    for (name, text) in [("login", who), ("password", "any")] {
        let field = tab.find(&format!("input[name={name}]")).await;
        field.send_keys(text).await.unwrap();
    }
    tab.leave_by("button[type=submit]").await;
    // It asks for consent once.
    if tab.driver.current_url().await.unwrap().path().starts_with("/interaction") {
        tab.leave_by("button[type=submit]").await;
    }
}

fn journey(look: Look, name: &str, language: &str, theme: &str) {
    let Some(house) = House::open("") else { return };
    drive(look, async |tab| {
        let url = house.url();
        tab.open(&format!("{url}/sign-in")).await;
        tab.prefer(language, theme).await;
        tab.open(&format!("{url}/sign-in")).await;
        look_at(tab, "sign-in-with-provider", name).await;
        // Whoever the provider knows and the organisation does not is told so.
        tab.leave_by("a[href^='/sign-in/with/corporate']").await;
        sign_in_there(tab, "stranger").await;
        tab.find("main h1").await;
        look_at(tab, "provider-refused", name).await;

        let place = house.invited("grace@acme.example");
        tab.open(&format!("{url}{place}")).await;
        look_at(tab, "join-with-provider", name).await;

        // An owner who has a password links the provider too.
        tab.sign_in(&url, "acme", crate::people::EMAIL, PASSWORD).await;
        tab.open(&format!("{url}/settings")).await;
        look_at(tab, "settings-with-provider", name).await;
        let form = "form[action='/settings/identities/corporate']";
        tab.driver
            .execute("document.querySelectorAll('details').forEach(one => one.open = true)", Vec::new())
            .await
            .unwrap();
        tab.find(&format!("{form} input[name=password]")).await.send_keys(PASSWORD).await.unwrap();
        tab.leave_by(&format!("{form} button")).await;
        tab.find("main a.button.primary").await;
        look_at(tab, "provider-continue", name).await;
    });
}

#[test]
fn pages_of_a_provider_in_light() {
    journey(WIDE, "light", "en", "light");
}

#[test]
fn pages_of_a_provider_in_dark_and_chinese() {
    journey(WIDE, "dark", "zh", "dark");
}

#[test]
fn pages_of_a_provider_on_a_phone() {
    journey(Look { is_phone: true, ..WIDE }, "phone", "en", "light");
}
