//! Two people: what waits for a second one, who that can be, and that nobody gets around it alone, with a key, or twice.

use serde_json::{Value, json};

use crate::{
    app::TestApp,
    browser::{Browser, PASSWORD},
    client::{Answer, Client},
    commands::Program,
    fixtures,
    organisation::{Organisation, text},
    people::{EMAIL, joined, joined_at, signed_in},
};

/// The limit of tokens above which offers need two people.
const LIMIT: u64 = 1_000;
const RULES: &str = "/api/v1/approvals/rules";

/// Acme, of which Ada is an owner, Grace an approver and Hedy another owner, and globex, which is to hold licences.
struct Scene {
    app: TestApp,
    acme: Organisation,
    globex: Organisation,
    ada: Browser,
    grace: Browser,
    hedy: Browser,
}

impl Scene {
    /// Everybody is there, and offers above the limit need two of them.
    fn new() -> Self {
        let (app, acme, ada) = signed_in();
        let globex = app.party("globex");
        acme.push("acme/reviews", &fixtures::tiny_classifier(), &fixtures::open_passport());
        let grace = joined(&app, &ada, "grace@acme.example", "approver");
        let hedy = joined(&app, &ada, "hedy@acme.example", "owner");
        ada.ask("PUT", RULES, &json!({"grants_above_tokens": LIMIT, "policies": false})).expect(200);
        Self { app, acme, globex, ada, grace, hedy }
    }

    /// What is proposed when Ada offers `tokens`: the approval.
    fn proposed(&self, tokens: u64) -> Value {
        let answer = self.ada.ask("POST", "/api/v1/grants", &offer(Some(tokens)));
        let location = answer.header("location").to_owned();
        let approval = answer.expect(202)["approval"].clone();
        assert_eq!(location, path(&approval, ""));
        approval
    }

    /// How many offers globex has.
    fn offers(&self) -> usize {
        self.globex.client.get("/api/v1/grants").expect(200)["items"].as_array().unwrap().len()
    }
}

/// The rules as they are told, with a limit for offers and nothing else.
fn only_above(limit: Option<u64>) -> Value {
    json!({"grants_above_tokens": limit, "policies": false, "key_destruction": false, "log_rotation": false})
}

fn offer(tokens: Option<u64>) -> Value {
    let mut terms = fixtures::terms();
    terms["quota_tokens"] = json!(tokens);
    json!({"model": "acme/reviews", "licensee": "globex", "terms": terms})
}

fn path(approval: &Value, act: &str) -> String {
    format!("/api/v1/approvals/{}{act}", text(&approval["id"]))
}

fn approve(person: &Browser, approval: &Value) -> Answer {
    person.ask("POST", &path(approval, "/approve"), &json!({}))
}

fn person(browser: &Browser) -> Value {
    browser.ask("GET", "/api/v1/whoami", &Value::Null).expect(200)["person"].clone()
}

fn place_of(browser: &Browser) -> String {
    format!("/api/v1/people/{}", text(&person(browser)["id"]))
}

/// Demands that the log says of `event` who did it and who agreed.
#[track_caller]
fn signed_by(client: &Client, event: &str, by: &Browser, approved_by: &Browser) -> Value {
    let (by, approved_by) = (person(by)["id"].clone(), person(approved_by)["id"].clone());
    client.logged(event, |entry| {
        entry["type"] == event && entry["person"] == by && entry["approved_by"] == approved_by && entry["key"].is_null()
    })
}

