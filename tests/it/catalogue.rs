//! Models and data sets as people look through them: found by word, shown with what is known, hidden from whom they are not for.

use serde_json::json;

use crate::{
    app::TestApp,
    browser::{Browser, PASSWORD},
    fixtures::{self, TERMS},
    organisation::{Organisation, text},
};

/// Two organisations with a listed and a private model of `acme`, and a browser for each.
struct Scene {
    app: TestApp,
    acme: Organisation,
    globex: Organisation,
    owner: Browser,
    stranger: Browser,
}

impl Scene {
    fn new() -> Self {
        let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
        let (acme, globex) = app.two_parties();
        acme.push_reviews();
        let secret = fixtures::passport_with("家书-hidden-set", "CC-BY-NC-4.0");
        acme.push_as("acme/secret", &fixtures::tiny_classifier(), &secret, &json!({"visibility": "private"}));
        let (owner, stranger) = (Browser::new(app.address), Browser::new(app.address));
        owner.set_up(acme.client.token(), "acme", "ada@acme.example");
        stranger.set_up(globex.client.token(), "globex", "grace@globex.example");
        Self { app, acme, globex, owner, stranger }
    }
}

#[test]
fn what_is_not_for_somebody_answers_as_what_is_not_there() {
    let scene = Scene::new();
    assert!(scene.owner.read("/models").contains("acme/secret"));
    assert!(!scene.stranger.read("/models").contains("acme/secret"));
    for tab in ["", "/passport", "/files", "/bundle", "/versions", "/lineage", "/licence", "/grants", "/uses"] {
        let (hidden, absent) = (format!("/models/acme/secret{tab}"), format!("/models/acme/absent{tab}"));
        let (hidden, absent) = (scene.stranger.open(&hidden), scene.stranger.open(&absent));
        assert_eq!((hidden.answer.status, absent.answer.status), (404, 404), "{tab}");
        assert_eq!(hidden.html.replace("secret", "absent"), absent.html, "{tab}");
        assert_eq!(scene.owner.open(&format!("/models/acme/secret{tab}")).answer.status, 200, "{tab}");
    }
    for path in ["/models/acme/reviews?version=v9", "/models/acme/reviews?version=%3Cscript%3E", "/models/a%22b/c"] {
        assert_eq!(scene.owner.open(path).answer.status, 404, "{path}");
    }
    let listed = scene.owner.read("/datasets/named?q=hidden");
    let place = listed.split("class=\"row\" href=\"/datasets/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(scene.owner.read(&format!("/datasets/{place}")).contains("acme/secret@v1"));
    assert!(!scene.stranger.read("/datasets/named").contains("hidden-set"));
    assert_eq!(scene.stranger.open(&format!("/datasets/{place}")).answer.status, 404);
    scene.acme.offer("acme/secret", &scene.globex, TERMS);
    assert!(scene.stranger.read("/models?from=licensed").contains("acme/secret"), "what is offered may be seen");
    assert!(scene.stranger.read(&format!("/datasets/{place}")).contains("acme/secret@v1"));
}

#[test]
fn listings_are_narrowed_sorted_and_say_what_to_do_when_empty() {
    let scene = Scene::new();
    for (query, found) in [
        ("q=rev", true),
        ("q=ACME%2Freviews", true),
        ("q=views", false),
        ("q=%25", false),
        ("from=own", true),
        ("from=licensed", false),
        ("status=registered", true),
        ("status=withdrawn", false),
        ("sort=newest&q=reviews", true),
    ] {
        let page = scene.owner.read(&format!("/models?{query}"));
        assert_eq!(page.contains("href=\"/models/acme/reviews\""), found, "{query}");
        assert!(found || page.contains("class=\"empty\""), "{query}");
    }
    for query in ["from=theirs", "status=gone", "sort=worst", "after=%3Cscript%3E"] {
        let refused = scene.owner.open(&format!("/models?{query}"));
        assert_eq!(refused.answer.status, 400, "{query}");
        assert!(!refused.html.contains("<script>"), "{query}");
    }
    let none = scene.stranger.read("/models?from=own");
    assert!(none.contains("class=\"empty\""));
    let hostile = scene.owner.read("/models?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%E2%80%AE");
    assert!(!hostile.contains("<script>alert"), "what was typed is shown as text");
}

#[test]
fn tabs_tell_what_is_known_and_who_says_so_in_both_languages() {
    let scene = Scene::new();
    let digest = text(&scene.acme.client.get("/api/v1/models/acme/reviews/versions/v1").expect(200)["manifest_digest"])
        .to_owned();
    for (tab, words) in [
        ("", vec!["rel=\"license\"", "chancery predict acme/reviews", "fact-observed", &digest]),
        ("/passport", vec!["reviews-open 1", "fact-missing", "fact-declared", "CC0-1.0"]),
        (
            "/files",
            vec!["model.safetensors", "chancery verify acme/reviews@v1", "chancery trust add --from http://", &digest],
        ),
        ("/versions", vec!["v1", "/models/acme/reviews/versions/v1/suspend"]),
        ("/lineage", vec!["<svg class=\"lineage\"", "reviews-open 1", "/datasets/"]),
        ("/licence", vec!["LicenseRef-Proprietary", "tag-allowed"]),
        ("/grants", vec!["class=\"empty\""]),
        ("/uses", vec!["class=\"empty\""]),
    ] {
        let page = scene.owner.read(&format!("/models/acme/reviews{tab}"));
        for word in words {
            assert!(page.contains(word), "`{word}` is not on {tab}: {page}");
        }
        let chinese = scene.owner.read(&format!("/models/acme/reviews{tab}?lang=zh"));
        assert!(chinese.contains("<html lang=\"zh\"") && chinese.contains("来源谱系"), "{tab}");
    }
    assert!(!scene.stranger.read("/models/acme/reviews/versions").contains("/suspend"), "owners act, others look");
    let bundle = scene.owner.open("/models/acme/reviews/bundle");
    assert!(bundle.answer.header("content-disposition").contains("reviews-v1.chancery.json"));
    assert_eq!(bundle.answer.body["signed_manifest"]["payloadType"], "application/vnd.in-toto+json");
}

#[test]
fn an_ancestor_that_is_not_disclosed_has_no_name_on_any_tab() {
    let scene = Scene::new();
    let parent = "[[parent]]\nactivity = \"finetune\"\nmodel = \"acme/secret@v1\"\n[copyright]";
    let child =
        chancery::demo::papers::passport(chancery::demo::papers::Data::OpenOnly).replacen("[copyright]", parent, 1);
    scene.acme.push("acme/child", &fixtures::tiny_classifier(), &crate::manifests::passport(&child));
    for tab in ["/lineage", "/licence"] {
        let (own, theirs) =
            (format!("/models/acme/child{tab}"), scene.stranger.read(&format!("/models/acme/child{tab}")));
        let own = scene.owner.read(&own);
        assert!(own.contains("hidden-set") && own.contains("CC-BY-NC-4.0"), "{tab}: {own}");
        for word in ["hidden-set", "acme/secret", "CC-BY-NC-4.0"] {
            assert!(!theirs.contains(word), "`{word}` is told on {tab}");
        }
        assert!(theirs.contains("undisclosed"), "{tab}");
    }
    let own = scene.owner.read("/models/acme/child/lineage");
    assert!(own.contains("/models/acme/secret/lineage?version=v1"), "owners go on to the parent");
}

#[test]
fn owners_suspend_reinstate_and_withdraw_after_they_read_what_stops() {
    let scene = Scene::new();
    scene.acme.grant("acme/reviews", &scene.globex, TERMS);
    let program = scene.globex.program("commercial-service", "DE");
    let stopped = "/models/acme/reviews/versions/v1/suspend";
    assert_eq!(scene.stranger.open(stopped).answer.status, 403, "what is listed refuses with its reason");
    let page = scene.owner.read(stopped);
    assert!(page.contains("Grants in force that cover it: 1"), "{page}");
    assert!(page.contains("No other version of acme/reviews is in use"), "{page}");
    assert_eq!(scene.stranger.submit(stopped, &[]).answer.status, 403);
    scene.owner.read(stopped);
    assert_eq!(scene.owner.follow(stopped, &[]), "/models/acme/reviews/versions?said=saved");
    assert_eq!(program.predict("acme/reviews", "stopped").status, 403);
    assert!(scene.owner.read("/models?status=suspended").contains("acme/reviews"));
    let again = "/models/acme/reviews/versions/v1/reinstate";
    scene.owner.read(again);
    scene.owner.follow(again, &[]);
    assert_eq!(program.predict("acme/reviews", "goes on").status, 200);
    let gone = "/models/acme/reviews/versions/v1/withdraw";
    scene.owner.read(gone);
    let refused = scene.owner.submit(gone, &[("again", "acme/reviews")]);
    assert_eq!(refused.answer.status, 422);
    assert!(refused.html.contains("id=\"again-error\"") && refused.html.contains("value=\"acme/reviews\""));
    scene.owner.follow(gone, &[("again", "acme/reviews@v1")]);
    assert!(scene.owner.read("/models?status=withdrawn").contains("acme/reviews"));
    scene.acme.client.logged("the withdrawal", |entry| entry["details"]["to"] == "withdrawn");
    assert_eq!(scene.owner.open("/models/acme/reviews/versions/v1/explode").answer.status, 404);
}

#[test]
fn owners_move_aliases_and_errors_stand_at_their_field() {
    let scene = Scene::new();
    let place = "/models/acme/reviews/aliases";
    scene.owner.read("/models/acme/reviews/versions");
    let refused = scene.owner.submit(place, &[("alias", "v1"), ("version", "v1")]);
    assert!((400..500).contains(&refused.answer.status), "{}", refused.html);
    assert!(refused.html.contains("id=\"alias-error\"") && refused.html.contains("value=\"v1\""), "{}", refused.html);
    scene.owner.read("/models/acme/reviews/versions");
    scene.owner.follow(place, &[("alias", "production"), ("version", "v1")]);
    assert!(scene.owner.read("/models/acme/reviews?version=production").contains("production → v1"));
    scene.stranger.read("/models/acme/reviews");
    let theirs = scene.stranger.submit(place, &[("alias", "mine"), ("version", "v1")]);
    assert_eq!(theirs.answer.status, 403);
}

#[test]
fn uses_are_counted_by_day_for_the_owner_and_for_whoever_used() {
    let scene = Scene::new();
    scene.acme.grant("acme/reviews", &scene.globex, TERMS);
    let program = scene.globex.program("commercial-service", "DE");
    for _ in 0..3 {
        assert_eq!(program.predict("acme/reviews", "counted").status, 200);
    }
    assert_eq!(scene.globex.program("research", "DE").predict("acme/reviews", "refused").status, 403);
    let began = std::time::Instant::now();
    let row = "<td class=\"num\">3</td><td class=\"num\">1</td>";
    // Counted within half a minute, as the page says.
    while !scene.owner.read("/models/acme/reviews/uses").contains(row) {
        assert!(began.elapsed().as_secs() < 30, "{}", scene.owner.read("/models/acme/reviews/uses"));
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    assert!(scene.stranger.read("/models/acme/reviews/uses").contains(row));
    let third = scene.app.party("initech");
    let other = Browser::new(scene.app.address);
    other.set_up(third.client.token(), "initech", "hedy@initech.example");
    assert!(other.read("/models/acme/reviews/uses").contains("class=\"empty\""), "others' uses are not theirs to see");
    let page = scene.owner.read("/models/acme/reviews/versions/v1/suspend");
    assert!(page.contains("Uses answered in the last seven days: 3"), "{page}");
}

#[test]
fn an_auditor_sees_licences_and_uses_within_its_limits_only() {
    let scene = Scene::new();
    scene.acme.grant("acme/reviews", &scene.globex, TERMS);
    scene.owner.read("/members");
    let limits = [("email", "iris@audit.example"), ("role", "auditor"), ("parties", "initech")];
    let shown = scene.owner.submit("/members/invitations", &limits);
    assert_eq!(shown.answer.status, 200, "{}", shown.html);
    let join = format!("/join/{}", shown.html.split("/join/").nth(1).unwrap().split('<').next().unwrap());
    let auditor = Browser::new(scene.app.address);
    auditor.read(&join);
    auditor.follow(&join, &[("name", "Iris"), ("password", PASSWORD)]);
    assert_eq!(auditor.sign_in("acme", "iris@audit.example", PASSWORD), "/");
    assert!(scene.owner.read("/models/acme/reviews/grants").contains("globex"));
    assert!(!auditor.read("/models/acme/reviews/grants").contains("globex"));
    assert!(auditor.read("/models/acme/reviews/uses").contains("Only uses within your period"));
    assert!(!auditor.read("/models/acme/reviews/versions").contains("/suspend"));
}

#[test]
fn what_owners_write_is_shown_as_text_everywhere() {
    let scene = Scene::new();
    let hostile = "\"><script>alert(1)</script>'&";
    let mut passport = fixtures::open_passport();
    passport["model"]["summary"] = json!(hostile);
    passport["model"]["contact"] = json!(hostile);
    passport["dataset"][0]["name"] = json!(hostile);
    scene.acme.push("acme/hostile", &fixtures::tiny_classifier(), &passport);
    let tabs = ["", "/passport", "/files", "/versions", "/lineage", "/licence", "/grants", "/uses"];
    let pages = tabs.map(|tab| format!("/models/acme/hostile{tab}"));
    for path in pages.iter().map(String::as_str).chain(["/models", "/datasets/named", "/datasets/named?q=script"]) {
        let page = scene.stranger.read(path);
        assert!(!page.contains("<script>alert"), "{path}");
        assert!(!page.contains("\"><script"), "{path}");
    }
}
