//! Models: a name, an owner, and who may know of it.

use chancery_base::values::{ModelId, ModelName, PartyId, UnixMillis};

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

/// A model, across its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its identity.
    pub id: ModelId,
    /// The party that registered it.
    pub owner: PartyId,
    /// Its full name; the first half is the owner's slug.
    pub name: ModelName,
    /// Who may know of it.
    pub visibility: Visibility,
    /// When its first version was registered.
    pub created_at: UnixMillis,
}

impl Model {
    /// Whether `viewer` may know of this model. `also_visible` are the models that were offered to the viewer.
    #[must_use]
    pub fn is_visible_to(&self, viewer: PartyId, also_visible: &[ModelId]) -> bool {
        self.visibility == Visibility::Listed || self.owner == viewer || also_visible.contains(&self.id)
    }
}
