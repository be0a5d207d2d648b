//! Going on under another name: after a loss (decision 14), or because it was decided (decision 23). The logs end under their old name,
//! and what is there of them continues under a new one.
//!
//! The new keys are made first, in a folder of their own; then one act hands both trees over and appends the entry that says
//! so; then that folder is renamed, the old keys are put aside and the new ones take their place. Cut short anywhere, it is
//! finished by doing it again: the folder's name tells whether its keys are only made or in force already.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use chancery_base::{
    db::Database,
    logs::{self, Ended, LogError, LogIdentity, LogName, NewLeaf},
    problem::Problem,
    values::{Clock, Entropy, RotationId},
};
use chancery_domain::{parties, rotating};
use serde_json::{Value, json};

use super::{error::BackupError, keys};
use crate::app::{Config, Keys, Logs, ORIGIN, lock_all, open_logs};

/// Where the keys of the new name are made.
const NEXT: &str = "next";
/// What that folder is called once they are in force and on their way to their place.
const TAKING_OVER: &str = "taking-over";
/// Where the keys of an old name stay, followed by a number.
const ENDED: &str = "ended-";
/// What the entry is called that says that entries are lost.
const RESTORED: &str = "log-restored";
/// What the entry is called that says that it was decided.
const ROTATED: &str = "log-rotated";
/// What was signed last under the old name.
const MEMORIES: [&str; 2] = ["audit-checkpoint.last", "liability-checkpoint.last"];
/// What is renewed with the name: the keys of the logs and the origin.
const RENEWED: [&str; 5] = [
    "audit-checkpoint.pem",
    "audit-promise.pem",
    "liability-checkpoint.pem",
    "liability-promise.pem",
    // Last: it says which name is in force.
    ORIGIN,
];

/// Logs that go on under another name.
#[derive(Debug)]
pub struct Succession {
    /// How each ended.
    pub ended: Vec<Ended>,
    /// What all their new origins begin with.
    pub origin: String,
    /// Where the old keys are.
    pub aside: PathBuf,
}

/// Why logs go on under another name.
enum Cause {
    /// Entries that were signed are lost.
    Loss,
    /// It was decided.
    Order,
}

/// Ends the logs of the registry that `config` describes, which lost entries that were signed, and lets them go on under
/// another name. No server may run on it.
pub fn accept_loss(config: &Config, clock: &dyn Clock, entropy: &dyn Entropy) -> Result<Succession, BackupError> {
    succeed(config, &Cause::Loss, clock, entropy)
}

/// Ends the logs of the registry that `config` describes, as was decided, and lets them go on under another name. The last checkpoint
/// under the old one covers everything before. No server may run on it.
pub fn rotate(config: &Config, clock: &dyn Clock, entropy: &dyn Entropy) -> Result<Succession, BackupError> {
    succeed(config, &Cause::Order, clock, entropy)
}

