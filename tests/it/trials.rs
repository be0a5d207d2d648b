//! Rules on trial: in shadow, promoted, dropped; what they would have refused; other rules tried on recorded decisions,
//! activated and taken back.

use std::{fs, path::Path};

use chancery_domain::policy::PolicySources;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    browser::{Browser, PASSWORD},
    client::Client,
    commands::Program,
    database::on_postgres,
    fixtures::{self, TERMS},
    organisation::{Organisation, text},
};

/// A rule that a caller of the demo's kind runs into.
const RULE: &str = r#"
@id("no-globex")
@stage("4")
@code("use_not_permitted")
@status("403")
@subject("model")
@clause("trial")
@source("example")
@reason("model `{model}` is on trial")
@reason_zh("模型 `{model}` 正在试行")
@next("ask {owner}")
@next_zh("请询问 {owner}")
forbid (principal, action, resource)
when { context has purpose && context.purpose == "commercial-service" };
"#;

/// A server with a model of acme's that globex may use for one purpose, and two of globex's programs.
struct World {
    app: TestApp,
    acme: Organisation,
    globex: Organisation,
    allowed: Client,
    refused: Client,
}

impl World {
    fn new() -> Self {
        let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
        let (acme, globex) = app.two_parties();
        acme.push_reviews();
        acme.grant("acme/reviews", &globex, TERMS);
        let (allowed, refused) = (globex.program("commercial-service", "DE"), globex.program("research", "DE"));
        Self { app, acme, globex, allowed, refused }
    }

    /// Uses the model as often, allowed and refused; the decisions.
    fn call(&self, allowed: usize, refused: usize) -> (Vec<Value>, Vec<Value>) {
        let call = |program: &Client| program.predict("acme/reviews", "x").body["decision"].clone();
        ((0..allowed).map(|_| call(&self.allowed)).collect(), (0..refused).map(|_| call(&self.refused)).collect())
    }

    fn change(&self, body: &Value) -> Value {
        self.app.operator.post("/api/v1/policies", body).expect(200)
    }

    fn put(&self, rule: &str, mode: &str) -> Value {
        self.change(&json!({"rule": rule, "mode": mode}))
    }

    fn diff(&self, query: &str, body: &Value) -> Value {
        self.app.operator.post(&format!("/api/v1/policies/diff?{query}"), body).expect(200)
    }
}

/// The built-in texts with one more rule.
fn with_rule(rule: &str) -> Value {
    let mut sources = PolicySources::builtin();
    sources.files.insert("trial.cedar".to_owned(), rule.to_owned());
    json!({"schema": sources.schema, "files": sources.files})
}

fn in_shadow(mut texts: Value, rule: &str) -> Value {
    texts["shadow"] = json!([rule]);
    texts
}

fn mode_of<'v>(book: &'v Value, rule: &str) -> &'v Value {
    book["rules"].as_array().unwrap().iter().find(|found| found["id"] == rule).unwrap_or(&Value::Null)
}

