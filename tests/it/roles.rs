//! Who may do what, generated: every operation of the OpenAPI document and every page, asked for by everybody there is. [`MAY`] is the
//! only place that says who may; whoever is not named there is refused, and a route that is not named there fails the test.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use chancery::app::SystemEntropy;
use chancery_base::{crypto::SigningKey, outbound::Reach};
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    browser::Browser,
    client::{Answer, Client},
    contract::operations,
    fixtures::{self, TERMS},
    organisation::{Organisation, text},
    people::joined_at,
    receiver::Receiver,
    reference, webhooks,
};

/// Keys and people of each role that there is, in the order in which they ask: the least first.
const KEYS: [&str; 4] = ["member", "auditor", "owner", "operator"];
const PEOPLE: [&str; 5] = ["member", "auditor", "approver", "owner", "operator"];

/// Each route with who of the party may use it: roles, each for its keys and its people; `key:role` and `person:role` for one of them;
/// `keys` and `people` for all. Keys open no pages.
const MAY: &[(&str, &str)] = &[
    ("GET /api/v1/access-requests", "keys people"),
    ("POST /api/v1/access-requests", "member owner operator"),
    ("GET /api/v1/access-requests/{id}", "keys people"),
    ("POST /api/v1/access-requests/{id}/decline", "owner operator"),
    ("POST /api/v1/access-requests/{id}/withdraw", "member owner operator"),
    ("GET /api/v1/approvals", "people key:auditor key:owner key:operator"),
    ("GET /api/v1/approvals/rules", "keys people"),
    ("PUT /api/v1/approvals/rules", "person:owner person:operator"),
    ("GET /api/v1/approvals/{id}", "keys people"),
    ("POST /api/v1/approvals/{id}/approve", "person:approver person:owner person:operator"),
    ("POST /api/v1/approvals/{id}/decline", "person:approver person:owner person:operator"),
    ("GET /api/v1/decisions", "people key:auditor key:owner key:operator"),
    ("POST /api/v1/decisions/preview", "member owner operator"),
    ("GET /api/v1/decisions/{id}", "keys people"),
    ("GET /api/v1/exports/audit", "auditor owner operator"),
    ("GET /api/v1/grants", "keys people"),
    ("POST /api/v1/grants", "owner operator"),
    ("GET /api/v1/grants/{id}", "keys people"),
    ("POST /api/v1/grants/{id}/accept", "owner operator"),
    ("POST /api/v1/grants/{id}/decline", "owner operator"),
    ("POST /api/v1/grants/{id}/revoke", "owner operator"),
    ("GET /api/v1/holds", "keys people"),
    ("DELETE /api/v1/holds/{id}", "operator"),
    ("GET /api/v1/invitations", "owner operator"),
    ("POST /api/v1/invitations", "owner operator"),
    ("DELETE /api/v1/invitations/{id}", "owner operator"),
    ("GET /api/v1/keys", "owner operator"),
    ("POST /api/v1/keys", "owner operator"),
    ("DELETE /api/v1/keys/{id}", "owner operator"),
    ("GET /api/v1/log-rotations", "operator"),
    ("POST /api/v1/log-rotations", "operator"),
    ("GET /api/v1/datasets", "keys people"),
    ("GET /api/v1/datasets/{owner}/{name}", "keys people"),
    ("PUT /api/v1/datasets/{owner}/{name}/aliases/{alias}", "owner operator"),
    ("POST /api/v1/datasets/{owner}/{name}/holds", "operator"),
    ("GET /api/v1/datasets/{owner}/{name}/versions/{selector}", "keys people"),
    ("GET /api/v1/datasets/{owner}/{name}/versions/{selector}/bundle", "keys people"),
    ("POST /api/v1/datasets/{owner}/{name}/versions/{selector}/check", "keys people"),
    ("GET /api/v1/datasets/{owner}/{name}/versions/{selector}/croissant", "keys people"),
    ("GET /api/v1/datasets/{owner}/{name}/versions/{selector}/data-trust-alliance", "keys people"),
    ("GET /api/v1/datasets/{owner}/{name}/versions/{selector}/destruction", "owner operator"),
    ("POST /api/v1/datasets/{owner}/{name}/versions/{selector}/destruction", "owner operator"),
    ("POST /api/v1/datasets/{owner}/{name}/versions/{selector}/status", "owner operator"),
    ("GET /api/v1/models/{owner}/{name}/versions/{selector}/licence", "keys people"),
    ("GET /api/v1/datasets/{owner}/{name}/versions/{selector}/licence", "keys people"),
    ("GET /api/v1/preparations", "owner operator"),
    ("POST /api/v1/preparations", "owner operator"),
    ("GET /api/v1/preparations/{id}", "owner operator"),
    ("POST /api/v1/preparations/{id}/cancel", "owner operator"),
    ("GET /api/v1/models", "keys people"),
    ("GET /api/v1/models/{owner}/{name}", "keys people"),
    ("PUT /api/v1/models/{owner}/{name}/aliases/{alias}", "owner operator"),
    ("POST /api/v1/models/{owner}/{name}/holds", "operator"),
    ("POST /api/v1/models/{owner}/{name}/predict", "key:member key:owner key:operator"),
    ("GET /api/v1/models/{owner}/{name}/versions/{selector}", "keys people"),
    ("GET /api/v1/models/{owner}/{name}/versions/{selector}/bundle", "keys people"),
    ("POST /api/v1/models/{owner}/{name}/versions/{selector}/check", "keys people"),
    ("GET /api/v1/models/{owner}/{name}/versions/{selector}/destruction", "owner operator"),
    ("POST /api/v1/models/{owner}/{name}/versions/{selector}/destruction", "owner operator"),
    ("POST /api/v1/models/{owner}/{name}/versions/{selector}/status", "owner operator"),
    ("POST /api/v1/parties", "operator"),
    ("POST /api/v1/passports/check", "keys people"),
    ("GET /api/v1/people", "people key:auditor key:owner key:operator"),
    ("DELETE /api/v1/people/{id}", "owner operator"),
    ("PATCH /api/v1/people/{id}", "owner operator"),
    ("GET /api/v1/policies", "keys people"),
    ("POST /api/v1/policies", "operator"),
    ("POST /api/v1/policies/diff", "operator"),
    ("GET /api/v1/policies/history", "operator"),
    ("GET /api/v1/policies/shadow/report", "auditor owner operator"),
    ("GET /api/v1/receipts", "people key:auditor key:owner key:operator"),
    ("GET /api/v1/receipts/{leaf}", "keys people"),
    ("GET /api/v1/sessions", "people"),
    ("DELETE /api/v1/sessions/{id}", ""),
    ("GET /api/v1/signing-keys", "keys people"),
    ("POST /api/v1/signing-keys", "member owner operator"),
    ("POST /api/v1/signing-keys/challenge", "member owner operator"),
    ("DELETE /api/v1/signing-keys/{id}", "owner operator"),
    ("POST /api/v1/signing-keys/{id}/approve", "owner operator"),
    ("POST /api/v1/uploads", "owner operator"),
    ("DELETE /api/v1/uploads/{id}", "owner operator"),
    ("GET /api/v1/uploads/{id}", "keys people"),
    ("PUT /api/v1/uploads/{id}/blobs/{sha256}", "owner operator"),
    ("POST /api/v1/uploads/{id}/commit", "owner operator"),
    ("GET /api/v1/webhooks", "owner operator"),
    ("POST /api/v1/webhooks", "owner operator"),
    ("DELETE /api/v1/webhooks/{id}", "owner operator"),
    ("GET /api/v1/webhooks/{id}/deliveries", "owner operator"),
    ("POST /api/v1/webhooks/{id}/deliveries/{delivery}/redeliver", "owner operator"),
    ("POST /api/v1/webhooks/{id}/rotate", "owner operator"),
    ("POST /api/v1/webhooks/{id}/test", "owner operator"),
    ("GET /api/v1/whoami", "keys people"),
    ("POST /v1/embeddings", "key:member key:owner key:operator"),
    ("GET /v1/models", "keys people"),
    ("GET /v1/models/{model}", "keys people"),
    ("GET /", "people"),
    ("GET /approvals", "people"),
    ("POST /approvals/rules", "owner operator"),
    ("GET /approvals/{id}", "people"),
    ("POST /approvals/{id}/approve", "approver owner operator"),
    ("POST /approvals/{id}/decline", "approver owner operator"),
    ("GET /datasets", "people"),
    ("GET /datasets/named", "people"),
    ("GET /datasets/{id}", "people"),
    ("GET /datasets/{owner}/{name}", "people"),
    ("POST /datasets/{owner}/{name}/aliases", "owner operator"),
    ("POST /datasets/{owner}/{name}/holds/{hold}/release", "operator"),
    ("GET /datasets/{owner}/{name}/bundle", "people"),
    ("GET /datasets/{owner}/{name}/versions/{version}/destroy", "owner operator"),
    ("POST /datasets/{owner}/{name}/versions/{version}/destroy", "owner operator"),
    ("GET /datasets/{owner}/{name}/datasheet", "people"),
    ("GET /datasets/{owner}/{name}/files", "people"),
    ("GET /datasets/{owner}/{name}/licence", "people"),
    ("GET /datasets/{owner}/{name}/lineage", "people"),
    ("GET /datasets/{owner}/{name}/preparations", "owner operator"),
    ("POST /datasets/{owner}/{name}/preparations", "owner operator"),
    ("GET /datasets/{owner}/{name}/preparations/{id}", "owner operator"),
    ("POST /datasets/{owner}/{name}/preparations/{id}/cancel", "owner operator"),
    ("GET /datasets/{owner}/{name}/versions", "people"),
    ("GET /datasets/{owner}/{name}/versions/{version}/{change}", "owner operator"),
    ("POST /datasets/{owner}/{name}/versions/{version}/{change}", "owner operator"),
    ("GET /decisions", "people"),
    ("GET /decisions/{id}", "people"),
    ("GET /exports", "auditor owner operator"),
    ("POST /exports", "auditor owner operator"),
    ("GET /exports/{id}", ""),
    ("GET /exports/{id}/archive", ""),
    ("GET /grants", "people"),
    ("GET /grants/new", "owner operator"),
    ("POST /grants/new", "owner operator"),
    ("GET /grants/requests", "people"),
    ("GET /grants/requests/new", "member owner operator"),
    ("POST /grants/requests/new", "member owner operator"),
    ("GET /grants/requests/{id}", "people"),
    ("POST /grants/requests/{id}/decline", "owner operator"),
    ("POST /grants/requests/{id}/withdraw", "member owner operator"),
    ("GET /grants/{id}", "people"),
    ("POST /grants/{id}/decline", "owner operator"),
    ("GET /grants/{id}/revoke", "owner operator"),
    ("POST /grants/{id}/revoke", "owner operator"),
    ("GET /keys", "people"),
    ("GET /keys/{id}/approve", "owner operator"),
    ("POST /keys/{id}/approve", "owner operator"),
    ("GET /keys/{id}/revoke", "owner operator"),
    ("POST /keys/{id}/revoke", "owner operator"),
    ("GET /members", "people"),
    ("POST /members/invitations", "owner operator"),
    ("POST /members/invitations/{id}/withdraw", "owner operator"),
    ("POST /members/{id}/change", "owner operator"),
    ("POST /members/{id}/remove", "owner operator"),
    ("GET /models", "people"),
    ("GET /models/{owner}/{name}", "people"),
    ("POST /models/{owner}/{name}/aliases", "owner operator"),
    ("POST /models/{owner}/{name}/holds/{hold}/release", "operator"),
    ("GET /models/{owner}/{name}/bundle", "people"),
    ("GET /models/{owner}/{name}/versions/{version}/destroy", "owner operator"),
    ("POST /models/{owner}/{name}/versions/{version}/destroy", "owner operator"),
    ("GET /models/{owner}/{name}/files", "people"),
    ("GET /models/{owner}/{name}/grants", "people"),
    ("GET /models/{owner}/{name}/licence", "people"),
    ("GET /models/{owner}/{name}/lineage", "people"),
    ("GET /models/{owner}/{name}/passport", "people"),
    ("GET /models/{owner}/{name}/uses", "people"),
    ("GET /models/{owner}/{name}/versions", "people"),
    ("GET /models/{owner}/{name}/versions/{version}/{change}", "owner operator"),
    ("POST /models/{owner}/{name}/versions/{version}/{change}", "owner operator"),
    ("GET /policies", "people"),
    ("POST /policies/{rule}", "operator"),
    ("GET /records", "people"),
    ("POST /records/rotation", "operator"),
    ("GET /records/{leaf}", "people"),
    ("GET /records/{leaf}/proof", "people"),
    ("GET /records/{leaf}/receipt", "people"),
    ("GET /settings", "people"),
    ("POST /settings/identities/remove", "people"),
    ("POST /settings/identities/{provider}", ""),
    ("POST /settings/name", "people"),
    ("POST /settings/password", "people"),
    ("GET /settings/second-factor", "people"),
    ("POST /settings/second-factor", "people"),
    ("POST /settings/second-factor/remove", "people"),
    ("POST /settings/sessions/end-others", "people"),
    ("POST /settings/sessions/{id}/end", ""),
    ("POST /sign-out", "people"),
    ("GET /tokens", "owner operator"),
    ("POST /tokens", "owner operator"),
    ("POST /tokens/{id}/revoke", "owner operator"),
    ("GET /upload", "owner operator"),
    ("POST /upload/passport", "owner operator"),
    ("GET /webhooks", "owner operator"),
    ("POST /webhooks", "owner operator"),
    ("GET /webhooks/{id}", "owner operator"),
    ("POST /webhooks/{id}/deliveries/{delivery}/redeliver", "owner operator"),
    ("POST /webhooks/{id}/remove", "owner operator"),
    ("POST /webhooks/{id}/rotate", "owner operator"),
    ("POST /webhooks/{id}/test", "owner operator"),
];

