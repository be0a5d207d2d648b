//! Signing in the browser, from the first key to a licence: a key is made, compared and approved; a model is hashed, signed and sent,
//! also after its upload broke off; a licence is offered step by step, and accepted with a key of another browser.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Tab, WIDE, drive};
use crate::{
    app::TestApp,
    browser::{Browser, PASSWORD},
    fixtures::{self, Files},
    organisation::{Organisation, text},
};

/// Writes a model's files and its passport where a browser can choose them.
fn written(folder: &Path, files: &Files, passport: &str) -> Vec<PathBuf> {
    std::fs::create_dir(folder).unwrap();
    let all = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let all = all.chain([("passport.toml", passport.as_bytes())]);
    all.map(|(name, bytes)| {
        std::fs::write(folder.join(name), bytes).unwrap();
        folder.join(name)
    })
    .collect()
}

async fn sign_in(tab: &Tab, app: &TestApp, organisation: &Organisation) {
    let slug = &organisation.slug;
    tab.sign_in(&app.url(), slug, &format!("ada@{slug}.example"), PASSWORD).await;
}

async fn sign_out(tab: &Tab) {
    tab.click(".account > summary").await;
    tab.leave_by(".account form[action='/sign-out'] button").await;
    tab.find("main [name=password]").await;
}

/// Makes a key in the browser and approves it; its fingerprint.
async fn make_key(tab: &Tab, app: &TestApp, label: &str) -> String {
    tab.open(&format!("{}/keys", app.url())).await;
    tab.fill("label", label).await;
    tab.click("form[data-enrol] button").await;
    tab.find(".notice-success").await;
    let here = tab.find("tr:has([data-here]:not([hidden]))").await;
    let fingerprint = here.attr("data-key").await.unwrap().unwrap();
    tab.click(&format!("tr[data-key='{fingerprint}'] a[href$='/approve']")).await;
    let shown = tab.find("main .digest").await.text().await.unwrap();
    assert_eq!(shown, fingerprint);
    tab.fill("compared", &fingerprint[fingerprint.len() - 8..]).await;
    tab.leave_by("main form button.primary").await;
    tab.find(&format!("tr[data-key='{fingerprint}'] .tag-active")).await;
    fingerprint
}

/// Chooses files to upload as `model`, and waits until the passport among them was checked.
async fn choose(tab: &Tab, app: &TestApp, model: &str, files: &[PathBuf]) {
    tab.open(&format!("{}/upload", app.url())).await;
    tab.find("form[data-ready]").await;
    tab.fill("model", model).await;
    let paths: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    tab.find("#files").await.send_keys(paths.join("\n")).await.unwrap();
    tab.find("[data-passport]:is(.notice-success, .notice-warning)").await;
}

/// Runs a function body in the page that calls its last argument when it is done.
async fn script(tab: &Tab, body: &str) -> Value {
    tab.driver.execute_async(body, Vec::new()).await.unwrap().convert().unwrap()
}

