//! Checking proofs by the algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2, without any stored hash.

use super::TreeHash;

/// Why a proof was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf's index is not below the size of the tree.
    #[error("leaf {index} is not in a tree of {size} leaves; ask for a proof against a later checkpoint")]
    OutOfRange {
        /// The leaf.
        index: u64,
        /// The tree.
        size: u64,
    },
    /// The tree to be extended is larger than the one that should extend it.
    #[error("a tree of {size} leaves cannot extend one of {old_size}: the log went backwards")]
    Backwards {
        /// The earlier tree.
        old_size: u64,
        /// The later tree.
        size: u64,
    },
    /// The proof has a hash too many or too few.
    #[error("the proof does not have the number of hashes that the sizes call for; ask for it again")]
    WrongLength,
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root of the checkpoint; keep both, they are evidence")]
    WrongRoot,
}

/// The root that `leaf` at `index` and its `proof` lead to in a tree of `size` leaves.
///
/// # Errors
/// [`ProofError::OutOfRange`] and [`ProofError::WrongLength`].
fn root_of_inclusion(leaf: TreeHash, index: u64, size: u64, proof: &[TreeHash]) -> Result<TreeHash, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange { index, size });
    }
    let mut path = Path { node: index, last: size - 1 };
    let mut hash = leaf;
    for &sibling in proof {
        let side = path.rise().ok_or(ProofError::WrongLength)?;
        hash = side.join(sibling, hash);
    }
    if path.is_at_root() { Ok(hash) } else { Err(ProofError::WrongLength) }
}

/// Checks that `leaf` is at `index` in the tree of `size` leaves with `root`.
///
/// # Errors
/// Every [`ProofError`] but [`ProofError::Backwards`].
pub fn check_inclusion(
    leaf: TreeHash,
    index: u64,
    size: u64,
    root: TreeHash,
    proof: &[TreeHash],
) -> Result<(), ProofError> {
    equal(root_of_inclusion(leaf, index, size, proof)?, root)
}

/// Checks that the tree of `old_size` leaves with `old_root` is the beginning of the tree of `size` leaves with `root`.
///
/// # Errors
/// Every [`ProofError`] but [`ProofError::OutOfRange`].
pub fn check_consistency(
    (old_size, old_root): (u64, TreeHash),
    (size, root): (u64, TreeHash),
    proof: &[TreeHash],
) -> Result<(), ProofError> {
    if old_size > size {
        return Err(ProofError::Backwards { old_size, size });
    }
    if old_size == 0 || old_size == size {
        let implied_root = if old_size == 0 { TreeHash::of_empty_tree() } else { root };
        equal(old_root, implied_root)?;
        return if proof.is_empty() { Ok(()) } else { Err(ProofError::WrongLength) };
    }
    // The largest complete subtree at the old tree's right edge: both walks start there. The proof leaves it out when it is
    // the whole old tree.
    let level = old_size.trailing_zeros();
    let (start, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(ProofError::WrongLength)?;
        (*first, rest)
    };
    let mut path = Path { node: (old_size - 1) >> level, last: (size - 1) >> level };
    let (mut old_hash, mut hash) = (start, start);
    for &sibling in rest {
        let side = path.rise().ok_or(ProofError::WrongLength)?;
        if side == Side::Left {
            old_hash = side.join(sibling, old_hash);
        }
        hash = side.join(sibling, hash);
    }
    if !path.is_at_root() {
        return Err(ProofError::WrongLength);
    }
    equal(old_hash, old_root)?;
    equal(hash, root)
}

fn equal(found: TreeHash, expected: TreeHash) -> Result<(), ProofError> {
    if found == expected { Ok(()) } else { Err(ProofError::WrongRoot) }
}

/// Which side of a node its sibling is on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Side {
    fn join(self, sibling: TreeHash, hash: TreeHash) -> TreeHash {
        match self {
            Self::Left => TreeHash::of_node(sibling, hash),
            Self::Right => TreeHash::of_node(hash, sibling),
        }
    }
}

/// A walk from a node to the root; `last` is the index of the last node at the same level.
struct Path {
    node: u64,
    last: u64,
}

impl Path {
    fn is_at_root(&self) -> bool {
        self.last == 0
    }

    /// Goes up to the next node that has a sibling below it and says on which side; `None` at the root.
    fn rise(&mut self) -> Option<Side> {
        if self.is_at_root() {
            return None;
        }
        let is_right_child = self.node & 1 == 1;
        if !is_right_child && self.node == self.last {
            // A last node without sibling moves up unchanged until it is a right child.
            let levels = self.node.trailing_zeros();
            self.node >>= levels;
            self.last >>= levels;
        }
        let side = if self.node & 1 == 1 { Side::Left } else { Side::Right };
        self.node >>= 1;
        self.last >>= 1;
        Some(side)
    }
}