/// Somebody who asks.
struct Asker {
    name: String,
    kind: Kind,
    is_stranger: bool,
}

enum Kind {
    /// A program, with a key, a key that is no good, or none.
    Program(Client),
    /// A browser, and what its forms carry.
    Person(Browser, String),
}

/// What a route is asked with.
struct Request {
    method: String,
    route: String,
    path: String,
    body: Value,
}

impl Request {
    fn is_page(&self) -> bool {
        !self.route.starts_with("/api/") && !self.route.starts_with("/v1/")
    }

    /// Whether it is about no thing of the party's in particular, so that strangers ask for their own.
    fn names_nothing(&self) -> bool {
        !self.route.contains('{')
    }

    fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.route)
    }
}

impl Asker {
    fn program(name: &str, client: &Client) -> Self {
        Self { name: name.to_owned(), kind: Kind::Program(client.clone()), is_stranger: true }
    }

    fn person(name: &str, browser: &Browser) -> Self {
        browser.read("/settings");
        let kind = Kind::Person(browser.clone(), browser.hidden("form_token"));
        Self { name: name.to_owned(), kind, is_stranger: true }
    }

    fn of_the_party(self) -> Self {
        Self { is_stranger: false, ..self }
    }

    fn ask(&self, request: &Request) -> Answer {
        let method = request.method.to_uppercase();
        let bytes = request.body.to_string();
        match &self.kind {
            Kind::Program(client) => client.send(&method, &request.path, &[], bytes.as_bytes()),
            Kind::Person(browser, _) if !request.is_page() => browser.ask(&method, &request.path, &request.body),
            Kind::Person(browser, _) if method == "GET" => browser.open(&request.path).answer,
            Kind::Person(browser, token) => {
                let fields = request.body.as_object().into_iter().flatten();
                let fields = fields.map(|(name, value)| (name.as_str(), text(value)));
                let fields: Vec<_> = [("form_token", token.as_str())].into_iter().chain(fields).collect();
                browser.forge(&request.path, &[("sec-fetch-site", "same-origin")], &fields).answer
            }
        }
    }