#[test]
fn an_offer_above_the_limit_waits_for_another_person() {
    let scene = Scene::new();
    let Scene { app, acme, globex, ada, grace, hedy } = &scene;
    let member = joined(app, ada, "lin@acme.example", "member");
    ada.ask("POST", "/api/v1/grants", &offer(Some(10))).expect(201);
    let approval = scene.proposed(5_000);
    assert_eq!((&approval["kind"], &approval["state"]), (&json!("grant-offer"), &json!("open")), "{approval}");
    assert_eq!(approval["proposed_by"]["name"], "Ada");
    assert_eq!(approval["subject"]["terms"]["quota_tokens"], 5_000);
    assert_eq!(scene.offers(), 1, "what waits is not offered");
    for (who, answer) in [
        ("its proposer", approve(ada, &approval)),
        ("a member", approve(&member, &approval)),
        ("a key", acme.client.post(&path(&approval, "/approve"), &json!({}))),
    ] {
        assert_eq!(answer.status, 403, "{who}: {answer}");
    }
    for stranger in [&globex.client, &app.operator] {
        stranger.post(&path(&approval, "/approve"), &json!({})).problem(403, "forbidden");
        stranger.get(&path(&approval, "")).problem(404, "not-found");
    }
    let once = [("idempotency-key", "agreed")];
    let agreed = grace.ask_with("POST", &path(&approval, "/approve"), &once, &json!({})).expect(200);
    assert_eq!((&agreed["state"], &agreed["decided_by"]["name"]), (&json!("approved"), &json!("Grace")), "{agreed}");
    assert_eq!(scene.offers(), 2);
    assert_eq!(grace.ask_with("POST", &path(&approval, "/approve"), &once, &json!({})).expect(200), agreed);
    for late in [approve(grace, &approval), approve(hedy, &approval)] {
        late.problem(409, "conflict");
    }
    assert_eq!(scene.offers(), 2);
    let entry = signed_by(&acme.client, "grant-offered", ada, grace);
    globex.client.logged("the offer", |seen| seen["details"]["grant"] == entry["details"]["grant"]);
    acme.client.logged("the proposal", |entry| {
        entry["type"] == "proposed"
            && entry["person"] == person(ada)["id"]
            && entry["details"]["proposal"] == approval["id"]
    });
    acme.client.logged_refusal("approve-proposal", "forbidden");
}

#[test]
fn a_key_neither_proposes_nor_gets_around_the_limit_in_small_offers() {
    let scene = Scene::new();
    let Scene { acme, globex, grace, .. } = &scene;
    for tokens in [Some(LIMIT + 1), None] {
        let detail = acme.client.post("/api/v1/grants", &offer(tokens)).problem(403, "approval-needed");
        assert!(detail.contains("sign in"), "{detail}");
    }
    let first = acme.client.post("/api/v1/grants", &offer(Some(LIMIT - 100))).expect(201);
    acme.client.post("/api/v1/grants", &offer(Some(101))).problem(403, "approval-needed");
    let second = acme.client.post("/api/v1/grants", &offer(Some(100))).expect(201);
    globex.accept(&second);
    acme.client.post("/api/v1/grants", &offer(Some(1))).problem(403, "approval-needed");
    let revoke = format!("/api/v1/grants/{}/revoke", text(&first["id"]));
    acme.client.post(&revoke, &json!({"reason": "over"})).expect(200);
    acme.client.post("/api/v1/grants", &offer(Some(LIMIT - 100))).expect(201);
    acme.client.logged_refusal("offer-grant", "approval-needed");
    let open = grace.ask("GET", "/api/v1/approvals?state=open", &Value::Null).expect(200);
    assert_eq!(open["items"], json!([]), "a key proposes nothing");
    acme.client.post("/api/v1/keys", &json!({"role": "approver", "label": "machine"})).problem(422, "unprocessable");
}

