//! What is registered under a name: models and data sets. A name, an owner, and who may know of it.
//!
//! A data set is registered, sealed, versioned, held and destroyed exactly as a model is, so both are rows of one table and one
//! type, which says of itself which it is. A name belongs to one of them, whichever came first: `acme/reviews` in a lineage means one
//! thing.

use chancery_base::values::{ArtifactKind, ModelId, ModelName, PartyId, UnixMillis};

use crate::documents::codes;

codes! {
    /// Who may know that a model exists. Whether it may be used is decided elsewhere.
    Visibility {
        /// Everybody with a key.
        Listed = "listed",
        /// Its owner, and those it was offered to.
        Private = "private",
    }
}

/// A model or a data set, across its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its identity.
    pub id: ModelId,
    /// Which of the two it is.
    pub kind: ArtifactKind,
    /// The party that registered it.
    pub owner: PartyId,
    /// Its full name; the first half is the owner's slug.
    pub name: ModelName,
    /// Who may know of it.
    pub visibility: Visibility,
    /// When its first version was registered.
    pub created_at: UnixMillis,
    /// Grows whenever something about it changes, holds on it included; a use is settled only under the epoch it was judged
    /// under.
    pub epoch: i64,
}

impl Model {
    /// Whether `viewer` may know of this model without having been offered a grant on it.
    #[must_use]
    pub fn is_open_to(&self, viewer: PartyId) -> bool {
        self.visibility == Visibility::Listed || self.owner == viewer
    }
}
