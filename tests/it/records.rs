//! Decisions, log and exports as people read them: lists that narrow and go on, the page that says why, one entry with its proof, an
//! archive that verifies, and an auditor who sees a period and a party and nothing else.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use chancery_base::values::UnixMillis;
use chancery_domain::reports::{read_archive, verify_audit_pack};
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    browser::{Browser, PASSWORD},
    client::PATIENCE,
    commands::Program,
    fixtures::TERMS,
    organisation::{Organisation, text},
};

/// `acme` with a model that `globex` and `initech` may use, each with an answered and a refused call, and acme's owner at a browser.
struct World {
    app: TestApp,
    acme: Organisation,
    globex: Organisation,
    initech: Organisation,
    browser: Browser,
    /// Decisions: answered and refused, of globex and then of initech.
    decisions: [String; 4],
    /// The entries of these decisions.
    leaves: [String; 4],
    /// The grants of globex and initech.
    grants: [String; 2],
}

const OWNER: &str = "ada@acme.example";

fn world() -> World {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let (acme, globex) = app.two_parties();
    let initech = app.party("initech");
    acme.push_reviews();
    let (mut decided, mut grants) = (Vec::new(), Vec::new());
    for licensee in [&globex, &initech] {
        grants.push(acme.grant("acme/reviews", licensee, TERMS));
        let answered = licensee.program("commercial-service", "DE").predict("acme/reviews", "x").expect(200);
        let refused = licensee.program("research", "DE").predict("acme/reviews", "x").expect(403);
        for body in [answered, refused] {
            acme.client.receipt(&body["receipt"]);
            decided.push((text(&body["decision"]).to_owned(), text(&body["receipt"]).to_owned()));
        }
    }
    let browser = Browser::new(app.address);
    browser.set_up(acme.client.token(), "acme", OWNER);
    let [one, two, three, four] = <[_; 4]>::try_from(decided).unwrap();
    let decisions = [&one, &two, &three, &four].map(|(decision, _)| decision.clone());
    let leaves = [&one, &two, &three, &four].map(|(_, leaf)| leaf.clone());
    let grants = grants.try_into().unwrap();
    World { app, acme, globex, initech, browser, decisions, leaves, grants }
}

impl World {
    /// A browser of acme's auditor who is confined by these fields of the invitation.
    fn auditor(&self, email: &str, confined: &[(&str, &str)]) -> Browser {
        self.browser.read("/members");
        let fields: Vec<_> =
            [("email", email), ("role", "auditor")].into_iter().chain(confined.iter().copied()).collect();
        let shown = self.browser.submit("/members/invitations", &fields);
        assert_eq!(shown.answer.status, 200, "{}", shown.html);
        let place = format!("/join/{}", shown.html.split("/join/").nth(1).unwrap().split('<').next().unwrap());
        let auditor = Browser::new(self.app.address);
        auditor.read(&place);
        auditor.follow(&place, &[("name", "Grace"), ("password", PASSWORD)]);
        assert_eq!(auditor.sign_in("acme", email, PASSWORD), "/");
        auditor
    }

    /// Which of the four decisions a page links to.
    fn linked(&self, html: &str) -> [bool; 4] {
        self.decisions.each_ref().map(|id| html.contains(&format!("/decisions/{id}\"")))
    }

    /// Which of their entries a page links to.
    fn linked_leaves(&self, html: &str) -> [bool; 4] {
        self.leaves.each_ref().map(|id| html.contains(&format!("/records/{id}\"")))
    }
}

/// Every address below `prefix` that a page links to.
fn links(html: &str, prefix: &str) -> BTreeSet<String> {
    let start = format!("href=\"{prefix}");
    let found = html.split(&start).skip(1);
    found.map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&")).collect()
}

