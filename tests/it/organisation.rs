//! An organisation that uses a registry: its owner's client, its signing key, and what it does with them.

use chancery::app::SystemEntropy;
use chancery_base::crypto::{Envelope, SigningKey};
use chancery_domain::{
    licensing::{self, Acceptance, Terms},
    parties::possession_statement,
};
use serde_json::{Value, json};

use crate::{
    client::{Answer, Client, Lost},
    fixtures::{self, Files},
};

/// An organisation: the client of its owner, and its signing key.
pub struct Organisation {
    pub slug: String,
    pub client: Client,
    pub key: SigningKey,
    pub key_id: Value,
}

impl Organisation {
    /// Has the operator admit an organisation, and approves a signing key for it.
    pub fn join(operator: &Client, slug: &str) -> Self {
        let joined = operator.post("/api/v1/parties", &json!({"slug": slug, "title": slug})).expect(201);
        let client = operator.with_token(joined["api_key"]["token"].as_str().unwrap());
        let key = SigningKey::generate(&SystemEntropy);
        let mut organisation = Self { slug: slug.to_owned(), client, key_id: Value::Null, key };
        let proposed = organisation.propose(&organisation.key);
        organisation.key_id = proposed["id"].clone();
        let path = format!("/api/v1/signing-keys/{}/approve", text(&organisation.key_id));
        assert_eq!(organisation.client.post(&path, &json!({})).expect(200)["status"], "approved");
        organisation
    }

    /// Proposes a signing key with proof of possession.
    /// A signing key to propose, with proof of possession.
    pub fn possession(&self, key: &SigningKey) -> Value {
        let challenge = self.client.post("/api/v1/signing-keys/challenge", &json!({})).expect(200);
        let challenge = text(&challenge["challenge"]);
        let public = key.verifying_key();
        let signature = key.sign(&possession_statement(challenge, &public));
        json!({"public_key": public, "label": "release", "challenge": challenge, "signature": signature})
    }

    /// Proposes a signing key with proof of possession.
    pub fn propose(&self, key: &SigningKey) -> Value {
        self.client.post("/api/v1/signing-keys", &self.possession(key)).expect(201)
    }

    /// Registers a version and answers the commit, or the first refusal before it.
    pub fn try_push(&self, client: &Client, model: &str, files: &Files, passport: &Value) -> Result<Answer, Lost> {
        let envelope = fixtures::signed(&fixtures::statement(model, files, passport), &self.key).to_json();
        let opened = client.attempt_post("/api/v1/uploads", envelope.as_bytes(), None)?;
        if !opened.is_success() {
            return Ok(opened);
        }
        let upload = format!("/api/v1/uploads/{}", opened.text("/id"));
        for file in wanted(&opened.body) {
            let path = format!("{upload}/blobs/{}", text(&file["sha256"]));
            let sent = client.attempt("PUT", &path, &[], &files[text(&file["path"])])?;
            if !sent.is_success() {
                return Ok(sent);
            }
        }
        client.attempt_post(&format!("{upload}/commit"), b"{}", Some(&upload))
    }

    /// Offers a grant, which `licensee` accepts; answers the acceptance, or the offer's refusal.
    pub fn try_grant(&self, client: &Client, model: &str, licensee: &Self, terms: &str) -> Result<Answer, Lost> {
        let body = json!({"model": model, "licensee": licensee.slug, "terms": Terms::parse(terms).unwrap()});
        let offered = client.attempt_post("/api/v1/grants", body.to_string().as_bytes(), None)?;
        if !offered.is_success() {
            return Ok(offered);
        }
        let path = format!("/api/v1/grants/{}/accept", offered.text("/id"));
        let accepting = client.with_token(licensee.client.token());
        accepting.attempt_post(&path, licensee.acceptance(&offered.body).to_json().as_bytes(), None)
    }

    /// Opens an upload session for these files; the session.
    pub fn announce(&self, model: &str, files: &Files, passport: &Value) -> Value {
        let envelope = fixtures::signed(&fixtures::statement(model, files, passport), &self.key);
        self.client.post_bytes("/api/v1/uploads", envelope.to_json().as_bytes()).expect(201)
    }

    /// Sends every file the session wants.
    pub fn send_files(&self, session: &Value, files: &Files) {
        for file in wanted(session) {
            let path = format!("/api/v1/uploads/{}/blobs/{}", text(&session["id"]), text(&file["sha256"]));
            self.client.put(&path, &files[text(&file["path"])]).expect(204);
        }
    }

    /// Registers a version: statement, files, commit.
    pub fn push_as(&self, model: &str, files: &Files, passport: &Value, options: &Value) -> Value {
        let session = self.announce(model, files, passport);
        self.send_files(&session, files);
        self.client.post(&format!("/api/v1/uploads/{}/commit", text(&session["id"])), options).expect(201)
    }

    /// Registers a listed version.
    pub fn push(&self, model: &str, files: &Files, passport: &Value) -> Value {
        self.push_as(model, files, passport, &json!({}))
    }

    /// Registers the classifier trained on open data only.
    pub fn push_reviews(&self) -> Value {
        self.push("acme/reviews", fixtures::open_classifier(), &fixtures::open_passport())
    }

    /// Offers a grant; the offer.
    pub fn offer(&self, model: &str, licensee: &Self, terms: &str) -> Value {
        let terms = Terms::parse(terms).unwrap();
        let body = json!({"model": model, "licensee": licensee.slug, "terms": terms});
        self.client.post("/api/v1/grants", &body).expect(201)
    }

    /// The statement by which this organisation accepts `offer`, signed.
    pub fn acceptance(&self, offer: &Value) -> Envelope {
        let acceptance = Acceptance {
            grant: text(&offer["id"]).parse().unwrap(),
            model: text(&offer["model"]).parse().unwrap(),
            terms: text(&offer["terms_digest"]).parse().unwrap(),
            licensor: text(&offer["licensor_id"]).parse().unwrap(),
            licensee: text(&offer["licensee_id"]).parse().unwrap(),
        };
        Envelope::sign(licensing::PAYLOAD_TYPE, acceptance.to_bytes().unwrap(), &self.key).unwrap()
    }

    /// Accepts an offer.
    pub fn accept(&self, offer: &Value) -> Value {
        let path = format!("/api/v1/grants/{}/accept", text(&offer["id"]));
        self.client.post_bytes(&path, self.acceptance(offer).to_json().as_bytes()).expect(200)
    }

    /// Offers to `licensee`, which accepts; the grant's id.
    pub fn grant(&self, model: &str, licensee: &Self, terms: &str) -> String {
        let accepted = licensee.accept(&self.offer(model, licensee, terms));
        assert_eq!(accepted["status"], "accepted", "{accepted}");
        text(&accepted["id"]).to_owned()
    }

    /// Makes an API key; its document.
    pub fn key(&self, key: &Value) -> Value {
        self.client.post("/api/v1/keys", key).expect(201)
    }

    /// A program of this organisation that says what it calls for, and where.
    pub fn program(&self, purpose: &str, territory: &str) -> Client {
        let key = self.key(&json!({"role": "member", "label": "program", "purpose": purpose, "territory": territory}));
        self.client.with_token(text(&key["token"])).exporting_with(self.client.token())
    }
}

/// The files of an upload session that are still to be sent.
fn wanted(session: &Value) -> impl Iterator<Item = &Value> {
    session["files"].as_array().unwrap().iter().filter(|file| file["state"] == "wanted")
}

/// A JSON value that is text.
#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not text: {value}"))
}
