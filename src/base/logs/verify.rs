//! Verifying a log from its public files alone, and following it over time.
//!
//! Everything is derived again from the entries: leaf hashes, every tile, the root. What the log's own hashes say is only
//! compared. The first thing found wrong is named by its index, since that is what one asks for in a dispute.

use super::{
    checkpoint::{Checkpoint, CheckpointError, Origin, SignedCheckpoint},
    merkle::{CompleteTile, Frontier, NodeReader, ProofError, TreeHash, check_consistency, consistency_proof},
    name::LogName,
    note::{NoteError, NoteVerifier},
    tile::{Contents, NodeError, TILE_HEIGHT, TILE_WIDTH, Tile, TileNodes, decode_entries, decode_hashes},
};

/// Longest file asked of a log: a bundle of 256 longest entries fits.
pub const FILE_BYTES: u64 = 1 << 25;

/// Why nothing could be learnt from a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the log cannot be read: {0}")]
pub struct SourceError(pub String);

/// Where the public files of one log come from.
///
/// Contract: [`Self::log`] is the log that was asked for, whatever answers. `path` is relative to the log's prefix (`checkpoint`, `tile/…`). `Ok(None)` means that the log says it has no
/// such file; an error means that nothing is known. At most [`FILE_BYTES`] are answered.
pub trait LogSource {
    /// Which log this is meant to be.
    fn log(&self) -> LogName;

    /// Fetches a file.
    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError>;
}

/// Why a log is not, or could not be, verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Nothing can be said about the log.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Its checkpoint is not one to trust.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A file that the checkpoint promises is not there.
    #[error("`{path}` is missing although the checkpoint covers it; the log does not show what it signed")]
    Missing {
        /// Which file.
        path: String,
    },
    /// A file has the wrong length or form.
    #[error("`{path}` is not what its path says, around entry {index}; the log was altered or the copy is broken")]
    Malformed {
        /// Which file.
        path: String,
        /// The first entry it concerns.
        index: u64,
    },
    /// An entry and its leaf hash differ.
    #[error("entry {index} does not match its hash; it is the first that was altered")]
    Entry {
        /// Which entry.
        index: u64,
    },
    /// The entries under a hash of a higher tile do not lead to it.
    #[error("entries {first} to {last} do not lead to the hash in `{path}`; one of them or the tile was altered")]
    Tile {
        /// The tile that holds the hash.
        path: String,
        /// First entry under it.
        first: u64,
        /// Last entry under it.
        last: u64,
    },
    /// All entries and tiles agree, but not with what was signed.
    #[error("the {size} entries do not lead to the signed root; the log shows something else than it signed")]
    Root {
        /// Size of the tree.
        size: u64,
    },
    /// The log is shown shorter than it was seen before.
    #[error(
        "the log shows {shown} entries, and {remembered} were seen before: an older copy of it was restored, or what followed is \
         withheld; ask the operator, and keep what you remember"
    )]
    Older {
        /// Size of the checkpoint that is shown.
        shown: u64,
        /// Size of the remembered checkpoint.
        remembered: u64,
    },
    /// The log does not continue what was seen before.
    #[error("the log does not continue the remembered checkpoint of {remembered} entries: {reason}")]
    NotContinued {
        /// Size of the remembered checkpoint.
        remembered: u64,
        /// What is wrong.
        reason: ProofError,
    },
    /// A log of another name answers, such as the liability log where the audit log is asked for.
    #[error("the log `{origin}` is shown in place of the {log} log; the server shows one log as another")]
    NotTheLog {
        /// Which log was asked for.
        log: LogName,
        /// The origin of the log that answers.
        origin: Origin,
    },
    /// Another log answers than the one that answered before.
    #[error("the log `{origin}` is shown where `{remembered}` was before; ask the operator what became of that")]
    OtherLog {
        /// The origin of the log that answers.
        origin: Origin,
        /// The remembered origin.
        remembered: Origin,
    },
}

