//! A registry with a model, a licensee and an accepted grant, and the requests that crash tests send to it.

use std::collections::BTreeMap;

use chancery::app::SystemEntropy;
use chancery_base::{
    crypto::{Envelope, SigningKey},
    values::{ByteCount, Sha256Digest},
};
use chancery_domain::{
    artifacts::{Manifest, ManifestFile},
    licensing::{Acceptance, PAYLOAD_TYPE, Terms},
    parties::possession_statement,
    passport::Passport,
};
use chancery_engine::{TrainingConfig, TrainingSet, train_classifier};
use serde_json::{Value, json};

use crate::process::{Answer, Client, Door, Lost, Server, Site};

/// The model that is called.
pub const CALLED: &str = "acme/reviews";
/// The model that gets new versions all the time.
pub const GROWING: &str = "acme/drafts";

const PASSPORT: &str = r#"passport = 1
[model]
name = "Reviews"
summary = "tells praise from complaint"
intended_use = ["sorting customer feedback"]
modality = ["text"]
architecture = "ChanceryTextClassifier"
contact = "models@acme.example"
[[dataset]]
name = "reviews-open"
version = "1"
acquisition = "open"
licence = "CC0-1.0"
[dataset.origin]
name = "written for this project"
geography = ["DE"]
[dataset.privacy]
class = "none"
[copyright]
rights_holders = ["Acme"]
[privacy]
controller = "Acme"
contact = "privacy@acme.example"
[licence]
expression = "LicenseRef-Proprietary"
[liability]
responsible = "Acme"
contact = "claims@acme.example"
"#;

const TERMS: &str = r#"terms = 1
purposes = ["commercial-service"]
quota_tokens = 1000000000
attribution = "Reviews by Acme"
governing_law = "Germany"
[territory]
included = ["DE"]
[term]
start = 2026-01-01
[price]
model = "flat"
amount = "1000.00 EUR"
"#;

/// Who holds which keys, and where they go to work.
pub struct Registry {
    pub site: Site,
    pub owner: String,
    pub licensee: String,
    pub caller: String,
    owner_key: SigningKey,
    licensee_key: SigningKey,
    weights: BTreeMap<String, Vec<u8>>,
}

impl Registry {
    /// Sets one up at `site` and leaves its first server running.
    pub fn open(site: Site) -> (Self, Server) {
        let server = site.start();
        let operator = server.client(server.operator.as_deref().unwrap());
        let party = |slug: &str| {
            let joined = operator.post("/api/v1/parties", &json!({"slug": slug, "title": slug})).unwrap().ok();
            joined.text("/api_key/token")
        };
        let (owner, licensee) = (party("acme"), party("globex"));
        let owner_key = enrolled(&server.client(&owner));
        let licensee_key = enrolled(&server.client(&licensee));
        let member = json!({"role": "member", "label": "shop", "purpose": "commercial-service", "territory": "DE"});
        let caller = server.client(&licensee).post("/api/v1/keys", &member).unwrap().ok().text("/token");
        let registry = Self { site, owner, licensee, caller, owner_key, licensee_key, weights: weights() };
        registry.push(&server.door, CALLED, "first").unwrap().ok();
        registry.push(&server.door, GROWING, "first").unwrap().ok();
        registry.grant(&server.door, CALLED).unwrap().ok();
        registry.predict(&server.client(&registry.caller), "I love it", None).unwrap().ok();
        (registry, server)
    }

    /// Registers a version that has one file of its own, `note`; answers the commit, or the first refusal before it.
    pub fn push(&self, door: &Door, model: &str, note: &str) -> Result<Answer, Lost> {
        let client = door.client(&self.owner);
        let opened = client.post_text("/api/v1/uploads", &self.manifest(model, note), None)?;
        if !opened.is_success() {
            return Ok(opened);
        }
        let upload = format!("/api/v1/uploads/{}", opened.text("/id"));
        let session = opened.json();
        let wanted = session["files"].as_array().unwrap().iter().filter(|file| file["state"] == "wanted");
        let files = self.files(note);
        for file in wanted {
            let bytes = &files[file["path"].as_str().unwrap()];
            let put = client.put(&format!("{upload}/blobs/{}", file["sha256"].as_str().unwrap()), bytes)?;
            if !put.is_success() {
                return Ok(put);
            }
        }
        client.post_once(&format!("{upload}/commit"), &json!({}), &upload)
    }

