//! The right edge of a growing tree: what must be known to append leaves and to compute the root, and no more.
//!
//! Kept in the shape of tiles (256 hashes each, C2SP tlog-tiles): per tile level, the hashes of the last, incomplete tile.
//! A tile that becomes complete yields one hash of the level above.

use super::{NodeReader, TreeHash, root};
use crate::logs::tile::{TILE_HEIGHT, TILE_WIDTH};

/// A tile that appending leaves completed: its root, which is a hash of the tile level above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompleteTile {
    /// Tile level of `hash`, at least 1.
    pub level: u8,
    /// Index of `hash` among all hashes of that level.
    pub position: u64,
    /// Root of the completed tile.
    pub hash: TreeHash,
}

/// The right edge of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// INVARIANT: element L holds the last `(size >> 8·L) mod 256` hashes of tile level L.
    edges: Vec<Vec<TreeHash>>,
}

impl Frontier {
    /// Reads the right edge of the tree of `size` leaves: `hashes(level, start, count)` answers the hashes `start..start +
    /// count` of a tile level.
    ///
    /// # Errors
    /// Those of `hashes`; `Ok(None)` when it answers another number of hashes than asked for.
    pub fn load<E>(
        size: u64,
        mut hashes: impl FnMut(u8, u64, u64) -> Result<Vec<TreeHash>, E>,
    ) -> Result<Option<Self>, E> {
        let mut edges = Vec::new();
        for level in 0_u8.. {
            let Some(count) = size.checked_shr(u32::from(level) * TILE_HEIGHT).filter(|count| *count > 0) else {
                break;
            };
            let width = count % TILE_WIDTH;
            let edge = if width == 0 { Vec::new() } else { hashes(level, count - width, width)? };
            if edge.len() as u64 != width {
                return Ok(None);
            }
            edges.push(edge);
        }
        Ok(Some(Self { size, edges }))
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends one leaf and tells each tile that this completes, lowest level first.
    pub fn append(&mut self, leaf: TreeHash, mut completed: impl FnMut(CompleteTile)) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0_u8..=u8::MAX {
            match self.push(level, hash) {
                None => return,
                Some(tile_root) => hash = tile_root,
            }
            let above = level.saturating_add(1);
            let count = self.size >> (u32::from(above) * TILE_HEIGHT);
            completed(CompleteTile { level: above, position: count.saturating_sub(1), hash });
        }
    }

    /// Adds a hash to a level's last tile; empties the tile and answers its root when that completes it.
    fn push(&mut self, level: u8, hash: TreeHash) -> Option<TreeHash> {
        if self.edges.len() <= usize::from(level) {
            self.edges.resize_with(usize::from(level) + 1, Vec::new);
        }
        let edge = self.edges.get_mut(usize::from(level))?;
        edge.push(hash);
        if (edge.len() as u64) < TILE_WIDTH {
            return None;
        }
        TreeHash::of_complete(&std::mem::take(edge))
    }

    /// The root of the tree; `None` only for a frontier that was loaded from wrong hashes.
    #[must_use]
    pub fn root(&self) -> Option<TreeHash> {
        root(&mut Edge(self), self.size).ok()
    }
}

/// Reads the nodes along the right edge, all of which lie in the incomplete tiles.
struct Edge<'a>(&'a Frontier);

impl NodeReader for Edge<'_> {
    type Error = ();

    fn node(&mut self, level: u32, index: u64) -> Result<TreeHash, ()> {
        let (tile_level, height) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let offset = usize::try_from((index << height) % TILE_WIDTH).map_err(|_| ())?;
        let edge = self.0.edges.get(tile_level as usize).ok_or(())?;
        let hashes = edge.get(offset..offset + (1 << height)).ok_or(())?;
        TreeHash::of_complete(hashes).ok_or(())
    }
}
