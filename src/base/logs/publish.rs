//! Publishing: what is committed is read back, hashed anew, signed and stored as the log's checkpoint.
//!
//! INVARIANT: only what a transaction has committed and what continues the last signature is signed, and sizes never go
//! down. Checkpoints carry no time: the one stored beside them is for the operator, and no clock decides what is signed.

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

/// Signs and stores a checkpoint if the log grew since the last one; answers whether it did.
///
/// # Errors
/// [`LogError::Altered`] when what is stored does not hash to the root, [`LogError::RolledBack`], [`LogError::Memory`];
/// those of the database. Nothing is published then.
pub fn publish(database: &Database, identity: &LogIdentity, now: UnixMillis) -> Result<bool, LogError> {
    let due = database.read(|connection| due(connection, identity))?;
    let Some(checkpoint) = due else { return Ok(false) };
    let note = checkpoint.sign(identity.signer())?.to_string();
    // A signature that went wrong in memory must not leave this process.
    let signed = SignedCheckpoint::open(note.as_bytes(), &[identity.verifier()])?;
    identity.remember(&signed)?;
    let log = identity.log();
    database.act(move |tx| Ok(store(tx, log, &checkpoint, &note, now)?))?;
    Ok(true)
}

/// The checkpoint to sign now, checked against the stored entries.
fn due(connection: &mut AnyConnection, identity: &LogIdentity) -> Result<Option<Checkpoint>, LogError> {
    let log = identity.log();
    identity.check_continues(connection)?;
    // Read first: the state that is read after it is the same or newer.
    let last = stored::last_checkpoint(connection, log)?;
    let state = rows::state(connection, log)?;
    if let Some((last, ..)) = &last {
        if last.size > state.size {
            return Err(LogError::RolledBack { log, published: last.size, stored: state.size });
        }
        if last.size == state.size {
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
    if let Some((last, ..)) = stored::last_checkpoint(tx, log)? {
        if last.size == checkpoint.size && last.root != checkpoint.root {
            return Err(LogError::altered(log, format!("size {} was signed with another root", last.size)));
        }
        if last.size >= checkpoint.size {
            // Another server published as much meanwhile.
            return Ok(());
        }
    }
    rows::insert_checkpoint(tx, log, checkpoint.size, note, now)?;
    Ok(())
}
