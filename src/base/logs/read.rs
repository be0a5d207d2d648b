//! Reading: checkpoints, tiles and bundles for everybody; receipts, openings and listings for those entitled.
//!
//! The public never sees beyond the last checkpoint.

use std::{collections::HashSet, ops::Range};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    append::AppendedLeaf,
    error::LogError,
    leaf::{Entry, Opening},
    merkle::{TreeHash, check_inclusion, inclusion_proof},
    name::LogName,
    proof::Receipt,
    rows, stored,
    tile::{Contents, Tile, encode_entries, encode_hashes},
};
use crate::{
    db::AnyConnection,
    values::{LeafId, PartyId, UnixMillis},
};

/// The last checkpoint, as a signed note, with the time it was signed; `None` before the first.
///
/// # Errors
/// Those of the database.
pub fn checkpoint(connection: &mut AnyConnection, log: LogName) -> Result<Option<(String, UnixMillis)>, LogError> {
    Ok(rows::last_checkpoint(connection, log)?)
}

/// Where a log stands in a database, signed or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Which log.
    pub log: LogName,
    /// Its origin.
    pub origin: String,
    /// The key that checks its checkpoints.
    pub verifier: String,
    /// Leaves that have a place.
    pub size: u64,
    /// Root over them.
    pub root: String,
}

/// Where a log stands; `None` before it was first opened.
///
/// # Errors
/// Those of the database.
pub fn standing(connection: &mut AnyConnection, log: LogName) -> Result<Option<Standing>, LogError> {
    let state = rows::find_state(connection, log)?;
    Ok(state.map(|state| Standing {
        log,
        origin: state.origin,
        verifier: state.verifier,
        size: state.size,
        root: state.root.to_string(),
    }))
}

/// How far a log has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Leaves that have their place.
    pub placed: u64,
    /// Leaves that are durable and wait for theirs.
    pub waiting: u64,
    /// Leaves that the last checkpoint covers, and when it was signed; `None` before the first.
    pub signed: Option<(u64, UnixMillis)>,
}

/// How far `log` has come.
///
/// # Errors
/// [`LogError::NotOpened`]; those of the database.
pub fn progress(connection: &mut AnyConnection, log: LogName) -> Result<Progress, LogError> {
    Ok(Progress {
        placed: rows::state(connection, log)?.size,
        waiting: rows::count_unsequenced(connection, log)?,
        signed: rows::last_signed(connection, log)?,
    })
}

/// The bytes of a tile or bundle; `None` when it is not wholly within the last checkpoint.
///
/// # Errors
/// [`LogError::Altered`] when rows are missing; those of the database.
pub fn tile(connection: &mut AnyConnection, log: LogName, tile: &Tile) -> Result<Option<Vec<u8>>, LogError> {
    let published = stored::last_checkpoint(connection, log)?.map_or(0, |(checkpoint, ..)| checkpoint.size);
    let Some(start) = tile.first_item().filter(|_| tile.is_in_tree(published)) else { return Ok(None) };
    match tile.contents {
        Contents::Hashes { .. } => Ok(Some(encode_hashes(&stored::hashes_of(connection, log, tile)?))),
        Contents::Entries => {
            let rows = rows::placed_entries(connection, log, start, tile.width())?;
            let entries: Vec<_> = rows.into_iter().map(|(_, entry, _)| entry).collect();
            let is_whole = entries.len() as u64 == tile.width();
            let bundle = encode_entries(&entries).filter(|_| is_whole);
            bundle.map(Some).ok_or_else(|| LogError::altered(log, format!("entries of `{tile}` are missing")))
        }
    }
}

/// A leaf as it was appended, for [`super::LogIdentity::promise`].
///
/// # Errors
/// Those of the database.
pub fn leaf(connection: &mut AnyConnection, id: LeafId) -> Result<Option<AppendedLeaf>, LogError> {
    Ok(rows::find_leaf(connection, id)?)
}

/// The receipt of a leaf; `None` when there is no such leaf or no checkpoint contains it yet.
///
/// # Errors
/// [`LogError::Altered`] when the proof would not lead to the checkpoint; those of the database.
pub fn receipt(connection: &mut AnyConnection, id: LeafId) -> Result<Option<Receipt>, LogError> {
    let Some((log, ..)) = rows::placed_leaf(connection, id)? else { return Ok(None) };
    let Some((note, _)) = rows::last_checkpoint(connection, log)? else { return Ok(None) };
    receipt_within(connection, id, &note)
}

/// The first checkpoint that contains entry `index`, as a signed note: the same one whenever it is asked for.
///
/// # Errors
/// Those of the database.
pub fn first_checkpoint_with(
    connection: &mut AnyConnection,
    log: LogName,
    index: u64,
) -> Result<Option<String>, LogError> {
    Ok(rows::first_checkpoint_with(connection, log, index)?)
}

/// The receipt of a leaf under one of the log's own checkpoints; `None` when that does not contain it.
///
/// # Errors
/// [`LogError::Altered`] when the proof would not lead to the checkpoint; those of the database.
pub fn receipt_within(connection: &mut AnyConnection, id: LeafId, note: &str) -> Result<Option<Receipt>, LogError> {
    let Some((log, index, entry)) = rows::placed_leaf(connection, id)? else { return Ok(None) };
    let checkpoint = stored::read_checkpoint(log, note)?;
    let proof = inclusion_proof(&mut stored::nodes(connection, log, checkpoint.size), index, checkpoint.size);
    let Some(hashes) = proof.map_err(|error| stored::unreadable(log, error))? else { return Ok(None) };
    check_inclusion(TreeHash::of_leaf(&entry), index, checkpoint.size, checkpoint.root, &hashes)
        .map_err(|error| LogError::altered(log, format!("entry {index}: {error}")))?;
    Ok(Some(Receipt { entry, index, hashes, checkpoint: note.to_owned() }))
}

