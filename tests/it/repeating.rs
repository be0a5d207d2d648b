//! Idempotency, generated from the OpenAPI document: every operation that says so is done once however often it is asked for, and each
//! other says why it need not be.

use std::collections::BTreeMap;

use chancery::app::SystemEntropy;
use chancery_base::crypto::SigningKey;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    browser::Browser,
    client::{Answer, Client},
    contract::operations,
    database,
    fixtures::{self, TERMS},
    organisation::{Organisation, text},
    people, preparing,
    receiver::Receiver,
    webhooks,
};

/// Members of answers that a repetition does not have: what opens a commitment is told once.
const TOLD_ONCE: &str = "content_key";

/// Requests that succeed, for each operation that is done once: by its id, whose they are, where, and with which body; then another
/// body that would do as well. Without one, the same is asked for under another purpose.
struct Requests(BTreeMap<&'static str, Request>);

struct Request {
    client: Client,
    /// The session of a person; empty where the client has a key.
    cookie: String,
    path: String,
    body: Option<Value>,
    other: Option<Value>,
}

impl Requests {
    fn add(&mut self, operation: &'static str, client: &Client, path: impl Into<String>, bodies: &[Value]) {
        let (body, other) = (bodies.first().cloned(), bodies.get(1).cloned());
        self.0.insert(
            operation,
            Request { client: client.clone(), cookie: String::new(), path: path.into(), body, other },
        );
    }

    /// The same for what a person does.
    fn add_of(&mut self, operation: &'static str, person: &Browser, nobody: &Client, path: &str, bodies: &[Value]) {
        self.add(operation, nobody, path, bodies);
        self.0.get_mut(operation).unwrap().cookie = format!("__Host-chancery={}", person.cookie());
    }
}

impl Request {
    fn send(&self, method: &str, body: Option<&Value>, purpose: Option<&str>) -> Answer {
        let purpose = purpose.map(|purpose| ("chancery-purpose", purpose));
        let mut headers: Vec<_> = [("idempotency-key", self.path.as_str())].into_iter().chain(purpose).collect();
        if !self.cookie.is_empty() {
            headers.extend([("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")]);
        }
        let bytes = body.map(Value::to_string).unwrap_or_default();
        self.client.send(method, &self.path, &headers, bytes.as_bytes())
    }
}

fn new_key() -> SigningKey {
    SigningKey::generate(&SystemEntropy)
}

fn keys_and_uploads(requests: &mut Requests, acme: &Organisation) {
    let owner = &acme.client;
    let files = fixtures::tiny_classifier();
    let id = |document: &Value| text(&document["id"]).to_owned();
    let key = id(&acme.key(&json!({"role": "member", "label": "program"})));
    requests.add("revokeKey", owner, format!("/api/v1/keys/{key}"), &[]);
    let possessions = [acme.possession(&new_key()), acme.possession(&new_key())];
    requests.add("proposeSigningKey", owner, "/api/v1/signing-keys", &possessions);
    let [approved, revoked] = [new_key(), new_key()].map(|key| id(&acme.propose(&key)));
    requests.add("approveSigningKey", owner, format!("/api/v1/signing-keys/{approved}/approve"), &[]);
    requests.add("revokeSigningKey", owner, format!("/api/v1/signing-keys/{revoked}"), &[]);
    let manifests = ["acme/one", "acme/two"].map(|model| {
        let statement = fixtures::statement(model, &files, &fixtures::open_passport());
        serde_json::from_str(&fixtures::signed(&statement, &acme.key).to_json()).unwrap()
    });
    requests.add("openUpload", owner, "/api/v1/uploads", &manifests);
    let given_up = acme.announce("acme/given-up", &files, &fixtures::open_passport());
    requests.add("abandonUpload", owner, format!("/api/v1/uploads/{}", id(&given_up)), &[]);
    let session = acme.announce("acme/committed", &files, &fixtures::open_passport());
    acme.send_files(&session, &files);
    let options = [json!({}), json!({"alias": "production"})];
    requests.add("commitUpload", owner, format!("/api/v1/uploads/{}/commit", id(&session)), &options);
}

fn models_and_rules(requests: &mut Requests, acme: &Organisation, operator: &Client) {
    acme.push("acme/frozen", &fixtures::tiny_classifier(), &fixtures::open_passport());
    let statuses = [json!({"status": "suspended"}), json!({"status": "withdrawn"})];
    acme.push("acme/ended", &fixtures::tiny_classifier(), &fixtures::open_passport());
    acme.client.post("/api/v1/models/acme/ended/versions/v1/status", &json!({"status": "withdrawn"})).expect(200);
    let reasons = [json!({"reason": "erasure"}), json!({"reason": "storage"})];
    requests.add("destroyKeys", &acme.client, "/api/v1/models/acme/ended/versions/v1/destruction", &reasons);
    requests.add("orderLogRotation", operator, "/api/v1/log-rotations", &reasons);
    requests.add("changeStatus", &acme.client, "/api/v1/models/acme/frozen/versions/v1/status", &statuses);
    let targets = [json!({"version": "v1"}), json!({"version": "latest"})];
    requests.add("setAlias", &acme.client, "/api/v1/models/acme/reviews/aliases/stable", &targets);
    let datasheet = fixtures::datasheet_under("CC-BY-4.0", "");
    acme.push("acme/old-data", &fixtures::reviews_csv(), &datasheet);
    acme.push("acme/data", &fixtures::reviews_csv(), &datasheet);
    acme.push("acme/rows", &fixtures::reviews_csv(), &datasheet);
    let old = "/api/v1/datasets/acme/old-data/versions/v1";
    acme.client.post(&format!("{old}/status"), &json!({"status": "withdrawn"})).expect(200);
    let recipes = ["", "[[step]]\nkind = \"encoding\""]
        .map(|steps| json!({"dataset": "acme/rows", "recipe": format!("version = 1\n{steps}")}));
    requests.add("beginPreparation", &acme.client, "/api/v1/preparations", &recipes);
    requests.add("destroyDatasetKeys", &acme.client, format!("{old}/destruction"), &reasons);
    requests.add("changeDatasetStatus", &acme.client, "/api/v1/datasets/acme/data/versions/v1/status", &statuses);
    requests.add("setDatasetAlias", &acme.client, "/api/v1/datasets/acme/data/aliases/stable", &targets);
    let holds = "/api/v1/models/acme/frozen/holds";
    let hold = |reason: &str| json!({"authority": "court", "reason": reason, "legal_demand": false});
    requests.add("placeHold", operator, holds, &[hold("order"), hold("review")]);
    requests.add("placeDatasetHold", operator, "/api/v1/datasets/acme/data/holds", &[hold("order"), hold("review")]);
    let placed = operator.post(holds, &hold("earlier order")).expect(201);
    requests.add("releaseHold", operator, format!("/api/v1/holds/{}", text(&placed["id"])), &[]);
    let rules = ["quota-exceeded", "grant-version"].map(|rule| json!({"rule": rule, "mode": "shadow"}));
    requests.add("changeRules", operator, "/api/v1/policies", &rules);
}

fn requests_for_licences(requests: &mut Requests, acme: &Organisation, globex: &Organisation) {
    acme.push("acme/asked", &fixtures::tiny_classifier(), &fixtures::open_passport());
    let body = |model: &str, message: &str| json!({"model": model, "purposes": ["research"], "message": message});
    let asked = ["declined", "withdrawn"].map(|name| {
        let model = format!("acme/{name}");
        acme.push(&model, &fixtures::tiny_classifier(), &fixtures::open_passport());
        let asked = globex.client.post("/api/v1/access-requests", &body(&model, "a thesis")).expect(201);
        format!("/api/v1/access-requests/{}", text(&asked["id"]))
    });
    let bodies = ["a thesis", "a book"].map(|message| body("acme/asked", message));
    requests.add("requestAccess", &globex.client, "/api/v1/access-requests", &bodies);
    let reasons = [json!({"reason": "not for this"}), json!({"reason": "not now"})];
    requests.add("declineAccessRequest", &acme.client, format!("{}/decline", asked[0]), &reasons);
    requests.add("withdrawAccessRequest", &globex.client, format!("{}/withdraw", asked[1]), &[]);
}

fn of_webhooks(requests: &mut Requests, acme: &Organisation, receiver: &Receiver) {
    let [tested, removed] = [(); 2].map(|()| webhooks::add(&acme.client, receiver, &["key.revoked"]));
    let test = webhooks::path_of(&tested, "/test");
    let sent = acme.client.post(&test, &json!({})).expect(202);
    webhooks::wait_until_delivered(&acme.client, &tested);
    requests.add("testWebhook", &acme.client, test, &[]);
    let again = webhooks::path_of(&tested, &format!("/deliveries/{}/redeliver", text(&sent["id"])));
    requests.add("redeliver", &acme.client, again, &[]);
    requests.add("removeWebhook", &acme.client, webhooks::path_of(&removed, ""), &[]);
}

fn grants_and_uses(requests: &mut Requests, acme: &Organisation, globex: &Organisation) {
    let new_offer = |versions: Value| {
        let mut terms = fixtures::terms();
        terms["versions"] = versions;
        json!({"model": "acme/reviews", "licensee": "globex", "terms": terms})
    };
    requests.add("offerGrant", &acme.client, "/api/v1/grants", &[new_offer(json!([1])), new_offer(json!([2]))]);
    let path = |offer: &Value, act: &str| format!("/api/v1/grants/{}/{act}", text(&offer["id"]));
    let [offer, unwanted, declined] = [(); 3].map(|()| acme.offer("acme/reviews", globex, TERMS));
    let acceptance = serde_json::from_str(&globex.acceptance(&offer).to_json()).unwrap();
    requests.add("acceptGrant", &globex.client, path(&offer, "accept"), &[acceptance]);
    let reasons = [json!({"reason": "over"}), json!({"reason": "ended"})];
    requests.add("revokeGrant", &acme.client, path(&unwanted, "revoke"), &reasons);
    requests.add("declineGrant", &globex.client, path(&declined, "decline"), &reasons);
    let program = globex.program("commercial-service", "DE");
    let inputs = [json!({"inputs": ["x"]}), json!({"inputs": ["y"]})];
    requests.add("predict", &program, "/api/v1/models/acme/reviews/predict", &inputs);
    if let Some(files) = fixtures::minilm() {
        acme.push("acme/minilm", &files, &fixtures::open_passport());
        acme.grant("acme/minilm", globex, TERMS);
        let asked = ["x", "y"].map(|input| json!({"model": "acme/minilm", "input": input}));
        requests.add("embed", &program, "/v1/embeddings", &asked);
    }
}

fn people_and_approvals(requests: &mut Requests, app: &TestApp, acme: &Organisation) {
    let (rules, nobody) = ("/api/v1/approvals/rules", app.nobody());
    let ada = Browser::new(app.address);
    ada.set_up(acme.client.token(), "acme", people::EMAIL);
    let grace = people::joined(app, &ada, "grace@acme.example", "approver");
    let [changed, removed] = ["hedy", "lin"].map(|name| {
        let person = people::joined(app, &ada, &format!("{name}@acme.example"), "member");
        let person = person.ask("GET", "/api/v1/whoami", &Value::Null).expect(200)["person"].clone();
        format!("/api/v1/people/{}", text(&person["id"]))
    });
    let roles = [json!({"role": "auditor"}), json!({"role": "member"})];
    requests.add("changePerson", &acme.client, changed, &roles);
    requests.add("removePerson", &acme.client, removed, &[]);
    let invited = json!({"email": "eve@acme.example", "role": "member"});
    let invited = acme.client.post("/api/v1/invitations", &invited).expect(201);
    requests.add("withdrawInvitation", &acme.client, format!("/api/v1/invitations/{}", text(&invited["id"])), &[]);
    let limit = |tokens: u64| json!({"grants_above_tokens": tokens});
    ada.ask("PUT", rules, &limit(1_000_000_000_000)).expect(200);
    let [approved, declined] = [2_000_000_000_000, 3_000_000_000_000].map(|tokens| {
        let waiting = ada.ask("PUT", rules, &limit(tokens)).expect(202);
        format!("/api/v1/approvals/{}", text(&waiting["approval"]["id"]))
    });
    requests.add_of("setApprovalRules", &ada, &nobody, rules, &[limit(4_000_000_000_000), limit(5_000_000_000_000)]);
    requests.add_of("approve", &grace, &nobody, &format!("{approved}/approve"), &[]);
    let reasons = [json!({"reason": "not so much"}), json!({"reason": "not now"})];
    requests.add_of("decline", &grace, &nobody, &format!("{declined}/decline"), &reasons);
}

/// The body without what is told once.
fn lasting(mut body: Value) -> Value {
    if let Some(members) = body["chancery"].as_object_mut() {
        members.remove(TOLD_ONCE);
    }
    body
}

#[test]
fn what_is_asked_for_again_is_done_once() {
    let (app, receiver) = (webhooks::started(), Receiver::start());
    let (acme, globex) = app.two_parties();
    acme.push_reviews();
    acme.grant("acme/reviews", &globex, TERMS);
    let mut requests = Requests(BTreeMap::new());
    keys_and_uploads(&mut requests, &acme);
    models_and_rules(&mut requests, &acme, &app.operator);
    requests_for_licences(&mut requests, &acme, &globex);
    of_webhooks(&mut requests, &acme, &receiver);
    grants_and_uses(&mut requests, &acme, &globex);
    people_and_approvals(&mut requests, &app, &acme);
    let records = || database::numbers(&app.config.database, "SELECT count(*) AS number FROM log_leaves");
    let honoured = operations().filter(|operation| operation.view["x-idempotency"] == "honoured");
    for operation in honoured {
        let id = operation.view["operationId"].as_str().unwrap();
        let Some(request) = requests.0.remove(id) else {
            assert!(id == "embed" && fixtures::minilm().is_none(), "no request of this test is a `{id}`");
            continue;
        };
        let method = operation.method.to_uppercase();
        let body = request.body.as_ref();
        let first = request.send(&method, body, None).ok();
        if id == "beginPreparation" {
            // Its end is an entry of its own.
            preparing::ended(&acme.client, &first.body);
        }
        let before = records();
        let again = request.send(&method, body, None);
        assert_eq!(first.status, again.status, "{id}: {again}");
        assert_eq!(lasting(first.body), lasting(again.body), "{id}");
        assert_eq!(records(), before, "{id} was recorded again");
        let other = match &request.other {
            Some(other) => request.send(&method, Some(other), None),
            None => request.send(&method, body, Some("research")),
        };
        assert_eq!(
            (id, other.status, &other.body["type"]),
            (id, 422, &json!("/problems/idempotency-mismatch")),
            "{other}"
        );
    }
    assert!(requests.0.is_empty());
}

#[test]
fn what_is_shown_once_is_not_promised_twice() {
    let (app, receiver) = (webhooks::started(), Receiver::start());
    let acme = app.party("acme");
    for operation in operations().filter(|operation| operation.view["x-idempotency"] == "refused") {
        let (client, body) = match operation.view["operationId"].as_str().unwrap() {
            "createParty" => (&app.operator, json!({"slug": "globex", "title": "Globex"})),
            "issueKey" => (&app.operator, json!({"role": "member", "label": "program"})),
            "invitePerson" => (&acme.client, json!({"email": "eve@acme.example", "role": "member"})),
            "addWebhook" => (&acme.client, json!({"url": receiver.url()})),
            "rotateWebhook" => (&acme.client, json!({})),
            id => panic!("no request of this test is a `{id}`"),
        };
        let path = match operation.path.strip_prefix("/api/v1/webhooks/{id}") {
            Some(rest) => webhooks::path_of(&webhooks::add(&acme.client, &receiver, &["key.issued"]), rest),
            None => operation.path.to_owned(),
        };
        let send = |headers: &[(&str, &str)]| client.send("POST", &path, headers, body.to_string().as_bytes());
        let detail = send(&[("idempotency-key", "one")]).problem(422, "unprocessable");
        assert!(detail.contains("shown once"), "{detail}");
        send(&[]).ok();
    }
}