/// Holds our SHA-256 against published digests and against the browser's own, whatever the pieces.
async fn hashes_are_right(tab: &Tab) {
    let body = r#"
        const done = arguments[0];
        (async () => {
            const { Sha256 } = await import(document.querySelector("[data-hashing]").dataset.hashing);
            const bytes = (text) => new TextEncoder().encode(text);
            const published = [
                ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
                ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
                ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
                ["a".repeat(1000000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
            ];
            for (const [text, digest] of published) {
                if (new Sha256().update(bytes(text)).hex() !== digest) return `published: ${text.length}`;
            }
            for (let length = 0; length < 300; length++) {
                const message = crypto.getRandomValues(new Uint8Array(length));
                const ours = new Sha256();
                for (let at = 0; at < length; ) {
                    const end = at + 1 + Math.floor(Math.random() * 90);
                    ours.update(message.subarray(at, end));
                    at = end;
                }
                const theirs = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", message)));
                if (ours.hex() !== theirs.map((byte) => byte.toString(16).padStart(2, "0")).join("")) return `length ${length}`;
            }
            return "right";
        })().then(done, (error) => done(String(error)));"#;
    assert_eq!(script(tab, body).await, "right");
}

/// Holds our canonical JSON against what the server's writer makes of the same documents.
async fn canonical_form_is_the_servers(tab: &Tab) {
    let documents = json!([
        {"b": 1.5, "a": [true, null, -0.0, 1e21, 1e-7, 9_007_199_254_740_991_u64], "\u{e9}": "\u{1f600}\n\"\\\u{7f}\u{1}", "A": {}},
        {"\u{ff61}": 1, "\u{1f600}": 2, "aa": 3, "a": 4},
        fixtures::mixed_passport(),
    ]);
    let body = format!(
        "const done = arguments[0];\
         import(document.querySelector('[data-signing]').dataset.signing)\
             .then(({{canonical}}) => done({documents}.map(canonical)), (error) => done(String(error)))"
    );
    let written = script(tab, &body).await;
    let expected: Vec<String> = documents.as_array().unwrap().iter().map(canonical).collect();
    assert_eq!(written, json!(expected));
}

fn canonical(document: &Value) -> String {
    String::from_utf8(chancery_base::crypto::canonical_json(document).unwrap()).unwrap()
}

#[test]
fn from_a_key_made_in_the_browser_to_a_licence_accepted_with_one() {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let (acme, globex) = app.two_parties();
    for organisation in [&acme, &globex] {
        let browser = Browser::new(app.address);
        let email = format!("ada@{}.example", organisation.slug);
        browser.set_up(organisation.client.token(), &organisation.slug, &email);
    }
    let passport = chancery::demo::papers::passport(chancery::demo::papers::Data::OpenOnly);
    let open = written(&app.folder().join("open"), fixtures::open_classifier(), &passport);
    let tiny = fixtures::tiny_classifier();
    let second = written(&app.folder().join("tiny"), &tiny, &passport);
    drive(WIDE, async |tab| {
        sign_in(tab, &app, &acme).await;
        tab.open(&format!("{}/upload", app.url())).await;
        tab.find("[data-without-key]:not([hidden])").await;
        let fingerprint = make_key(tab, &app, "laptop").await;
        let exported = script(
            tab,
            "const done = arguments[0]; const opening = indexedDB.open('chancery', 1); opening.onsuccess = () => {\
             const asked = opening.result.transaction('keys').objectStore('keys').getAll(); asked.onsuccess = () =>\
             crypto.subtle.exportKey('pkcs8', asked.result[0].privateKey).then(() => done('left'), (error) => done(error.name)); };",
        );
        assert_eq!(exported.await, "InvalidAccessError", "the private key cannot leave the browser");

        choose(tab, &app, "reviews", &open).await;
        hashes_are_right(tab).await;
        canonical_form_is_the_servers(tab).await;
        tab.click("[data-start]").await;
        tab.find("main h1 a[href='/models/acme'], main .notice-success").await;
        assert!(tab.place().await.starts_with("/models/acme/reviews"), "{}", tab.place().await);
        let version = acme.client.get("/api/v1/models/acme/reviews/versions/latest").expect(200);
        assert_eq!(version["signer"]["fingerprint"], json!(fingerprint));
        let statement = STANDARD.decode(text(&version["signed_manifest"]["payload"])).unwrap();
        let ours = fixtures::statement("acme/reviews", fixtures::open_classifier(), &fixtures::open_passport());
        assert_eq!(String::from_utf8(statement).unwrap(), ours, "the browser signs what the command line signs");
        let checked = acme.client.post("/api/v1/models/acme/reviews/versions/latest/check", &json!({})).expect(200);
        assert_eq!(checked["verdict"], "valid");

        // A connection that breaks whenever a file is sent; then the page is left and the files are chosen again.
        choose(tab, &app, "tiny", &second).await;
        let broken = "XMLHttpRequest.prototype.send = function () { setTimeout(() => this.onerror(), 0); };";
        tab.driver.execute(broken, Vec::new()).await.unwrap();
        tab.click("[data-start]").await;
        tab.find("[data-alert]:not([hidden])").await;
        choose(tab, &app, "ignored", &second).await;
        let resumed = tab.find("[data-resumed]:not([hidden])").await.text().await.unwrap();
        assert!(resumed.contains("acme/tiny"), "{resumed}");
        tab.click("[data-start]").await;
        tab.find("main .notice-success").await;
        assert!(tab.place().await.starts_with("/models/acme/tiny"), "{}", tab.place().await);

        tab.open(&format!("{}/grants/new?model=acme/reviews&licensee=globex", app.url())).await;
        tab.leave_by("main button.primary").await;
        tab.click("#purpose-research").await;
        tab.leave_by("main button.primary").await;
        tab.find("#price-free").await;
        tab.leave_by("main button.primary").await;
        tab.fill("governing_law", "Germany").await;
        tab.leave_by("main button.primary").await;
        tab.find("#outlook").await;
        tab.leave_by("main button.primary").await;
        tab.find(".notice-success").await;
        let place = tab.place().await;
        let grant = place.split(['/', '?']).nth(2).unwrap().to_owned();
        sign_out(tab).await;

        sign_in(tab, &app, &globex).await;
        tab.open(&format!("{}/grants/{grant}", app.url())).await;
        tab.find("[data-without-key]:not([hidden])").await;
        make_key(tab, &app, "laptop").await;
        tab.open(&format!("{}/grants/{grant}", app.url())).await;
        tab.find("#signer option").await;
        tab.driver.execute("document.querySelector('#terms').textContent += ' '", Vec::new()).await.unwrap();
        let shown = "const terms = document.querySelector('#terms'); terms.textContent = terms.textContent.replace('research', 'personal')";
        tab.driver.execute(shown, Vec::new()).await.unwrap();
        tab.click("#read").await;
        tab.click("form[data-accept] button").await;
        let refused = tab.find("form[data-accept] [role=alert]:not([hidden])").await.text().await.unwrap();
        assert!(refused.contains("Nothing was signed"), "terms that are shown but not those of the digest: {refused}");
        tab.open(&format!("{}/grants/{grant}", app.url())).await;
        tab.find("#signer option").await;
        tab.click("#read").await;
        tab.click("form[data-accept] button").await;
        tab.find(".notice-success").await;
        let accepted = globex.client.get(&format!("/api/v1/grants/{grant}")).expect(200);
        assert_eq!(accepted["status"], "accepted", "{accepted}");
    });
    let program = globex.program("research", "DE");
    assert_eq!(program.predict("acme/reviews", "works well").status, 200);
}