impl VerifyError {
    /// Whether the log was found wrong, as opposed to not found out about. What is no note, or is signed by nobody known, may
    /// come from anywhere, so it says nothing about the log.
    #[must_use]
    pub const fn is_verdict(&self) -> bool {
        let says_nothing = matches!(
            self,
            Self::Source(_)
                | Self::Checkpoint(CheckpointError::Note(NoteError::Malformed { .. } | NoteError::Unsigned))
        );
        !says_nothing
    }
}

/// Fetches the checkpoint, derives the whole tree from the entries and compares every tile and the root.
///
/// # Errors
/// Every [`VerifyError`] but those about a remembered checkpoint.
pub fn verify_log(source: &impl LogSource, known: &[&NoteVerifier]) -> Result<SignedCheckpoint, VerifyError> {
    let signed = latest_checkpoint(source, known)?;
    verify_tree(source, signed.checkpoint(), |_| {})?;
    Ok(signed)
}

/// Derives the tree of a checkpoint from the entries and compares every tile and the root; `seen` is told how many entries
/// are done.
///
/// # Errors
/// [`VerifyError`] about the source, missing or malformed files, entries, tiles and the root.
pub fn verify_tree(
    source: &impl LogSource,
    checkpoint: &Checkpoint,
    mut seen: impl FnMut(u64),
) -> Result<(), VerifyError> {
    let size = checkpoint.size;
    let mut frontier = Frontier::default();
    let mut nodes = public_nodes(source, size);
    for index in 0..size.div_ceil(TILE_WIDTH) {
        let mut completed = Vec::new();
        for hash in checked_leaves(source, index, size)? {
            frontier.append(hash, |tile| completed.push(tile));
        }
        completed.into_iter().try_for_each(|tile| check_tile(&mut nodes, &tile, size))?;
        seen(frontier.size());
    }
    if frontier.root() == Some(checkpoint.root) { Ok(()) } else { Err(VerifyError::Root { size }) }
}

/// Fetches the checkpoint and demands that it continues the one `remembered`.
///
/// # Errors
/// Those of [`require_continued`] and of the checkpoint.
pub fn follow_log(
    source: &impl LogSource,
    known: &[&NoteVerifier],
    remembered: &Checkpoint,
) -> Result<SignedCheckpoint, VerifyError> {
    let signed = latest_checkpoint(source, known)?;
    require_continued(source, signed.checkpoint(), remembered)?;
    Ok(signed)
}

/// Demands that the checkpoint `now` of a log continues the one `remembered`.
///
/// # Errors
/// [`VerifyError::Older`], [`VerifyError::NotContinued`], [`VerifyError::OtherLog`], and those of missing tiles.
pub fn require_continued(
    source: &impl LogSource,
    now: &Checkpoint,
    remembered: &Checkpoint,
) -> Result<(), VerifyError> {
    if now.origin != remembered.origin {
        let (origin, remembered) = (now.origin.clone(), remembered.origin.clone());
        return Err(VerifyError::OtherLog { origin, remembered });
    }
    if now.size < remembered.size {
        return Err(VerifyError::Older { shown: now.size, remembered: remembered.size });
    }
    require_contained(source, now, remembered)
}

/// Demands that the log of the checkpoint `now`, whatever its name, contains all of the one `remembered`, which is not longer.
///
/// # Errors
/// [`VerifyError::NotContinued`], and those of missing tiles.
pub fn require_contained(
    source: &impl LogSource,
    now: &Checkpoint,
    remembered: &Checkpoint,
) -> Result<(), VerifyError> {
    let proof = consistency_proof(&mut public_nodes(source, now.size), remembered.size, now.size);
    let proof = proof.map_err(|error| unreadable(error, now.size))?.unwrap_or_default();
    check_consistency((remembered.size, remembered.root), (now.size, now.root), &proof)
        .map_err(|reason| VerifyError::NotContinued { remembered: remembered.size, reason })
}

