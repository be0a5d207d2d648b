//! The Merkle tree of RFC 6962, section 2.1, over SHA-256: hashes, roots and proofs.
//!
//! A *node* at level L and index N is the root of a complete subtree over the leaves N·2^L up to (not including)
//! (N+1)·2^L; level 0 are the leaf hashes. A tree of any size is put together from complete subtrees, largest first. The last
//! leaf is never doubled. Nothing here knows where hashes are kept: generating takes a [`NodeReader`].

mod check;
mod frontier;
mod prove;

pub use check::{ProofError, check_consistency, check_inclusion};
pub use frontier::{CompleteTile, Frontier};
pub use prove::{NodeReader, consistency_proof, inclusion_proof, root};

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::values::Invalid;

/// RFC 6962, section 2.1: what a leaf's hash starts with, so that no leaf can pass for a node.
const LEAF_PREFIX: [u8; 1] = [0x00];
/// RFC 6962, section 2.1: what a node's hash starts with.
const NODE_PREFIX: [u8; 1] = [0x01];

/// The hash of a leaf, a node or a whole tree; written as standard base64, as the log formats do.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TreeHash([u8; Self::LENGTH]);

impl TreeHash {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// Takes bytes that are a hash.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Takes a slice; `None` unless it has 32 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// The root of the tree without leaves: the hash of nothing.
    #[must_use]
    pub fn of_empty_tree() -> Self {
        Self(Sha256::digest(b"").into())
    }

    /// The hash of a leaf holding `entry`.
    #[must_use]
    pub fn of_leaf(entry: &[u8]) -> Self {
        Self(Sha256::new_with_prefix(LEAF_PREFIX).chain_update(entry).finalize().into())
    }

    /// The hash of a node over its two halves.
    #[must_use]
    pub fn of_node(left: Self, right: Self) -> Self {
        Self(Sha256::new_with_prefix(NODE_PREFIX).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// The root over a complete subtree's hashes; `None` unless their number is a power of two.
    #[must_use]
    pub fn of_complete(hashes: &[Self]) -> Option<Self> {
        if !hashes.len().is_power_of_two() {
            return None;
        }
        let mut level = hashes.to_vec();
        while level.len() > 1 {
            level = level.chunks_exact(2).filter_map(of_pair).collect();
        }
        level.pop()
    }
}

fn of_pair(pair: &[TreeHash]) -> Option<TreeHash> {
    Some(TreeHash::of_node(*pair.first()?, *pair.get(1)?))
}

impl fmt::Display for TreeHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "tree-hash:{self}")
    }
}

impl FromStr for TreeHash {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bytes = STANDARD.decode(text).ok();
        bytes
            .and_then(|bytes| Self::from_slice(&bytes))
            .ok_or_else(|| Invalid::new(text, "a tree hash (32 bytes in base64)"))
    }
}

#[cfg(test)]
pub(super) mod tests;
