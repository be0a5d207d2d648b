//! Doing an act once, however often it is asked for: the `Idempotency-Key` of a request decides.
//!
//! The answer is remembered in the same transaction as what it answers, so that a caller whose connection broke (or who was
//! told that the commit is uncertain) can ask again and gets the first outcome.

mod rows;

use std::str::FromStr;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    db::Tx,
    problem::{Problem, ProblemKind},
    values::{Invalid, PartyId, Sha256Digest, UnixMillis},
};

/// Longest key, in bytes.
const KEY_BYTES: usize = 128;

/// The text of an `Idempotency-Key` header: 1 to 128 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl FromStr for IdempotencyKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if (1..=KEY_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(text, "an idempotency key: 1 to 128 visible ASCII characters"))
        }
    }
}

/// One request that may be repeated: who asked, under which key, for what.
#[derive(Debug, Clone)]
pub struct Once {
    /// The party asking; keys of different parties never meet.
    pub party: PartyId,
    /// The key given; without one, every request is new.
    pub key: Option<IdempotencyKey>,
    /// Digest of method, path and body.
    pub request: Sha256Digest,
}

/// An outcome and whether it was there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done<T> {
    /// The act was done now.
    Now(T),
    /// The same request did it earlier.
    Before(T),
}

impl<T> Done<T> {
    /// The outcome, whenever it was reached.
    pub fn into_inner(self) -> T {
        match self {
            Self::Now(outcome) | Self::Before(outcome) => outcome,
        }
    }
}

impl Once {
    /// Runs `act` unless the same request ran before, in which case its remembered outcome is returned.
    ///
    /// # Errors
    /// [`ProblemKind::IdempotencyMismatch`] when the key came with another request before; the act's own; those of the
    /// database.
    pub fn run<T: Serialize + DeserializeOwned>(
        &self,
        tx: &mut Tx<'_>,
        now: UnixMillis,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T, Problem>,
    ) -> Result<Done<T>, Problem> {
        let Some(IdempotencyKey(key)) = &self.key else { return act(tx).map(Done::Now) };
        // The same request may be under way in another process; its outcome is what this one waits for.
        tx.lock_named(&format!("idempotency {} {key}", self.party))?;
        if let Some(remembered) = rows::find(tx, self.party, key)? {
            return self.repeat(&remembered).map(Done::Before);
        }
        let outcome = act(tx)?;
        let remembered = serde_json::to_string(&outcome).map_err(Problem::internal)?;
        rows::insert(tx, self.party, key, &rows::Remembered { request: self.request, outcome: remembered }, now)?;
        Ok(Done::Now(outcome))
    }

    /// The remembered outcome of this request, if it ran before. For what must be known before any work is done.
    ///
    /// # Errors
    /// [`ProblemKind::IdempotencyMismatch`] when the key came with another request before; [`ProblemKind::Internal`] when
    /// what is remembered is no `T`; those of the database.
    pub fn remembered<T: DeserializeOwned>(
        &self,
        connection: &mut crate::db::AnyConnection,
    ) -> Result<Option<T>, Problem> {
        let Some(IdempotencyKey(key)) = &self.key else { return Ok(None) };
        rows::find(connection, self.party, key)?.map(|remembered| self.repeat(&remembered)).transpose()
    }

    fn repeat<T: DeserializeOwned>(&self, remembered: &rows::Remembered) -> Result<T, Problem> {
        if remembered.request != self.request {
            return Err(Problem::new(
                ProblemKind::IdempotencyMismatch,
                "this Idempotency-Key came with another request before; use a new key for a new request",
            ));
        }
        serde_json::from_str(&remembered.outcome).map_err(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        db::Database,
        test_database::{Place, on_each_database},
    };

    const PARTY: &str = "party_018bcfe568007000800000000000000a";

    fn once(key: &str, body: &str) -> Once {
        Once { party: PARTY.parse().unwrap(), key: key.parse().ok(), request: Sha256Digest::of(body.as_bytes()) }
    }

    fn with_party(place: &Place) -> Database {
        let database = place.open();
        let insert = |tx: &mut Tx<'_>| {
            rows::tests::insert_party(tx, PARTY.parse().unwrap());
            Ok(())
        };
        database.act(insert).unwrap();
        database
    }

    #[test]
    fn a_request_that_is_under_way_elsewhere_is_waited_for() {
        on_each_database(|place| {
            let servers = [with_party(place), place.open()];
            let (begun, has_begun) = std::sync::mpsc::channel();
            std::thread::scope(|scope| {
                let first = scope.spawn(|| {
                    servers[0].act(move |tx| {
                        once("k", "body").run(tx, UnixMillis::new(1), |_| {
                            begun.send(()).unwrap();
                            std::thread::sleep(std::time::Duration::from_millis(200));
                            Ok(1)
                        })
                    })
                });
                has_begun.recv().unwrap();
                let second = servers[1].act(|tx| once("k", "body").run(tx, UnixMillis::new(1), |_| Ok(2)));
                assert_eq!(first.join().unwrap(), Ok(Done::Now(1)));
                assert_eq!(second, Ok(Done::Before(1)));
            });
        });
    }

    #[test]
    fn the_first_outcome_stands() {
        on_each_database(|place| {
            let database = with_party(place);
            let attempt = |key: &str, body: &str, outcome: u32| {
                let once = once(key, body);
                database.act(move |tx| once.run(tx, UnixMillis::new(1), |_| Ok(outcome)))
            };
            assert_eq!(attempt("k", "body", 1), Ok(Done::Now(1)));
            assert_eq!(attempt("k", "body", 2), Ok(Done::Before(1)));
            assert_eq!(attempt("k", "other", 3).unwrap_err().kind, ProblemKind::IdempotencyMismatch);
            assert_eq!(attempt("", "body", 4), Ok(Done::Now(4)));
        });
    }
}