/// Fetches the checkpoint that the log shows now; nothing it covers is looked at.
///
/// # Errors
/// [`VerifyError::Source`], [`VerifyError::Checkpoint`], [`VerifyError::NotTheLog`].
pub fn latest_checkpoint(source: &impl LogSource, known: &[&NoteVerifier]) -> Result<SignedCheckpoint, VerifyError> {
    let note = source.fetch("checkpoint")?;
    let note = note.ok_or_else(|| SourceError("there is no checkpoint yet, or no log at this address".to_owned()))?;
    let signed = SignedCheckpoint::open(&note, known)?;
    let (log, origin) = (source.log(), &signed.checkpoint().origin);
    // A pinned key of one log must not vouch for another.
    if origin.is_of(log) { Ok(signed) } else { Err(VerifyError::NotTheLog { log, origin: origin.clone() }) }
}

fn fetch_tile(source: &impl LogSource, tile: &Tile) -> Result<Vec<u8>, VerifyError> {
    let path = tile.to_string();
    source.fetch(&path)?.ok_or(VerifyError::Missing { path })
}

fn fetch_hashes(source: &impl LogSource, tile: &Tile) -> Result<Vec<TreeHash>, VerifyError> {
    let bytes = fetch_tile(source, tile)?;
    decode_hashes(&bytes, tile).ok_or_else(|| malformed(tile))
}

fn malformed(tile: &Tile) -> VerifyError {
    let level = match tile.contents {
        Contents::Hashes { level } => u32::from(level),
        Contents::Entries => 0,
    };
    let index = tile.first_item().and_then(|item| item.checked_shl(level * TILE_HEIGHT));
    VerifyError::Malformed { path: tile.to_string(), index: index.unwrap_or(u64::MAX) }
}

fn public_nodes<'a, S: LogSource>(
    source: &'a S,
    size: u64,
) -> impl NodeReader<Error = NodeError<VerifyError>> + use<'a, S> {
    TileNodes::new(size, move |tile: &Tile| fetch_hashes(source, tile))
}

fn unreadable(error: NodeError<VerifyError>, size: u64) -> VerifyError {
    match error {
        NodeError::Fetch(error) => error,
        NodeError::NotInTree => VerifyError::Root { size },
    }
}

/// The leaf hashes of a bundle, derived from its entries and compared with the tile of level 0.
fn checked_leaves(source: &impl LogSource, index: u64, size: u64) -> Result<Vec<TreeHash>, VerifyError> {
    let in_tree = |contents| Tile::in_tree(contents, index, size).ok_or(VerifyError::Root { size });
    let (bundle, tile) = (in_tree(Contents::Entries)?, in_tree(Contents::Hashes { level: 0 })?);
    let entries = decode_entries(&fetch_tile(source, &bundle)?, &bundle).ok_or_else(|| malformed(&bundle))?;
    let derived: Vec<_> = entries.iter().map(|entry| TreeHash::of_leaf(entry)).collect();
    let stored = fetch_hashes(source, &tile)?;
    match derived.iter().zip(&stored).position(|(derived, stored)| derived != stored) {
        Some(offset) => Err(VerifyError::Entry { index: index * TILE_WIDTH + offset as u64 }),
        None => Ok(derived),
    }
}

/// Compares a completed tile's root with the hash that the level above holds for it.
fn check_tile<R>(nodes: &mut R, tile: &CompleteTile, size: u64) -> Result<(), VerifyError>
where
    R: NodeReader<Error = NodeError<VerifyError>>,
{
    let height = u32::from(tile.level) * TILE_HEIGHT;
    let stored = nodes.node(height, tile.position).map_err(|error| unreadable(error, size))?;
    if stored == tile.hash {
        return Ok(());
    }
    let contents = Contents::Hashes { level: tile.level };
    let path = Tile::in_tree(contents, tile.position / TILE_WIDTH, size).map(|tile| tile.to_string());
    let first = tile.position << height;
    Err(VerifyError::Tile { path: path.unwrap_or_default(), first, last: first + (1 << height) - 1 })
}