#[test]
fn whoever_left_or_may_no_more_neither_proposed_nor_agrees() {
    let scene = Scene::new();
    let Scene { app, acme, ada, grace, hedy, .. } = &scene;
    let lin = joined(app, ada, "lin@acme.example", "member");
    let offered = hedy.ask("POST", "/api/v1/grants", &offer(Some(5_000))).expect(202)["approval"].clone();
    let promoted = ada.ask("PATCH", &place_of(&lin), &json!({"role": "owner"})).expect(202)["approval"].clone();
    approve(grace, &promoted).expect(200);
    // An approver who is a member by now does not approve.
    let waiting = scene.proposed(6_000);
    ada.ask("PATCH", &place_of(grace), &json!({"role": "member"})).expect(200);
    approve(grace, &waiting).problem(403, "forbidden");
    // One who was taken out does not even get in.
    ada.ask("DELETE", &place_of(grace), &Value::Null).expect(204);
    approve(grace, &waiting).problem(401, "invalid-api-key");
    // A proposer who may not offer any more has proposed nothing, nor has one who left.
    ada.ask("PATCH", &place_of(hedy), &json!({"role": "auditor"})).expect(200);
    approve(&lin, &offered).problem(409, "conflict");
    ada.ask("DELETE", &place_of(hedy), &Value::Null).expect(204);
    approve(&lin, &offered).problem(409, "conflict");
    assert_eq!(scene.offers(), 0);
    approve(&lin, &waiting).expect(200);
    signed_by(&acme.client, "grant-offered", ada, &lin);
    // Two who can agree stay.
    ada.ask("DELETE", &place_of(&lin), &Value::Null).problem(409, "conflict");
    ada.ask("PATCH", &place_of(&lin), &json!({"role": "member"})).problem(409, "conflict");
}

#[test]
fn what_is_declined_taken_back_or_lapsed_is_not_done() {
    let scene = Scene::new();
    let Scene { app, acme, ada, grace, hedy, .. } = &scene;
    let declined = scene.proposed(5_000);
    grace.ask("POST", &path(&declined, "/decline"), &json!({})).problem(422, "unprocessable");
    acme.client.post(&path(&declined, "/decline"), &json!({"reason": "no"})).problem(403, "forbidden");
    let answer = grace.ask("POST", &path(&declined, "/decline"), &json!({"reason": "too much"})).expect(200);
    assert_eq!((&answer["state"], &answer["reason"]), (&json!("declined"), &json!("too much")), "{answer}");
    let taken_back = scene.proposed(6_000);
    let answer = ada.ask("POST", &path(&taken_back, "/decline"), &json!({})).expect(200);
    assert_eq!(answer["state"], "withdrawn");
    let lapsed = scene.proposed(7_000);
    app.tamper(&format!("UPDATE proposals SET expires_at = 1 WHERE id = '{}'", text(&lapsed["id"])));
    for approval in [&declined, &taken_back, &lapsed] {
        approve(hedy, approval).problem(409, "conflict");
    }
    hedy.ask("POST", &path(&declined, "/decline"), &json!({"reason": "again"})).problem(409, "conflict");
    assert_eq!(scene.offers(), 0);
    for (state, approval) in [("declined", &declined), ("withdrawn", &taken_back), ("lapsed", &lapsed)] {
        let page = acme.client.get(&format!("/api/v1/approvals?state={state}")).expect(200);
        let ids: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert_eq!(ids, [approval["id"].clone()], "{state}");
    }
    let grace = person(grace)["id"].clone();
    acme.client.logged("who declined", |entry| {
        entry["type"] == "proposal-decided" && entry["person"] == grace && entry["details"]["state"] == "declined"
    });
}

#[test]
fn two_who_approve_at_once_do_it_once() {
    let scene = Scene::new();
    let mut people = [scene.grace.clone(), scene.hedy.clone()];
    for round in 1..=4 {
        let approval = scene.proposed(5_000 * round);
        let answers = std::thread::scope(|scope| {
            let approval = &approval;
            let begun = people.map(|person| {
                scope.spawn(move || {
                    let status = approve(&person, approval).status;
                    (person, status)
                })
            });
            begun.map(|thread| thread.join().unwrap())
        });
        let mut statuses = [answers[0].1, answers[1].1];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(scene.offers(), usize::try_from(round).unwrap());
        people = answers.map(|(person, _)| person);
    }
}

