//! Every page that its links lead to: nothing that axe finds fault with, nothing wider than the window, no complaint in the console;
//! and a picture of each, light, dark and at a phone's width, in `target/screenshots`.

use std::{
    collections::{BTreeSet, VecDeque},
    fs,
    path::PathBuf,
};

use serde_json::{Value, json};

use super::{Look, Tab, WIDE, drive};
use crate::{
    app::TestApp,
    browser::{Browser, PASSWORD},
    fixtures::{self, TERMS},
    organisation::{Organisation, text},
    people::joined,
    preparing,
};

/// axe-core; see tests/data/axe.
const AXE: &str = include_str!("../../data/axe/axe.min.js");
const EMAIL: &str = "ada@acme.example";
/// An owner's pages; if fewer are found, links to them were lost.
const FEWEST_PAGES: usize = 45;
/// Pages of one shape that are looked at; the others differ in what stands on them only.
const OF_ONE_SHAPE: usize = 2;

/// A registry in which something happened.
pub fn lived_in() -> (TestApp, Organisation, Organisation) {
    let app = TestApp::start_with(|config, _| {
        config.rates.sign_in = 1_000.try_into().unwrap();
    });
    let (acme, globex) = app.two_parties();
    acme.push("acme/reviews", fixtures::mixed_classifier(), &fixtures::mixed_passport());
    let program = globex.program("commercial-service", "DE");
    acme.grant("acme/reviews", &globex, TERMS);
    assert_eq!(program.predict("acme/reviews", "refused by its data").status, 403);
    acme.push_reviews();
    assert_eq!(program.predict("acme/reviews", "allowed").status, 200);
    acme.offer("acme/reviews", &globex, TERMS);
    // Nobody answers there, so what was sent to it waits.
    let webhook =
        acme.client.post("/api/v1/webhooks", &json!({"url": "https://hooks.example.com/chancery"})).expect(201);
    acme.client.post(&format!("/api/v1/webhooks/{}/test", text(&webhook["id"])), &json!({})).expect(202);
    let asked = json!({"model": "acme/reviews", "purposes": ["research"], "message": "a thesis on reviews"});
    globex.client.post("/api/v1/access-requests", &asked).expect(201);
    // One that was withdrawn, and one that is held.
    acme.push("acme/old", &fixtures::tiny_classifier(), &fixtures::open_passport());
    acme.client.post("/api/v1/models/acme/old/versions/v1/status", &json!({"status": "withdrawn"})).expect(200);
    acme.push("acme/frozen", &fixtures::tiny_classifier(), &fixtures::open_passport());
    let hold = json!({"authority": "Court of Hamburg", "reason": "evidence", "legal_demand": true});
    app.operator.post("/api/v1/models/acme/frozen/holds", &hold).expect(201);
    // A data set that was prepared, and one whose recipe failed.
    acme.push("acme/raw", &preparing::raw_reviews(), &fixtures::datasheet_under("CC-BY-4.0", ""));
    for recipe in [preparing::RECIPE, "version = 1\n[[step]]\nkind = \"standardise\"\ncolumns = [\"text\"]"] {
        preparing::prepared(&acme.client, &json!({"dataset": "acme/raw", "recipe": recipe}));
    }
    (app, acme, globex)
}

/// What axe finds, one line a fault; the rules of WCAG 2.2 AA with target sizes, and proof that those were looked at.
pub async fn faults(tab: &Tab) -> Vec<String> {
    tab.driver.execute(AXE, Vec::new()).await.unwrap();
    let options = json!({
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        "rules": {"target-size": {"enabled": true}},
    });
    let run =
        "const done = arguments[1]; axe.run(document, arguments[0]).then(done, error => done({error: String(error)}))";
    let result: Value = tab.driver.execute_async(run, vec![options]).await.unwrap().convert().unwrap();
    let ran = |kind: &str| result[kind].as_array().into_iter().flatten().any(|rule| rule["id"] == "target-size");
    assert!(["passes", "violations", "inapplicable"].into_iter().any(ran), "target sizes were not looked at: {result}");
    let faults = result["violations"].as_array().into_iter().flatten();
    faults.map(|fault| format!("{}: {}", fault["id"], fault["nodes"][0]["html"])).collect()
}

/// The shape of an address: identifiers, digests and numbers are alike.
fn shape(path: &str) -> String {
    let alike = |part: &str| {
        part.contains('_') || part.len() == 64 || part.trim_start_matches('v').chars().all(|c| c.is_ascii_digit())
    };
    let path = path.split('?').next().unwrap();
    if path.starts_with("/problems/") {
        return "/problems/*".to_owned();
    }
    path.split('/').map(|part| if alike(part) && !part.is_empty() { "*" } else { part }).collect::<Vec<_>>().join("/")
}

