//! Tiles and entry bundles: how a log is served as static files (C2SP tlog-tiles v0.1.0).
//!
//! A tile at level L and index N holds up to 256 hashes, each the root of a complete subtree of 256^L leaves. A bundle holds
//! the entries under a tile of level 0. Both may be partial at the right edge. Paths are read strictly: one spelling each.

use std::{fmt, str::FromStr};

use super::merkle::{NodeReader, TreeHash};
use crate::values::Invalid;

/// Levels of the tree in one tile.
pub const TILE_HEIGHT: u32 = 8;
/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u64 = 1 << TILE_HEIGHT;
/// Longest entry in bytes: its length is written in 16 bits.
pub const ENTRY_BYTES: usize = u16::MAX as usize;
/// Highest level a tile path may name.
const LEVEL_LIMIT: u8 = 63;
/// Digits in each group of an index.
const GROUP_DIGITS: usize = 3;
const GROUP_SIZE: u64 = 1_000;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Contents {
    /// Hashes of a tile level.
    Hashes {
        /// 0 to 63; 0 are the leaves.
        level: u8,
    },
    /// The entries themselves.
    Entries,
}

/// A tile or bundle: what it holds, its index and how many items it has.
///
/// ```
/// use chancery_base::logs::{Contents, Tile};
/// let tile: Tile = "tile/0/x001/x234/067.p/8".parse()?;
/// assert_eq!((tile.contents, tile.index, tile.width()), (Contents::Hashes { level: 0 }, 1_234_067, 8));
/// assert_eq!(tile.to_string(), "tile/0/x001/x234/067.p/8");
/// # Ok::<(), chancery_base::values::Invalid>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    /// What it holds.
    pub contents: Contents,
    /// Which one of its level.
    pub index: u64,
    /// INVARIANT: 1 to 256.
    width: u64,
}

impl Tile {
    /// The tile at `index` as it stands in a tree of `size` leaves; `None` where the tree does not reach.
    #[must_use]
    pub fn in_tree(contents: Contents, index: u64, size: u64) -> Option<Self> {
        let tile = Self { contents, index, width: TILE_WIDTH };
        let available = tile.items_in_tree(size).checked_sub(tile.first_item()?)?;
        (available > 0).then_some(Self { width: available.min(TILE_WIDTH), ..tile })
    }