    /// Whether somebody asks whose key or session is good.
    fn is_somebody(&self) -> bool {
        self.name.starts_with("another party's")
    }

    fn is_key(&self) -> bool {
        self.name.starts_with("key:")
    }

    /// Whether the table's words name this one.
    fn is_named(&self, words: &str) -> bool {
        let (kind, role) = self.name.split_once(':').unwrap_or((&self.name, ""));
        let all = if kind == "key" { "keys" } else { "people" };
        !self.is_stranger && words.split(' ').any(|word| [all, role, self.name.as_str()].contains(&word))
    }
}

/// Whether whoever asked got through the door: a decision of the gate is an answer, and so is a form that has to be mended.
fn is_through(answer: &Answer) -> bool {
    let is_decision = answer.body["decision"].is_string();
    let is_asked_to_sign_in = answer.status == 303 && answer.header("location").starts_with("/sign-in");
    is_decision || !([401, 403, 404].contains(&answer.status) || is_asked_to_sign_in)
}

/// What stands for each name in a path, by the beginning of the route.
type Things = BTreeMap<&'static str, String>;

/// The operator's party with one of everything, and who asks.
struct World {
    _app: TestApp,
    things: Things,
    askers: Vec<Asker>,
    _receiver: Receiver,
}

fn id(value: &Value) -> String {
    text(&value["id"]).to_owned()
}

