//! A registry with two parties, for one test.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chancery_base::{
    crypto::{
        self, ApiToken, CommitmentKey, Envelope, KeyVersion, RootKey, RootKeyError, RootKeyStore, RootKeys, SigningKey,
        Statement, StoredRootKeys,
    },
    db::{AnyConnection, Database},
    idempotency::Once,
    problem::Problem,
    store::LocalStore,
    values::{
        ApiKeyId, ArtifactKind, ByteCount, Clock, Entropy, Language, PartyId, Sha256Digest, SigningKeyId, UnixMillis,
        UploadId,
    },
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use serde_json::Value;

use crate::{
    artifacts::{Manifest, ManifestFile},
    parties::{self, Actor, ApiKey, Caller, EnrolledKey, Party, Role, TenantKey},
    passport::{Passport, template},
    registration::{Archive, ArchivePlaces, ChallengeSecret, CommitOptions, Registered, Session, Vault},
    test_database::{Counting, NOW, on_each_database},
};

/// A clock that stands still until it is moved.
pub struct StoppedClock(AtomicI64);

impl Clock for StoppedClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.0.load(Ordering::Relaxed))
    }
}

pub struct World {
    pub archive: Archive,
    pub clock: Arc<StoppedClock>,
    /// An owner of `acme`.
    pub acme: Caller,
    /// An owner of `zenith`.
    pub zenith: Caller,
    /// The operator.
    pub operator: Caller,
    /// Approved for `acme`.
    pub key: SigningKey,
    pub key_id: SigningKeyId,
    folder: tempfile::TempDir,
}

/// A root key that is never replaced.
struct OneRootKey(Arc<RootKey>);

impl RootKeyStore for OneRootKey {
    fn read(&self) -> Result<StoredRootKeys, RootKeyError> {
        Ok(StoredRootKeys { current: Arc::clone(&self.0), successor: None })
    }

    fn keep_successor(&self, _: &RootKey) -> Result<(), RootKeyError> {
        Err(RootKeyError("it is never replaced".to_owned()))
    }

    fn drop_successor(&self) -> Result<(), RootKeyError> {
        Ok(())
    }

    fn promote(&self) -> Result<(), RootKeyError> {
        Ok(())
    }
}

/// Runs `test` in a fresh world on every backend at hand.
pub fn in_each_world(test: impl Fn(&World)) {
    on_each_database(|database| test(&World::new(database)));
}

