//! A fresh database for one test: SQLite in a temporary folder, and a new one on the PostgreSQL of the tests. The same test runs
//! on both.

use std::sync::atomic::{AtomicU64, Ordering};

use chancery_base::{
    db::{AnyConnection, Database, Location, Tx},
    values::{Entropy, ModelId, PartyId, SigningKeyId, UnixMillis},
};
use diesel::{RunQueryDsl, sql_query, sql_types::Text};

use crate::{postgres::new_postgres, required::required};

/// Runs `test` on a fresh database of either kind.
pub fn on_each_database(test: impl Fn(&Database)) {
    let folder = tempfile::tempdir().unwrap();
    let open = |location: Location| Database::open(&location).unwrap();
    test(&open(Location::Sqlite(folder.path().join("test.db"))));
    if let Some(server) = required("CHANCERY_TEST_POSTGRES") {
        let postgres = |url: &str| open(Location::Postgres(url.to_owned()));
        let url = new_postgres(&server, |url| drop(postgres(url)));
        test(&postgres(&url));
    }
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
        let statement = "INSERT INTO models (id, owner_id, owner_slug, name, visibility, created_at, epoch) \
                         VALUES ($1, $2, 'acme', 'minilm', 'listed', 0, 1)";
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
