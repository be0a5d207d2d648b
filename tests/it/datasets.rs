//! Data sets with the standing of models: registered, listed, shown, held, destroyed, and named by what was made from them.

use chancery_base::values::Sha256Digest;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    browser::Browser,
    commands::{Program, restrict},
    fixtures::{self, Files},
    organisation::{Organisation, text},
};

fn one_file(name: &str, content: &str) -> Files {
    Files::from([(name.to_owned(), content.as_bytes().to_vec())])
}

fn add(owner: &Organisation, name: &str) -> Value {
    owner.push(name, &fixtures::reviews_csv(), &fixtures::datasheet_under("CC-BY-4.0", ""))
}

#[test]
fn a_data_set_is_registered_listed_and_shown() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let registered = add(&acme, "acme/review-data");
    assert_eq!((&registered["model"], &registered["version"]), (&json!("acme/review-data"), &json!(1)));

    for viewer in [&acme, &globex] {
        let listed = viewer.client.get("/api/v1/datasets").expect(200);
        assert_eq!(listed["items"][0]["dataset"], "acme/review-data", "{listed}");
        assert_eq!(viewer.client.get("/api/v1/models").expect(200)["items"], json!([]), "it is no model");
        let shown = viewer.client.get("/api/v1/datasets/acme/review-data").expect(200);
        assert_eq!((&shown["versions"], &shown["items"][0]["version"]), (&json!(1), &json!(1)), "{shown}");
    }
    let version = acme.client.get("/api/v1/datasets/acme/review-data/versions/latest").expect(200);
    assert_eq!(version["datasheet"]["about"]["summary"], "reviews of products");
    let digest = Sha256Digest::of(&fixtures::reviews_csv()["reviews.csv"]).to_string();
    assert_eq!(version["files"][0]["sha256"], json!(digest));
    assert_eq!(version["signed_manifest"]["payloadType"], "application/vnd.in-toto+json");
    let checked = globex.client.post("/api/v1/datasets/acme/review-data/versions/v1/check", &json!({})).expect(200);
    assert_eq!(checked["verdict"], "valid");
    for elsewhere in ["/api/v1/models/acme/review-data", "/api/v1/models/acme/review-data/versions/v1"] {
        globex.client.get(elsewhere).expect(404);
    }
    let refused = globex.program("research", "DE").predict("acme/review-data", "works well");
    assert_eq!(refused.status, 404, "a data set is not called");
}

#[test]
fn nobody_is_offered_a_grant_on_a_data_set() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    add(&acme, "acme/review-data");
    let offer = json!({"model": "acme/review-data", "licensee": globex.slug, "terms": fixtures::terms()});
    let refused = acme.client.post("/api/v1/grants", &offer);
    assert_eq!((refused.status, refused.text("/field")), (404, "model"), "{refused:?}");
}

#[test]
fn a_private_data_set_is_nobody_elses() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let datasheet = fixtures::datasheet_under("CC-BY-4.0", "");
    acme.push_as("acme/secret-data", &fixtures::reviews_csv(), &datasheet, &json!({"visibility": "private"}));
    assert_eq!(globex.client.get("/api/v1/datasets").expect(200)["items"], json!([]));
    for path in ["", "/versions/v1", "/versions/v1/bundle"] {
        globex.client.get(&format!("/api/v1/datasets/acme/secret-data{path}")).expect(404);
    }
    let passport = passport_from("acme/secret-data@v1");
    let refused = globex.try_push(&globex.client, "globex/copy", &fixtures::tiny_classifier(), &passport).unwrap();
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(refused.text("/detail").contains("not visible to you"), "{refused:?}");
}

/// The passport of a model that was trained on this registered data set alone.
fn passport_from(dataset: &str) -> Value {
    let mut passport = fixtures::open_passport();
    passport["dataset"] = json!([]);
    passport["data"] = json!([{"dataset": dataset, "permission": null}]);
    passport
}

#[test]
fn a_name_belongs_to_a_model_or_to_a_data_set() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    acme.push_reviews();
    let refused = acme
        .try_push(&acme.client, "acme/reviews", &fixtures::reviews_csv(), &fixtures::datasheet_under("CC-BY-4.0", ""))
        .unwrap();
    assert_eq!(refused.status, 409);
    assert!(refused.text("/detail").contains("is a model already"), "{refused:?}");
    add(&acme, "acme/review-data");
    let refused = acme
        .try_push(&acme.client, "acme/review-data", &fixtures::tiny_classifier(), &fixtures::open_passport())
        .unwrap();
    assert_eq!(refused.status, 409);
    assert!(refused.text("/detail").contains("is a data set already"), "{refused:?}");
}

