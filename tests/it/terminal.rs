//! The command line as somebody new meets it: the way from an answer to its papers, what an empty list says, and what to do after
//! each mistake.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt, path::Path};

use chancery::app::SystemEntropy;
use chancery_base::crypto::SigningKey;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    browser::PASSWORD,
    client::Client,
    commands::{Outcome, Program},
    fixtures::{self, TERMS},
    organisation::{Organisation, text},
    people::{EMAIL, joined, signed_in},
    process::Site,
};

fn document(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.out).unwrap_or_else(|error| panic!("{error}: {outcome:?}"))
}

/// The word in `text` that begins so.
fn named<'t>(text: &'t str, beginning: &str) -> &'t str {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.split(|character| !is_part(character))
        .find(|word| word.starts_with(beginning))
        .unwrap_or_else(|| panic!("{text}"))
}

/// A registry with a model that `globex` may use, as its program for `commercial-service` does.
fn licensed() -> (TestApp, Organisation, Organisation, Client) {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    // The text of C-UDA-1.0 does not address commercial use, which every answer notes.
    let passport = fixtures::passport_with("silent-set", "C-UDA-1.0");
    acme.push("acme/reviews", fixtures::open_classifier(), &passport);
    acme.grant("acme/reviews", &globex, TERMS);
    let caller = globex.program("commercial-service", "DE");
    (app, acme, globex, caller)
}

fn write_key(path: &Path, key: &SigningKey) {
    fs::write(path, key.to_pem()).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn answers_and_refusals_lead_to_their_papers() {
    let (_app, acme, globex, caller) = licensed();
    let (program, theirs) = (Program::of(&caller), Program::of(&globex.client));
    let used = program.run(&["predict", "acme/reviews", "x"]).expect(0);
    assert!(used.said.contains("Note: ") && used.said.contains("C-UDA-1.0"), "{used:?}");
    let (decision, receipt) = (named(&used.said, "decision_"), named(&used.said, "leaf_"));
    let why = theirs.run(&["policy", "explain", decision]).expect(0);
    let now = why.out.lines().find(|line| line.trim_start().starts_with("now: ")).unwrap();
    assert!(now.contains("T") && now.ends_with('Z'), "{now}");
    theirs.run(&["receipt", "get", receipt]).expect(0);
    let refused = Program::of(&globex.program("research", "DE")).run(&["predict", "acme/reviews", "x"]).expect(5);
    let refusal = named(&refused.said, "decision_");
    assert!(refused.said.contains(&format!("chancery policy explain {refusal}")), "{refused:?}");

    let listed = |program: &Program, narrowed: &[&str]| -> Vec<String> {
        let found = document(&program.run(&[&["decision", "list", "--json"][..], narrowed].concat()).expect(0));
        found["items"].as_array().unwrap().iter().map(|item| text(&item["id"]).to_owned()).collect()
    };
    assert_eq!(listed(&theirs, &[]), [refusal, decision]);
    assert_eq!(listed(&theirs, &["--outcome", "allowed"]), [decision]);
    assert_eq!(listed(&theirs, &["--limit", "1"]), [refusal]);
    assert_eq!(listed(&theirs, &["--model", "acme/reviews", "--from", "2100-01-01"]), [""; 0]);
    let owner = Program::of(&acme.client);
    assert_eq!(listed(&owner, &[]), [""; 0]);
    assert_eq!(listed(&owner, &["--of-my-models", "--outcome", "refused"]), [refusal]);
    let told = theirs.run(&["decision", "list", "--limit", "1"]).expect(0);
    assert!(told.out.contains("refused") && told.said.contains("--limit"), "{told:?}");
    let chinese = theirs.run(&["decision", "list", "--lang", "zh"]).expect(0);
    assert!(chinese.out.contains("允许") && chinese.out.contains("拒绝"), "{chinese:?}");
    let nothing = theirs.run(&["decision", "list", "--rule", "no-such-rule"]).expect(0);
    assert!(nothing.out.starts_with("Nothing fits"), "{nothing:?}");

    let entries = document(&theirs.run(&["receipt", "list", "--json", "--limit", "1000"]).expect(0));
    let items = entries["items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["leaf"] == receipt) && entries["more"] == false, "{entries}");
    let event = text(&items.iter().find(|item| item["leaf"] == receipt).unwrap()["event"]);
    let narrowed = theirs.run(&["receipt", "list", "--log", "audit", "--event", event]).expect(0);
    assert!(narrowed.out.contains(receipt), "{narrowed:?}");
    program.run(&["decision", "list"]).expect(4);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let program = Program::alone();
    let (absent, to) = (program.path("dat"), program.path("backup"));
    let backup = ["backup", "--data", absent.to_str().unwrap(), "--to", to.to_str().unwrap()];
    let failed = program.run(&backup).expect(1);
    assert!(failed.said.contains("there is no folder `") && failed.said.contains("--data"), "{failed:?}");
    let failed = document(&program.run(&[&backup[..], &["--json"]].concat()).expect(1));
    assert!(text(&failed["error"]["detail"]).contains("there is no folder"), "{failed}");
    fs::create_dir(&absent).unwrap();
    let failed = program.run(&backup).expect(1);
    assert!(failed.said.contains("No such file"), "the cause is told: {failed:?}");
}

#[test]
fn a_purpose_that_was_mistyped_is_noted_and_kept() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let program = Program::of(&acme.client);
    let create = |purpose: &str| {
        program.run(&["token", "create", "--role", "member", "--label", "x", "--purpose", purpose]).expect(0).said
    };
    assert!(create("comercial-service").contains("did you mean `commercial-service`?"));
    assert!(create("quality-inspection").contains("internal-analysis"));
    assert!(!create("research").contains("known codes"));
    let approver = program.run(&["token", "create", "--role", "approver", "--label", "x"]).expect(2);
    assert!(!approver.said.contains("approver,"), "{approver:?}");
}

#[test]
fn a_signature_that_does_not_count_leads_to_the_key() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    let program = Program::of(&acme.client);
    let push = program.push_of("acme/other", fixtures::open_classifier(), &acme);
    let (file, other) = (program.path("other.pem"), SigningKey::generate(&SystemEntropy));
    write_key(&file, &other);
    let file = file.to_str().unwrap();
    let pushed = |code: i32| {
        let push = push.iter().map(String::as_str).filter(|argument| *argument != "--json");
        let at_key = |argument: &str| argument.ends_with("owner.pem");
        let push: Vec<&str> = push.map(|argument| if at_key(argument) { file } else { argument }).collect();
        program.run(&push).expect(code)
    };
    let stranger = pushed(1);
    let fingerprint = other.verifying_key().fingerprint().to_string();
    for part in [file, &fingerprint, "chancery key enroll --key", "chancery key approve"] {
        assert!(stranger.said.contains(part), "{part}: {stranger:?}");
    }
    assert!(!stranger.said.contains("trusted keys") && !stranger.said.contains("--resume"), "{stranger:?}");
    let proposed = acme.propose(&other);
    let id = text(&proposed["id"]);
    assert!(pushed(1).said.contains(&format!("chancery key approve {id}")));
    program.run(&["key", "approve", id]).expect(0);
    pushed(0);
    program.run(&["key", "revoke", id]).expect(0);
    assert!(pushed(1).said.contains("was revoked"));

    let offer = acme.offer("acme/reviews", &globex, TERMS);
    let (offer, licensee) = (text(&offer["id"]), Program::of(&globex.client));
    let refused = licensee.run(&["grant", "accept", offer, "--key", file]).expect(1);
    assert!(refused.said.contains("chancery key enroll --key"), "{refused:?}");
    let theirs = licensee.path("globex.pem");
    write_key(&theirs, &globex.key);
    let accept = ["grant", "accept", offer, "--key", theirs.to_str().unwrap()];
    licensee.run(&accept).expect(0);
    let again = licensee.run(&accept).expect(1);
    assert!(again.said.contains("accepted already"), "{again:?}");
}