#[test]
fn what_changed_meanwhile_is_judged_when_it_is_carried_out() {
    let scene = Scene::new();
    let Scene { acme, globex, ada, grace, .. } = &scene;
    let body = json!({"model": "acme/reviews", "purposes": ["research"], "message": "a thesis"});
    let asked = globex.client.post("/api/v1/access-requests", &body).expect(201);
    let mut answer = offer(Some(5_000));
    answer["answers"] = asked["id"].clone();
    let approval = ada.ask("POST", "/api/v1/grants", &answer).expect(202)["approval"].clone();
    let request = format!("/api/v1/access-requests/{}", text(&asked["id"]));
    globex.client.post(&format!("{request}/withdraw"), &json!({})).expect(200);
    approve(grace, &approval).problem(409, "conflict");
    let shown = acme.client.get(&path(&approval, "")).expect(200);
    assert_eq!((&shown["state"], &shown["decided_by"]), (&json!("open"), &Value::Null), "it stays as it was");
    assert_eq!(scene.offers(), 0);
    // What would need nobody by now is carried out all the same, and once.
    let lifted = ada.ask("PUT", RULES, &json!({})).expect(202)["approval"].clone();
    let offered = scene.proposed(6_000);
    approve(grace, &lifted).expect(200);
    approve(grace, &offered).expect(200);
    assert_eq!(scene.offers(), 1);
}

#[test]
fn a_repeated_request_stays_what_it_was() {
    let scene = Scene::new();
    let Scene { ada, grace, .. } = &scene;
    let send = |key: &str, tokens: u64| {
        ada.ask_with("POST", "/api/v1/grants", &[("idempotency-key", key)], &offer(Some(tokens)))
    };
    let (small, large) = (send("small", 10).expect(201), send("large", 5_000).expect(202));
    let rules = |limit: Value| {
        let asked = ada.ask("PUT", RULES, &json!({"grants_above_tokens": limit})).expect(202)["approval"].clone();
        approve(grace, &asked).expect(200);
    };
    rules(json!(5));
    assert_eq!(send("small", 10).expect(201)["id"], small["id"]);
    rules(Value::Null);
    assert_eq!(send("large", 5_000).expect(202)["approval"]["id"], large["approval"]["id"]);
    assert_eq!(scene.offers(), 1);
}

#[test]
fn what_needs_two_is_changed_by_two() {
    let (app, acme, ada) = signed_in();
    let rules = only_above(Some(LIMIT));
    ada.ask("PUT", RULES, &rules).problem(409, "conflict");
    let beyond = json!({"grants_above_tokens": u64::MAX});
    acme.client.put(RULES, beyond.to_string().as_bytes()).problem(400, "bad-request");
    let grace = joined(&app, &ada, "grace@acme.example", "approver");
    grace.ask("PUT", RULES, &rules).problem(403, "forbidden");
    ada.ask("PUT", RULES, &rules).expect(200);
    for weaker in [json!({}), json!({"grants_above_tokens": LIMIT * 2})] {
        acme.client.put(RULES, weaker.to_string().as_bytes()).problem(403, "approval-needed");
        let waiting = ada.ask("PUT", RULES, &weaker).expect(202)["approval"].clone();
        approve(&ada, &waiting).problem(403, "forbidden");
        assert_eq!(acme.client.get(RULES).expect(200), rules, "nothing is changed by one");
    }
    let waiting = ada.ask("GET", "/api/v1/approvals?state=open", &Value::Null).expect(200);
    // The older one, so that what stands is what was agreed to last.
    approve(&grace, &waiting["items"][1]).expect(200);
    assert_eq!(acme.client.get(RULES).expect(200), only_above(None));
    signed_by(&acme.client, "approval-rules-set", &ada, &grace);
    acme.client.logged_refusal("set-approval-rules", "approval-needed");
}

