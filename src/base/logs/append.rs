//! Appending: a leaf is written in the transaction of what it records, without a place in the log yet.

use serde::Serialize;

use super::{leaf::Opening, merkle::TreeHash, name::LogName, rows};
use crate::{
    crypto::{CommitmentKey, JsonError},
    db::{self, Tx},
    values::{Entropy, LeafId, PartyId, UnixMillis},
};

/// A leaf to append: made before the act, since committing to its payload needs no database.
#[derive(Debug)]
pub struct NewLeaf {
    pub(super) id: LeafId,
    pub(super) log: LogName,
    pub(super) opening: Opening,
    pub(super) readers: Vec<PartyId>,
    pub(super) appended_at: UnixMillis,
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
        Ok(Self { id: LeafId::generate(entropy, now), log, opening, readers, appended_at: now })
    }

    /// The leaf as it will stand in the log; what an inclusion promise is made of.
    #[must_use]
    pub fn appended(&self) -> AppendedLeaf {
        let hash = self.opening.entry().leaf_hash();
        AppendedLeaf { id: self.id, log: self.log, hash, appended_at: self.appended_at }
    }

    /// The leaf's id, which is also that of its receipt.
    #[must_use]
    pub const fn id(&self) -> LeafId {
        self.id
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

/// Appends a leaf, with its opening and its readers, as part of an act.
///
/// # Errors
/// Those of the database.
pub fn append(tx: &mut Tx<'_>, leaf: &NewLeaf) -> Result<AppendedLeaf, db::Error> {
    let appended = leaf.appended();
    rows::insert_leaf(tx, &appended, &leaf.opening.entry())?;
    rows::insert_opening(tx, leaf.id, &leaf.opening)?;
    for reader in &leaf.readers {
        rows::insert_reader(tx, leaf.id, *reader)?;
    }
    Ok(appended)
}