/// Whether an address shows a page: not a file, and not what programs read.
fn is_page(path: &str) -> bool {
    let others = ["/log/", "/assets/", "/api/openapi", "/sign-out"];
    path.starts_with('/')
        && !others.iter().any(|other| path.starts_with(other))
        && !["/download", "/archive", "/receipt", "/proof"].iter().any(|file| path.contains(file))
}

/// Looks at every page from `/` on; the faults found.
async fn crawl(tab: &Tab, url: &str, folder: &PathBuf, look: &str) -> (usize, Vec<String>) {
    fs::create_dir_all(folder).unwrap();
    // No link leads where nothing is, and what is said there is a page too.
    let mut open = VecDeque::from(["/".to_owned(), "/nowhere".to_owned()]);
    let (mut known, mut shapes, mut found, mut seen) = (BTreeSet::from(["/".to_owned()]), Vec::new(), Vec::new(), 0);
    while let Some(path) = open.pop_front() {
        let shape = shape(&path);
        if shapes.iter().filter(|other| **other == shape).count() >= OF_ONE_SHAPE {
            continue;
        }
        shapes.push(shape.clone());
        tab.open(&format!("{url}{path}")).await;
        seen += 1;
        let name = if shape == "/" { "overview" } else { shape.trim_matches('/') };
        let name = format!("{}.{look}.png", name.replace('/', "-").replace('*', "one"));
        tab.driver.screenshot(&folder.join(name)).await.unwrap();
        let sideways = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let sideways: i64 = tab.driver.execute(sideways, Vec::new()).await.unwrap().convert().unwrap();
        if sideways > 0 {
            found.push(format!("{path} ({look}): wider than the window by {sideways} px"));
        }
        found.extend(faults(tab).await.iter().map(|fault| format!("{path} ({look}): {fault}")));
        let links = "return [...document.querySelectorAll('a[href]:not([download])')].map(a => new URL(a.getAttribute('href'), location).href)";
        let links: Vec<String> = tab.driver.execute(links, Vec::new()).await.unwrap().convert().unwrap();
        for link in links.iter().filter_map(|link| link.strip_prefix(url)) {
            let path = link.split('#').next().unwrap().to_owned();
            if is_page(&path) && known.insert(path.clone()) {
                open.push_back(path);
            }
        }
    }
    (seen, found)
}

/// Looks at all pages in one way.
fn look_at_all(name: &str, look: Look, language: &str, theme: &str) {
    let (app, acme, _) = lived_in();
    let ada = Browser::new(app.address);
    ada.set_up(acme.client.token(), "acme", EMAIL);
    // Something waits for a second person.
    joined(&app, &ada, "grace@acme.example", "approver");
    ada.ask("PUT", "/api/v1/approvals/rules", &json!({"key_destruction": true})).expect(200);
    let destruction = json!({"reason": "an erasure was asked for"});
    ada.ask("POST", "/api/v1/models/acme/old/versions/v1/destruction", &destruction).expect(202);
    drive(look, async |tab| {
        let url = app.url();
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
        tab.open(&format!("{url}/sign-in")).await;
        tab.prefer(language, theme).await;
        let mut found = faults(tab).await;
        tab.sign_in(&url, "acme", EMAIL, PASSWORD).await;
        let (seen, faults) = crawl(tab, &url, &folder, name).await;
        found.extend(faults);
        assert!(found.is_empty(), "{} faults on {seen} pages:\n{}", found.len(), found.join("\n"));
        assert!(seen >= FEWEST_PAGES, "only {seen} pages were found");
        println!("{seen} pages, no fault");
    });
}

#[test]
fn what_an_operator_sees() {
    let (app, ..) = lived_in();
    let email = "chris@operator.example";
    Browser::new(app.address).set_up(app.operator.token(), "operator", email);
    drive(WIDE, async |tab| {
        let (url, folder) = (app.url(), PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screenshots"));
        tab.sign_in(&url, "operator", email, PASSWORD).await;
        let (seen, faults) = crawl(tab, &url, &folder, "operator").await;
        assert!(faults.is_empty(), "{} faults on {seen} pages:\n{}", faults.len(), faults.join("\n"));
    });
}

#[test]
fn light_and_wide() {
    look_at_all("light", WIDE, "en", "light");
}

#[test]
fn dark_and_wide_in_chinese() {
    look_at_all("dark", WIDE, "zh", "dark");
}

#[test]
fn on_a_phone() {
    look_at_all("phone", Look { is_phone: true, ..WIDE }, "en", "light");
}
