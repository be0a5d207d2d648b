//! Preparing data sets: recipes carried out by the server over sealed files, and what comes of them registered.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    app::TestApp,
    client::Client,
    commands::{Program, restrict},
    fixtures::{self, Files},
    organisation::{Organisation, text},
};

const RAW: &str = "id,text,label\n\
    1,\"write to ada@example.com, please\",good\n\
    2,works well,good\n\
    3,works well,good\n\
    4,broke at once,bad\n\
    5,,bad\n\
    6,call +49 30 901820 today,bad\n";

pub const RECIPE: &str = "version = 1\n\
    [[step]]\nkind = \"drop-empty\"\ncolumns = [\"text\"]\n\
    [[step]]\nkind = \"exact-duplicates\"\ncolumns = [\"text\"]\n\
    [[step]]\nkind = \"redact\"\ncolumns = [\"text\"]\n\
    [[step]]\nkind = \"split\"\nseed = 7\ninto = { train = 0.5, test = 0.5 }\n";

fn file(name: &str, content: &[u8]) -> Files {
    Files::from([(name.to_owned(), content.to_vec())])
}

/// Six reviews, some alike, some with personal data.
pub fn raw_reviews() -> Files {
    file("reviews.csv", RAW.as_bytes())
}

fn raw(owner: &Organisation) {
    owner.push("acme/raw", &raw_reviews(), &fixtures::datasheet_under("CC-BY-4.0", ""));
}

/// Begins a preparation and waits for its end.
pub fn prepared(client: &Client, body: &Value) -> Value {
    let begun = client.post("/api/v1/preparations", body).expect(202);
    ended(client, &begun)
}

/// A preparation that was begun, once it has ended.
pub fn ended(client: &Client, begun: &Value) -> Value {
    for _ in 0..400 {
        let now = client.get(&format!("/api/v1/preparations/{}", text(&begun["id"]))).expect(200);
        if now["state"] != "running" {
            return now;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{begun} never ends");
}

/// Every data file's path and digest.
fn data_files(preparation: &Value) -> Vec<(String, String)> {
    let files = preparation["files"].as_array().unwrap().iter().filter(|file| file["is_data"] == true);
    files.map(|file| (text(&file["path"]).to_owned(), text(&file["sha256"]).to_owned())).collect()
}

#[test]
fn each_step_says_what_it_did_and_the_same_recipe_gives_the_same_bytes() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    raw(&acme);
    let body = json!({"dataset": "acme/raw", "recipe": RECIPE, "redaction": "token"});
    let first = prepared(&acme.client, &body);
    assert_eq!((&first["state"], &first["problem"]), (&json!("done"), &Value::Null), "{first}");
    let report = &first["report"];
    assert_eq!((&report["rows_in"], &report["rows_out"]), (&json!(6), &json!(4)), "{report}");
    let steps = report["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 4);
    assert_eq!((&steps[0]["kind"], &steps[0]["rows_out"]), (&json!("drop-empty"), &json!(5)));
    assert_eq!(steps[1]["rows_out"], 4, "{}", steps[1]);
    assert_eq!((&steps[2]["counts"]["email"], &steps[2]["counts"]["phone"]), (&json!(1), &json!(1)), "{}", steps[2]);
    assert!(!first.to_string().contains("ada@example.com"), "a report repeats no personal data");
    let again = prepared(&acme.client, &body);
    assert_eq!(data_files(&first), data_files(&again));
    assert_eq!(data_files(&first).iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["test.csv", "train.csv"]);
    let masked = prepared(&acme.client, &json!({"dataset": "acme/raw", "recipe": RECIPE}));
    assert_ne!(data_files(&first), data_files(&masked));
    let listed = acme.client.get("/api/v1/preparations").expect(200);
    assert_eq!(listed["items"][0]["id"], masked["id"]);
    for (event, field) in [("preparation-begun", "recipe_digest"), ("preparation-done", "files")] {
        let entry = acme.client.logged(event, |entry| entry["type"] == event);
        assert!(entry["details"].get(field).is_some(), "{entry}");
    }
}

#[test]
fn what_the_server_made_is_observed_and_what_somebody_says_is_declared() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    raw(&acme);
    let program = Program::of(&acme.client);
    let (recipe, key) = (program.path("recipe.toml"), program.path("owner.pem"));
    std::fs::write(&recipe, RECIPE).unwrap();
    std::fs::write(&key, acme.key.to_pem()).unwrap();
    restrict(&key);
    let (recipe, key) = (recipe.to_str().unwrap(), key.to_str().unwrap());
    let told = program.run(&["dataset", "prepare", "acme/raw", "--recipe", recipe]).expect(0).out;
    assert!(told.contains("6 rows read, 4 kept") && told.contains("exact-duplicates"), "{told}");
    let arguments = ["dataset", "prepare", "acme/raw", "--recipe", recipe, "--as", "acme/clean", "--key", key];
    let told = program.run(&arguments).expect(0).out;
    assert!(told.contains("acme/clean@v1"), "{told}");
    let clean = acme.client.get("/api/v1/datasets/acme/clean/versions/v1").expect(200);
    assert_eq!(clean["datasheet"]["parent"][0]["dataset"], "acme/raw@v1", "{clean}");
    let paths: Vec<&str> = clean["files"].as_array().unwrap().iter().map(|file| text(&file["path"])).collect();
    assert_eq!(paths, ["preparation-trace.jsonl", "preparation.json", "test.csv", "train.csv"]);
    assert_eq!(clean["profile"]["files"].as_array().unwrap().len(), 2, "{}", clean["profile"]);
    assert_eq!(standing(&app, &acme, "acme/clean"), "observed");

    let parent = "[[parent]]\ndataset = \"acme/raw@v1\"\nactivity = \"filter\"";
    let datasheet = fixtures::datasheet_under("CC-BY-4.0", parent);
    acme.push("acme/claimed", &file("reviews.csv", b"id,text\n1,works well\n"), &datasheet);
    assert_eq!(standing(&app, &acme, "acme/claimed"), "declared");
}

/// How the lineage of a data set's version knows its parent.
fn standing(app: &TestApp, acme: &Organisation, name: &str) -> &'static str {
    let browser = crate::browser::Browser::new(app.address);
    if acme.client.get("/api/v1/people").expect(200)["items"].as_array().unwrap().is_empty() {
        browser.set_up(acme.client.token(), "acme", "ada@acme.example");
    } else {
        browser.sign_in("acme", "ada@acme.example", crate::browser::PASSWORD);
    }
    let page = browser.read(&format!("/datasets/{name}/lineage"));
    let text = page.split("<ul>").last().unwrap();
    if text.contains("fact-observed") { "observed" } else { "declared" }
}

