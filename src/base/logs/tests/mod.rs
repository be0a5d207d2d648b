//! The logs on a database: the same tests on SQLite and, where a server is given, on PostgreSQL.

mod concurrency;
mod reading;
mod tampering;
mod writing;

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use diesel::{RunQueryDsl, sql_query};
use serde_json::json;

use super::*;
use crate::{
    crypto::{Secret, SigningKey},
    db::{Database, Tx},
    problem::Problem,
    test_database::{Place, on_each_database},
    values::{Clock, Entropy, LeafId, PartyId, Sha256Digest, UnixMillis},
};

/// A repeatable source of bytes: SHA-256 of a counter that all tests of a process share.
struct Counting;

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        for part in bytes.chunks_mut(Sha256Digest::LENGTH) {
            let block = Sha256Digest::of(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            part.copy_from_slice(&block.as_bytes()[..part.len()]);
        }
    }
}

/// A clock that stands until it is set.
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.0.load(Ordering::Relaxed))
    }
}

const START: UnixMillis = UnixMillis::new(1_700_000_000_000);
const LOG: LogName = LogName::Audit;

fn identity_of(log: LogName, seed: u8) -> LogIdentity {
    let key = |seed| SigningKey::from_seed(&Secret::copy_from(&[seed; 32]).unwrap());
    LogIdentity::new(log, format!("example.com/{log}").parse().unwrap(), key(seed), key(seed + 100)).unwrap()
}

fn identity() -> LogIdentity {
    identity_of(LOG, 1)
}

fn party(number: u8) -> PartyId {
    format!("party_018bcfe56800700080000000000000{number:02x}").parse().unwrap()
}

fn new_leaf(number: u64, now: UnixMillis) -> NewLeaf {
    NewLeaf::new(LOG, &json!({"number": number}), vec![party(1)], &Counting, now).unwrap()
}

/// Appends leaves in acts of a hundred and answers what was appended.
fn append_leaves(database: &Database, count: u64, now: UnixMillis) -> Vec<AppendedLeaf> {
    let leaves: Vec<_> = (0..count).map(|number| new_leaf(number, now)).collect();
    let mut appended = Vec::new();
    let mut leaves = leaves.into_iter().peekable();
    while leaves.peek().is_some() {
        let act: Vec<_> = leaves.by_ref().take(100).collect();
        let written =
            database.act(move |tx| Ok(act.iter().map(|leaf| append(tx, leaf)).collect::<Result<Vec<_>, _>>()?));
        appended.extend(written.unwrap());
    }
    appended
}

fn sequence_all(database: &Database) -> Result<Sequenced, Problem> {
    database.act(|tx| Ok(sequence(tx, LOG, 10_000)?))
}

/// A log of `count` leaves, sequenced and published.
fn published_log(place: &Place, count: u64) -> (Database, LogIdentity, Vec<AppendedLeaf>) {
    let (database, identity) = (place.open(), identity());
    identity.open(&database).unwrap();
    let leaves = append_leaves(&database, count, START);
    sequence_all(&database).unwrap();
    publish(&database, &identity, START).unwrap();
    (database, identity, leaves)
}

fn source(database: &Database) -> StoredSource {
    StoredSource { database: database.clone(), log: LOG }
}

fn verified(database: &Database, identity: &LogIdentity) -> Result<SignedCheckpoint, VerifyError> {
    verify_log(&source(database), &[identity.verifier()])
}

fn receipt_of(database: &Database, leaf: LeafId) -> Option<Receipt> {
    database.read(|connection| receipt(connection, leaf)).unwrap()
}

/// Runs SQL that no part of the program would run.
fn tamper(database: &Database, statement: &'static str) {
    let changed = database.act(move |tx: &mut Tx<'_>| {
        let changed = sql_query(statement).execute(&mut **tx);
        Ok(changed.map_err(crate::db::Error::from)?)
    });
    assert_eq!(changed, Ok(1), "{statement}");
}
