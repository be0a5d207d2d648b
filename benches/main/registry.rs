//! A registry to measure: a real server on SQLite with an owner, a licensee, a model and a grant.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use chancery::{
    app::{App, Config, SystemClock, SystemEntropy},
    web,
};
use chancery_base::{
    crypto::{ApiToken, Envelope, SigningKey},
    idempotency::Once,
    values::{ByteCount, GrantId, ModelName, PartyId, Sha256Digest},
};
use chancery_domain::{
    artifacts::{Manifest, ManifestFile},
    granting::NewOffer,
    licensing::{self, Acceptance, Grant, Terms},
    membership::{self, NewKey, NewParty},
    parties::{self, Caller, Role, possession_statement},
    passport::Passport,
    registration::{CommitOptions, NewSigningKey},
};

pub struct Registry {
    pub app: web::Data<App>,
    pub address: String,
    server: web::ServerHandle,
    _folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// A party with the key it signs with.
pub struct Member {
    pub caller: Caller,
    pub token: String,
    pub key: SigningKey,
}

pub fn new_request(caller: &Caller) -> Once {
    Once { party: caller.party.id, key: None, request: Sha256Digest::of(b"") }
}

impl Registry {
    pub fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::in_directory(&folder.path().join("data"));
        let app = App::open(&config, Arc::new(SystemClock), Arc::new(SystemEntropy)).unwrap();
        let app = web::Data::new(app);
        let (ready, started) = std::sync::mpsc::channel();
        let served = app.clone();
        std::thread::spawn(move || {
            web::run_until_stopped(|| {
                let server = web::serve(served, "127.0.0.1:0")?;
                ready.send((server.address, server.handle())).unwrap();
                Ok(server)
            })
        });
        let (address, server) = started.recv().unwrap();
        Self { app, address: format!("http://{address}"), server, _folder: folder }
    }

    fn operator(&self) -> Caller {
        self.authenticated(&self.app.first_party.as_ref().unwrap().owner.token)
    }

    fn authenticated(&self, token: &str) -> Caller {
        let token = ApiToken::parse(token).unwrap();
        let now = self.app.clock.now();
        self.app.database.read(|connection| parties::authenticate(connection, &token, now)).unwrap()
    }

    /// A party whose calls are for a service in Germany.
    pub fn member(&self, slug: &str) -> Member {
        let operator = self.operator();
        let new = NewParty { slug: slug.parse().unwrap(), title: slug.parse().unwrap() };
        let joined = membership::join(&self.app.office, &operator, &new_request(&operator), new).unwrap();
        let owner = self.authenticated(&joined.owner.token);
        let new = NewKey {
            role: Role::Owner,
            label: "bench".parse().unwrap(),
            purpose: Some("commercial-service".parse().unwrap()),
            territory: Some("DE".parse().unwrap()),
            expires_at: None,
        };
        let shown = membership::issue_key(&self.app.office, &owner, &new_request(&owner), new).unwrap();
        let caller = self.authenticated(&shown.token);
        Member { caller, token: shown.token.to_string(), key: SigningKey::generate(&SystemEntropy) }
    }

    /// Enrols and approves the member's key.
    pub fn enrol(&self, member: &Member) {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let archive = &self.app.archive;
        let challenge = archive.challenge(&member.caller).unwrap().text;
        let public = member.key.verifying_key();
        let signature = member.key.sign(&possession_statement(&challenge, &public));
        let new = NewSigningKey {
            public_key: public.to_string(),
            label: "bench".parse().unwrap(),
            challenge,
            signature: STANDARD.encode(signature.to_bytes()),
        };
        let key = archive.propose_signing_key(&member.caller, &new_request(&member.caller), &new).unwrap();
        archive.approve_signing_key(&member.caller, &new_request(&member.caller), key.id).unwrap();
    }

    /// Registers the files of a folder or of memory as `model`.
    pub fn register(&self, owner: &Member, model: &str, files: &BTreeMap<String, Vec<u8>>) {
        let described = files.iter().map(|(path, bytes)| ManifestFile {
            path: path.parse().unwrap(),
            size: ByteCount(bytes.len() as u64),
            sha256: Sha256Digest::of(bytes),
        });
        let envelope = self.manifest(owner, model, described.collect());
        let archive = &self.app.archive;
        let once = new_request(&owner.caller);
        let session = archive.open_upload(&owner.caller, &once, envelope.to_json().as_bytes()).unwrap();
        for bytes in files.values() {
            let digest = Sha256Digest::of(bytes);
            archive.receive_from(&owner.caller, session.upload.id, digest, &mut bytes.as_slice()).unwrap();
        }
        archive.commit_upload(&owner.caller, &once, session.upload.id, CommitOptions::default()).unwrap();
    }

    /// A signed manifest of `files`.
    pub fn manifest(&self, owner: &Member, model: &str, files: Vec<ManifestFile>) -> Envelope {
        let model: ModelName = model.parse().unwrap();
        let passport = Passport::parse(PASSPORT).unwrap().to_canonical_json().unwrap();
        let passport: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&passport).unwrap();
        Manifest::new(model, files, passport).unwrap().to_statement().unwrap().sign(&owner.key).unwrap()
    }

    /// Offers a grant on `model` and has it accepted.
    pub fn grant(&self, owner: &Member, licensee: &Member, model: &str) -> GrantId {
        let new = NewOffer {
            model: model.to_owned(),
            licensee: licensee.caller.party.slug.clone(),
            terms: Terms::parse(TERMS).unwrap(),
        };
        let offered = self.app.registrar.offer(&owner.caller, &new_request(&owner.caller), new).unwrap();
        let party: PartyId = licensee.caller.party.id;
        let grant = self.app.database.read(|connection| Grant::find_for(connection, offered.grant, party)).unwrap();
        let acceptance = Acceptance {
            grant: grant.id,
            terms: grant.terms_digest,
            licensor: grant.licensor,
            licensee: grant.licensee,
        };
        let payload = acceptance.to_bytes().unwrap();
        let envelope = Envelope::sign(licensing::PAYLOAD_TYPE, payload, &licensee.key).unwrap();
        let once = new_request(&licensee.caller);
        self.app.registrar.accept(&licensee.caller, &once, grant.id, envelope.to_json().as_bytes()).unwrap();
        grant.id
    }
}

/// The files of a folder, by name; hidden ones belong to tools, not to the model.
pub fn files_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        for entry in std::fs::read_dir(&current).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_str().unwrap().starts_with('.') {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

const PASSPORT: &str = r#"passport = 1
[model]
name = "Bench"
summary = "measured"
intended_use = ["measuring"]
modality = ["text"]
architecture = "any"
contact = "models@acme.example"
[[dataset]]
name = "sentences"
version = "1"
acquisition = "open"
licence = "CC0-1.0"
[dataset.origin]
name = "anywhere"
geography = ["DE"]
[dataset.privacy]
class = "none"
[copyright]
rights_holders = ["Acme"]
[privacy]
controller = "Acme"
contact = "privacy@acme.example"
[licence]
expression = "MIT"
[liability]
responsible = "Acme"
contact = "claims@acme.example"
"#;

const TERMS: &str = r#"terms = 1
purposes = ["commercial-service"]
quota_tokens = 1000000000
governing_law = "Germany"
[term]
start = 2026-01-01
[price]
model = "flat"
amount = "1.00 EUR"
"#;
