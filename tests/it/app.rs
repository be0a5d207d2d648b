//! A real server in this process, on a database of its own, and the organisations that use it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use chancery::{
    app::{App, Config, OpenError, SystemClock, SystemEntropy},
    web::{self, Data, ServerHandle},
};
use chancery_base::{
    crypto::{Envelope, SigningKey},
    db::Location,
    logs::Trust,
};
use chancery_domain::{
    licensing::{self, Acceptance, Terms},
    parties::possession_statement,
};
use diesel::{Connection, RunQueryDsl, pg::PgConnection, sql_query, sqlite::SqliteConnection};
use serde_json::{Value, json};

use crate::{
    client::{Client, unique},
    fixtures::{self, Files},
};

/// Whether this run is on PostgreSQL.
pub fn on_postgres() -> bool {
    match std::env::var("CHANCERY_TEST_DATABASE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("CHANCERY_TEST_DATABASE is `{other}`; set it to sqlite or postgres"),
    }
}

/// A new database on the PostgreSQL of `scripts/test`.
fn new_postgres() -> Location {
    let server = std::env::var("CHANCERY_TEST_POSTGRES")
        .expect("CHANCERY_TEST_POSTGRES is not set; `scripts/test integration-postgres` sets it");
    let name = unique("chancery_it_");
    let mut connection = PgConnection::establish(&format!("{server}/postgres")).unwrap();
    sql_query(format!("CREATE DATABASE {name}")).execute(&mut connection).unwrap();
    Location::Postgres(format!("{server}/{name}"))
}

/// A server that answers until it is dropped.
pub struct TestApp {
    pub address: SocketAddr,
    pub config: Config,
    /// The operator's client.
    pub operator: Client,
    server: Option<(ServerHandle, JoinHandle<std::io::Result<()>>)>,
    folder: Arc<tempfile::TempDir>,
}

impl TestApp {
    /// Opens a new registry and serves it.
    pub fn start() -> Self {
        Self::start_with(|_, _| {})
    }

    /// The same with another configuration; `change` is also given a folder for what that names.
    pub fn start_with(change: impl FnOnce(&mut Config, &Path)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut config = Config::in_directory(&folder.path().join("data"));
        if on_postgres() {
            config.database = new_postgres();
        }
        change(&mut config, folder.path());
        Self::open(config, folder, None).unwrap()
    }

    /// A second server on the same database, keys and store, with a data directory of its own.
    pub fn replica(&self, name: &str) -> Self {
        let config = Config { data: self.folder.path().join(name), ..self.config.clone() };
        Self::open(config, Arc::clone(&self.folder), Some(&self.operator)).unwrap()
    }