impl World {
    fn new() -> Self {
        let app = TestApp::start_with(|config, _| {
            config.webhooks = Reach::PublicAndLoopback;
            let rates = &mut config.rates;
            for rate in [&mut rates.sign_in, &mut rates.stranger, &mut rates.key, &mut rates.party] {
                *rate = 100_000.try_into().unwrap();
            }
        });
        let (home, globex, receiver) = (home(&app), app.party("globex"), Receiver::start());
        let stranger = app.party("initech");
        let [ada, eve] = [(&home, "ada@home.example"), (&stranger, "eve@initech.example")].map(|(party, address)| {
            let browser = Browser::new(app.address);
            browser.set_up(party.client.token(), &party.slug, address);
            browser
        });
        let people =
            PEOPLE.map(|role| (role, joined_at(&app, &ada, &home.slug, &format!("{role}@home.example"), role)));
        let ended = joined_at(&app, &ada, &home.slug, "ended@home.example", "operator");
        let (_, revoked) = key(&home.client, "operator");
        let mut askers = vec![
            Asker::program("nobody", &app.nobody()),
            Asker::program("a revoked key", &revoked),
            Asker::person("an ended session", &ended),
            Asker::program("another party's owner", &stranger.client),
            Asker::person("another party's owner in a browser", &eve),
        ];
        askers
            .extend(KEYS.map(|role| Asker::program(&format!("key:{role}"), &key(&home.client, role).1).of_the_party()));
        askers.extend(people.iter().map(|(role, one)| Asker::person(&format!("person:{role}"), one).of_the_party()));
        ended.ask("DELETE", &format!("/api/v1/sessions/{}", session(&ended)), &Value::Null).expect(204);
        let revoked = home.client.get("/api/v1/keys").expect(200)["items"][1]["id"].clone();
        home.client.delete(&format!("/api/v1/keys/{}", text(&revoked))).expect(204);
        let things = things(&app, &home, &globex, &ada, &receiver);
        Self { _app: app, things, askers, _receiver: receiver }
    }

