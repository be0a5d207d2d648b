//! The tree as it is stored: its right edge, its nodes, its roots.

use super::{
    checkpoint::Checkpoint,
    error::LogError,
    merkle::{CompleteTile, Frontier, NodeReader, TreeHash, root},
    name::LogName,
    rows,
    tile::{Contents, NodeError, Tile, TileNodes},
};
use crate::{db::AnyConnection, values::UnixMillis};

/// The right edge of the first `size` leaves.
pub(super) fn frontier(connection: &mut AnyConnection, log: LogName, size: u64) -> Result<Frontier, LogError> {
    let loaded = Frontier::load(size, |level, start, count| rows::hashes(connection, log, level, (start, count)))?;
    loaded.ok_or_else(|| LogError::altered(log, format!("hashes below size {size} are missing")))
}

/// The nodes of the tree of `size` leaves.
pub(super) fn nodes(
    connection: &mut AnyConnection,
    log: LogName,
    size: u64,
) -> impl NodeReader<Error = NodeError<LogError>> {
    TileNodes::new(size, move |tile: &Tile| hashes_of(connection, log, tile))
}

/// The hashes of a tile.
pub(super) fn hashes_of(connection: &mut AnyConnection, log: LogName, tile: &Tile) -> Result<Vec<TreeHash>, LogError> {
    let (Contents::Hashes { level }, Some(start)) = (tile.contents, tile.first_item()) else { return Ok(Vec::new()) };
    let hashes = rows::hashes(connection, log, level, (start, tile.width()))?;
    if hashes.len() as u64 == tile.width() {
        Ok(hashes)
    } else {
        Err(LogError::altered(log, format!("hashes of `{tile}` are missing")))
    }
}

/// What a node that cannot be read means for a stored log.
pub(super) fn unreadable(log: LogName, error: NodeError<LogError>) -> LogError {
    match error {
        NodeError::Fetch(error) => error,
        NodeError::NotInTree => LogError::altered(log, "a tile is narrower than the size says"),
    }
}

/// The last checkpoint that was stored, read but not verified, with the time it was signed and its note.
pub(super) fn last_checkpoint(
    connection: &mut AnyConnection,
    log: LogName,
) -> Result<Option<(Checkpoint, UnixMillis, String)>, LogError> {
    let Some((note, signed_at)) = rows::last_checkpoint(connection, log)? else { return Ok(None) };
    Ok(Some((read_checkpoint(log, &note)?, signed_at, note)))
}

/// Reads one of the log's own checkpoints without verifying it.
pub(super) fn read_checkpoint(log: LogName, note: &str) -> Result<Checkpoint, LogError> {
    let note = super::note::Note::parse(note.as_bytes());
    let note = note.map_err(|error| LogError::altered(log, format!("a stored checkpoint: {error}")))?;
    Ok(note.text().parse()?)
}

/// Refuses a log that does not continue what was `published`: an older backup, a lagging replica, or another log.
///
/// # Errors
/// [`LogError::RolledBack`]; what reading fails with.
pub(super) fn check_continues(
    connection: &mut AnyConnection,
    log: LogName,
    published: &Checkpoint,
) -> Result<(), LogError> {
    let state = rows::state(connection, log)?;
    let rolled_back = LogError::RolledBack { log, published: published.size, stored: state.size };
    if published.size > state.size {
        return Err(rolled_back);
    }
    let stored = root(&mut nodes(connection, log, published.size), published.size);
    let is_same_log = published.origin.key_name().as_str() == state.origin;
    if is_same_log && stored.map_err(|error| unreadable(log, error))? == published.root {
        Ok(())
    } else {
        Err(rolled_back)
    }
}

/// Re-reads the entries from the frontier's size up to `size`, hashes them anew and appends them; tells each tile that this
/// completes.
///
/// # Errors
/// [`LogError::Altered`] naming the first index whose entry is missing or not what its stored hash says.
pub(super) fn extend(
    connection: &mut AnyConnection,
    log: LogName,
    frontier: &mut Frontier,
    size: u64,
    mut completed: impl FnMut(CompleteTile),
) -> Result<(), LogError> {
    /// Entries held in memory at once.
    const AT_ONCE: u64 = 4_096;
    while frontier.size() < size {
        let start = frontier.size();
        for (position, entry, stored_hash) in rows::placed_entries(connection, log, start, AT_ONCE.min(size - start))? {
            let hash = TreeHash::of_leaf(&entry);
            if position != frontier.size() {
                break;
            }
            if hash != stored_hash {
                return Err(LogError::altered(log, format!("entry {position} is not what was logged")));
            }
            frontier.append(hash, &mut completed);
        }
        if frontier.size() == start {
            return Err(LogError::altered(log, format!("entry {start} is missing")));
        }
    }
    Ok(())
}