    /// Number of items, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u64 {
        self.width
    }

    /// Index of the first item among all of its level; `None` beyond what a tree can hold.
    #[must_use]
    pub const fn first_item(&self) -> Option<u64> {
        self.index.checked_mul(TILE_WIDTH)
    }

    /// Whether all its items exist in a tree of `size` leaves.
    #[must_use]
    pub fn is_in_tree(&self, size: u64) -> bool {
        let end = self.first_item().and_then(|first| first.checked_add(self.width));
        end.is_some_and(|end| end <= self.items_in_tree(size))
    }

    /// How many items of this kind and level a tree of `size` leaves has.
    fn items_in_tree(&self, size: u64) -> u64 {
        match self.contents {
            Contents::Entries => size,
            Contents::Hashes { level } => size.checked_shr(u32::from(level) * TILE_HEIGHT).unwrap_or(0),
        }
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.contents {
            Contents::Hashes { level } => write!(formatter, "tile/{level}/")?,
            Contents::Entries => formatter.write_str("tile/entries/")?,
        }
        write_index(formatter, self.index)?;
        if self.width < TILE_WIDTH { write!(formatter, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Writes groups of three digits, all but the last marked with `x`.
fn write_index(formatter: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let mut groups = vec![index % GROUP_SIZE];
    let mut rest = index / GROUP_SIZE;
    while rest > 0 {
        groups.push(rest % GROUP_SIZE);
        rest /= GROUP_SIZE;
    }
    while groups.len() > 1 {
        write!(formatter, "x{:03}/", groups.pop().unwrap_or_default())?;
    }
    write!(formatter, "{:03}", groups.pop().unwrap_or_default())
}

impl FromStr for Tile {
    type Err = Invalid;

    fn from_str(path: &str) -> Result<Self, Invalid> {
        parse(path)
            // Reading is lenient about leading zeros; writing is not.
            .filter(|tile| tile.to_string() == path)
            .ok_or_else(|| Invalid::new(path, "a tile's path (tile/<level>/<index>[.p/<width>] or tile/entries/…)"))
    }
}

fn parse(path: &str) -> Option<Tile> {
    let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let contents = match kind {
        "entries" => Contents::Entries,
        level => Contents::Hashes { level: decimal(level)?.try_into().ok().filter(|level| *level <= LEVEL_LIMIT)? },
    };
    let (index, width) = match rest.split_once(".p/") {
        Some((index, width)) => (index, decimal(width).filter(|width| (1..TILE_WIDTH).contains(width))?),
        None => (rest, TILE_WIDTH),
    };
    Some(Tile { contents, index: parse_index(index)?, width })
}

fn parse_index(text: &str) -> Option<u64> {
    text.split('/').try_fold(0_u64, |index, group| {
        let digits = group.strip_prefix('x').unwrap_or(group);
        let value = decimal(digits).filter(|_| digits.len() == GROUP_DIGITS)?;
        index.checked_mul(GROUP_SIZE)?.checked_add(value)
    })
}

/// Digits only: unlike `parse`, no sign.
fn decimal(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Writes hashes as a tile's bytes.
#[must_use]
pub fn encode_hashes(hashes: &[TreeHash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.as_bytes()).copied().collect()
}

/// Reads a tile's bytes; `None` unless there are exactly as many hashes as the tile is wide.
#[must_use]
pub fn decode_hashes(bytes: &[u8], tile: &Tile) -> Option<Vec<TreeHash>> {
    let expected = tile.width.checked_mul(TreeHash::LENGTH as u64)?;
    if bytes.len() as u64 != expected {
        return None;
    }
    bytes.chunks_exact(TreeHash::LENGTH).map(TreeHash::from_slice).collect()
}

/// Writes entries as a bundle: each with its length in 16 bits before it, big-endian. `None` when one is too long.
#[must_use]
pub fn encode_entries<E: AsRef<[u8]>>(entries: &[E]) -> Option<Vec<u8>> {
    let mut bundle = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.as_ref().len()).ok()?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry.as_ref());
    }
    Some(bundle)
}

/// Reads a bundle; `None` unless there are exactly as many entries as the bundle is wide and nothing after them.
#[must_use]
pub fn decode_entries(mut bytes: &[u8], tile: &Tile) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    for _ in 0..tile.width {
        let (length, rest) = bytes.split_first_chunk()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry.to_vec());
        bytes = rest;
    }
    bytes.is_empty().then_some(entries)
}

/// Reads a tree's nodes out of its tiles, holding the tile read last of each level.
pub struct TileNodes<F> {
    size: u64,
    fetch: F,
    held: Vec<(Tile, Vec<TreeHash>)>,
}

impl<E, F: FnMut(&Tile) -> Result<Vec<TreeHash>, E>> TileNodes<F> {
    /// Reads the tree of `size` leaves; `fetch` answers the hashes of a tile, as many as it is wide.
    pub fn new(size: u64, fetch: F) -> Self {
        Self { size, fetch, held: Vec::new() }
    }

    fn tile(&mut self, tile: Tile) -> Result<&[TreeHash], E> {
        let held = self.held.iter().position(|(held, _)| *held == tile);
        if held.is_none() {
            let hashes = (self.fetch)(&tile)?;
            self.held.retain(|(held, _)| held.contents != tile.contents);
            self.held.push((tile, hashes));
        }
        let found = self.held.iter().find(|(held, _)| *held == tile);
        Ok(found.map_or(&[], |(_, hashes)| hashes))
    }
}

/// Why a node could not be read from tiles.
#[derive(Debug, PartialEq, Eq)]
pub enum NodeError<E> {
    /// A tile could not be fetched.
    Fetch(E),
    /// The node is not in the tree, or a tile has fewer hashes than its width says.
    NotInTree,
}

impl<E, F: FnMut(&Tile) -> Result<Vec<TreeHash>, E>> NodeReader for TileNodes<F> {
    type Error = NodeError<E>;

