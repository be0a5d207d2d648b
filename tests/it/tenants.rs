//! Tenants are apart: what belongs to others answers, on every route that names a thing, exactly as what does not exist.

use serde_json::{Value, json};

use crate::{
    app::TestApp,
    client::Client,
    fixtures::{self, TERMS},
    gates::documented,
    organisation::{Organisation, text},
};

/// What acme and globex have between them, and nobody else may know of: what stands for each name in a path.
struct Things {
    key: String,
    signing_key: String,
    upload: String,
    sha256: String,
    grant: String,
    decision: String,
    leaf: String,
    hold: String,
    preparation: String,
}

/// A request that names a thing of others, and the same for a thing that does not exist.
struct Pair {
    method: &'static str,
    /// As the document writes it.
    route: &'static str,
    foreign: String,
    absent: String,
    body: Vec<u8>,
}

fn things(app: &TestApp, acme: &Organisation, globex: &Organisation) -> Things {
    let private = json!({"visibility": "private", "alias": "production"});
    acme.push_as("acme/reviews", fixtures::open_classifier(), &fixtures::open_passport(), &private);
    let datasheet = fixtures::datasheet_under("CC-BY-4.0", "");
    acme.push_as("acme/review-data", &fixtures::reviews_csv(), &datasheet, &private);
    let recipe = json!({"dataset": "acme/review-data", "recipe": "version = 1"});
    let preparation = acme.client.post("/api/v1/preparations", &recipe).expect(202);
    let session = acme.announce("acme/drafts", &fixtures::tiny_classifier(), &fixtures::open_passport());
    let grant = acme.grant("acme/reviews", globex, TERMS);
    let used = globex.program("commercial-service", "DE").predict("acme/reviews", "x").expect(200);
    let hold = json!({"authority": "acme", "reason": "quality review", "legal_demand": false});
    let hold = app.operator.post("/api/v1/models/acme/reviews/holds", &hold);
    let owned = |value: &Value| text(value).to_owned();
    Things {
        key: owned(&acme.key(&json!({"role": "member", "label": "program"}))["id"]),
        signing_key: owned(&acme.key_id),
        upload: owned(&session["id"]),
        sha256: owned(&session["files"][0]["sha256"]),
        grant,
        decision: owned(&used["decision"]),
        leaf: owned(&used["receipt"]),
        preparation: owned(&preparation["id"]),
        hold: hold.body["id"].as_str().map_or_else(String::new, str::to_owned),
    }
}

/// An id of the same kind that was never given out.
fn another(id: &str) -> String {
    let (kind, number) = id.rsplit_once('_').unwrap();
    format!("{kind}_{}0192f0c1", &number[..number.len() - 8])
}

/// The pair for one documented route; `None` where no thing is named.
fn pair(method: &'static str, route: &'static str, things: &Things, stranger: &Organisation) -> Option<Pair> {
    let id = match route.split('/').nth(3)? {
        "keys" => &things.key,
        "signing-keys" => &things.signing_key,
        "uploads" => &things.upload,
        "grants" => &things.grant,
        "decisions" => &things.decision,
        "receipts" => &things.leaf,
        "holds" => &things.hold,
        "preparations" => &things.preparation,
        _ => "",
    };
    let fill = |id: &str, name: &str| {
        let path = route.replace("{id}", id).replace("{leaf}", id).replace("{sha256}", &things.sha256);
        let path = path.replace("{owner}", "acme").replace("{name}", name).replace("{model}", &format!("acme/{name}"));
        path.replace("{selector}", "v1").replace("{alias}", "production")
    };
    let names_a_thing = ["{id}", "{leaf}", "{owner}", "{model}"].iter().any(|name| route.contains(name));
    let body = match route.rsplit('/').next()? {
        "accept" => stranger.acceptance(&acceptance_of(&things.grant)).to_json(),
        "revoke" | "decline" | "destruction" => json!({"reason": "no"}).to_string(),
        "predict" => json!({"inputs": ["x"]}).to_string(),
        "holds" => json!({"authority": "a court", "reason": "an order", "legal_demand": true}).to_string(),
        "status" => json!({"status": "withdrawn"}).to_string(),
        "{alias}" => json!({"version": "v1"}).to_string(),
        "{sha256}" => "x".to_owned(),
        _ => "{}".to_owned(),
    };
    let absent = if id.is_empty() { String::new() } else { another(id) };
    names_a_thing.then(|| Pair {
        method,
        route,
        foreign: fill(id, if route.contains("/datasets/") { "review-data" } else { "reviews" }),
        absent: fill(&absent, "nothing"),
        body: body.into_bytes(),
    })
}

/// An offer as whoever wants to accept it would have to know it.
fn acceptance_of(grant: &str) -> Value {
    json!({
        "id": grant,
        "model": "acme/reviews",
        "terms_digest": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "licensor_id": "party_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2",
        "licensee_id": "party_0192f0c1e0e17cc3a3d3a1f1c5b0a9d3",
    })
}

/// Status and text of an answer, without what the caller itself had said.
fn said(client: &Client, pair: &Pair, path: &str) -> (u16, String) {
    let answer = client.send(pair.method, path, &[], &pair.body);
    let mut text = String::from_utf8(answer.bytes).unwrap();
    for own in path.split('/').filter(|segment| segment.len() > 3) {
        text = text.replace(own, "…");
    }
    (answer.status, text)
}

#[test]
fn what_belongs_to_others_answers_as_what_does_not_exist() {
    let app = TestApp::start();
    let (acme, globex) = app.two_parties();
    let things = things(&app, &acme, &globex);
    let stranger = app.party("initech");
    let member = stranger.program("commercial-service", "DE");
    let pairs: Vec<Pair> =
        documented().into_iter().filter_map(|(method, route)| pair(method, route, &things, &stranger)).collect();
    assert!(pairs.len() >= 22, "only {} documented routes name a thing", pairs.len());
    for client in [&stranger.client, &member] {
        for pair in &pairs {
            let (foreign, absent) = (said(client, pair, &pair.foreign), said(client, pair, &pair.absent));
            assert_eq!(foreign, absent, "{} {}", pair.method, pair.route);
            // A right that the caller lacks anyway may be said first; it says nothing of the thing.
            assert!([403, 404].contains(&foreign.0), "{} {}: {foreign:?}", pair.method, pair.route);
            let is_for_operators = pair.route.contains("holds");
            assert!(
                foreign.0 == 404 || is_for_operators || client.token() == member.token(),
                "{} {}",
                pair.method,
                pair.route
            );
        }
    }
    // Nothing was changed by any of it, and the log of the owner does not speak of it.
    let model = acme.client.get("/api/v1/models/acme/reviews/versions/production").expect(200);
    assert_eq!((&model["version"], &model["status"]), (&json!(1), &json!("registered")), "{model}");
    assert_eq!(globex.client.get(&format!("/api/v1/grants/{}", things.grant)).expect(200)["status"], "accepted");
    acme.client.get(&format!("/api/v1/uploads/{}", things.upload)).expect(200);
    let keys = acme.client.get("/api/v1/signing-keys").expect(200);
    assert_eq!(keys["items"][0]["status"], "approved", "{keys}");
    acme.client.logged_refusals(&[]);
}