/// Change, cause, licensee and number of each group.
fn groups(diff: &Value) -> Vec<(&str, &str, &str, u64)> {
    fn told(group: &Value) -> (&str, &str, &str, u64) {
        let decisions = group["decisions"].as_u64().unwrap();
        (text(&group["change"]), text(&group["cause"]), text(&group["licensee"]), decisions)
    }
    diff["items"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn what_shadow_recorded_is_what_the_diff_finds_and_what_promotion_refuses() {
    let world = World::new();
    let (before, _) = world.call(2, 1);
    let tried = world.change(&in_shadow(with_rule(RULE), "no-globex"));
    assert_eq!((&tried["origin"], &mode_of(&tried, "no-globex")["mode"]), (&json!("operator"), &json!("shadow")));
    assert_eq!(mode_of(&tried, "no-globex")["by"], "operator");
    let (allowed, refused) = world.call(3, 2);

    // Only what was decided while the rule was in shadow is in its report.
    let report = world.app.operator.get("/api/v1/policies/shadow/report").expect(200);
    let rule = &report["rules"][0];
    assert_eq!(
        (&rule["rule"], &rule["mode"], &rule["by"]),
        (&json!("no-globex"), &json!("shadow"), &json!("operator"))
    );
    assert_eq!((&rule["would_refuse"], &rule["refused_anyway"]), (&json!(3), &json!(0)));
    let group = &report["items"][0];
    assert_eq!((&group["licensee"], &group["model"]), (&json!("globex"), &json!("acme/reviews")));
    assert_eq!((&group["first"], &group["last"]), (&allowed[0], &allowed[2]));

    // The set in force against itself: what was decided before came out the same under it, too.
    let itself = world.diff("", &json!({"digest": tried["digest"]}));
    assert_eq!((&itself["decisions"], &itself["equal"]), (&json!(8), &json!(8)), "{itself}");
    assert_eq!((itself["items"].as_array().unwrap().len(), &itself["next"]), (0, &Value::Null));

    // The rule enforced, over all decisions: the three it recorded, and the two before.
    let promoted = json!({"rule": "no-globex", "mode": "enforced"});
    let diff = world.diff("", &promoted);
    assert_eq!(groups(&diff), [("newly-refused", "no-globex", "globex", 5)]);
    assert_eq!((&diff["items"][0]["first"], &diff["items"][0]["last"]), (&before[0], &allowed[2]));
    assert_eq!(diff["equal"], 3);

    world.change(&promoted);
    let answer = world.allowed.predict("acme/reviews", "x");
    assert_eq!((answer.status, &answer.body["reasons"][0]["rule"]), (403, &json!("no-globex")), "{answer}");
    let diff = world.diff("", &json!({"rule": "no-globex", "mode": "shadow"}));
    assert_eq!(groups(&diff), [("newly-allowed", "no-globex", "globex", 1)], "{diff} {refused:?}");
}

#[test]
fn pages_of_a_diff_add_up() {
    let world = World::new();
    world.call(4, 3);
    let body = with_rule(RULE);
    let whole = world.diff("", &body);
    let (mut after, mut decisions, mut changed, mut pages) = (String::new(), 0, 0, 0);
    loop {
        let page = world.diff(&format!("decisions=2{after}"), &body);
        decisions += page["decisions"].as_u64().unwrap();
        changed += groups(&page).iter().map(|group| group.3).sum::<u64>();
        pages += 1;
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!((decisions, changed, pages), (7, 4, 4));
    assert_eq!(groups(&whole), [("newly-refused", "no-globex", "globex", 4)]);
    let future = world.diff("from=4102444800000", &body);
    assert_eq!(future["decisions"], 0, "an empty part of the records is no fault");
}

#[test]
fn periods_are_kept_to() {
    let world = World::new();
    world.put("grant-missing", "shadow");
    let initech = world.app.party("initech");
    let program = initech.program("commercial-service", "DE");
    let decided = |answer: Value| {
        let path = format!("/api/v1/decisions/{}", text(&answer["decision"]));
        program.get(&path).expect(200)["decided_at"].as_i64().unwrap()
    };
    let first = decided(program.predict("acme/reviews", "x").expect(200));
    std::thread::sleep(std::time::Duration::from_millis(5));
    let second = decided(program.predict("acme/reviews", "x").expect(200));
    assert!(first < second);
    for (from, to, expected) in
        [(first, second, 1), (first, second + 1, 2), (first + 1, second + 1, 1), (second + 1, second + 2, 0)]
    {
        let period = format!("from={from}&to={to}");
        let report = world.app.operator.get(&format!("/api/v1/policies/shadow/report?{period}")).expect(200);
        assert_eq!(report["rules"][0]["would_refuse"], expected, "{period}: {report}");
        assert_eq!(world.diff(&period, &json!({"origin": "server"}))["decisions"], expected, "{period}");
    }
    for path in ["/api/v1/policies/shadow/report?from=2&to=2", "/api/v1/policies/shadow/report?from=3&to=2"] {
        let told = world.app.operator.get(path).problem(422, "unprocessable");
        assert!(told.contains("is empty"), "{told}");
    }
    world.app.operator.get("/api/v1/policies/shadow/report?from=x").problem(400, "bad-request");
}

#[test]
fn an_owner_sees_what_concerns_its_own_models_only() {
    let world = World::new();
    let zenith = world.app.party("zenith");
    zenith.push("zenith/reviews", fixtures::open_classifier(), &fixtures::open_passport());
    world.put("grant-missing", "shadow");
    let initech = world.app.party("initech").program("commercial-service", "DE");
    for model in ["acme/reviews", "zenith/reviews", "acme/reviews"] {
        initech.predict(model, "x").expect(200);
    }
    let path = "/api/v1/policies/shadow/report";
    let models = |client: &Client, path: &str| -> Vec<(String, u64)> {
        let report = client.get(path).expect(200);
        let group = |group: &Value| (text(&group["model"]).to_owned(), group["would_refuse"].as_u64().unwrap());
        let groups: Vec<_> = report["items"].as_array().unwrap().iter().map(group).collect();
        assert_eq!(report["rules"][0]["would_refuse"], groups.iter().map(|group| group.1).sum::<u64>(), "{report}");
        groups
    };
    let mut all = models(&world.app.operator, path);
    all.sort();
    assert_eq!(all, [("acme/reviews".to_owned(), 2), ("zenith/reviews".to_owned(), 1)]);
    assert_eq!(models(&world.acme.client, path), [("acme/reviews".to_owned(), 2)]);
    assert_eq!(models(&zenith.client, path), [("zenith/reviews".to_owned(), 1)]);
    assert_eq!(models(&world.globex.client, path), [], "a licensee learns nothing of others");
    initech.get(path).problem(403, "forbidden");
    // A cursor that points before the owner's own models leads nowhere else.
    let lowest = "party_00000000000070008000000000000000 model_00000000000070008000000000000000 \
                  party_00000000000070008000000000000000";
    let cursor = base64(&format!("grant-missing {lowest}"));
    let forged = zenith.client.get(&format!("{path}?after={cursor}")).expect(200);
    assert_eq!(forged["items"].as_array().unwrap().len(), 1, "{forged}");
    assert_eq!(forged["items"][0]["model"], "zenith/reviews");
    for wrong in ["x", &base64("grant-missing"), &base64("grant-missing a b c")] {
        zenith.client.get(&format!("{path}?after={wrong}")).problem(400, "bad-request");
    }
}

#[test]
fn an_auditor_sees_what_it_was_invited_to() {
    let world = World::new();
    world.put("grant-missing", "shadow");
    for licensee in ["initech", "umbrella"] {
        let program = world.app.party(licensee).program("commercial-service", "DE");
        program.predict("acme/reviews", "x").expect(200);
    }
    let owner = Browser::new(world.app.address);
    owner.set_up(world.acme.client.token(), "acme", "ada@acme.example");
    let sees = |email: &str, scope: &[(&str, &str)]| {
        owner.read("/members");
        let fields = [&[("email", email), ("role", "auditor")], scope].concat();
        let shown = owner.submit("/members/invitations", &fields);
        let address = shown.html.split("/join/").nth(1).unwrap().split('<').next().unwrap();
        let (auditor, place) = (Browser::new(world.app.address), format!("/join/{address}"));
        auditor.read(&place);
        auditor.follow(&place, &[("name", "Grace"), ("password", PASSWORD)]);
        assert_eq!(auditor.sign_in("acme", email, PASSWORD), "/");
        let page = auditor.read("/policies");
        ["initech", "umbrella"].map(|licensee| page.contains(&format!(">{licensee}</td>")))
    };
    assert_eq!(sees("all@audit.example", &[]), [true, true]);
    assert_eq!(sees("one@audit.example", &[("parties", "initech")]), [true, false]);
    assert_eq!(sees("own@audit.example", &[("parties", "acme")]), [true, true], "the party itself has a part in all");
    assert_eq!(sees("none@audit.example", &[("parties", "nobody")]), [false, false]);
    assert_eq!(sees("past@audit.example", &[("to", "2020-01-01")]), [false, false]);
}

#[test]
fn a_long_report_comes_in_pages() {
    const CALLERS: usize = 450;
    let world = World::new();
    world.put("grant-missing", "shadow");
    let initech = world.app.party("initech").program("commercial-service", "DE");
    initech.predict("acme/reviews", "x").expect(200);
    let values = |row: fn(usize) -> String| (0..CALLERS).map(row).collect::<Vec<_>>().join(", ");
    let parties = values(|number| format!("('party_{number:032x}', 'caller-{number}', 'caller', 0)"));
    world.app.tamper(&format!("INSERT INTO parties VALUES {parties}"));
    let callers = values(|number| format!("('party_{number:032x}')"));
    let callers = format!("WITH callers (id) AS (VALUES {callers}) ");
    world.app.tamper(&format!(
        "{callers} INSERT INTO shadow_refusals SELECT s.rule, s.owner_id, s.model_id, c.id, s.decision_id, 0 \
         FROM shadow_refusals s, callers c"
    ));
    let (mut path, mut seen) = ("/api/v1/policies/shadow/report".to_owned(), std::collections::BTreeSet::new());
    let mut pages = 0;
    loop {
        let page = world.app.operator.get(&path).expect(200);
        pages += 1;
        assert_eq!(page["rules"].as_array().unwrap().len(), usize::from(pages == 1));
        for group in page["items"].as_array().unwrap() {
            assert!(seen.insert(text(&group["licensee"]).to_owned()), "{group} came twice");
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/policies/shadow/report?after={next}");
    }
    assert_eq!((pages, seen.len()), (5, CALLERS + 1));
    let told = Program::of(&world.app.operator).run(&["policy", "shadow-report", "--json"]).expect(0).out;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((told["items"].as_array().unwrap().len(), &told["rules"][0]["refused_anyway"]), (451, &json!(CALLERS)));
}

#[test]
fn what_was_recorded_before_there_was_a_report_is_in_it() {
    let world = World::new();
    world.put("grant-missing", "shadow");
    world.change(&in_shadow(with_rule(RULE), "no-globex"));
    world.call(2, 1);
    world.app.party("initech").program("commercial-service", "DE").predict("acme/reviews", "x").expect(200);
    let report = || world.app.operator.get("/api/v1/policies/shadow/report").expect(200);
    let before = report();
    assert_eq!((&before["rules"][0]["would_refuse"], &before["rules"][1]["would_refuse"]), (&json!(1), &json!(3)));
    world.app.tamper("DELETE FROM shadow_refusals");
    assert_eq!(report()["items"], json!([]));
    let migration = match on_postgres() {
        true => include_str!("../../migrations/postgres/2026-11-27-000003_shadow/up.sql"),
        false => include_str!("../../migrations/sqlite/2026-11-27-000003_shadow/up.sql"),
    };
    let (_, filling) = migration.split_once("INSERT INTO").unwrap();
    world.app.tamper(&format!("INSERT INTO {}", filling.trim_end().trim_end_matches(';')));
    assert_eq!(report(), before);
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

#[test]
fn a_rule_is_put_in_shadow_dropped_and_tried_again() {
    let world = World::new();
    let program = world.app.party("initech").program("commercial-service", "DE");
    let refuses = || program.predict("acme/reviews", "x").status == 403;
    let told =
        |body: Value, status: u16, slug: &str| world.app.operator.post("/api/v1/policies", &body).problem(status, slug);
    let mode = |rule: &str, mode: &str| json!({"rule": rule, "mode": mode});

    let unknown = told(mode("grant-mising", "shadow"), 422, "unprocessable");
    assert!(unknown.contains("did you mean `grant-missing`?"), "{unknown}");
    let early = told(mode("grant-missing", "dropped"), 409, "conflict");
    assert!(early.contains("put it in shadow first"), "{early}");
    told(mode("grant-missing", "enforced"), 409, "conflict");
    assert!(refuses());
    let shadow = world.put("grant-missing", "shadow");
    let again = told(mode("grant-missing", "shadow"), 409, "conflict");
    assert!(again.contains("is in shadow already"), "{again}");
    assert!(!refuses());
    let dropped = world.put("grant-missing", "dropped");
    assert_eq!(mode_of(&dropped, "grant-missing")["mode"], "dropped");
    assert!(!refuses());
    let report = world.app.operator.get("/api/v1/policies/shadow/report?rule=grant-missing").expect(200);
    assert_eq!((&report["rules"][0]["mode"], &report["rules"][0]["would_refuse"]), (&json!("dropped"), &json!(1)));
    assert_eq!(world.put("grant-missing", "shadow")["digest"], shadow["digest"]);
    let enforced = world.put("grant-missing", "enforced");
    assert_eq!(
        (&enforced["origin"], mode_of(&enforced, "grant-missing")["by"].as_str()),
        (&json!("server"), Some("operator"))
    );
    assert!(refuses());

    let history = world.app.operator.get("/api/v1/policies/history").expect(200);
    let modes: Vec<_> = history["items"].as_array().unwrap().iter().map(|past| &past["changes"][0]["mode"]).collect();
    assert_eq!(modes[..4], ["enforced", "shadow", "dropped", "shadow"]);
    assert_eq!((modes.len(), &history["items"][4]["by"]), (5, &Value::Null));
    for past in history["items"].as_array().unwrap() {
        world.app.operator.receipt(&past["receipt"]);
    }
    let never =
        world.app.operator.get("/api/v1/policies/shadow/report?rule=grant-revoked").problem(422, "unprocessable");
    assert!(never.contains("was never in shadow"), "{never}");
    world.app.operator.get("/api/v1/policies/shadow/report?rule=grant-mising").problem(422, "unprocessable");
}

#[test]
fn an_activated_set_outlives_a_restart_until_it_is_taken_back() {
    let mut world = World::new();
    let first = world.app.operator.get("/api/v1/policies").expect(200);
    let activated = world.change(&with_rule(RULE));
    assert_ne!(activated["digest"], first["digest"]);
    world.app.operator.post("/api/v1/policies", &with_rule(RULE)).problem(409, "conflict");
    assert_eq!(world.allowed.predict("acme/reviews", "x").status, 403);

    world.app = world.app.restarted();
    assert_eq!(world.app.operator.get("/api/v1/policies").expect(200), activated);
    let allowed = world.allowed.at(world.app.address);
    assert_eq!(allowed.predict("acme/reviews", "x").status, 403);

    // Back to what was in force first, by its digest; then the operator follows the server again.
    let back = world.change(&json!({"digest": first["digest"]}));
    assert_eq!((&back["digest"], &back["origin"]), (&first["digest"], &json!("operator")));
    allowed.predict("acme/reviews", "x").expect(200);
    assert_eq!(mode_of(&back, "no-globex"), &Value::Null);
    let history = world.app.operator.get("/api/v1/policies/history").expect(200);
    assert_eq!(history["items"][0]["changes"], json!([{"rule": "no-globex", "mode": null}]));
    let followed = world.change(&json!({"origin": "server"}));
    assert_eq!((&followed["digest"], &followed["origin"]), (&first["digest"], &json!("server")));
    world
        .app
        .operator
        .logged("the last activation", |entry| entry["by"] == "operator" && entry["details"]["origin"] == "server");
    let log = world.app.operator.log();
    assert_eq!(log.iter().filter(|entry| entry["type"] == "policy-activated").count(), 4);
}

#[test]
fn a_server_started_with_other_rules_overturns_nobody() {
    let mut world = World::new();
    let first = world.app.operator.get("/api/v1/policies").expect(200);
    let folder = world.app.folder().join("policies");
    written(&folder, Some(RULE));
    let restarted = |app: TestApp, policies: Option<&Path>| {
        let mut app = app;
        app.config.policies = policies.map(Path::to_owned);
        app.restarted()
    };
    let in_force = |app: &TestApp| app.operator.get("/api/v1/policies").expect(200);

    // As long as no operator activated anything, the server's rules come into force with it.
    world.app = restarted(world.app, Some(&folder));
    let followed = in_force(&world.app);
    assert_eq!((&mode_of(&followed, "no-globex")["mode"], &followed["by"]), (&json!("enforced"), &Value::Null));
    // A mode is decided by an operator and goes over to other texts; whose texts they are stays as it is.
    let shadow = world.put("no-globex", "shadow");
    world.app = restarted(world.app, None);
    assert_eq!(
        (&in_force(&world.app)["digest"], &in_force(&world.app)["origin"]),
        (&first["digest"], &json!("server"))
    );

    world.app = restarted(world.app, Some(&folder));
    let again = in_force(&world.app);
    assert_eq!(mode_of(&again, "no-globex")["mode"], "enforced", "nobody put this one in shadow since it came back");
    let kept = world.change(&json!({"digest": shadow["digest"]}));
    world.app = restarted(world.app, None);
    assert_eq!(in_force(&world.app), kept);
    assert_eq!(world.change(&json!({"origin": "server"}))["digest"], first["digest"]);
}

#[test]
fn faulty_sets_change_nothing() {
    let world = World::new();
    let before = world.app.operator.get("/api/v1/policies").expect(200);
    let obligation = r#"@id("mark") @obligation("watermark") permit (principal, action, resource);"#;
    let long = format!("// {}\n{RULE}", "x".repeat(2 << 20));
    for (rules, status, slug, says) in [
        (obligation, 422, "unprocessable", "obligation `watermark`, which is not implemented; use one of: attribution"),
        ("forbid (", 422, "unprocessable", "trial.cedar: "),
        (long.as_str(), 413, "too-large", "holds more than"),
    ] {
        for path in ["/api/v1/policies", "/api/v1/policies/diff"] {
            let told = world.app.operator.post(path, &with_rule(rules)).problem(status, slug);
            assert!(told.contains(says), "{path}: {told}");
        }
    }
    let told = world.app.operator.post("/api/v1/policies", &in_shadow(with_rule(RULE), "no-globx"));
    assert!(told.problem(422, "unprocessable").contains("did you mean `no-globex`?"));
    let digest = "00".repeat(32);
    world.app.operator.post("/api/v1/policies", &json!({"digest": digest})).problem(404, "not-found");
    for body in
        [json!({}), json!({"digest": digest, "origin": "server"}), json!({"rule": "x"}), json!({"origin": "me"})]
    {
        let told = world.app.operator.post("/api/v1/policies", &body).problem(400, "bad-request");
        assert!(told.contains("`schema` and `files`"), "{told}");
    }
    for decisions in ["0", "1001"] {
        let path = format!("/api/v1/policies/diff?decisions={decisions}");
        world.app.operator.post(&path, &json!({"origin": "server"})).problem(422, "unprocessable");
    }
    assert_eq!(world.app.operator.get("/api/v1/policies").expect(200), before);
    for attempt in ["activate-policies", "diff-policies"] {
        world.app.operator.logged_refusal(attempt, "unprocessable");
    }
}

#[test]
fn damaged_records_are_not_replayable_and_spoil_nothing() {
    let world = World::new();
    let (allowed, _) = world.call(3, 0);
    world.app.tamper(&format!("UPDATE decisions SET facts = '{{}}' WHERE id = '{}'", text(&allowed[0])));
    world.app.tamper(&format!("UPDATE decisions SET decision = '' WHERE id = '{}'", text(&allowed[1])));
    let diff = world.diff("", &json!({"origin": "server"}));
    assert_eq!(diff["equal"], 1);
    assert_eq!(
        groups(&diff),
        [("not-replayable", "facts-altered", "globex", 1), ("not-replayable", "record-unreadable", "globex", 1)]
    );
}

fn written(folder: &Path, rule: Option<&str>) -> String {
    let sources = PolicySources::builtin();
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("schema.cedarschema"), sources.schema).unwrap();
    for (name, text) in sources.files {
        fs::write(folder.join(name), text).unwrap();
    }
    if let Some(rule) = rule {
        fs::write(folder.join("trial.cedar"), rule).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

#[test]
fn the_whole_way_of_a_rule_on_the_command_line() {
    let world = World::new();
    world.call(2, 1);
    let program = Program::of(&world.app.operator);
    let folder = written(&program.path("policies"), Some(RULE));

    let diff = program.run(&["policy", "diff", &folder]).expect(0).out;
    assert!(diff.contains("3 decisions") && diff.contains("newly refused: 2") && diff.contains("no-globex"), "{diff}");
    let limited = program.run(&["policy", "diff", &folder, "--limit", "1", "--json"]).expect(0).out;
    let limited: Value = serde_json::from_str(&limited).unwrap();
    assert_eq!((&limited["decisions"], limited["next"].is_string()), (&json!(1), true), "{limited}");

    let activated = program.run(&["policy", "activate", &folder, "--shadow", "no-globex"]).expect(0).out;
    assert!(activated.contains("activated by an operator"), "{activated}");
    world.call(2, 0);
    let report = program.run(&["policy", "shadow-report", "--rule", "no-globex"]).expect(0).out;
    assert!(report.contains("globex") && report.contains("decision_"), "{report}");
    let document: Value =
        serde_json::from_str(&program.run(&["policy", "shadow-report", "--json"]).expect(0).out).unwrap();
    assert_eq!(document["rules"][0]["would_refuse"], 2);
    let chinese = program.run(&["policy", "shadow-report", "--lang", "zh"]).expect(0).out;
    assert!(chinese.contains("本应拒绝") && chinese.contains("影子"), "{chinese}");

    program.run(&["policy", "promote", "no-globex"]).expect(0);
    assert_eq!(world.allowed.predict("acme/reviews", "x").status, 403);
    let told = program.run(&["policy", "drop", "no-globex"]).expect(1).said;
    assert!(told.contains("put it in shadow first"), "{told}");
    program.run(&["policy", "shadow", "no-globex"]).expect(0);
    program.run(&["policy", "drop", "no-globex"]).expect(0);
    let list = program.run(&["policy", "list"]).expect(0).out;
    assert!(list.lines().any(|line| line.contains("no-globex") && line.contains("dropped")), "{list}");
    let history = program.run(&["policy", "history"]).expect(0).out;
    assert!(history.contains("no-globex: dropped"), "{history}");
    program.run(&["policy", "activate", "--from-server"]).expect(0);

    let empty = program.run(&["policy", "diff", &folder, "--from", "2026-02-01", "--to", "2026-01-01"]).expect(2).said;
    assert!(empty.contains("is empty"), "{empty}");
    program.run(&["policy", "diff"]).expect(2);
    program.run(&["policy", "activate", &folder, "--from-server"]).expect(2);
    program.run(&["policy", "activate", "--from-server", "--shadow", "no-globex"]).expect(2);
    fs::write(Path::new(&folder).join("huge.cedar"), vec![b' '; 3 << 20]).unwrap();
    let huge = program.run(&["policy", "activate", &folder]).expect(1).said;
    assert!(huge.contains("more than 1048576 bytes"), "{huge}");
}
