//! A registry to measure: a real server on SQLite with an owner, a licensee, a model and a grant.

use std::{num::NonZeroU32, path::Path, sync::Arc, thread::JoinHandle};

use chancery::{
    app::{App, Config, Listening, SystemClock, SystemEntropy},
    demo::papers::{self, Data},
    web,
};
use chancery_base::{
    crypto::{ApiToken, Envelope, SigningKey},
    idempotency::Once,
    values::{GrantId, PartyId, Sha256Digest},
};
use chancery_domain::{
    artifacts::ManifestFile,
    granting::NewOffer,
    licensing::{self, Acceptance, Grant, Terms},
    membership::{self, NewKey, NewParty},
    parties::{self, Caller, Role, possession_statement},
    registration::{CommitOptions, NewSigningKey},
};

use crate::manifests::{self, Files};

/// More tokens than any round uses.
const QUOTA: u64 = 1_000_000_000;

pub struct Registry {
    pub app: web::Data<App>,
    pub address: String,
    running: Running,
    folder: tempfile::TempDir,
}

/// The server's thread, which ends with this.
struct Running {
    server: web::ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        let _ = self.thread.take().map(JoinHandle::join);
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
        Self::open_in(tempfile::tempdir().unwrap())
    }

    /// The same registry, opened again after `change` had its database, a SQLite file, for itself.
    #[allow(dead_code, reason = "not every benchmark changes it")]
    pub fn reopened(self, change: impl FnOnce(&Path)) -> Self {
        let Self { app, running, folder, .. } = self;
        drop(running);
        drop(app);
        change(&folder.path().join("data/chancery.db"));
        Self::open_in(folder)
    }

    fn open_in(folder: tempfile::TempDir) -> Self {
        let mut config = Config::in_directory(&folder.path().join("data"));
        // A benchmark asks as fast as it is answered.
        [config.rates.key, config.rates.party] = [NonZeroU32::MAX; 2];
        let app = App::open(&config, Arc::new(SystemClock), Arc::new(SystemEntropy)).unwrap();
        let app = web::Data::new(app);
        let (ready, started) = std::sync::mpsc::channel();
        let served = app.clone();
        let thread = std::thread::spawn(move || {
            let start = || {
                let server = web::serve(served, web::Door::new(Listening::on_this_machine(0))?.bind()?)?;
                ready.send((server.address, server.handle())).unwrap();
                Ok(server)
            };
            web::run_until_stopped(start).unwrap();
        });
        let (address, server) = started.recv().unwrap();
        Self { app, address: format!("http://{address}"), running: Running { server, thread: Some(thread) }, folder }
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

    /// Registers files as `model`.
    pub fn register(&self, owner: &Member, model: &str, files: &Files) {
        let envelope = self.manifest(owner, model, manifests::described(files));
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
        let passport = manifests::passport(&papers::passport(Data::OpenOnly));
        manifests::manifest(model, files, &passport).to_statement().unwrap().sign(&owner.key).unwrap()
    }

    /// Offers a grant on `model` and has it accepted.
    pub fn grant(&self, owner: &Member, licensee: &Member, model: &str) -> GrantId {
        let new = NewOffer {
            model: model.to_owned(),
            licensee: licensee.caller.party.slug.clone(),
            terms: Terms::parse(&manifests::terms_of(QUOTA)).unwrap(),
            answers: None,
        };
        let offered = self.app.registrar.offer(&owner.caller, &new_request(&owner.caller), new).unwrap();
        let party: PartyId = licensee.caller.party.id;
        let grant = self.app.database.read(|connection| Grant::find_for(connection, offered.grant, party)).unwrap();
        let acceptance = Acceptance {
            grant: grant.id,
            model: model.parse().unwrap(),
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