impl World {
    fn new(database: &Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let entropy = Arc::new(Counting::default());
        let clock = Arc::new(StoppedClock(AtomicI64::new(NOW.as_millis())));
        let root = Arc::new(RootKey::generate(KeyVersion(1), &*entropy));
        let roots = Arc::new(RootKeys::open(Box::new(OneRootKey(root))).unwrap());
        let store = Arc::new(LocalStore::open(folder.path()).unwrap());
        let archive = Archive {
            database: database.clone(),
            vault: Vault { store, roots },
            challenge_secret: Arc::new(ChallengeSecret::new(CommitmentKey::generate(&*entropy))),
            places: ArchivePlaces::default(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        };
        let join = |slug, role| join(&archive, &*entropy, slug, role);
        let (acme, zenith, operator) =
            (join("acme", Role::Owner), join("zenith", Role::Owner), join("operator", Role::Operator));
        let key = SigningKey::generate(&*entropy);
        let key_id = SigningKeyId::generate(&*entropy, NOW);
        let world = Self { archive, clock, acme, zenith, operator, key, key_id, folder };
        world.enrol(key_id, &world.key, Some(NOW));
        world
    }

    /// Writes a key of `acme` without asking for proof.
    pub fn enrol(&self, id: SigningKeyId, key: &SigningKey, approved_at: Option<UnixMillis>) {
        let enrolled = EnrolledKey {
            id,
            party: self.acme.party.id,
            label: "release".parse().unwrap(),
            public_key: key.verifying_key(),
            created_at: NOW,
            approved_at,
            revoked_at: None,
        };
        self.archive.database.act(move |tx| Ok(parties::insert_signing_key(tx, &enrolled)?)).unwrap();
    }

    /// Another private key.
    pub fn another_key(&self) -> SigningKey {
        SigningKey::generate(&*self.archive.entropy)
    }

    pub fn wait(&self, milliseconds: i64) {
        self.clock.0.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// A request without an idempotency key.
    pub fn once(&self) -> Once {
        Once { party: self.acme.party.id, key: None, request: Sha256Digest::of(b"request") }
    }

    pub fn open(&self, envelope: &Envelope) -> Result<Session, Problem> {
        self.archive.open_upload(&self.acme, &self.once(), envelope.to_json().as_bytes())
    }

    pub fn send(&self, upload: UploadId, bytes: &[u8]) -> Result<(), Problem> {
        self.archive.receive_from(&self.acme, upload, Sha256Digest::of(bytes), &mut &*bytes)
    }

    pub fn commit(&self, upload: UploadId) -> Result<Registered, Problem> {
        self.archive.commit_upload(&self.acme, &self.once(), upload, CommitOptions::default())
    }

    /// The whole road: statement, files, commit.
    pub fn push(&self, files: &[(&str, Vec<u8>)]) -> Result<Registered, Problem> {
        self.push_as("acme/minilm", files, passport())
    }

    /// The same for another name, and for a data set where the papers are a datasheet.
    pub fn push_as(&self, name: &str, files: &[(&str, Vec<u8>)], papers: Value) -> Result<Registered, Problem> {
        let session = self.open(&sign(&statement(name, files, papers), &self.key))?;
        files.iter().try_for_each(|(_, bytes)| self.send(session.upload.id, bytes))?;
        self.commit(session.upload.id)
    }

    /// Rows of uploads, held files, blobs, versions and models, and files in the store: finished and unfinished.
    pub fn residue(&self) -> [usize; 7] {
        let tables = ["uploads", "upload_files", "blobs", "versions", "models"];
        let [uploads, files, blobs, versions, models] = tables.map(|table| self.count(table));
        let stored = self.archive.vault.store.names().unwrap().len();
        let incoming = std::fs::read_dir(self.folder.path().join("incoming")).unwrap().count();
        [uploads, files, blobs, versions, models, stored, incoming]
    }

    pub fn count(&self, table: &str) -> usize {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let query = format!("SELECT count(*) AS count FROM {table}");
        let counted = self.archive.database.read(|connection: &mut AnyConnection| {
            sql_query(query).get_result::<Count>(connection).map_err(chancery_base::db::Error::from)
        });
        usize::try_from(counted.unwrap().count).unwrap()
    }

    /// Changes rows as no part of the program would.
    pub fn alter(&self, statement: &str) {
        let query = statement.to_owned();
        let changed = self.archive.database.act(move |tx| {
            let changed = sql_query(query).execute(&mut **tx);
            Ok(changed.map_err(chancery_base::db::Error::from)?)
        });
        assert!(changed.unwrap() > 0, "`{statement}` changed nothing");
    }

    /// What the audit log was told, in no particular order.
    pub fn log(&self) -> Vec<Value> {
        #[derive(QueryableByName)]
        struct Payload {
            #[diesel(sql_type = Text)]
            payload: String,
        }
        let read = self.archive.database.read(|connection: &mut AnyConnection| {
            sql_query("SELECT payload FROM log_openings")
                .load::<Payload>(connection)
                .map_err(chancery_base::db::Error::from)
        });
        read.unwrap().iter().map(|row| serde_json::from_str(&row.payload).unwrap()).collect()
    }

    /// How many leaves record a refused `attempt` with this problem.
    pub fn refusals(&self, attempt: &str, problem: &str) -> usize {
        let is_refusal = |leaf: &&Value| {
            leaf["type"] == "attempt-refused"
                && leaf["details"]["attempt"] == attempt
                && leaf["details"]["problem"] == problem
        };
        self.log().iter().filter(is_refusal).count()
    }

    /// How many leaves record `event`.
    pub fn events(&self, event: &str) -> usize {
        self.log().iter().filter(|leaf| leaf["type"] == event).count()
    }

    /// The sealed files of the store.
    pub fn sealed_files(&self) -> Vec<std::path::PathBuf> {
        let shelves = std::fs::read_dir(self.folder.path().join("blobs")).unwrap();
        shelves
            .flat_map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap())
            .map(|file| file.unwrap().path())
            .collect()
    }
}

fn join(archive: &Archive, entropy: &dyn Entropy, slug: &str, role: Role) -> Caller {
    let party = Party {
        id: PartyId::generate(entropy, NOW),
        slug: slug.parse().unwrap(),
        title: slug.parse().unwrap(),
        created_at: NOW,
    };
    let token = ApiToken::generate(ApiKeyId::generate(entropy, NOW), entropy);
    let key = ApiKey {
        id: token.id(),
        party: party.id,
        role,
        label: "key".parse().unwrap(),
        hash: token.hash(),
        purpose: None,
        territory: None,
        created_at: NOW,
        expires_at: None,
        revoked_at: None,
    };
    let tenant_key = crypto::TenantKey::generate(KeyVersion(1), entropy);
    let wrapped = archive.vault.roots.wrap(&tenant_key, party.id, entropy).as_bytes().to_vec();
    let tenant_key = TenantKey { party: party.id, version: 1, wrapped, created_at: NOW };
    let (rows, caller) = ((party.clone(), key.clone()), Caller { party, by: Actor::Key(key) });
    archive
        .database
        .act(move |tx| {
            parties::insert_party(tx, &rows.0)?;
            parties::insert_api_key(tx, &rows.1)?;
            Ok(parties::insert_tenant_key(tx, &tenant_key)?)
        })
        .unwrap();
    caller
}

/// The files of a small model.
pub fn files() -> Vec<(&'static str, Vec<u8>)> {
    let configuration = br#"{"architectures":["ChanceryTextClassifier"],"model_type":"chancery-text-classifier",
        "format_version":1,"buckets":1,"labels":["bad","good"]}"#;
    vec![
        ("config.json", configuration.to_vec()),
        ("model.safetensors", weights(1.5)),
        ("README.md", b"# A model\n".to_vec()),
    ]
}