#[test]
fn what_was_prepared_of_a_destroyed_version_is_destroyed_with_it() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    raw(&acme);
    let made = prepared(&acme.client, &json!({"dataset": "acme/raw", "recipe": RECIPE}));
    assert!(made["files"].as_array().unwrap().len() == 4 && made["report"].is_object(), "{made}");
    let version = "/api/v1/datasets/acme/raw/versions/v1";
    acme.client.post(&format!("{version}/status"), &json!({"status": "withdrawn"})).expect(200);
    acme.client.post(&format!("{version}/destruction"), &json!({"reason": "erasure asked for"})).expect(200);
    let left = acme.client.get(&format!("/api/v1/preparations/{}", text(&made["id"]))).expect(200);
    assert_eq!((&left["files"], &left["report"]), (&json!([]), &Value::Null), "{left}");
}

#[test]
fn what_cannot_be_prepared_is_refused_before_a_row_is_read() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    raw(&acme);
    acme.push_reviews();
    let begin = |client: &Client, dataset: &str, recipe: &str| {
        client.post("/api/v1/preparations", &json!({"dataset": dataset, "recipe": recipe}))
    };
    for (dataset, recipe, status, said) in [
        ("acme/raw", "version = 1\n[[step]]\nkind = \"clean\"", 422, "step[1]"),
        ("acme/raw", "version = 1\n[[step]]\nkind = \"encoding\"\ncolour = 1", 422, "step[1].colour"),
        ("acme/raw", "version = 2", 422, "version"),
        ("acme/raw@v9", "version = 1", 404, "version"),
        ("acme/reviews", "version = 1", 404, "data set"),
        ("acme/nothing", "version = 1", 404, "data set"),
    ] {
        let refused = begin(&acme.client, dataset, recipe);
        assert_eq!(refused.status, status, "{dataset} {recipe}: {refused:?}");
        assert!(refused.text("/detail").contains(said), "{recipe}: {refused:?}");
    }
    let refused = begin(&globex.client, "acme/raw", "version = 1");
    assert_eq!(refused.status, 403, "rows are their owner's: {refused:?}");
    let other = json!({"dataset": "acme/raw", "recipe": "version = 1", "file": "other.csv"});
    let refused = acme.client.post("/api/v1/preparations", &other);
    assert!(refused.status == 422 && refused.text("/detail").contains("reviews.csv"), "{refused:?}");
    let failed = prepared(
        &acme.client,
        &json!({
            "dataset": "acme/raw", "recipe": "version = 1\n[[step]]\nkind = \"standardise\"\ncolumns = [\"text\"]"
        }),
    );
    assert_eq!(failed["state"], "failed");
    let problem = text(&failed["problem"]);
    assert!(problem.contains("row 1") && problem.contains("column `text`"), "{problem}");
    acme.client.logged("the failure", |entry| entry["type"] == "preparation-failed");
}