#[test]
fn nobody_makes_their_own_second_person() {
    let scene = Scene::new();
    let Scene { app, acme, ada, grace, .. } = &scene;
    for role in ["owner", "approver"] {
        let body = json!({"email": "me-too@acme.example", "role": role});
        acme.client.post("/api/v1/invitations", &body).problem(403, "approval-needed");
        ada.ask("POST", "/api/v1/invitations", &body).problem(403, "approval-needed");
        ada.read("/members");
        let shown = ada.submit("/members/invitations", &[("email", "me-too@acme.example"), ("role", role)]);
        assert_eq!(shown.answer.status, 403, "{}", shown.html);
    }
    let lin = joined(app, ada, "lin@acme.example", "member");
    let place = place_of(&lin);
    for role in ["owner", "approver"] {
        let body = json!({"role": role}).to_string();
        acme.client.send("PATCH", &place, &[], body.as_bytes()).problem(403, "approval-needed");
    }
    ada.ask("PATCH", &place, &json!({"role": "auditor"})).expect(200);
    let waiting = ada.ask("PATCH", &place, &json!({"role": "approver"})).expect(202)["approval"].clone();
    assert_eq!((&waiting["kind"], &person(&lin)["role"]), (&json!("person-change"), &json!("auditor")), "{waiting}");
    assert!(
        grace.read(&format!("/approvals/{}", text(&waiting["id"]))).contains("Grace"),
        "the page names who is meant"
    );
    approve(grace, &waiting).expect(200);
    assert_eq!(person(&lin)["role"], "approver");
    signed_by(&acme.client, "person-changed", ada, grace);
    // Staying one for longer takes two as well, leaving earlier does not.
    let day = 86_400_000;
    let soon = person(&lin)["created_at"].as_i64().unwrap() + day;
    ada.ask("PATCH", &place, &json!({"expires_at": soon})).expect(200);
    let longer = json!({"expires_at": soon + day}).to_string();
    acme.client.send("PATCH", &place, &[], longer.as_bytes()).problem(403, "approval-needed");
    let never = ada.ask("PATCH", &place, &json!({"expires_at": null})).expect(202)["approval"].clone();
    assert_eq!(never["subject"]["change"]["expires_at"], Value::Null);
    ada.read("/members");
    let id = place.rsplit('/').next().unwrap();
    ada.ask("PATCH", &place, &json!({"role": "member"})).expect(200);
    let proposed = ada.follow(&format!("/members/{id}/change"), &[("role", "owner")]);
    assert!(proposed.starts_with("/approvals/proposal_"), "{proposed}");
    acme.client.logged_refusal("invite-person", "approval-needed");
    acme.client.logged_refusal("change-person", "approval-needed");
}

#[test]
fn a_change_of_policy_takes_two_and_is_about_the_rules_that_were_looked_at() {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let organisation = app.operator.get("/api/v1/whoami").expect(200)["party"]["slug"].clone();
    let ada = Browser::new(app.address);
    ada.set_up(app.operator.token(), text(&organisation), EMAIL);
    ada.read("/members");
    let grace = joined_at(&app, &ada, text(&organisation), "grace@acme.example", "approver");
    ada.ask("PUT", RULES, &json!({"policies": true})).expect(200);
    let mode = |rule: &str| json!({"rule": rule, "mode": "shadow"});
    app.operator.post("/api/v1/policies", &mode("quota-exceeded")).problem(403, "approval-needed");
    let unknown = ada.ask("POST", "/api/v1/policies", &mode("nothing"));
    assert_eq!(unknown.status, 422, "what could not be done is not proposed: {unknown}");
    let [first, second] = ["quota-exceeded", "grant-version"]
        .map(|rule| ada.ask("POST", "/api/v1/policies", &mode(rule)).expect(202)["approval"].clone());
    approve(&ada, &first).problem(403, "forbidden");
    let in_shadow = || {
        let book = app.operator.get("/api/v1/policies").expect(200);
        let rules = book["rules"].as_array().unwrap().iter().filter(|rule| rule["mode"] == "shadow");
        rules.map(|rule| text(&rule["id"]).to_owned()).collect::<Vec<_>>()
    };
    assert!(in_shadow().is_empty());
    approve(&grace, &first).expect(200);
    assert_eq!(in_shadow(), ["quota-exceeded"]);
    signed_by(&app.operator, "policy-activated", &ada, &grace);
    let detail = approve(&grace, &second).problem(409, "conflict");
    assert!(detail.contains("other rules"), "{detail}");
    assert_eq!(in_shadow(), ["quota-exceeded"]);
    app.operator.logged_refusal("activate-policies", "approval-needed");
}

