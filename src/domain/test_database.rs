//! A fresh database for one test: SQLite in a temporary folder and, where `CHANCERY_TEST_POSTGRES` names a server, a new
//! database on it. The same test runs on both.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use chancery_base::{
    db::{AnyConnection, Database, Location, Tx},
    values::{Entropy, ModelId, PartyId, SigningKeyId, UnixMillis},
};
use diesel::{Connection, RunQueryDsl, pg::PgConnection, sql_query, sql_types::Text};

/// Names a PostgreSQL server on which tests may create databases, as `postgres://user@host:port`.
const SERVER: &str = "CHANCERY_TEST_POSTGRES";

/// Runs `test` on a fresh database of every backend at hand.
pub fn on_each_database(test: impl Fn(&Database)) {
    let folder = tempfile::tempdir().unwrap();
    test(&Database::open(&Location::Sqlite(folder.path().join("test.db"))).unwrap());
    match std::env::var(SERVER) {
        Ok(server) => test(&Database::open(&create_on(&server)).unwrap()),
        Err(_) => eprintln!("not run on PostgreSQL: {SERVER} is not set"),
    }
}

fn create_on(server: &str) -> Location {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{nanoseconds}_{}_{number}", std::process::id());
    let mut connection = PgConnection::establish(&format!("{server}/postgres")).unwrap();
    sql_query(format!("CREATE DATABASE {name}")).execute(&mut connection).unwrap();
    Location::Postgres(format!("{server}/{name}"))
}

/// Writes the rows that things refer to, for tests of modules that stand beside the ones these rows belong to.
pub struct Fixture {
    statements: Vec<(&'static str, Vec<String>)>,
}

impl Fixture {
    /// No rows yet.
    pub fn new() -> Self {
        Self { statements: Vec::new() }
    }

    /// A party named `slug`.
    pub fn party(self, id: PartyId, slug: &str) -> Self {
        self.with("INSERT INTO parties VALUES ($1, $2, $2, 0)", vec![id.to_string(), slug.to_owned()])
    }

    /// A signing key of a party; its bytes are of no use.
    pub fn signing_key(self, id: SigningKeyId, party: PartyId) -> Self {
        let statement = "INSERT INTO signing_keys (id, party_id, label, public_key, fingerprint, status, created_at) \
                         SELECT $1, $2, 'label', secret.bytes, $1, 'approved', 0 \
                         FROM (SELECT CAST('' AS BYTES_TYPE) AS bytes) AS secret";
        self.with(statement, vec![id.to_string(), party.to_string()])
    }

    /// A listed model `acme/minilm` of a party.
    pub fn model(self, id: ModelId, owner: PartyId) -> Self {
        let statement = "INSERT INTO models VALUES ($1, $2, 'acme', 'minilm', 'listed', 0, 1)";
        self.with(statement, vec![id.to_string(), owner.to_string()])
    }

    fn with(mut self, statement: &'static str, values: Vec<String>) -> Self {
        self.statements.push((statement, values));
        self
    }

    /// Writes them all.
    pub fn write(self, database: &Database) {
        let act = move |tx: &mut Tx<'_>| {
            for (statement, values) in self.statements {
                let bytes = if matches!(**tx, AnyConnection::Postgres(_)) { "BYTEA" } else { "BLOB" };
                let mut query = sql_query(statement.replace("BYTES_TYPE", bytes)).into_boxed();
                for value in values {
                    query = query.bind::<Text, _>(value);
                }
                query.execute(&mut **tx).unwrap();
            }
            Ok(())
        };
        database.act(act).unwrap();
    }
}

/// Bytes that never repeat within a test and are the same in every run.
#[derive(Default)]
pub struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
            let length = chunk.len();
            chunk.copy_from_slice(&count.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes()[..length]);
        }
    }
}

/// Some moment.
pub const NOW: UnixMillis = UnixMillis::new(1_795_000_000_000);
