//! A fresh database for one test: SQLite in a temporary folder and, where `CHANCERY_TEST_POSTGRES` names a server, a new
//! database on it. The same test runs on both.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use chancery_base::{
    db::{Database, Location},
    values::{Entropy, UnixMillis},
};
use diesel::{Connection, RunQueryDsl, pg::PgConnection, sql_query};

/// Names a PostgreSQL server on which tests may create databases, as `postgres://user@host:port/database`.
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
    let mut connection = PgConnection::establish(server).unwrap();
    sql_query(format!("CREATE DATABASE {name}")).execute(&mut connection).unwrap();
    let (host, _) = server.rsplit_once('/').unwrap();
    Location::Postgres(format!("{host}/{name}"))
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