#[test]
fn who_may_read_what_waits() {
    let scene = Scene::new();
    let Scene { app, acme, globex, ada, .. } = &scene;
    let initech = app.party("initech");
    let (with_globex, of_rules) =
        (scene.proposed(5_000), ada.ask("PUT", RULES, &json!({})).expect(202)["approval"].clone());
    let mut other = offer(Some(5_000));
    other["licensee"] = json!(initech.slug);
    let with_initech = ada.ask("POST", "/api/v1/grants", &other).expect(202)["approval"].clone();
    let auditor = joined(app, ada, "lin@acme.example", "auditor");
    let seen = |reader: &Browser| {
        let page = reader.ask("GET", "/api/v1/approvals", &Value::Null).expect(200);
        page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(seen(&auditor), [&with_initech, &of_rules, &with_globex].map(|approval| approval["id"].clone()));
    ada.ask("PATCH", &place_of(&auditor), &json!({"scope": {"parties": ["globex"]}})).expect(200);
    assert_eq!(seen(&auditor), [with_globex["id"].clone()]);
    for (approval, status) in [(&with_globex, 200), (&with_initech, 404), (&of_rules, 404)] {
        assert_eq!(auditor.ask("GET", &path(approval, ""), &Value::Null).status, status, "{approval}");
    }
    ada.ask("PATCH", &place_of(&auditor), &json!({"scope": {"to": 1_000}})).expect(200);
    assert!(seen(&auditor).is_empty());
    let program = acme.program("research", "DE");
    for path in ["/api/v1/approvals", "/api/v1/people", "/api/v1/invitations"] {
        program.get(path).problem(403, "forbidden");
    }
    assert_eq!(globex.client.get("/api/v1/approvals").expect(200)["items"], json!([]));
}

#[test]
fn people_and_approvals_at_the_terminal() {
    let (app, acme, ada) = signed_in();
    let program = Program::of(&acme.client);
    let run = |arguments: &[&str], code: i32| program.run(&[arguments, &["--json"]].concat()).expect(code);
    let document = |arguments: &[&str]| serde_json::from_str::<Value>(&run(arguments, 0).out).unwrap();
    let invited = document(&["people", "invite", "lin@acme.example", "--role", "auditor", "--with", "globex"]);
    assert_eq!(invited["scope"], json!({"parties": ["globex"]}), "{invited}");
    assert!(text(&invited["link"]).contains("/join/invitation_"), "{invited}");
    let open = document(&["people", "invitations"]);
    assert_eq!(open["items"][0]["id"], invited["id"]);
    run(&["people", "withdraw", text(&invited["id"])], 0);
    run(&["people", "withdraw", text(&invited["id"])], 1);
    let grace = joined(&app, &ada, "grace@acme.example", "member");
    let grace_id = text(&person(&grace)["id"]).to_owned();
    let changed = document(&["people", "change", &grace_id, "--role", "approver"]);
    assert_eq!(changed["role"], "approver");
    run(&["approval", "rules", "--grants-above", "1000"], 0);
    run(&["approval", "rules", "--no-limit"], 4);
    let password = [("CHANCERY_PASSWORD", PASSWORD)];
    let as_ada = ["--as", EMAIL, "--organisation", "acme"];
    let as_grace = ["--as", "grace@acme.example", "--organisation", "acme"];
    let lifted = program.run_with(&[&["approval", "rules", "--no-limit"][..], &as_ada].concat(), &password).expect(0);
    assert!(lifted.out.contains("chancery approval approve proposal_"), "{lifted:?}");
    let waiting = document(&["approval", "list", "--state", "open"])["items"][0]["id"].clone();
    let waiting = text(&waiting);
    let shown = program.run(&["approval", "show", waiting, "--lang", "zh"]).expect(0);
    assert!(shown.out.contains("提议人") && shown.out.contains("Ada"), "{shown:?}");
    let refused = program.run(&["approval", "approve", waiting]).expect(4);
    assert!(refused.said.contains("a person"), "{refused:?}");
    let approve = |who: &[&str], environment: &[(&str, &str)], code: i32| {
        program.run_with(&[&["approval", "approve", waiting], who].concat(), environment).expect(code)
    };
    approve(&as_grace, &[("CHANCERY_PASSWORD", "wrong wrong wrong")], 4);
    approve(&as_ada, &password, 4);
    approve(&as_grace, &password, 0);
    let rules = document(&["approval", "rules"]);
    assert_eq!(rules, only_above(None));
    let sessions = grace.ask("GET", "/api/v1/sessions", &Value::Null).expect(200);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 1, "the terminal signed out: {sessions}");
    run(&["people", "remove", &grace_id], 0);
    let people = document(&["people", "list"]);
    assert_eq!(people["items"].as_array().unwrap().len(), 1, "{people}");
}