    /// Every request that the document and the pages know: those that end something last.
    fn requests(&self) -> Vec<Request> {
        let documented =
            operations().filter(|operation| ["/api/v1/", "/v1/"].iter().any(|gated| operation.path.starts_with(gated)));
        let documented = documented.map(|operation| (operation.method.to_owned(), operation.path.to_owned()));
        let mut routes: Vec<_> = documented.chain(reference::pages()).collect();
        routes.sort_by_key(|(method, route)| (route == "/sign-out", ends(method, route), route.clone()));
        routes.into_iter().map(|(method, route)| self.request(method, route)).collect()
    }

    fn request(&self, method: String, route: String) -> Request {
        let body = body(&method, &route, &self.things);
        let thing = |name: &str| self.things.get(name).cloned().unwrap_or_default();
        let named = THINGS.iter().find(|(prefix, _)| route.starts_with(prefix)).map_or("", |(_, thing)| thing);
        // Some things can be ended once only: there is one for programs and one for pages.
        let ways = if route.starts_with("/api/") { &[" ended", ""][..] } else { &[" ended on a page", " ended", ""] };
        let ways = if ends(&method, &route) { ways } else { &[""] };
        let own = ways.iter().find_map(|way| self.things.get(format!("{named}{way}").as_str()));
        let own = own.cloned().unwrap_or_default();
        let path = route.replace("{id}", &own).replace("{leaf}", &thing("leaf"));
        let registered = if route.contains("/datasets/") { "registered data set" } else { "model" };
        let path = path.replace("{model}", &thing("model")).replace("{owner}/{name}", &thing(registered));
        let path = path.replace("{selector}", "v1").replace("{alias}", "production").replace("{version}", "v1");
        let path = path.replace("{sha256}", &thing("sha256")).replace("{delivery}", &thing("delivery"));
        let path = path.replace("{change}", "reinstate").replace("{rule}", "nothing").replace("{hold}", &thing("hold"));
        let query = if route == "/api/v1/exports/audit" { "?from=0&to=1" } else { "" };
        Request { method, path: format!("{path}{query}"), route, body }
    }
}