#[test]
fn a_taken_port_leaves_the_operators_key_to_be_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut site = Site::new();
    let free = site.listen;
    site.listen = taken.local_addr().unwrap();
    let (_, said) = site.start_refused();
    assert!(said.contains("--listen"), "{said}");
    assert!(!site.data.exists(), "a registry was made although nobody was told its key");
    site.listen = free;
    let server = site.start();
    assert!(server.operator.is_some());
}

#[test]
fn a_command_line_that_is_not_understood_is_told_to_programs_too() {
    let program = Program::alone();
    for arguments in [&["grant", "lost", "--json"][..], &["--json", "grant", "show"], &["grant", "show", "x", "--json"]]
    {
        let failed = program.run(arguments).expect(2);
        assert_eq!((document(&failed)["error"]["exit"].clone(), failed.said.as_str()), (json!(2), ""), "{failed:?}");
    }
    let prose = program.run(&["grant", "lost"]).expect(2);
    assert!(prose.out.is_empty() && prose.said.contains("Usage:"), "{prose:?}");
    assert!(program.run(&["grant", "--help", "--json"]).expect(0).out.contains("Usage:"));
    let story = program.run(&["demo", "--once", "--json"]).expect(2);
    assert!(text(&document(&story)["error"]["detail"]).contains("--json"), "{story:?}");
}