#[test]
fn keys_are_destroyed_by_two() {
    let scene = Scene::new();
    let Scene { acme, ada, grace, hedy, .. } = &scene;
    let asked = ada.ask("PUT", RULES, &json!({"key_destruction": true})).expect(202)["approval"].clone();
    approve(grace, &asked).expect(200);
    let version = "/api/v1/models/acme/reviews/versions/v1";
    acme.client.post(&format!("{version}/status"), &json!({"status": "withdrawn"})).expect(200);
    let (destruction, reason) = (format!("{version}/destruction"), json!({"reason": "erasure"}));
    acme.client.post(&destruction, &reason).problem(403, "approval-needed");
    let page = "/models/acme/reviews/versions/v1/destroy";
    assert!(hedy.read(page).contains("two people"));
    let untyped = hedy.submit(page, &[("reason", "erasure"), ("again", "acme/reviews")]);
    assert_eq!(untyped.answer.status, 422);
    let place = hedy.follow(page, &[("reason", "erasure"), ("again", "acme/reviews@v1")]);
    assert!(place.starts_with("/approvals/proposal_"), "{place}");
    let seen = grace.read(&place);
    assert!(seen.contains("acme/reviews@v1") && seen.contains("erasure"), "{seen}");
    let id = place.trim_start_matches("/approvals/").split('?').next().unwrap();
    let approval = json!({"id": id});
    assert_eq!(acme.client.get(version).expect(200)["status"], "withdrawn", "what waits is not done");
    approve(hedy, &approval).problem(403, "forbidden");
    approve(grace, &approval).expect(200);
    assert_eq!(acme.client.get(version).expect(200)["status"], "destroyed");
    acme.client.post(&format!("{version}/check"), &json!({})).problem(410, "destroyed");
    signed_by(&acme.client, "keys-destroyed", hedy, grace);
}

#[test]
fn the_logs_get_another_name_by_two() {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let ada = Browser::new(app.address);
    ada.set_up(app.operator.token(), "operator", "ada@operator.example");
    let grace = joined_at(&app, &ada, "operator", "grace@operator.example", "approver");
    ada.ask("PUT", RULES, &json!({"log_rotation": true})).expect(200);
    let (path, reason) = ("/api/v1/log-rotations", json!({"reason": "yearly"}));
    app.operator.post(path, &reason).problem(403, "approval-needed");
    assert!(ada.read("/records").contains("another name"));
    assert_eq!(ada.submit("/records/rotation", &[("reason", "")]).answer.status, 422);
    let place = ada.follow("/records/rotation", &[("reason", "yearly")]);
    assert_eq!(app.operator.get(path).expect(200)["last"], Value::Null);
    assert!(grace.read(&place).contains("yearly"));
    let approval = json!({"id": place.trim_start_matches("/approvals/").split('?').next().unwrap()});
    approve(&grace, &approval).expect(200);
    assert_eq!(app.operator.get(path).expect(200)["last"]["reason"], "yearly");
    assert!(ada.read("/records").contains("chancery log rotate"));
    signed_by(&app.operator, "log-rotation-ordered", &ada, &grace);
}

