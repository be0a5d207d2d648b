//! Appending: a leaf is written in the transaction of what it records, without a place in the log yet.

use serde::Serialize;

use super::{
    leaf::{Entry, Opening},
    merkle::TreeHash,
    name::LogName,
    rows,
};
use crate::{
    crypto::{CommitmentKey, JsonError},
    db::Tx,
    values::{Entropy, LeafId, PartyId, UnixMillis},
};

/// A leaf to append: made before the act, since committing to its payload needs no database.
#[derive(Debug)]
pub struct NewLeaf {
    pub(super) opening: Opening,
    pub(super) readers: Vec<PartyId>,
    pub(super) entry: Entry,
    pub(super) appended: AppendedLeaf,
}

impl NewLeaf {
    /// Commits to `payload` under a fresh salt; `readers` may have the opening.
    ///
    /// # Errors
    /// [`JsonError`] when the payload holds what canonical JSON cannot express.
    pub fn new(
        log: LogName,
        payload: &impl Serialize,
        mut readers: Vec<PartyId>,
        entropy: &dyn Entropy,
        now: UnixMillis,
    ) -> Result<Self, JsonError> {
        readers.sort_unstable();
        readers.dedup();
        let opening = Opening::new(CommitmentKey::generate(entropy), payload)?;
        let entry = opening.entry();
        let appended =
            AppendedLeaf { id: LeafId::generate(entropy, now), log, hash: entry.leaf_hash(), appended_at: now };
        Ok(Self { opening, readers, entry, appended })
    }

    /// The leaf as it will stand in the log; what an inclusion promise is made of.
    #[must_use]
    pub const fn appended(&self) -> AppendedLeaf {
        self.appended
    }

    /// The leaf's id, which is also that of its receipt.
    #[must_use]
    pub const fn id(&self) -> LeafId {
        self.appended.id
    }
}

/// A leaf that was appended; what an inclusion promise is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppendedLeaf {
    /// Its id.
    pub id: LeafId,
    /// Which log.
    pub log: LogName,
    /// Its hash.
    pub hash: TreeHash,
    /// When it was appended.
    pub appended_at: UnixMillis,
}

/// Appends a leaf, with its opening and its readers, as part of an act. They are written with those of other acts when the
/// batch commits, so the act itself cannot read them.
pub fn append(tx: &mut Tx<'_>, leaf: &NewLeaf) -> AppendedLeaf {
    tx.write_batched(rows::LeafRows::of(leaf));
    leaf.appended
}