#[test]
fn an_empty_list_says_what_comes_next() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let program = Program::of(&acme.client);
    for (list, next) in [
        (&["model", "list"][..], "chancery push"),
        (&["grant", "list"], "chancery grant offer"),
        (&["grant", "requests"], "chancery grant requests --mine"),
        (&["grant", "requests", "--mine"], "chancery grant request"),
        (&["decision", "list"], "--of-my-models"),
        (&["webhook", "list"], "chancery webhook add"),
        (&["approval", "list"], "chancery approval rules"),
        (&["people", "list"], "/set-up"),
        (&["people", "invitations"], "chancery people invite"),
    ] {
        let told = program.run(list).expect(0);
        assert!(told.out.contains("othing yet") && told.out.contains(next), "{list:?}: {told:?}");
        let chinese = program.run(&[list, &["--lang", "zh"]].concat()).expect(0);
        assert!(chinese.out.contains("暂无内容"), "{chinese:?}");
        let programs = document(&program.run(&[list, &["--json"]].concat()).expect(0));
        assert_eq!(programs["items"], json!([]), "{list:?}");
    }
    let pack = program.path("pack");
    let export = ["export", "audit", "--from", "1990-01-01", "--to", "1990-01-02", "--out", pack.to_str().unwrap()];
    assert!(program.run(&export).expect(0).out.contains("0 entries"));

    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    let listed = program.run(&["grant", "list"]).expect(0).out;
    for part in ["LICENSEE", "ENDS", "globex", "accepted", "until revoked", "0 / 100000"] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
    let chinese = program.run(&["grant", "list", "--lang", "zh"]).expect(0).out;
    assert!(chinese.contains("已接受") && chinese.contains("至撤销为止"), "{chinese}");
    assert_eq!(
        document(&program.run(&["grant", "list", "--lang", "zh", "--json"]).expect(0))["items"][0]["status"],
        "accepted"
    );
}

#[test]
fn what_takes_two_is_proposed_at_the_terminal() {
    let (app, acme, ada) = signed_in();
    let globex = app.party("globex");
    acme.push_reviews();
    joined(&app, &ada, "grace@acme.example", "approver");
    ada.ask("PUT", "/api/v1/approvals/rules", &json!({"grants_above_tokens": 1000})).expect(200);
    let program = Program::of(&acme.client);
    let terms = program.path("terms.toml");
    fs::write(&terms, TERMS).unwrap();
    let offer = ["grant", "offer", "acme/reviews", "--to", "globex", "--terms", terms.to_str().unwrap()];
    let by_key = program.run(&offer).expect(4);
    for part in [&format!("{}/grants/new", app.url()), "--as EMAIL", "Organisation → Approvals"] {
        assert!(by_key.said.contains(part), "{part}: {by_key:?}");
    }
    let password = [("CHANCERY_PASSWORD", PASSWORD)];
    let as_ada = ["--as", EMAIL, "--organisation", "acme"];
    let waits = program.run_with(&[&offer[..], &as_ada].concat(), &password).expect(0);
    assert!(waits.out.contains("chancery approval approve proposal_"), "{waits:?}");
    assert!(!waits.said.contains("grant accept"), "{waits:?}");
    let proposal = named(&waits.out, "proposal_");
    let as_grace = ["--as", "grace@acme.example", "--organisation", "acme"];
    program.run_with(&[&["approval", "approve", proposal], &as_grace[..]].concat(), &password).expect(0);
    assert_eq!(globex.client.get("/api/v1/grants").expect(200)["items"].as_array().unwrap().len(), 1);
    // Whoever may not change the rules is told so, also as a person.
    let drop = [&["policy", "shadow", "purpose-missing"], &as_ada[..]].concat();
    program.run_with(&drop, &password).expect(4);
}

#[test]
fn small_mercies() {
    let app = TestApp::start();
    let acme = app.party("acme");
    let program = Program::of(&acme.client);
    let folder = program.path("pages");
    let told = program.run(&["man", "--out", folder.to_str().unwrap()]).expect(0);
    let page = told.out.split('`').find(|part| part.starts_with("man -l ")).unwrap().trim_start_matches("man -l ");
    assert!(Path::new(page).is_file(), "{told:?}");
    // Nobody reads on, as behind `head`.
    let mut unheard = program.start(&["policy", "list"]);
    drop(unheard.stdout.take());
    let unheard: Outcome = unheard.wait_with_output().unwrap().into();
    assert_eq!((unheard.code, unheard.said.as_str()), (1, ""));
    let mistyped = format!("{}0", acme.client.token());
    let refused = program.run_with(&["whoami", "--lang", "zh"], &[("CHANCERY_TOKEN", &mistyped)]).expect(4);
    assert!(refused.said.starts_with("错误：API 密钥输入有误"), "{refused:?}");
    // A script is not asked before it withdraws for good.
    acme.push_reviews();
    let withdrawn = program.run(&["model", "status", "acme/reviews@v1", "withdrawn"]).expect(0);
    assert!(withdrawn.out.contains("withdrawn"), "{withdrawn:?}");
}