#[test]
fn an_invitation_from_before_does_not_make_a_second_person() {
    let (app, acme, ada) = signed_in();
    let invited = |email: &str, role: &str| {
        let body = json!({"email": email, "role": role});
        let answer = acme.client.post("/api/v1/invitations", &body).expect(201);
        text(&answer["link"]).to_owned()
    };
    let (puppet, member) = (invited("puppet@acme.example", "approver"), invited("lin@acme.example", "member"));
    joined(&app, &ada, "grace@acme.example", "approver");
    ada.ask("PUT", RULES, &json!({"grants_above_tokens": LIMIT})).expect(200);
    let join = |link: &str| {
        let browser = Browser::new(app.address);
        let path = link.split_once("/join/").map(|(_, secret)| format!("/join/{secret}")).unwrap();
        browser.open(&path);
        browser.submit(&path, &[("name", "Somebody"), ("password", PASSWORD)])
    };
    let refused = join(&puppet);
    assert!(refused.answer.status == 409 && refused.html.contains("two people"), "{}", refused.html);
    assert_eq!(join(&member).answer.status, 303);
}

#[test]
fn what_was_used_under_a_revoked_grant_counts() {
    let scene = Scene::new();
    let Scene { acme, globex, ada, .. } = &scene;
    let caller = globex.program("commercial-service", "DE");
    for _ in 0..2 {
        let offered = ada.ask("POST", "/api/v1/grants", &offer(Some(LIMIT / 2))).expect(201);
        globex.accept(&offered);
        for _ in 0..38 {
            caller.predict("acme/reviews", "I love it very much indeed, and so will you, my dear friend").ok();
        }
        let revoke = format!("/api/v1/grants/{}/revoke", text(&offered["id"]));
        acme.client.post(&revoke, &json!({"reason": "again"})).expect(200);
    }
    assert_eq!(ada.ask("POST", "/api/v1/grants", &offer(Some(LIMIT / 2))).status, 202, "all that was used counts");
}

#[test]
fn what_was_changed_in_the_database_is_not_carried_out() {
    let scene = Scene::new();
    let approval = scene.proposed(5_000);
    let id = text(&approval["id"]);
    scene.app.tamper(&format!("UPDATE proposals SET subject = replace(subject, '5000', '99999999') WHERE id = '{id}'"));
    let refused = approve(&scene.grace, &approval).problem(409, "conflict");
    assert!(refused.contains("log"), "{refused}");
    let other = scene.proposed(6_000);
    let hedy = text(&person(&scene.hedy)["id"]).to_owned();
    scene.app.tamper(&format!("UPDATE proposals SET proposed_by = '{hedy}' WHERE id = '{}'", text(&other["id"])));
    approve(&scene.ada, &other).problem(409, "conflict");
    assert_eq!(scene.offers(), 0);
}

#[test]
fn offers_at_once_do_not_get_past_the_limit_together() {
    let scene = Scene::new();
    let key = &scene.acme.client;
    for _ in 0..6 {
        let codes: Vec<u16> = std::thread::scope(|threads| {
            let asked: Vec<_> = (0..6)
                .map(|_| threads.spawn(|| key.post("/api/v1/grants", &offer(Some(LIMIT * 6 / 10))).status))
                .collect();
            asked.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        let offered = codes.iter().filter(|code| **code == 201).count();
        assert_eq!(offered, 1, "{codes:?}");
        scene.app.tamper("UPDATE grants SET status = 'revoked', revoked_at = 1");
    }
}