/// Exports a period of whole days and waits for it; the archive.
fn exported(browser: &Browser, from: &str, to: &str) -> Vec<u8> {
    let looked = browser.read(&format!("/exports?from={from}&to={to}"));
    assert!(looked.contains("audit.csv") && looked.contains("at most"), "{looked}");
    let place = browser.follow("/exports", &[("from", from), ("to", to)]);
    let begun = Instant::now();
    loop {
        let page = browser.read(&place);
        if page.contains(&format!("{place}/archive")) {
            let answer = browser.open(&format!("{place}/archive")).answer;
            assert_eq!((answer.status, answer.header("content-type")), (200, "application/zip"));
            let name = format!("chancery-audit-{from}-{to}.zip");
            assert!(answer.header("content-disposition").contains(&name) && page.contains(&format!("verify {name}")));
            return answer.bytes;
        }
        assert!(page.contains("hx-trigger=\"every 1s\"") && page.contains("http-equiv=\"refresh\""), "{page}");
        assert!(begun.elapsed() < PATIENCE, "{page}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn decisions_are_listed_on_both_sides_and_narrowed() {
    let world = world();
    let browser = &world.browser;
    let owner = |query: &str| world.linked(&browser.read(&format!("/decisions?side=owner{query}")));
    assert_eq!(owner(""), [true; 4]);
    assert_eq!(owner("&outcome=refused"), [false, true, false, true]);
    assert_eq!(owner("&outcome=allowed"), [true, false, true, false]);
    assert_eq!(owner("&model=acme/reviews&outcome=refused"), [false, true, false, true]);
    assert_eq!(owner("&model=acme/other"), [false; 4]);
    assert_eq!(owner("&rule=no-such-rule"), [false; 4]);
    assert_eq!(owner("&from=2999-01-01"), [false; 4]);
    assert_eq!(owner("&from=2020-01-01&to=2999-01-01"), [true; 4]);
    assert_eq!(owner(&format!("&before={}", world.decisions[2])), [true, true, false, false]);
    assert_eq!(world.linked(&browser.read("/decisions?side=caller")), [false; 4], "acme called nothing");
    assert_eq!(world.linked(&browser.read("/decisions")), [true; 4], "and sees what there is");
    let rule = world.acme.client.get(&format!("/api/v1/decisions/{}", world.decisions[1])).expect(200);
    let rule = text(&rule["reasons"][0]["rule"]).to_owned();
    assert_eq!(owner(&format!("&rule={rule}")), [false, true, false, true]);
    // What is wrong stands at its field, and what was typed stays.
    let wrong = browser.open("/decisions?side=owner&model=%3Cscript%3E&from=yesterday");
    assert_eq!(wrong.answer.status, 400, "{}", wrong.html);
    assert!(wrong.html.contains("id=\"model-error\"") && !wrong.html.contains("<script>"), "{}", wrong.html);
    assert!(wrong.html.contains("&#60;script&#62;") || wrong.html.contains("&lt;script&gt;"));
}

#[test]
fn lists_of_programs_go_on_page_by_page() {
    let world = world();
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let page = world.acme.client.get(&format!("/api/v1/decisions?side=owner&limit=3{after}")).expect(200);
        found.extend(page["items"].as_array().unwrap().iter().map(|item| text(&item["id"]).to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    found.reverse();
    assert_eq!(found, world.decisions);
    let refused = world.globex.client.get("/api/v1/decisions?outcome=refused").expect(200);
    assert_eq!(refused["items"][0]["id"], world.decisions[1]);
    assert!(refused["items"][0]["message"].as_str().unwrap().contains("research"), "{refused}");
    let entries = world.globex.client.get("/api/v1/receipts?event=decision&log=audit").expect(200);
    let leaves: Vec<_> = entries["items"].as_array().unwrap().iter().map(|item| item["leaf"].clone()).collect();
    assert_eq!(leaves, [json!(world.leaves[1]), json!(world.leaves[0])]);
    let uses = world.globex.client.get("/api/v1/receipts?log=liability").expect(200);
    assert_eq!(uses["items"].as_array().unwrap().len(), 1, "{uses}");
    for path in ["/api/v1/decisions?outcome=maybe", "/api/v1/decisions?side=both", "/api/v1/receipts?log=other"] {
        assert_eq!(world.acme.client.get(path).status, 400, "{path}");
    }
    world.globex.program("research", "DE").get("/api/v1/receipts").problem(403, "forbidden");
}

#[test]
fn a_page_says_why_with_facts_rules_and_proof() {
    let world = world();
    let refused = world.browser.read(&format!("/decisions/{}", world.decisions[1]));
    for said in
        ["Refused.", "globex asked to use acme/reviews:", "class=\"deciding\"", "fact-declared", "fact-observed"]
    {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    for said in ["research", "equal", "chancery receipt verify", &world.leaves[1]] {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    assert!(refused.contains("What would have changed the answer") && refused.contains("commercial-service"));
    let allowed = world.browser.read(&format!("/decisions/{}", world.decisions[0]));
    assert!(allowed.contains("Allowed.") && !allowed.contains("class=\"deciding\""));
    let chinese = world.browser.read(&format!("/decisions/{}?lang=zh", world.decisions[1]));
    assert!(chinese.contains("已拒绝") && chinese.contains("lang=\"zh\""));
    // The rows were altered: the page says so instead of guessing.
    world.app.tamper(&format!("UPDATE decisions SET facts = '{{}}' WHERE id = '{}'", world.decisions[1]));
    let altered = world.browser.read(&format!("/decisions/{}", world.decisions[1]));
    assert!(altered.contains("the stored facts were altered"), "{altered}");
}

#[test]
fn the_log_is_read_entry_by_entry() {
    let world = world();
    let list = world.browser.read("/records");
    assert!(list.contains("Audit log") && list.contains("checkpoint signed") && list.contains("log "), "{list}");
    assert_eq!(world.linked_leaves(&list), [true; 4]);
    let decisions = world.browser.read("/records?event=decision&log=audit");
    assert_eq!((links(&decisions, "/records/leaf_").len(), world.linked_leaves(&decisions)), (4, [true; 4]));
    let older = world.browser.read(&format!("/records?event=decision&before={}", world.leaves[1]));
    assert_eq!(world.linked_leaves(&older), [true, false, false, false]);
    assert_eq!(world.browser.open("/records?log=other").answer.status, 400);
    let entry = world.browser.read(&format!("/records/{}", world.leaves[1]));
    for said in ["Inclusion proof", "in the tree of", "&#34;refused&#34;", &world.decisions[1], "chancery receipt get"]
    {
        assert!(entry.contains(said), "{said}: {entry}");
    }
    let receipt = world.browser.open(&format!("/records/{}/receipt", world.leaves[1]));
    let file = world.app.folder().join("use.receipt");
    std::fs::write(&file, receipt.answer.bytes).unwrap();
    let (file, trust) = (file.to_str().unwrap(), world.app.trust_file());
    let program = Program::of(&world.acme.client);
    program.run(&["receipt", "verify", file, "--trust", trust.to_str().unwrap()]).expect(0);
    let proof = world.browser.open(&format!("/records/{}/proof", world.leaves[1]));
    assert!(proof.html.starts_with("c2sp.org/tlog-proof@v1"), "{}", proof.html);
    // A bare proof says that an entry is there; what it says, only a receipt with its opening.
    std::fs::write(file, &proof.html).unwrap();
    program.run(&["receipt", "verify", file, "--trust", trust.to_str().unwrap()]).expect(7);
}

#[test]
fn an_export_is_one_archive_that_verifies() {
    let world = world();
    world.acme.client.logged("the last entry", |entry| entry["type"] == "signed-in");
    let archive = exported(&world.browser, "2020-01-01", "2999-01-01");
    let pack = read_archive(&archive).unwrap();
    let report = verify_audit_pack(&pack, &world.app.trust()).unwrap();
    assert!(report.parties.is_empty() && report.entries > 8, "{report:?}");
    let (from, to) = ("2020-01-01".parse::<UnixMillis>().unwrap(), "2999-01-02".parse::<UnixMillis>().unwrap());
    let path = format!("/api/v1/exports/audit?from={}&to={}", from.as_millis(), to.as_millis());
    let lines = String::from_utf8(world.acme.client.get(&path).bytes).unwrap();
    for line in lines.lines() {
        let file: Value = serde_json::from_str(line).unwrap();
        assert_eq!(pack[text(&file["name"])], text(&file["text"]).as_bytes(), "the pages give what programs get");
    }
    let file = world.app.folder().join("pack.zip");
    std::fs::write(&file, &archive).unwrap();
    let (program, trust) = (Program::of(&world.acme.client), world.app.trust_file());
    let verify = ["export", "verify", file.to_str().unwrap(), "--trust", trust.to_str().unwrap()];
    program.run(&verify).expect(0);
    let mut changed = archive;
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    std::fs::write(&file, &changed).unwrap();
    assert_ne!(program.run(&verify).code, 0);
    for (from, to, at) in [("", "2026-01-01", "from"), ("2026-02-01", "2026-01-01", "to"), ("x", "2026-01-01", "from")]
    {
        world.browser.read("/exports");
        let wrong = world.browser.submit("/exports", &[("from", from), ("to", to)]);
        assert!(
            [400, 422].contains(&wrong.answer.status) && wrong.html.contains(&format!("{at}-error\"")),
            "{from} {to}"
        );
    }
}

#[test]
fn an_auditor_sees_a_party_and_a_period_and_nothing_else() {
    let world = world();
    let auditor = world.auditor("eve@acme.example", &[("parties", "globex")]);
    assert_eq!(world.linked(&auditor.read("/decisions?side=owner")), [true, true, false, false]);
    let listed = auditor.read("/records");
    assert_eq!(world.linked_leaves(&listed), [true, true, false, false]);
    for leaf in links(&listed, "/records/leaf_") {
        let entry = auditor.read(&format!("/records/leaf_{leaf}"));
        assert!(entry.contains("globex") && !entry.contains("initech"), "{entry}");
    }
    let home = auditor.read("/");
    assert!(home.contains(&world.decisions[1]) && !home.contains("initech"), "{home}");
    for (seen, id, leaf) in [(true, 0, 0), (true, 1, 1), (false, 2, 2), (false, 3, 3)] {
        let status = if seen { 200 } else { 404 };
        let (decision, leaf) = (&world.decisions[id], &world.leaves[leaf]);
        let paths = [format!("/decisions/{decision}"), format!("/records/{leaf}"), format!("/records/{leaf}/receipt")];
        for path in paths.iter().chain([&format!("/records/{leaf}/proof")]) {
            assert_eq!(auditor.open(path).answer.status, status, "{path}");
        }
        // The same through the programs' API, with the session of the browser.
        for path in [format!("/api/v1/decisions/{decision}"), format!("/api/v1/receipts/{leaf}")] {
            assert_eq!(auditor.open(&path).answer.status, status, "{path}");
        }
    }
    for (grant, status) in world.grants.iter().zip([200, 404]) {
        assert_eq!(auditor.open(&format!("/grants/{grant}")).answer.status, status);
        assert_eq!(auditor.open(&format!("/api/v1/grants/{grant}")).answer.status, status);
        for list in ["/grants", "/api/v1/grants"] {
            assert_eq!(auditor.open(list).html.contains(grant.as_str()), status == 200, "{list}");
        }
    }
    let answer = auditor.open("/api/v1/decisions?side=owner").answer.body;
    let listed: Vec<&str> = answer["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect();
    assert_eq!(listed, [&world.decisions[1], &world.decisions[0]]);
    let archive = exported(&auditor, "2020-01-01", "2999-01-01");
    let pack = read_archive(&archive).unwrap();
    assert_eq!(verify_audit_pack(&pack, &world.app.trust()).unwrap().parties.len(), 1);
    let said = String::from_utf8(pack["openings.jsonl"].clone()).unwrap();
    assert!(said.contains("globex") && !said.contains("initech"), "{said}");
    assert!(said.lines().count() >= 4);

    let later = world.auditor("mallory@acme.example", &[("from", "2999-01-01"), ("to", "2999-01-31")]);
    assert_eq!(world.linked(&later.read("/decisions?side=owner")), [false; 4]);
    assert!(links(&later.read("/records"), "/records/leaf_").is_empty());
    assert_eq!(later.open(&format!("/decisions/{}", world.decisions[0])).answer.status, 404);
    assert_eq!(later.open(&format!("/records/{}", world.leaves[0])).answer.status, 404);
    // A grant stands in every period from its offer to its end, so one without an end is seen in later ones.
    assert!(later.read("/grants").contains(&world.grants[0]));
    let earlier = world.auditor("trent@acme.example", &[("to", "2020-12-31")]);
    assert!(!earlier.read("/grants").contains(&world.grants[0]));
    assert_eq!(earlier.open(&format!("/grants/{}", world.grants[0])).answer.status, 404);
    let beyond = later.open("/exports?from=2998-12-31&to=2999-01-31");
    assert!(beyond.answer.status == 403 && beyond.html.contains("from-error"), "{}", beyond.html);
    assert_eq!(later.open("/api/v1/exports/audit?from=0&to=4102444800000").answer.status, 403);
    let empty = read_archive(&exported(&later, "2999-01-01", "2999-01-31")).unwrap();
    assert!(empty["openings.jsonl"].is_empty());
}

#[test]
fn others_find_nothing_and_members_do_not_export() {
    let world = world();
    let stranger = Browser::new(world.app.address);
    stranger.set_up(world.initech.client.token(), "initech", "bob@initech.example");
    assert_eq!(world.linked(&stranger.read("/decisions")), [false, false, true, true]);
    assert_eq!(world.linked_leaves(&stranger.read("/records")), [false, false, true, true]);
    let foreign = [
        format!("/decisions/{}", world.decisions[0]),
        format!("/records/{}", world.leaves[0]),
        format!("/records/{}/receipt", world.leaves[0]),
        "/decisions/nonsense".to_owned(),
        "/records/leaf_00000000000000000000000000000000".to_owned(),
    ];
    let pages: BTreeSet<(u16, usize)> = foreign
        .iter()
        .map(|path| {
            let shown = stranger.open(path);
            (shown.answer.status, shown.html.len())
        })
        .collect();
    assert!(pages.iter().all(|(status, _)| *status == 404), "{pages:?}");
    // An export is its maker's only.
    world.browser.read("/exports");
    let place = world.browser.follow("/exports", &[("from", "2020-01-01"), ("to", "2999-01-01")]);
    for path in [place.clone(), format!("{place}/archive")] {
        assert_eq!(stranger.open(&path).answer.status, 404, "{path}");
    }
    world.browser.read("/members");
    let shown = world.browser.submit("/members/invitations", &[("email", "dan@acme.example"), ("role", "member")]);
    let address = format!("/join/{}", shown.html.split("/join/").nth(1).unwrap().split('<').next().unwrap());
    let member = Browser::new(world.app.address);
    member.read(&address);
    member.follow(&address, &[("name", "Dan"), ("password", PASSWORD)]);
    member.sign_in("acme", "dan@acme.example", PASSWORD);
    assert_eq!(member.open("/exports").answer.status, 403);
    assert_eq!(world.linked(&member.read("/decisions?side=owner")), [true; 4]);
}

#[test]
fn the_first_page_tells_what_needs_somebody() {
    let app = TestApp::start_with(|config, _| config.rates.sign_in = 1_000.try_into().unwrap());
    let (acme, globex) = app.two_parties();
    let browser = Browser::new(app.address);
    browser.set_up(globex.client.token(), "globex", "bob@globex.example");
    let new = browser.read("/");
    assert!(new.contains("First steps") && new.contains("chancery push ./MODEL"), "{new}");
    acme.push_reviews();
    let offer = acme.offer("acme/reviews", &globex, TERMS);
    let offered = browser.read("/");
    assert!(offered.contains("acme offers you a licence for acme/reviews") && !offered.contains("First steps"));
    assert!(offered.contains(&format!("/grants/{}", text(&offer["id"]))));
    globex.accept(&offer);
    globex.program("commercial-service", "DE").predict("acme/reviews", "x").expect(200);
    let refused = globex.program("research", "DE").predict("acme/reviews", "x").expect(403);
    let used = browser.read("/");
    assert!(!used.contains("offers you a licence") && used.contains(text(&refused["decision"])));
    for said in
        ["<svg class=\"chart\"", "class=\"bar\"", "class=\"bar-refused\"", "Show as a table", "Your calls refused"]
    {
        assert!(used.contains(said), "{said}: {used}");
    }
    // A quota that is nearly used, and a term that ends within a month.
    let grant = text(&offer["id"]);
    app.tamper(&format!(
        "UPDATE quotas SET settled_tokens = quota_tokens - quota_tokens / 10 WHERE grant_id = '{grant}'"
    ));
    globex.client.logged("that it runs low", |entry| entry["type"] == "quota-low");
    let nearly = browser.read("/");
    assert!(nearly.contains("quota 90%") && nearly.contains("acme · acme/reviews"), "{nearly}");
    // What an entry says is text, whatever it looks like.
    let hostile = json!({"role": "member", "label": "<img src=x onerror=alert(1)>\"\u{202e}", "expires_at": 1});
    assert!(!acme.client.post("/api/v1/keys", &hostile).is_success());
    let owner = Browser::new(app.address);
    owner.set_up(acme.client.token(), "acme", OWNER);
    let refused = acme.client.get("/api/v1/receipts?event=attempt-refused").expect(200);
    let entry = owner.read(&format!("/records/{}", text(&refused["items"][0]["leaf"])));
    assert!(!entry.contains("<img") && entry.contains("onerror"), "{entry}");
}