    fn files(&self, note: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = self.weights.clone();
        files.insert("README.md".to_owned(), format!("# {note}\n").into_bytes());
        files
    }

    fn manifest(&self, model: &str, note: &str) -> String {
        let announced = self.files(note).into_iter().map(|(path, bytes)| ManifestFile {
            path: path.parse().unwrap(),
            size: ByteCount(bytes.len() as u64),
            sha256: Sha256Digest::of(&bytes),
        });
        let passport = serde_json::to_value(Passport::parse(PASSPORT).unwrap()).unwrap();
        let Value::Object(passport) = passport else { panic!("the passport is no object") };
        let manifest = Manifest::new(model.parse().unwrap(), announced.collect(), passport).unwrap();
        manifest.to_statement().unwrap().sign(&self.owner_key).unwrap().to_json()
    }

    /// Offers a grant and accepts it; answers the acceptance, or the offer's refusal.
    pub fn grant(&self, door: &Door, model: &str) -> Result<Answer, Lost> {
        let terms = serde_json::to_value(Terms::parse(TERMS).unwrap()).unwrap();
        let body = json!({"model": model, "licensee": "globex", "terms": terms});
        let offered = door.client(&self.owner).post("/api/v1/grants", &body)?;
        if !offered.is_success() {
            return Ok(offered);
        }
        let acceptance = Acceptance {
            grant: offered.text("/id").parse().unwrap(),
            terms: offered.text("/terms_digest").parse().unwrap(),
            licensor: offered.text("/licensor_id").parse().unwrap(),
            licensee: offered.text("/licensee_id").parse().unwrap(),
        };
        let signed = Envelope::sign(PAYLOAD_TYPE, acceptance.to_bytes().unwrap(), &self.licensee_key).unwrap();
        let path = format!("/api/v1/grants/{}/accept", offered.text("/id"));
        door.client(&self.licensee).post_text(&path, &signed.to_json(), None)
    }

    /// Calls the model under the first grant.
    pub fn predict(&self, client: &Client, text: &str, key: Option<&str>) -> Result<Answer, Lost> {
        let body = json!({"inputs": [text]}).to_string();
        client.post_text(&format!("/api/v1/models/{CALLED}/predict"), &body, key)
    }
}

/// A new signing key of the client's party, enrolled and approved.
fn enrolled(client: &Client) -> SigningKey {
    let key = SigningKey::generate(&SystemEntropy);
    let challenge = client.post("/api/v1/signing-keys/challenge", &json!({})).unwrap().ok().text("/challenge");
    let signature = key.sign(&possession_statement(&challenge, &key.verifying_key()));
    let body =
        json!({"public_key": key.verifying_key(), "label": "release", "challenge": challenge, "signature": signature});
    let id = client.post("/api/v1/signing-keys", &body).unwrap().ok().text("/id");
    client.post(&format!("/api/v1/signing-keys/{id}/approve"), &json!({})).unwrap().ok();
    key
}

/// A classifier of a few kilobytes.
fn weights() -> BTreeMap<String, Vec<u8>> {
    let said =
        [("I love it", "positive"), ("works well", "positive"), ("I hate it", "negative"), ("broken", "negative")];
    let examples = said.map(|(text, label)| (text.to_owned(), label.to_owned())).to_vec();
    let config = TrainingConfig { buckets: 64, epochs: 2, held_out_share: 0.0, ..TrainingConfig::default() };
    train_classifier(&TrainingSet { examples }, &config).unwrap().files
}