/// What a data set's licence and privacy say binds the model that was made from it, clause by clause.
#[test]
fn what_a_data_sheet_says_flows_to_the_model_that_was_made_from_it() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let raw = fixtures::datasheet_under("CC-BY-NC-4.0", "");
    acme.push("acme/raw-data", &fixtures::reviews_csv(), &raw);
    let parent = "[[parent]]\ndataset = \"acme/raw-data@v1\"\nactivity = \"filter\"";
    let clean = fixtures::datasheet_under("CC-BY-4.0", parent);
    acme.push("acme/clean-data", &one_file("reviews.csv", "text,label\nworks well,good\n"), &clean);
    acme.push("acme/reviews", fixtures::open_classifier(), &passport_from("acme/clean-data@v1"));

    let shown = acme.client.get("/api/v1/models/acme/reviews/versions/v1").expect(200);
    let causes = shown["effective_licence"]["licence"]["causes"].as_array().unwrap().clone();
    let forbidding = causes.iter().find(|cause| cause["licence"] == "CC-BY-NC-4.0" && cause["effect"] != json!(null));
    let forbidding = forbidding.unwrap_or_else(|| panic!("{causes:?}"));
    assert_eq!(forbidding["work"]["name"], "acme/raw-data@v1", "{forbidding}");
    acme.grant("acme/reviews", &globex, fixtures::TERMS);
    let refused = globex.program("commercial-service", "DE").predict("acme/reviews", "works well");
    assert_eq!(refused.status, 403);
    assert!(refused.body.to_string().contains("acme/raw-data@v1"), "the parent is named: {}", refused.body);
}

/// The two questions: what may be done with this, and which parent says so.
#[test]
fn every_use_names_the_parent_and_the_clause_that_decide() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let private = json!({"visibility": "private"});
    let raw = fixtures::datasheet_under("CC-BY-NC-4.0", "");
    acme.push_as("acme/raw-data", &fixtures::reviews_csv(), &raw, &private);
    acme.push("acme/reviews", fixtures::open_classifier(), &passport_from("acme/raw-data@v1"));
    let path = "/api/v1/models/acme/reviews/versions/v1/licence";
    let own = acme.client.get(path).expect(200);
    let cells = own["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 48, "twelve rights in four forms");
    let commercial = |table: &Value| {
        let cells = table["cells"].as_array().unwrap().clone();
        cells.into_iter().find(|cell| cell["right"] == "commercial" && cell["form"] == "service").unwrap()
    };
    let cell = commercial(&own);
    assert_eq!(cell["verdict"], "forbidden", "{cell}");
    let cause = cell["causes"].as_array().unwrap().iter().find(|cause| cause["effect"] == "forbidden").unwrap();
    assert_eq!((&cause["title"], &cause["licence"]), (&json!("acme/raw-data@v1"), &json!("CC-BY-NC-4.0")), "{cause}");
    assert!(text(&cause["clause"]).contains("2(a)(1)"), "{cause}");
    let theirs = globex.client.get(path).expect(200);
    assert_eq!(commercial(&theirs)["verdict"], "forbidden", "the verdict stays");
    assert!(!theirs.to_string().contains("raw-data"), "{theirs}");
    let told = Program::of(&acme.client).run(&["model", "licence", "acme/reviews"]).expect(0).out;
    assert!(told.contains("commercial use") && told.contains("CC-BY-NC-4.0"), "{told}");
    let of_data = acme.client.get("/api/v1/datasets/acme/raw-data/versions/v1/licence").expect(200);
    assert_eq!(of_data["node"], "acme/raw-data@v1");
}

#[test]
fn parents_are_of_the_kind_they_are_named_as() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    acme.push_reviews();
    let parent = "[[parent]]\ndataset = \"acme/reviews@v1\"\nactivity = \"filter\"";
    let datasheet = fixtures::datasheet_under("CC-BY-4.0", parent);
    let refused = acme.try_push(&acme.client, "acme/data", &fixtures::reviews_csv(), &datasheet).unwrap();
    assert_eq!((refused.status, refused.text("/field")), (422, "parent[0].dataset"), "{refused:?}");
    assert!(refused.text("/detail").contains("is a model, not a data set"), "{refused:?}");
    let refused =
        acme.try_push(&acme.client, "acme/tiny", &fixtures::tiny_classifier(), &passport_from("acme/reviews@v1"));
    assert_eq!(refused.unwrap().status, 422);
}

