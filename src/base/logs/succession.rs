//! Going on after a loss: a tree that no longer has all that was signed of it is handed to another name and key.
//!
//! Under the old name nothing may be signed again, since whoever saw the lost entries would see a fork. The entries that are
//! left keep their places and become the first ones of the new log, so that each can still be proven; the first one after
//! them is to say what happened. The old name ends with what was signed under it last.

use super::{
    error::LogError, identity::LogIdentity, merkle::Frontier, name::LogName, rows, sequence::sequence, stored,
};
use crate::db::{Database, Tx};

/// Most leaves placed in one act.
const BATCH_LEAVES: u64 = 1_000;

/// How a log ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Which log.
    pub log: LogName,
    /// Its origin.
    pub origin: String,
    /// The key that checks its checkpoints.
    pub verifier: String,
    /// Entries that are left of it.
    pub size: u64,
    /// Root over them.
    pub root: String,
    /// Its last signed note that is remembered or stored.
    pub last_signed: Option<String>,
}

/// Gives every waiting leaf its place, without signing anything, checks that the tree is whole, and answers what is left of
/// the log. Every entry is hashed anew. Nobody else may write meanwhile.
///
/// # Errors
/// [`LogError::Altered`]; [`LogError::RolledBack`] when even what the database itself shows as signed is not there;
/// [`LogError::OtherIdentity`], [`LogError::Memory`]; those of the database.
pub fn settle(database: &Database, identity: &LogIdentity) -> Result<Ended, LogError> {
    let log = identity.log();
    database.read(|connection| identity.check_tree(connection))?;
    while database.act(move |tx| Ok(sequence(tx, log, BATCH_LEAVES)?))?.leaves > 0 {}
    let remembered = identity.memory().note()?;
    database.read(|connection| {
        let state = rows::state(connection, log)?;
        let mut frontier = Frontier::default();
        stored::extend(connection, log, &mut frontier, state.size, |_| {})?;
        if frontier.root() != Some(state.root) {
            return Err(LogError::altered(log, format!("the {} entries do not lead to the root", state.size)));
        }
        let stored = stored::last_checkpoint(connection, log)?;
        if let Some((checkpoint, ..)) = &stored {
            stored::check_continues(connection, log, checkpoint)?;
        }
        let last_signed = remembered.or_else(|| stored.map(|(.., note)| note));
        let (size, root) = (state.size, state.root.to_string());
        Ok(Ended { log, origin: state.origin, verifier: state.verifier, size, root, last_signed })
    })
}

/// Hands the tree that `ended` describes to the log `next`.
///
/// # Errors
/// [`LogError::Raced`] when somebody wrote to it meanwhile; those of the database.
pub fn hand_over(tx: &mut Tx<'_>, ended: &Ended, next: &LogIdentity) -> Result<(), LogError> {
    let log = ended.log;
    tx.lock_exclusively(log.lock())?;
    let state = rows::state(tx, log)?;
    let is_as_settled = (state.size, &state.origin) == (ended.size, &ended.origin);
    if is_as_settled && rows::rename(tx, log, &state, &next.origin().to_string(), &next.verifier().to_string())? {
        Ok(())
    } else {
        Err(LogError::Raced { log })
    }
}