/// The operator's party, with a signing key.
fn home(app: &TestApp) -> Organisation {
    let client = app.operator.clone();
    let slug = text(&client.get("/api/v1/whoami").expect(200)["party"]["slug"]).to_owned();
    let key = SigningKey::generate(&SystemEntropy);
    let mut home = Organisation { slug, client, key_id: Value::Null, key };
    home.key_id = home.propose(&home.key)["id"].clone();
    home.client.post(&format!("/api/v1/signing-keys/{}/approve", text(&home.key_id)), &json!({})).expect(200);
    home
}

fn key(client: &Client, role: &str) -> (String, Client) {
    let body = json!({"role": role, "label": role, "purpose": "research", "territory": "DE"});
    let key = client.post("/api/v1/keys", &body).expect(201);
    (id(&key), client.with_token(text(&key["token"])))
}

/// The id of the session that a browser is signed in with.
fn session(browser: &Browser) -> String {
    browser.cookie().split('.').next().unwrap().to_owned()
}

fn things(app: &TestApp, home: &Organisation, globex: &Organisation, ada: &Browser, receiver: &Receiver) -> Things {
    let private = json!({"visibility": "private", "alias": "production"});
    let (files, passport, model) =
        (fixtures::tiny_classifier(), fixtures::open_passport(), format!("{}/reviews", home.slug));
    home.push_as(&model, &files, &passport, &private);
    let data = format!("{}/review-data", home.slug);
    home.push_as(&data, &fixtures::reviews_csv(), &fixtures::datasheet_under("CC-BY-4.0", ""), &private);
    let recipe = json!({"dataset": data, "recipe": "version = 1"});
    let preparation = id(&home.client.post("/api/v1/preparations", &recipe).expect(202));
    globex.push_as("globex/reviews", &files, &passport, &private);
    let held = globex.offer("globex/reviews", home, TERMS);
    let [draft, ended_draft] =
        ["one", "two"].map(|name| home.announce(&format!("{}/{name}", home.slug), &files, &passport));
    let asked = |by: &Organisation, model: &str| {
        let body = json!({"model": model, "purposes": ["research"], "message": "a thesis"});
        id(&by.client.post("/api/v1/access-requests", &body).expect(201))
    };
    let listed = format!("{}/listed", home.slug);
    home.push_as(&listed, &files, &passport, &private);
    home.offer(&listed, globex, TERMS);
    let used = key(&home.client, "member").1.predict(&model, "x");
    let person = |name: &str| {
        let person = joined_at(app, ada, &home.slug, &format!("{name}@home.example"), "member");
        id(&person.ask("GET", "/api/v1/whoami", &Value::Null).expect(200)["person"])
    };
    let invite = |name: &str| {
        let body = json!({"email": format!("{name}@home.example"), "role": "member"});
        id(&home.client.post("/api/v1/invitations", &body).expect(201))
    };
    let rules = "/api/v1/approvals/rules";
    ada.ask("PUT", rules, &json!({"grants_above_tokens": 1_000_000_000_000_u64})).expect(200);
    let proposal = ada.ask("PUT", rules, &json!({})).expect(202);
    let hold = json!({"authority": "home", "reason": "review", "legal_demand": false});
    let hold = home.client.post(&format!("/api/v1/models/{}/listed/holds", home.slug), &hold).expect(201);
    let webhook = webhooks::add(&home.client, receiver, &["key.revoked"]);
    let sent = home.client.post(&webhooks::path_of(&webhook, "/test"), &json!({})).expect(202);
    let ended_webhook = webhooks::add(&home.client, receiver, &["key.revoked"]);
    ada.read("/exports");
    let export = ada.follow("/exports", &[("from", "2020-01-01"), ("to", "2020-01-02")]);
    let datasets = ada.read("/datasets/named");
    let [spare, ended] = [(); 2].map(|()| id(&home.propose(&SigningKey::generate(&SystemEntropy))));

    BTreeMap::from([
        ("key", key(&home.client, "member").0),
        ("person", person("hedy")),
        ("person ended on a page", person("taken-out")),
        ("invitation ended on a page", invite("kay")),
        ("webhook ended on a page", id(&webhooks::add(&home.client, receiver, &["key.revoked"]))),
        ("person ended", person("gone")),
        ("invitation", invite("lin")),
        ("proposal", id(&proposal["approval"])),
        ("session", session(ada)),
        ("signing key", spare),
        ("signing key ended", ended),
        ("sha256", text(&draft["files"][0]["sha256"]).to_owned()),
        ("upload", id(&draft)),
        ("upload ended", id(&ended_draft)),
        ("hold", id(&hold)),
        ("grant", id(&held)),
        ("grant ended", id(&home.offer(&model, globex, TERMS))),
        ("request", asked(globex, &listed)),
        ("request ended", asked(home, "globex/reviews")),
        ("decision", text(&used.body["decision"]).to_owned()),
        ("leaf", text(&used.body["receipt"]).to_owned()),
        ("webhook", id(&webhook)),
        ("webhook ended", id(&ended_webhook)),
        ("delivery", id(&sent)),
        (
            "dataset",
            datasets.split("class=\"row\" href=\"/datasets/").nth(1).unwrap().split('"').next().unwrap().to_owned(),
        ),
        ("export", export.rsplit('/').next().unwrap().to_owned()),
        ("public key", text(&json!(home.key.verifying_key())).to_owned()),
        ("home", home.slug.clone()),
        ("model", model),
        ("registered data set", data),
        ("preparation", preparation),
    ])
}

