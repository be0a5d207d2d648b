//! The logs on a database: the same tests on SQLite and, where a server is given, on PostgreSQL.

mod concurrency;
mod reading;
mod tampering;
mod writing;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use diesel::{RunQueryDsl, sql_query};
use serde_json::json;

use super::*;
use crate::{
    crypto::{Secret, SigningKey},
    db::{Database, Tx},
    problem::Problem,
    test_database::{Place, on_each_database},
    values::{Clock, Counting, LeafId, PartyId, UnixMillis},
};

impl Place {
    fn identity_of(&self, log: LogName, seed: u8) -> LogIdentity {
        let key = |seed| SigningKey::from_seed(&Secret::copy_from(&[seed; 32]).unwrap());
        let last_signed = LastSigned::in_folder(self.folder.path(), log);
        let origin = format!("example.com/{log}").parse().unwrap();
        LogIdentity::new(log, origin, key(seed), key(seed + 100), last_signed).unwrap()
    }

    fn identity(&self) -> LogIdentity {
        self.identity_of(LOG, 1)
    }
}

/// All tests of a process share one, since some share a database.
static ENTROPY: Counting = Counting::new();

/// A clock that stands until it is set.
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.0.load(Ordering::Relaxed))
    }
}

const START: UnixMillis = UnixMillis::new(1_700_000_000_000);
const LOG: LogName = LogName::Audit;

fn party(number: u8) -> PartyId {
    format!("party_018bcfe56800700080000000000000{number:02x}").parse().unwrap()
}

fn new_leaf(number: u64, now: UnixMillis) -> NewLeaf {
    NewLeaf::new(LOG, &json!({"number": number}), vec![party(1)], &ENTROPY, now).unwrap()
}

/// Appends leaves in acts of a hundred and answers what was appended.
fn append_leaves(database: &Database, count: u64, now: UnixMillis) -> Vec<AppendedLeaf> {
    let leaves: Vec<_> = (0..count).map(|number| new_leaf(number, now)).collect();
    let mut appended = Vec::new();
    let mut leaves = leaves.into_iter().peekable();
    while leaves.peek().is_some() {
        let act: Vec<_> = leaves.by_ref().take(100).collect();
        let written = database.act(move |tx| Ok(act.iter().map(|leaf| append(tx, leaf)).collect::<Vec<_>>()));
        appended.extend(written.unwrap());
    }
    appended
}

fn sequence_all(database: &Database) -> Result<Sequenced, Problem> {
    database.act(|tx| Ok(sequence(tx, LOG, 10_000)?))
}

/// A log of `count` leaves, sequenced and published.
fn published_log(place: &Place, count: u64) -> (Database, LogIdentity, Vec<AppendedLeaf>) {
    let (database, identity) = (place.open(), place.identity());
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