fn succeed(
    config: &Config,
    cause: &Cause,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Succession, BackupError> {
    let _locks = lock_all(config)?;
    let database = Database::open(&config.database)?;
    let taking_over = config.keys.join(TAKING_OVER);
    let mut ended = Vec::new();
    if !taking_over.exists() {
        keys::check_complete(&config.keys)?;
        let old = open_logs(&Keys::open(&config.keys)?, None, entropy)?;
        let name = following(base(&old)?);
        let next_keys = config.keys.join(NEXT);
        // Cut short after it was handed over, it is only to be finished.
        if !is_handed_over(&database, &name)? {
            let opening = cause.check(&database, &old, clock)?;
            let next = open_logs(&Keys::open(&next_keys)?, Some(&name), entropy)?;
            ended = hand_over(&database, &old, &next, opening, clock, entropy)?;
        }
        fs::rename(&next_keys, &taking_over).map_err(BackupError::at(&next_keys))?;
    }
    let aside = exchange(&config.keys, &taking_over)?;
    let next = open_logs(&Keys::open(&config.keys)?, None, entropy)?;
    // Signed at once, so that what is in force now is remembered like any other.
    for identity in [&next.audit, &next.liability] {
        logs::settle(&database, identity)?;
        logs::publish(&database, identity, clock.now())?;
    }
    Ok(Succession { ended, origin: base(&next)?.to_owned(), aside })
}

/// What the first entry under the new name says beside how the old log ended.
struct Opening {
    event: &'static str,
    details: serde_json::Map<String, Value>,
    /// What was carried out.
    rotation: Option<RotationId>,
}

impl Cause {
    /// Refuses what there is no cause for; what the first entry is to say.
    fn check(&self, database: &Database, old: &Logs, clock: &dyn Clock) -> Result<Opening, BackupError> {
        match self {
            Self::Loss if is_anything_lost(database, old)? => {
                Ok(Opening { event: RESTORED, details: serde_json::Map::new(), rotation: None })
            }
            Self::Loss => Err(BackupError::NothingLost),
            Self::Order => {
                let now = clock.now();
                let order = database.read(|connection| rotating::open(connection, now))?;
                let order = order.ok_or(BackupError::NotOrdered)?;
                for identity in [&old.audit, &old.liability] {
                    identity.check(database)?;
                    // So that the last note under the old name covers everything.
                    logs::settle(database, identity)?;
                    logs::publish(database, identity, now)?;
                }
                let details = [("rotation", json!(order.id)), ("reason", json!(order.reason))];
                let details = details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                Ok(Opening { event: ROTATED, details, rotation: Some(order.id) })
            }
        }
    }
}

fn base(logs: &Logs) -> Result<&str, BackupError> {
    let origin = logs.audit.origin();
    origin.base().ok_or_else(|| Problem::internal(format!("the origin {origin} has no base")).into())
}

/// The name after `base`: `example.org`, `example.org/2`, `example.org/3`, …
fn following(base: &str) -> String {
    let numbered = base.rsplit_once('/').and_then(|(name, number)| Some((name, number.parse::<u32>().ok()?)));
    match numbered {
        Some((name, number)) => format!("{name}/{}", number.saturating_add(1)),
        None => format!("{base}/2"),
    }
}

/// Whether the logs go on under `name` already.
fn is_handed_over(database: &Database, name: &str) -> Result<bool, BackupError> {
    let standing = database.read(|connection| logs::standing(connection, LogName::Audit))?;
    Ok(standing.is_some_and(|standing| standing.origin == format!("{name}/{}", LogName::Audit)))
}

/// Whether a log does not continue what was signed of it, or nobody remembers what that was.
fn is_anything_lost(database: &Database, old: &Logs) -> Result<bool, BackupError> {
    for identity in [&old.audit, &old.liability] {
        match identity.check(database) {
            Err(LogError::RolledBack { .. }) => return Ok(true),
            checked => checked?,
        }
        if identity.last_signed()?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn hand_over(
    database: &Database,
    old: &Logs,
    next: &Logs,
    opening: Opening,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Vec<Ended>, BackupError> {
    let readers: Vec<_> = database.read(parties::list_parties)?.into_iter().map(|party| party.id).collect();
    let mut moves = Vec::new();
    for (old, next) in [(&old.audit, &next.audit), (&old.liability, &next.liability)] {
        let ended = logs::settle(database, old)?;
        let now = clock.now();
        let mut details = opening.details.clone();
        details.extend(
            [
                ("ended", json!({ "origin": ended.origin, "key": ended.verifier, "last_signed": ended.last_signed })),
                ("restored", json!({ "size": ended.size, "root": ended.root })),
                ("origin", json!(next.origin().to_string())),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let payload = json!({ "type": opening.event, "at": now, "by": null, "key": null, "details": details });
        let leaf = NewLeaf::new(ended.log, &payload, readers.clone(), entropy, now).map_err(Problem::internal)?;
        moves.push((ended, Arc::clone(next), leaf));
    }
    let (rotation, now) = (opening.rotation, clock.now());
    let ended = moves.iter().map(|(ended, ..)| ended.clone()).collect();
    database.act(move |tx| {
        moves.iter().try_for_each(|(ended, next, leaf): &(Ended, Arc<LogIdentity>, NewLeaf)| {
            logs::hand_over(tx, ended, next)?;
            logs::append(tx, leaf);
            Ok::<_, LogError>(())
        })?;
        if let Some(rotation) = rotation {
            rotating::finish(tx, rotation, now)?;
        }
        Ok(())
    })?;
    Ok(ended)
}

/// Puts the old keys aside and the new ones in their place.
fn exchange(keys: &Path, taking_over: &Path) -> Result<PathBuf, BackupError> {
    let aside = aside(keys)?;
    let is_done = !taking_over.join(ORIGIN).exists();
    for name in MEMORIES.into_iter().filter(|_| !is_done) {
        rename_if_there(&keys.join(name), &aside.join(name))?;
    }
    for name in RENEWED {
        // Where there is no new one any more, it is in its place already, since before a crash.
        if taking_over.join(name).exists() {
            rename_if_there(&keys.join(name), &aside.join(name))?;
            rename_if_there(&taking_over.join(name), &keys.join(name))?;
        }
    }
    for folder in [&*aside, keys] {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(BackupError::at(folder))?;
    }
    fs::remove_dir_all(taking_over).map_err(BackupError::at(taking_over))?;
    Ok(aside)
}

/// The folder for what is put aside: the first that is not complete.
fn aside(keys: &Path) -> Result<PathBuf, BackupError> {
    let mut number = 1;
    while keys.join(format!("{ENDED}{number}")).join(ORIGIN).exists() {
        number += 1;
    }
    Ok(Keys::open(&keys.join(format!("{ENDED}{number}")))?.folder().to_owned())
}

fn rename_if_there(from: &Path, to: &Path) -> Result<(), BackupError> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(BackupError::at(from)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes each file with its own name and `whose` in it.
    fn fill(folder: &Path, names: &[&str], whose: &str) {
        fs::create_dir_all(folder).unwrap();
        names.iter().for_each(|name| fs::write(folder.join(name), format!("{whose} {name}")).unwrap());
    }

    #[test]
    fn an_exchange_that_was_cut_short_anywhere_is_finished() {
        // Each key is first put aside, then replaced: two steps for each.
        for steps in 0..=2 * RENEWED.len() {
            let folder = tempfile::tempdir().unwrap();
            let (keys, next, ended) =
                (folder.path(), folder.path().join(TAKING_OVER), folder.path().join(format!("{ENDED}1")));
            fill(keys, &RENEWED, "old");
            fill(keys, &MEMORIES, "old");
            fill(&next, &RENEWED, "new");
            let mut done = 0;
            let mut step = |from: PathBuf, to: PathBuf| {
                done += 1;
                if done <= steps {
                    fs::create_dir_all(to.parent().unwrap()).unwrap();
                    fs::rename(from, to).unwrap();
                }
            };
            for name in RENEWED {
                step(keys.join(name), ended.join(name));
                step(next.join(name), keys.join(name));
            }
            exchange(keys, &next).unwrap();
            assert!(!next.exists());
            for name in RENEWED {
                assert_eq!(fs::read_to_string(keys.join(name)).unwrap(), format!("new {name}"), "{steps} steps");
                assert_eq!(fs::read_to_string(ended.join(name)).unwrap(), format!("old {name}"), "{steps} steps");
            }
        }
    }

    #[test]
    fn names_are_numbered_from_the_second_on() {
        assert_eq!(following("example.org"), "example.org/2");
        assert_eq!(following("example.org/2"), "example.org/3");
        assert_eq!(following("example.org/registry"), "example.org/registry/2");
    }
}