/// What routes that begin so name by `{id}`.
const THINGS: &[(&str, &str)] = &[
    ("/api/v1/keys/", "key"),
    ("/tokens/", "key"),
    ("/api/v1/people/", "person"),
    ("/members/invitations/", "invitation"),
    ("/members/", "person"),
    ("/api/v1/invitations/", "invitation"),
    ("/api/v1/approvals/", "proposal"),
    ("/approvals/", "proposal"),
    ("/api/v1/sessions/", "session"),
    ("/settings/sessions/", "session"),
    ("/api/v1/signing-keys/", "signing key"),
    ("/keys/", "signing key"),
    ("/api/v1/uploads/", "upload"),
    ("/api/v1/holds/", "hold"),
    ("/api/v1/preparations/", "preparation"),
    ("/api/v1/grants/", "grant"),
    ("/grants/requests/", "request"),
    ("/grants/", "grant"),
    ("/api/v1/access-requests/", "request"),
    ("/api/v1/decisions/", "decision"),
    ("/decisions/", "decision"),
    ("/api/v1/webhooks/", "webhook"),
    ("/webhooks/", "webhook"),
    ("/datasets/{owner}/{name}/preparations/", "preparation"),
    ("/datasets/", "dataset"),
    ("/exports/", "export"),
];

/// How routes end that are asked for last, because what they name is used up.
const ENDS: &[&str] = &["/revoke", "/remove", "/withdraw", "/end", "/sign-out"];

/// Whether a request ends something, so that it goes well once.
fn ends(method: &str, route: &str) -> bool {
    method == "delete" || ENDS.iter().any(|end| route.ends_with(end))
}