    fn node(&mut self, level: u32, index: u64) -> Result<TreeHash, NodeError<E>> {
        let (tile_level, height) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let contents = Contents::Hashes { level: u8::try_from(tile_level).map_err(|_| NodeError::NotInTree)? };
        let first = index << height;
        let tile = Tile::in_tree(contents, first / TILE_WIDTH, self.size).ok_or(NodeError::NotInTree)?;
        let hashes = self.tile(tile).map_err(NodeError::Fetch)?;
        let offset = usize::try_from(first % TILE_WIDTH).map_err(|_| NodeError::NotInTree)?;
        let subtree = hashes.get(offset..offset + (1 << height)).ok_or(NodeError::NotInTree)?;
        TreeHash::of_complete(subtree).ok_or(NodeError::NotInTree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(contents: Contents, index: u64, width: u64) -> String {
        Tile { contents, index, width }.to_string()
    }

    #[test]
    fn paths_are_those_of_the_standard() {
        let level = |level| Contents::Hashes { level };
        assert_eq!(path(level(0), 0, 256), "tile/0/000");
        assert_eq!(path(level(0), 273, 112), "tile/0/273.p/112");
        assert_eq!(path(level(63), 999, 255), "tile/63/999.p/255");
        assert_eq!(path(Contents::Entries, 1_234_067, 256), "tile/entries/x001/x234/067");
        assert_eq!(path(level(2), 1_000, 1), "tile/2/x001/000.p/1");
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for good in ["tile/0/000", "tile/entries/x001/000.p/1", "tile/63/x999/x999/999.p/255"] {
            assert_eq!(good.parse::<Tile>().unwrap().to_string(), good);
        }
        for refused in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/00",
            "tile/0/0000",
            "tile/00/000",
            "tile/64/000",
            "tile/+1/000",
            "tile/-1/000",
            "tile/0/x000/000",
            "tile/0/000/000",
            "tile/0/x001",
            "tile/0/x001/x000",
            "tile/0/001/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/+1",
            "tile/0/000.p/",
            "tile/0/000.p/1/",
            "/tile/0/000",
            "tile/0/000/",
            "tile/8/0/000",
            "tile/data/000",
            "tile/0/+01",
            "tile/0/ 01",
            "tile/0/..",
            "tile/0/x099/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert!(refused.parse::<Tile>().is_err(), "{refused}");
        }
    }

    #[test]
    fn widths_follow_the_size_of_the_tree() {
        let width = |level, index, size| Tile::in_tree(Contents::Hashes { level }, index, size).map(|tile| tile.width);
        assert_eq!((width(0, 0, 0), width(0, 0, 1), width(0, 0, 256)), (None, Some(1), Some(256)));
        assert_eq!((width(1, 0, 255), width(1, 0, 256), width(0, 1, 256)), (None, Some(1), None));
        assert_eq!((width(0, 273, 70_000), width(1, 1, 70_000), width(2, 0, 70_000)), (Some(112), Some(17), Some(1)));
        assert_eq!(width(0, u64::MAX, u64::MAX), None);
        assert!("tile/0/000.p/7".parse::<Tile>().unwrap().is_in_tree(7));
        assert!(!"tile/0/000.p/8".parse::<Tile>().unwrap().is_in_tree(7));
        assert!(!"tile/63/000.p/1".parse::<Tile>().unwrap().is_in_tree(u64::MAX));
    }

    #[test]
    fn bundles_hold_exactly_their_entries() {
        let tile = Tile { contents: Contents::Entries, index: 0, width: 3 };
        let entries = [vec![1, 2, 3], Vec::new(), vec![7; ENTRY_BYTES]];
        let bundle = encode_entries(&entries).unwrap();
        assert_eq!(&bundle[..7], [0, 3, 1, 2, 3, 0, 0]);
        assert_eq!(decode_entries(&bundle, &tile).unwrap(), entries);
        assert!(decode_entries(&bundle[..bundle.len() - 1], &tile).is_none());
        assert!(decode_entries(&[bundle.as_slice(), &[0]].concat(), &tile).is_none());
        assert!(decode_entries(&bundle, &Tile { width: 2, ..tile }).is_none());
        assert!(decode_entries(&bundle, &Tile { width: 4, ..tile }).is_none());
        assert!(encode_entries(&[vec![0; ENTRY_BYTES + 1]]).is_none());
    }

    #[test]
    fn tiles_hold_exactly_their_hashes() {
        let tile = Tile { contents: Contents::Hashes { level: 0 }, index: 0, width: 2 };
        let hashes = [TreeHash::of_leaf(b"a"), TreeHash::of_leaf(b"b")];
        let bytes = encode_hashes(&hashes);
        assert_eq!(decode_hashes(&bytes, &tile).unwrap(), hashes);
        assert!(decode_hashes(&bytes[1..], &tile).is_none());
        assert!(decode_hashes(&bytes[..32], &tile).is_none());
    }
}
