//! State, tile hashes and checkpoints.

use diesel::prelude::*;

use super::{log_checkpoints, log_leaves, log_state, log_tile_hashes, read, stored, tree_hash};
use crate::{
    db::{AnyConnection, Error, Tx},
    logs::{
        error::LogError,
        merkle::{CompleteTile, TreeHash},
        name::LogName,
    },
    values::UnixMillis,
};

/// Where a log stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::logs) struct State {
    pub origin: String,
    pub verifier: String,
    pub size: u64,
    pub epoch: i64,
    pub root: TreeHash,
}

pub(in crate::logs) fn find_state(connection: &mut AnyConnection, log: LogName) -> Result<Option<State>, Error> {
    let row: Option<(String, String, i64, i64, Vec<u8>)> = log_state::table
        .find(log.as_str())
        .select((log_state::origin, log_state::verifier, log_state::size, log_state::epoch, log_state::root))
        .first(connection)
        .optional()?;
    row.map(|(origin, verifier, size, epoch, root)| {
        Ok(State { origin, verifier, size: read(size)?, epoch, root: tree_hash(&root)? })
    })
    .transpose()
}

/// Like [`find_state`], for a log that must have been opened.
pub(in crate::logs) fn state(connection: &mut AnyConnection, log: LogName) -> Result<State, LogError> {
    find_state(connection, log)?.ok_or(LogError::NotOpened { log })
}

pub(in crate::logs) fn insert_state(tx: &mut Tx<'_>, log: LogName, state: &State) -> Result<(), Error> {
    diesel::insert_into(log_state::table)
        .values((
            log_state::log.eq(log.as_str()),
            log_state::origin.eq(&state.origin),
            log_state::verifier.eq(&state.verifier),
            log_state::size.eq(stored(state.size)?),
            log_state::epoch.eq(state.epoch),
            log_state::root.eq(state.root.as_bytes().as_slice()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Moves the log from `old` to a new size and root; false when it is no longer as `old` says.
pub(in crate::logs) fn advance(
    tx: &mut Tx<'_>,
    log: LogName,
    old: &State,
    size: u64,
    root: TreeHash,
) -> Result<bool, Error> {
    let unchanged =
        log_state::log.eq(log.as_str()).and(log_state::size.eq(stored(old.size)?)).and(log_state::epoch.eq(old.epoch));
    let updated = diesel::update(log_state::table.filter(unchanged))
        .set((
            log_state::size.eq(stored(size)?),
            log_state::epoch.eq(old.epoch.saturating_add(1)),
            log_state::root.eq(root.as_bytes().as_slice()),
        ))
        .execute(&mut **tx)?;
    Ok(updated == 1)
}

/// Gives the tree another origin and key, and forgets the checkpoints that were signed with the old one; false when the log is
/// no longer as `old` says.
pub(in crate::logs) fn rename(
    tx: &mut Tx<'_>,
    log: LogName,
    old: &State,
    origin: &str,
    verifier: &str,
) -> Result<bool, Error> {
    let unchanged =
        log_state::log.eq(log.as_str()).and(log_state::size.eq(stored(old.size)?)).and(log_state::epoch.eq(old.epoch));
    let updated = diesel::update(log_state::table.filter(unchanged))
        .set((
            log_state::origin.eq(origin),
            log_state::verifier.eq(verifier),
            log_state::epoch.eq(old.epoch.saturating_add(1)),
        ))
        .execute(&mut **tx)?;
    diesel::delete(log_checkpoints::table.filter(log_checkpoints::log.eq(log.as_str()))).execute(&mut **tx)?;
    Ok(updated == 1)
}

/// The hashes `start..start + count` of a tile level, as far as they are stored.
pub(in crate::logs) fn hashes(
    connection: &mut AnyConnection,
    log: LogName,
    level: u8,
    (start, count): (u64, u64),
) -> Result<Vec<TreeHash>, Error> {
    let (start, end) = (stored(start)?, stored(start.saturating_add(count))?);
    let rows: Vec<Vec<u8>> = if level == 0 {
        log_leaves::table
            .filter(log_leaves::log.eq(log.as_str()))
            .filter(log_leaves::position.ge(start).and(log_leaves::position.lt(end)))
            .order(log_leaves::position)
            .select(log_leaves::leaf_hash)
            .load(connection)?
    } else {
        log_tile_hashes::table
            .filter(log_tile_hashes::log.eq(log.as_str()).and(log_tile_hashes::level.eq(i32::from(level))))
            .filter(log_tile_hashes::position.ge(start).and(log_tile_hashes::position.lt(end)))
            .order(log_tile_hashes::position)
            .select(log_tile_hashes::hash)
            .load(connection)?
    };
    rows.iter().map(|hash| tree_hash(hash)).collect()
}

pub(in crate::logs) fn insert_tile_hash(tx: &mut Tx<'_>, log: LogName, tile: &CompleteTile) -> Result<(), Error> {
    diesel::insert_into(log_tile_hashes::table)
        .values((
            log_tile_hashes::log.eq(log.as_str()),
            log_tile_hashes::level.eq(i32::from(tile.level)),
            log_tile_hashes::position.eq(stored(tile.position)?),
            log_tile_hashes::hash.eq(tile.hash.as_bytes().as_slice()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The largest checkpoint stored, as a note, with the time it was signed.
pub(in crate::logs) fn last_checkpoint(
    connection: &mut AnyConnection,
    log: LogName,
) -> Result<Option<(String, UnixMillis)>, Error> {
    let row: Option<(String, i64)> = log_checkpoints::table
        .filter(log_checkpoints::log.eq(log.as_str()))
        .order(log_checkpoints::size.desc())
        .select((log_checkpoints::note, log_checkpoints::signed_at))
        .first(connection)
        .optional()?;
    Ok(row.map(|(note, signed_at)| (note, UnixMillis::new(signed_at))))
}

/// The size of the largest checkpoint stored, and when it was signed.
pub(in crate::logs) fn last_signed(
    connection: &mut AnyConnection,
    log: LogName,
) -> Result<Option<(u64, UnixMillis)>, Error> {
    let row: Option<(i64, i64)> = log_checkpoints::table
        .filter(log_checkpoints::log.eq(log.as_str()))
        .order(log_checkpoints::size.desc())
        .select((log_checkpoints::size, log_checkpoints::signed_at))
        .first(connection)
        .optional()?;
    row.map(|(size, signed_at)| Ok((read(size)?, UnixMillis::new(signed_at)))).transpose()
}

/// The smallest checkpoint stored that contains entry `index`, as a note.
pub(in crate::logs) fn first_checkpoint_with(
    connection: &mut AnyConnection,
    log: LogName,
    index: u64,
) -> Result<Option<String>, Error> {
    let note = log_checkpoints::table
        .filter(log_checkpoints::log.eq(log.as_str()).and(log_checkpoints::size.gt(stored(index)?)))
        .order(log_checkpoints::size)
        .select(log_checkpoints::note)
        .first(connection)
        .optional()?;
    Ok(note)
}

pub(in crate::logs) fn insert_checkpoint(
    tx: &mut Tx<'_>,
    log: LogName,
    size: u64,
    note: &str,
    signed_at: UnixMillis,
) -> Result<(), Error> {
    diesel::insert_into(log_checkpoints::table)
        .values((
            log_checkpoints::log.eq(log.as_str()),
            log_checkpoints::size.eq(stored(size)?),
            log_checkpoints::note.eq(note),
            log_checkpoints::signed_at.eq(signed_at.as_millis()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