/// The opening of a leaf; `None` when it was erased, does not exist or is not for `party`: all three look the same.
///
/// # Errors
/// Those of the database.
pub fn opening(connection: &mut AnyConnection, leaf: LeafId, party: PartyId) -> Result<Option<Opening>, LogError> {
    Ok(rows::find_opening(connection, leaf, party)?)
}

/// The opening of a leaf, held against the leaf, and the leaf against the last checkpoint where that covers it; `None` as for
/// [`opening`].
///
/// # Errors
/// [`LogError::Altered`] when it does not open the leaf, or the leaf is not in the tree; those of the database.
pub fn proven_opening(
    connection: &mut AnyConnection,
    leaf: LeafId,
    party: PartyId,
) -> Result<Option<Opening>, LogError> {
    let (Some(opening), Some(appended)) = (opening(connection, leaf, party)?, rows::find_leaf(connection, leaf)?)
    else {
        return Ok(None);
    };
    let entry = opening.entry();
    let proof = receipt(connection, leaf)?;
    if entry.leaf_hash() == appended.hash && proof.is_none_or(|proof| proof.entry == entry.to_bytes()) {
        return Ok(Some(opening));
    }
    Err(LogError::altered(appended.log, format!("what is said to open {leaf} does not")))
}

/// Which leaves to list.
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// Which log.
    pub log: LogName,
    /// Whose leaves.
    pub party: PartyId,
    /// First moment, inclusive.
    pub from: UnixMillis,
    /// Last moment, exclusive.
    pub until: UnixMillis,
    /// The last leaf that was listed before.
    pub after: Option<LeafId>,
    /// Most leaves to list at once.
    pub limit: u32,
}

/// Which leaves to browse: those of both logs, newest first.
#[derive(Debug, Clone, Copy)]
pub struct Browsing {
    /// Whose leaves.
    pub party: PartyId,
    /// First moment, inclusive.
    pub from: UnixMillis,
    /// Last moment, exclusive.
    pub until: UnixMillis,
    /// The last leaf that was shown before.
    pub before: Option<LeafId>,
    /// Most leaves to look at.
    pub limit: u32,
}

/// A leaf as a list shows it: without what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadableLeaf {
    /// Its id.
    pub id: LeafId,
    /// Which log.
    pub log: LogName,
    /// Its place in the log; `None` until it has one.
    pub index: Option<u64>,
    /// When it was appended.
    pub appended_at: UnixMillis,
    /// What was said; `None` where that was erased.
    pub payload: Option<Value>,
}

/// A leaf with its opening.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedLeaf {
    /// Its id.
    pub id: LeafId,
    /// Which log.
    pub log: LogName,
    /// Its place in the log.
    pub index: u64,
    /// When it was appended.
    pub appended_at: UnixMillis,
    /// The public entry.
    pub entry: Entry,
    /// What was said.
    pub opening: Opening,
}

/// The leaves with a place in the log that a party may open in a period, oldest first. Leaves of one moment may stand in the log in
/// another order.
///
/// # Errors
/// Those of the database.
pub fn list(connection: &mut AnyConnection, listing: &Listing) -> Result<Vec<OpenedLeaf>, LogError> {
    Ok(rows::list(connection, listing)?)
}

/// How many leaves a log has placed.
///
/// # Errors
/// [`LogError::NotOpened`]; those of the database.
pub fn size(connection: &mut AnyConnection, log: LogName) -> Result<u64, LogError> {
    Ok(rows::state(connection, log)?.size)
}

/// The leaves at `places` that any of `parties` may open, in log order, once for each that may.
///
/// # Errors
/// Those of the database.
pub fn leaves_of(
    connection: &mut AnyConnection,
    log: LogName,
    places: Range<u64>,
    parties: &[PartyId],
) -> Result<Vec<(PartyId, OpenedLeaf)>, LogError> {
    Ok(rows::leaves_of(connection, log, places, parties)?)
}

/// The leaves that a party may open in a period, newest first, with or without a place in their log.
///
/// # Errors
/// Those of the database.
pub fn browse(connection: &mut AnyConnection, browsing: &Browsing) -> Result<Vec<ReadableLeaf>, LogError> {
    Ok(rows::browse(connection, browsing)?)
}

/// Those of `leaves` that one of `parties` may open too.
///
/// # Errors
/// Those of the database.
pub fn shared_with(
    connection: &mut AnyConnection,
    leaves: &[LeafId],
    parties: &[PartyId],
) -> Result<HashSet<LeafId>, LogError> {
    Ok(rows::shared_with(connection, leaves, parties)?)
}

/// Where a leaf stands; `None` when there is no such leaf or it has no place yet.
///
/// # Errors
/// Those of the database.
pub fn place(connection: &mut AnyConnection, id: LeafId) -> Result<Option<(LogName, u64)>, LogError> {
    Ok(rows::placed_leaf(connection, id)?.map(|(log, index, _)| (log, index)))
}

/// How many leaves of both logs a party may open in a period, counted up to `most`.
///
/// # Errors
/// Those of the database.
pub fn count_up_to(
    connection: &mut AnyConnection,
    party: PartyId,
    (from, until): (UnixMillis, UnixMillis),
    most: u32,
) -> Result<u32, LogError> {
    Ok(rows::count_up_to(connection, party, (from, until), most)?)
}
