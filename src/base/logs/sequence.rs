//! Sequencing: leaves that are durable but have no place yet are given the next ones, and the tree is extended over them.
//!
//! One act, the same on both databases. On PostgreSQL an advisory lock makes sequencers of several processes take turns; the
//! comparison of size and epoch would refuse one that did not. Nothing is signed here.

use super::{error::LogError, merkle::TreeHash, name::LogName, rows, stored};
use crate::db::Tx;

/// What sequencing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sequenced {
    /// Leaves that were given a place.
    pub leaves: u64,
    /// Size of the log afterwards.
    pub size: u64,
    /// Root over all leaves.
    pub root: TreeHash,
}

/// Gives up to `limit` waiting leaves their places, oldest first.
///
/// # Errors
/// [`LogError::Altered`] when a waiting entry or the tree's edge is not what was written, [`LogError::Raced`] when another
/// sequencer was at work, [`LogError::NotOpened`]; those of the database. Nothing is changed then.
pub fn sequence(tx: &mut Tx<'_>, log: LogName, limit: u64) -> Result<Sequenced, LogError> {
    tx.lock_exclusively(log.lock())?;
    let state = rows::state(tx, log)?;
    let leaves = rows::assign_positions(tx, log, state.size, limit)?;
    if leaves == 0 {
        return Ok(Sequenced { leaves, size: state.size, root: state.root });
    }
    let mut frontier = stored::frontier(tx, log, state.size)?;
    if frontier.root() != Some(state.root) {
        return Err(LogError::altered(log, format!("the hashes of {} leaves do not lead to the root", state.size)));
    }
    let mut completed = Vec::new();
    let size = state.size.saturating_add(leaves);
    stored::extend(tx, log, &mut frontier, size, |tile| completed.push(tile))?;
    for tile in &completed {
        rows::insert_tile_hash(tx, log, tile)?;
    }
    let root = frontier.root().ok_or(LogError::Raced { log })?;
    if rows::advance(tx, log, &state, size, root)? {
        Ok(Sequenced { leaves, size, root })
    } else {
        Err(LogError::Raced { log })
    }
}