#[test]
fn rows_that_cannot_be_read_are_refused_with_row_and_column() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    let wide = (0..50_000).map(|column| format!("c{column}")).collect::<Vec<_>>().join(",");
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("ragged.csv", b"a,b\n1,2\n3\n".to_vec(), "row 2"),
        ("twice.csv", b"a,a\n1,2\n".to_vec(), "`a`"),
        ("latin.csv", b"a,b\n1,caf\xe9\n".to_vec(), "row 1"),
        ("wide.csv", wide.into_bytes(), "10000"),
        ("packed.csv", vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], "decompress"),
        ("list.jsonl", b"{\"a\":1}\n[1]\n".to_vec(), "row 2"),
        ("cut.parquet", b"PAR1\x00\x01".to_vec(), "arquet"),
        ("named.parquet", b"a,b\n1,2\n".to_vec(), "arquet"),
        ("empty.csv", Vec::new(), "empty"),
    ];
    for (name, content, said) in cases {
        let datasheet = fixtures::datasheet_under("CC-BY-4.0", "");
        let refused = acme.try_push(&acme.client, "acme/broken", &file(name, &content), &datasheet).unwrap();
        assert_eq!(refused.status, 422, "{name}: {refused:?}");
        assert!(refused.text("/detail").contains(said), "{name}: {refused:?}");
        acme.client.get("/api/v1/datasets/acme/broken").expect(404);
    }
    let changing = b"n,text\n1,a\n2,b\nthree,c\n".to_vec();
    acme.push("acme/changing", &file("n.csv", &changing), &fixtures::datasheet_under("CC-BY-4.0", ""));
    let shown = acme.client.get("/api/v1/datasets/acme/changing/versions/v1").expect(200);
    assert_eq!(shown["profile"]["files"][0]["columns"][0]["kind"], "text", "{}", shown["profile"]);
}

#[test]
fn what_looks_like_personal_data_is_counted_when_a_data_set_comes_in() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    raw(&acme);
    let shown = acme.client.get("/api/v1/datasets/acme/raw/versions/v1").expect(200);
    let personal = &shown["profile"]["files"][0]["personal"];
    assert_eq!(personal["classes"]["email"]["found"], 1, "{personal}");
    assert_eq!(personal["classes"]["phone"]["found"], 1, "{personal}");
    assert!(!shown["profile"].to_string().contains("ada@"), "counts only");
}

#[test]
fn the_pages_begin_a_preparation_and_show_what_each_step_did() {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let (acme, globex) = app.two_parties();
    raw(&acme);
    let browser = crate::browser::Browser::new(app.address);
    browser.set_up(acme.client.token(), "acme", "ada@acme.example");
    let summary = browser.read("/datasets/acme/raw");
    assert!(summary.contains("The datasheet says that there are no personal data"), "both facts are named: {summary}");
    assert!(summary.contains("E-mail addresses") && summary.contains("fact-observed"), "{summary}");
    let place = "/datasets/acme/raw/preparations";
    assert!(browser.read(place).contains("Nothing was prepared yet"));
    let refused = browser.submit(place, &[("version", "v1"), ("recipe", "version = 1\n[[step]]\nkind = \"clean\"")]);
    assert_eq!(refused.answer.status, 422);
    assert!(refused.html.contains("step[1]") && refused.html.contains("aria-invalid"), "{}", refused.html);
    let begun = browser.follow(place, &[("version", "v1"), ("recipe", RECIPE), ("redaction", "mask")]);
    let shown = (0..200).find_map(|_| {
        let page = browser.read(&begun);
        std::thread::sleep(Duration::from_millis(50));
        (!page.contains("tag-running")).then_some(page)
    });
    let shown = shown.unwrap();
    for said in ["exact-duplicates", "6 rows read, 4 kept", "train.csv", "preparation-trace.jsonl", "email 1"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let stranger = crate::browser::Browser::new(app.address);
    stranger.set_up(globex.client.token(), "globex", "ada@globex.example");
    assert!(!stranger.read("/datasets/acme/raw").contains("/preparations"), "it is not theirs to prepare");
    assert_eq!(stranger.open(&begun).answer.status, 404);
}
