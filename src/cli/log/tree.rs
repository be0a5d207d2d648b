//! Recomputing a log: every entry is hashed, every tile compared, and the root must be the checkpoint's.
//!
//! Nothing is taken from the log but its entries: tiles are only compared with what the entries give. Memory stays that of
//! one tile per level.

use std::collections::BTreeMap;

use chancery_base::logs::{
    Checkpoint, CompleteTile, Contents, Entry, Frontier, TILE_WIDTH, Tile, TreeHash, decode_entries, decode_hashes,
};

/// Where a log's bytes are not what they must be; the first place that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TreeFault {
    /// A bundle or tile has another number of items than its place in the tree calls for.
    Malformed {
        /// Its path.
        tile: String,
    },
    /// An entry does not have the hash that the tree has in its place.
    Entry {
        /// Its index.
        index: u64,
    },
    /// An entry is no entry of this kind of log.
    Form {
        /// Its index.
        index: u64,
    },
    /// A tile above the leaves is not what the leaves give.
    Tile {
        /// Its path.
        tile: String,
    },
    /// The leaves do not give the root.
    Root {
        /// What they give.
        found: Option<TreeHash>,
    },
}

/// Either the log is what its checkpoint says, or the first fault.
pub type Verified = Result<(), TreeFault>;

/// Recomputes the log of `checkpoint`; `fetch` answers a tile's bytes, `seen` is told how many entries are done.
///
/// # Errors
/// Those of `fetch`; faults of the log are an answer.
pub fn verify<E>(
    checkpoint: &Checkpoint,
    fetch: impl FnMut(&Tile) -> Result<Vec<u8>, E>,
    seen: impl Fn(u64),
) -> Result<Verified, E> {
    let mut walk = Walk { size: checkpoint.size, frontier: Frontier::default(), levels: BTreeMap::new(), fetch };
    for bundle in 0..checkpoint.size.div_ceil(TILE_WIDTH) {
        if let Err(fault) = walk.bundle(bundle)? {
            return Ok(Err(fault));
        }
        seen(walk.frontier.size());
    }
    if let Err(fault) = walk.partial_tiles()? {
        return Ok(Err(fault));
    }
    let found = walk.frontier.root();
    Ok(if found == Some(checkpoint.root) { Ok(()) } else { Err(TreeFault::Root { found }) })
}

struct Walk<F> {
    size: u64,
    frontier: Frontier,
    /// Per tile level above the leaves, the hashes of the tile that is being filled.
    levels: BTreeMap<u8, Vec<CompleteTile>>,
    fetch: F,
}

impl<E, F: FnMut(&Tile) -> Result<Vec<u8>, E>> Walk<F> {
    /// Hashes the entries of one bundle and compares them with the leaves' tile.
    fn bundle(&mut self, index: u64) -> Result<Verified, E> {
        let places = [Contents::Entries, Contents::Hashes { level: 0 }].map(|it| Tile::in_tree(it, index, self.size));
        let [Some(bundle), Some(tile)] = places else { return Ok(Ok(())) };
        let Some(entries) = decode_entries(&(self.fetch)(&bundle)?, &bundle) else {
            return Ok(Err(TreeFault::Malformed { tile: bundle.to_string() }));
        };
        let Some(hashes) = decode_hashes(&(self.fetch)(&tile)?, &tile) else {
            return Ok(Err(TreeFault::Malformed { tile: tile.to_string() }));
        };
        for (entry, hash) in entries.iter().zip(hashes) {
            let index = self.frontier.size();
            if TreeHash::of_leaf(entry) != hash {
                return Ok(Err(TreeFault::Entry { index }));
            }
            if Entry::try_from(entry.as_slice()).is_err() {
                return Ok(Err(TreeFault::Form { index }));
            }
            self.frontier.append(hash, |completed| self.levels.entry(completed.level).or_default().push(completed));
        }
        self.full_tiles()
    }

    /// Compares the tiles above the leaves that have become full.
    fn full_tiles(&mut self) -> Result<Verified, E> {
        let full = |hashes: &Vec<CompleteTile>| hashes.len() as u64 == TILE_WIDTH;
        let levels: Vec<u8> = self.levels.iter().filter(|(_, hashes)| full(hashes)).map(|(level, _)| *level).collect();
        self.compare(levels)
    }

    /// Compares the tiles at the right edge.
    fn partial_tiles(&mut self) -> Result<Verified, E> {
        let levels = self.levels.iter().filter(|(_, hashes)| !hashes.is_empty()).map(|(level, _)| *level).collect();
        self.compare(levels)
    }

    fn compare(&mut self, levels: Vec<u8>) -> Result<Verified, E> {
        for level in levels {
            let own = self.levels.remove(&level).unwrap_or_default();
            let index = own.first().map_or(0, |first| first.position / TILE_WIDTH);
            let Some(tile) = Tile::in_tree(Contents::Hashes { level }, index, self.size) else { continue };
            let Some(hashes) = decode_hashes(&(self.fetch)(&tile)?, &tile) else {
                return Ok(Err(TreeFault::Malformed { tile: tile.to_string() }));
            };
            if !hashes.into_iter().eq(own.iter().map(|complete| complete.hash)) {
                return Ok(Err(TreeFault::Tile { tile: tile.to_string() }));
            }
        }
        Ok(Ok(()))
    }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
