//! Publishing: what is committed is read back, hashed anew, signed and stored as the log's checkpoint.
//!
//! INVARIANT: only what a transaction has committed is signed, sizes never go down, and times never go back. A log signs at
//! least once a minute even when nothing happened, so that silence can be told from standstill.

use super::{
    checkpoint::{Checkpoint, SignedCheckpoint},
    error::LogError,
    identity::LogIdentity,
    merkle::TreeHash,
    name::LogName,
    rows, stored,
};
use crate::{
    db::{AnyConnection, Database, Tx},
    values::UnixMillis,
};

/// A checkpoint is signed again after this time, whether or not the log grew.
pub const HEARTBEAT_MS: i64 = 60_000;
/// How far the clocks of several servers of one log may differ.
const CLOCK_TOLERANCE_MS: i64 = 5_000;

/// Signs and stores a checkpoint if one is due; answers whether it was.
///
/// # Errors
/// [`LogError::Altered`] when what is stored does not hash to the root, [`LogError::RolledBack`],
/// [`LogError::ClockWentBack`]; those of the database. Nothing is published then.
pub fn publish(database: &Database, identity: &LogIdentity, now: UnixMillis) -> Result<bool, LogError> {
    let due = database.read(|connection| due(connection, identity, now))?;
    let Some(checkpoint) = due else { return Ok(false) };
    let note = checkpoint.sign(identity.signer())?.to_string();
    // A signature that went wrong in memory must not leave this process.
    SignedCheckpoint::open(note.as_bytes(), &[identity.verifier()])?;
    let log = identity.log();
    database.act(move |tx| Ok(store(tx, log, &checkpoint, &note, now)?))?;
    Ok(true)
}

/// The checkpoint to sign now, checked against the stored entries.
fn due(
    connection: &mut AnyConnection,
    identity: &LogIdentity,
    now: UnixMillis,
) -> Result<Option<Checkpoint>, LogError> {
    let log = identity.log();
    // Read first: the state that is read after it is the same or newer.
    let last = stored::last_checkpoint(connection, log)?;
    let state = rows::state(connection, log)?;
    if let Some((last, signed_at, _)) = &last {
        if last.size > state.size {
            return Err(LogError::RolledBack { log, published: last.size, stored: state.size });
        }
        if now.plus_millis(CLOCK_TOLERANCE_MS) < *signed_at {
            return Err(LogError::ClockWentBack { log, last: *signed_at });
        }
        if last.size == state.size && now < signed_at.plus_millis(HEARTBEAT_MS) {
            return Ok(None);
        }
    }
    let (signed_size, signed_root) = last.map_or((0, TreeHash::of_empty_tree()), |(last, ..)| (last.size, last.root));
    let mut frontier = stored::frontier(connection, log, signed_size)?;
    if frontier.root() != Some(signed_root) {
        return Err(LogError::altered(log, format!("the first {signed_size} entries are not those that were signed")));
    }
    stored::extend(connection, log, &mut frontier, state.size, |_| {})?;
    if frontier.root() != Some(state.root) {
        return Err(LogError::altered(log, format!("the entries up to {} do not lead to the root", state.size)));
    }
    Ok(Some(Checkpoint { origin: identity.origin().clone(), size: state.size, root: state.root }))
}

fn store(tx: &mut Tx<'_>, log: LogName, checkpoint: &Checkpoint, note: &str, now: UnixMillis) -> Result<(), LogError> {
    tx.lock_exclusively(log.lock())?;
    let mut signed_at = now;
    if let Some((last, last_signed_at, _)) = stored::last_checkpoint(tx, log)? {
        if last.size > checkpoint.size {
            // Another server published a later one meanwhile.
            return Ok(());
        }
        if last.size == checkpoint.size && last.root != checkpoint.root {
            return Err(LogError::altered(log, format!("size {} was signed with another root", last.size)));
        }
        signed_at = signed_at.max(last_signed_at);
    }
    rows::store_checkpoint(tx, log, checkpoint.size, note, signed_at)?;
    Ok(())
}
