//! Roots and proofs out of stored hashes (RFC 6962, sections 2.1.1 and 2.1.2).

use super::TreeHash;

/// Where the hashes of complete subtrees are read from.
///
/// Contract: `node(level, index)` answers the same hash for ever, and is only asked for subtrees that are complete in the
/// tree at hand. An error ends the computation and is handed on unchanged.
pub trait NodeReader {
    /// Why a hash cannot be read.
    type Error;

    /// The root of the complete subtree over leaves `index << level` up to `(index + 1) << level`.
    fn node(&mut self, level: u32, index: u64) -> Result<TreeHash, Self::Error>;
}

/// The leaves `start..start + size` of some tree, as RFC 6962 divides it: `start` is a multiple of the smallest power of two
/// that is at least `size`.
#[derive(Clone, Copy)]
struct Subtree {
    start: u64,
    size: u64,
}

impl Subtree {
    /// The two parts at the largest power of two strictly smaller than the size; `None` for a single leaf.
    fn halves(self) -> Option<(Self, Self)> {
        let left = 1_u64.checked_shl((self.size.checked_sub(1)?).checked_ilog2()?)?;
        Some((Self { start: self.start, size: left }, Self { start: self.start + left, size: self.size - left }))
    }

    fn contains(self, leaf: u64) -> bool {
        self.start <= leaf && leaf - self.start < self.size
    }

    fn hash<R: NodeReader>(self, nodes: &mut R) -> Result<TreeHash, R::Error> {
        if self.size.is_power_of_two() {
            let level = self.size.trailing_zeros();
            return nodes.node(level, self.start >> level);
        }
        match self.halves() {
            Some((left, right)) => Ok(TreeHash::of_node(left.hash(nodes)?, right.hash(nodes)?)),
            None => Ok(TreeHash::of_empty_tree()),
        }
    }
}

/// The root of the first `size` leaves.
///
/// # Errors
/// Those of `nodes`.
pub fn root<R: NodeReader>(nodes: &mut R, size: u64) -> Result<TreeHash, R::Error> {
    Subtree { start: 0, size }.hash(nodes)
}

/// The proof that leaf `index` is in the tree of `size` leaves, from the leaf upwards; `None` when it is not.
///
/// # Errors
/// Those of `nodes`.
pub fn inclusion_proof<R: NodeReader>(nodes: &mut R, index: u64, size: u64) -> Result<Option<Vec<TreeHash>>, R::Error> {
    if index >= size {
        return Ok(None);
    }
    let mut here = Subtree { start: 0, size };
    let mut proof = Vec::new();
    while let Some((left, right)) = here.halves() {
        let sibling = if left.contains(index) { right } else { left };
        here = if left.contains(index) { left } else { right };
        proof.push(sibling.hash(nodes)?);
    }
    proof.reverse();
    Ok(Some(proof))
}

/// The proof that the tree of `old_size` leaves is the beginning of the tree of `size` leaves; `None` when `old_size` is
/// larger. It is empty when one of the trees is, or when the two are the same size.
///
/// # Errors
/// Those of `nodes`.
pub fn consistency_proof<R: NodeReader>(
    nodes: &mut R,
    old_size: u64,
    size: u64,
) -> Result<Option<Vec<TreeHash>>, R::Error> {
    if old_size > size {
        return Ok(None);
    }
    if old_size == 0 || old_size == size {
        return Ok(Some(Vec::new()));
    }
    let mut here = Subtree { start: 0, size };
    let mut proof = Vec::new();
    // Down to the subtree that ends where the old tree ended.
    while here.start + here.size != old_size {
        let Some((left, right)) = here.halves() else { break };
        let goes_left = old_size <= right.start;
        proof.push(if goes_left { right } else { left }.hash(nodes)?);
        here = if goes_left { left } else { right };
    }
    // The verifier holds the old root, so a subtree that is the whole old tree need not be repeated.
    if here.start != 0 {
        proof.push(here.hash(nodes)?);
    }
    proof.reverse();
    Ok(Some(proof))
}