/// Weights of the smallest classifier.
pub fn weights(value: f32) -> Vec<u8> {
    let header = br#"{"classifier.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"classifier.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}"#;
    [&(header.len() as u64).to_le_bytes()[..], header, &[value.to_le_bytes(); 4].concat()].concat()
}

/// A complete passport as JSON.
pub fn passport() -> Value {
    const BLANKS: [(&str, &str); 15] = [
        ("name = \"\"", "name = \"MiniLM\""),
        ("summary = \"\"", "summary = \"sentence embeddings\""),
        ("intended_use = []", "intended_use = [\"search\"]"),
        ("modality = []", "modality = [\"text\"]"),
        ("architecture = \"\"", "architecture = \"BERT\""),
        ("contact = \"\"", "contact = \"models@example.org\""),
        ("version = \"\"", "version = \"1\""),
        ("acquisition = \"\"", "acquisition = \"open\""),
        ("licence = \"\"", "licence = \"CC-BY-4.0\""),
        ("geography = []", "geography = [\"DE\"]"),
        ("class = \"\"", "class = \"none\""),
        ("rights_holders = []", "rights_holders = [\"Acme\"]"),
        ("controller = \"\"", "controller = \"Acme\""),
        ("expression = \"\"", "expression = \"MIT\""),
        ("responsible = \"\"", "responsible = \"Acme\""),
    ];
    let blank = template(ArtifactKind::Model, Language::English).to_owned();
    let filled = BLANKS.iter().fold(blank, |text, (blank, value)| text.replace(blank, value));
    serde_json::to_value(Passport::parse(&filled).unwrap()).unwrap()
}

/// The statement about these files, as canonical JSON.
pub fn statement(model: &str, files: &[(&str, Vec<u8>)], passport: Value) -> String {
    let announce = |(path, bytes): &(&str, Vec<u8>)| ManifestFile {
        path: path.parse().unwrap(),
        size: ByteCount(bytes.len() as u64),
        sha256: Sha256Digest::of(bytes),
    };
    let Value::Object(papers) = passport else { panic!("papers are an object") };
    let kind = if papers.contains_key("datasheet") { ArtifactKind::Dataset } else { ArtifactKind::Model };
    let manifest = Manifest::new(kind, model.parse().unwrap(), files.iter().map(announce).collect(), papers).unwrap();
    String::from_utf8(manifest.to_statement().unwrap().to_canonical_json().unwrap()).unwrap()
}

/// Signs a statement's text, whatever it says.
pub fn sign(statement: &str, key: &SigningKey) -> Envelope {
    Envelope::sign(Statement::PAYLOAD_TYPE, statement.as_bytes().to_vec(), key).unwrap()
}