#[test]
fn a_data_set_is_withdrawn_held_and_destroyed_as_a_model_is() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    add(&acme, "acme/review-data");
    let version = "/api/v1/datasets/acme/review-data/versions/v1";
    let target = json!({"version": "v1"}).to_string();
    acme.client.put("/api/v1/datasets/acme/review-data/aliases/stable", target.as_bytes()).expect(204);
    acme.client.get("/api/v1/datasets/acme/review-data/versions/stable").expect(200);
    let hold = json!({"authority": "court", "reason": "order", "legal_demand": true});
    let hold = app.operator.post("/api/v1/datasets/acme/review-data/holds", &hold).expect(201);
    acme.client.post(&format!("{version}/status"), &json!({"status": "withdrawn"})).expect(200);
    let reason = json!({"reason": "a data subject asked"});
    acme.client.post(&format!("{version}/destruction"), &reason).expect(409);
    app.operator.delete(&format!("/api/v1/holds/{}", text(&hold["id"]))).expect(204);
    let destroyed = acme.client.post(&format!("{version}/destruction"), &reason).expect(200);
    assert_eq!(destroyed["destroyed"], json!(["reviews.csv"]));
    acme.client.post(&format!("{version}/check"), &json!({})).expect(410);
    assert_eq!(acme.client.get(version).expect(200)["status"], "destroyed");
}

#[test]
fn the_command_line_writes_checks_adds_and_shows() {
    let app = TestApp::start();
    let (acme, _) = app.two_parties();
    let commands = Program::of(&acme.client);
    let folder = commands.path("reviews");
    std::fs::create_dir(&folder).unwrap();
    let datasheet = folder.join("datasheet.toml");
    let datasheet = datasheet.to_str().unwrap();
    commands.run(&["dataset", "init", "--out", datasheet]).expect(0);
    let faults = commands.run(&["dataset", "check", datasheet, "--json"]).expect(1).out;
    assert!(faults.contains("about.summary"), "{faults}");

    std::fs::write(datasheet, fixtures::datasheet_text("CC-BY-4.0", "")).unwrap();
    std::fs::write(folder.join("reviews.csv"), &fixtures::reviews_csv()["reviews.csv"]).unwrap();
    assert!(commands.run(&["dataset", "check", datasheet]).expect(0).out.contains("can be registered"));
    let key = commands.path("owner.pem");
    std::fs::write(&key, acme.key.to_pem()).unwrap();
    restrict(&key);
    let key = key.to_str().unwrap();
    let folder = folder.to_str().unwrap();
    let added = commands.run(&["dataset", "add", folder, "--dataset", "acme/review-data", "--key", key]).expect(0).out;
    assert!(added.contains("acme/review-data@v1"), "{added}");
    assert!(commands.run(&["dataset", "list"]).expect(0).out.contains("acme/review-data"));
    let shown = commands.run(&["dataset", "show", "acme/review-data"]).expect(0).out;
    assert!(shown.contains("reviews.csv") && shown.contains("acme/review-data@v1"), "{shown}");
    commands.run(&["dataset", "alias", "acme/review-data", "stable", "1"]).expect(0);
    commands.run(&["dataset", "status", "acme/review-data@stable", "suspended"]).expect(0);
}

#[test]
fn the_pages_of_a_data_set_show_its_papers() {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let (acme, _) = app.two_parties();
    let browser = Browser::new(app.address);
    browser.set_up(acme.client.token(), "acme", "ada@acme.example");
    assert!(browser.read("/datasets").contains("chancery dataset add"), "an empty page says what to do");
    add(&acme, "acme/review-data");
    assert!(browser.read("/datasets?q=review").contains("/datasets/acme/review-data"));
    assert!(!browser.read("/models").contains("/datasets/acme/review-data"));
    let summary = browser.read("/datasets/acme/review-data");
    assert!(summary.contains("reviews of products") && summary.contains("CC-BY-4.0"), "{summary}");
    for (tab, said) in [
        ("datasheet", "training classifiers"),
        ("files", "reviews.csv"),
        ("versions", "v1"),
        ("lineage", "acme/review-data@v1"),
        ("licence", "CC-BY-4.0"),
    ] {
        let page = browser.read(&format!("/datasets/acme/review-data/{tab}"));
        assert!(page.contains(said), "{tab}: {page}");
    }
    assert!(browser.read("/datasets/acme/review-data/versions/v1/suspend").contains("acme/review-data"));
}