/// A body that is well formed and changes as little as can be.
fn body(method: &str, route: &str, things: &Things) -> Value {
    let (model, home) = (&things["model"], &things["home"]);
    match (method, route) {
        ("get", _) => Value::Null,
        (_, "/api/v1/parties") => json!({"slug": "globex", "title": "Globex"}),
        (_, "/api/v1/keys") => json!({"role": "member", "label": "late", "expires_at": 1}),
        (_, "/api/v1/invitations") => json!({"email": "eve@home.example", "role": "member", "membership_ends_at": 1}),
        (_, "/api/v1/grants") => json!({"model": model, "licensee": home, "terms": fixtures::terms()}),
        (_, "/api/v1/access-requests") => json!({"model": "globex/reviews", "purposes": [], "message": "a thesis"}),
        (_, "/api/v1/signing-keys") => {
            let signature = STANDARD.encode([0; 64]);
            json!({"public_key": things["public key"], "label": "release", "challenge": "1.x", "signature": signature})
        }
        (_, "/api/v1/preparations") => json!({"dataset": things["registered data set"], "recipe": "version = 1"}),
        (_, "/api/v1/policies") => json!({"rule": "nothing", "mode": "shadow"}),
        (_, "/api/v1/policies/diff") => json!({"origin": "server"}),
        (_, "/api/v1/webhooks") => json!({"url": "nowhere"}),
        (_, "/v1/embeddings") => json!({"model": model, "input": "x"}),
        (_, "/api/v1/decisions/preview") => json!({"model": model}),
        (_, "/members/invitations") => {
            json!({"email": "eve@home.example", "role": "member", "membership_ends_at": "2020-01-01"})
        }
        (_, "/tokens") => json!({"role": "member", "label": "late", "expires_at": "2020-01-01"}),
        (_, "/grants/new") => json!({"step": "parties", "go": "parties", "model": model, "licensee": home}),
        (_, "/grants/requests/new") => json!({"model": "globex/reviews", "message": "a thesis"}),
        (_, "/exports") => json!({"from": "2020-01-02", "to": "2020-01-02"}),
        (_, "/datasets/{owner}/{name}/preparations") => json!({"recipe": "version = 1", "redaction": "mask"}),
        (_, "/policies/{rule}") => json!({"mode": "shadow"}),
        (_, "/settings/name") => json!({"name": "Grace"}),
        (_, "/settings/second-factor") => json!({"secret": "A", "code": "000000", "password": "wrong"}),
        (_, "/models/{owner}/{name}/aliases" | "/datasets/{owner}/{name}/aliases") => {
            json!({"alias": "production", "version": "v1"})
        }
        (_, "/members/{id}/change") => json!({"role": "member"}),
        (_, route) if route.starts_with("/api/") => match route.rsplit('/').next().unwrap() {
            "status" => json!({"status": "registered"}),
            "{alias}" => json!({"version": "v1"}),
            "destruction" | "log-rotations" => json!({"reason": "review"}),
            "holds" => json!({"authority": "home", "reason": "review", "legal_demand": false}),
            "commit" => json!({"visibility": "private"}),
            "predict" => json!({"inputs": ["x"]}),
            "revoke" | "decline" => json!({"reason": ""}),
            _ => json!({}),
        },
        _ => json!({"sure": "yes", "reason": ""}),
    }
}

/// What is wrong with an answer, if anything is.
fn fault(request: &Request, asker: &Asker, answer: &Answer, words: &str, is_used_up: bool) -> Option<String> {
    let is_through = is_through(answer);
    let is_well = if asker.is_stranger {
        // What strangers may do in their own party is not asked here.
        (asker.is_somebody() && request.names_nothing()) || !is_through
    } else if asker.is_named(words) && !(request.is_page() && asker.is_key()) {
        is_through || (is_used_up && answer.status == 404) || request.route == "/sign-out"
    } else {
        !is_through
    };
    let is_fault = answer.status >= 500 || !is_well;
    is_fault.then(|| format!("{} as {} answers {}", request.name(), asker.name, answer.status))
}

#[test]
fn each_route_is_open_to_whom_it_is_for_and_to_nobody_else() {
    let world = World::new();
    let mut table: BTreeMap<&str, &str> = MAY.iter().copied().collect();
    assert_eq!(table.len(), MAY.len(), "a route stands in the table twice");
    let mut faults = Vec::new();
    for request in world.requests() {
        let Some(words) = table.remove(request.name().as_str()) else {
            faults.push(format!("{} is not in the table: say there who may", request.name()));
            continue;
        };
        let mut is_used_up = false;
        for asker in &world.askers {
            let answer = asker.ask(&request);
            faults.extend(fault(&request, asker, &answer, words, is_used_up));
            is_used_up |= ends(&request.method, &request.route) && is_through(&answer);
        }
    }
    faults.extend(table.keys().map(|name| format!("{name} is no route")));
    assert!(faults.is_empty(), "{faults:#?}");
}