    fn open(config: Config, folder: Arc<tempfile::TempDir>, operator: Option<&Client>) -> Result<Self, OpenError> {
        let app = App::open(&config, Arc::new(SystemClock), Arc::new(SystemEntropy))?;
        let token = app.first_party.as_ref().map(|first| first.owner.token.to_string());
        let app = Data::new(app);
        let (ready, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            web::run_until_stopped(|| {
                let server = web::serve(app, "127.0.0.1:0")?;
                ready.send((server.address, server.handle())).unwrap();
                Ok(server)
            })
        });
        let (address, handle) = started.recv().unwrap();
        let operator = match operator {
            Some(operator) => operator.at(address),
            None => Client::new(address, &token.unwrap()),
        };
        Ok(Self { address, config, operator, server: Some((handle, thread)), folder })
    }

    /// The same registry after a stop and a start.
    pub fn restarted(mut self) -> Self {
        self.stop();
        let started = Instant::now();
        loop {
            match Self::open(self.config.clone(), Arc::clone(&self.folder), Some(&self.operator)) {
                // The threads of the server end in their own time, and the lock with the last of them.
                Err(OpenError::Locked { .. }) if started.elapsed() < Duration::from_secs(10) => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                opened => return opened.unwrap(),
            }
        }
    }

    fn stop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            drop(handle.stop(false));
            let _ = thread.join();
        }
    }

    /// Why a second server on the same data directory cannot be opened.
    pub fn refused_twin(&self) -> OpenError {
        App::open(&self.config, Arc::new(SystemClock), Arc::new(SystemEntropy)).err().expect("a twin was opened")
    }

    /// A client without a key.
    pub fn nobody(&self) -> Client {
        Client::new(self.address, "")
    }

    /// A folder for a test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The trust file as it is served.
    pub fn trust_text(&self) -> String {
        String::from_utf8(self.nobody().get("/log/trust").bytes).unwrap()
    }

    pub fn trust(&self) -> Trust {
        self.trust_text().parse().unwrap()
    }

    /// Writes the trust file where commands can be pointed at it.
    pub fn trust_file(&self) -> PathBuf {
        let path = self.folder().join("trust.txt");
        std::fs::write(&path, self.trust_text()).unwrap();
        path
    }

    /// Changes the database behind the server's back.
    pub fn tamper(&self, statement: &str) {
        let changed = match &self.config.database {
            Location::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                sql_query("PRAGMA busy_timeout = 5000").execute(&mut connection).unwrap();
                sql_query(statement).execute(&mut connection).unwrap()
            }
            Location::Postgres(url) => {
                sql_query(statement).execute(&mut PgConnection::establish(url).unwrap()).unwrap()
            }
        };
        assert!(changed > 0, "`{statement}` changed nothing");
    }

    /// Creates an organisation with an approved signing key.
    pub fn party(&self, slug: &str) -> Organisation {
        let joined = self.operator.post("/api/v1/parties", &json!({"slug": slug, "title": slug})).expect(201);
        let client = self.operator.with_token(joined["api_key"]["token"].as_str().unwrap());
        let key = SigningKey::generate(&SystemEntropy);
        let mut organisation = Organisation { slug: slug.to_owned(), client, key_id: Value::Null, key };
        let proposed = organisation.propose(&organisation.key);
        organisation.key_id = proposed["id"].clone();
        let path = format!("/api/v1/signing-keys/{}/approve", text(&organisation.key_id));
        assert_eq!(organisation.client.post(&path, &json!({})).expect(200)["status"], "approved");
        organisation
    }

    /// `acme`, which owns models, and `globex`, which is to use them.
    pub fn two_parties(&self) -> (Organisation, Organisation) {
        (self.party("acme"), self.party("globex"))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop();
    }
}

/// An organisation: the client of its owner, and its signing key.
pub struct Organisation {
    pub slug: String,
    pub client: Client,
    pub key: SigningKey,
    pub key_id: Value,
}

impl Organisation {
    /// Proposes a signing key with proof of possession.
    pub fn propose(&self, key: &SigningKey) -> Value {
        let challenge = self.client.post("/api/v1/signing-keys/challenge", &json!({})).expect(200);
        let challenge = text(&challenge["challenge"]);
        let public = key.verifying_key();
        let signature = key.sign(&possession_statement(challenge, &public));
        let body = json!({"public_key": public, "label": "release", "challenge": challenge, "signature": signature});
        self.client.post("/api/v1/signing-keys", &body).expect(201)
    }

    /// Opens an upload session for these files; the session.
    pub fn announce(&self, model: &str, files: &Files, passport: &Value) -> Value {
        let envelope = fixtures::signed(&fixtures::statement(model, files, passport), &self.key);
        self.client.post_bytes("/api/v1/uploads", envelope.to_json().as_bytes()).expect(201)
    }

    /// Sends every file the session wants.
    pub fn send_files(&self, session: &Value, files: &Files) {
        for file in session["files"].as_array().unwrap() {
            if file["state"] == "wanted" {
                let path = format!("/api/v1/uploads/{}/blobs/{}", text(&session["id"]), text(&file["sha256"]));
                self.client.put(&path, &files[text(&file["path"])]).expect(204);
            }
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
        self.push("acme/reviews", fixtures::open_classifier(), &fixtures::passport(&[fixtures::REVIEWS]))
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

/// A JSON value that is text.
#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not text: {value}"))
}
