//! From where licences are read: which texts were read, which positions were taken, when and where the use takes place.

use chancery_base::values::{Purpose, Territory, UnixMillis};
use serde::Serialize;

use super::{
    catalogue::Catalogue,
    form::Form,
    position::{Moment, Position, Silence},
};
use crate::passport::{Right, lineage::NodeId};

/// A use of a thing as licences see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct IntendedUse {
    /// The right that is exercised.
    pub right: Right,
    /// In which form.
    pub form: Form,
    /// Whether it is for money.
    pub commercial: bool,
}

/// What licences are read with.
#[derive(Debug, Clone, Copy)]
pub struct Standpoint<'a> {
    /// The texts that were read.
    pub catalogue: &'a Catalogue,
    /// The positions that were taken; those that are out of force or scope count for nothing.
    pub positions: &'a [Position],
    /// When the use takes place.
    pub now: UnixMillis,
    /// Where, if that is known.
    pub territory: Option<&'a Territory>,
    /// Things whose holders are known not to have reserved mining them.
    pub unreserved: &'a [NodeId],
}

impl<'a> Standpoint<'a> {
    /// The texts and nothing else.
    #[must_use]
    pub const fn of(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, positions: &[], now: UnixMillis::new(0), territory: None, unreserved: &[] }
    }

    /// The position that answers a silence, if one does.
    pub(super) fn answer(&self, silence: &Silence<'_>) -> Option<&'a Position> {
        let moment = Moment { now: self.now, territory: self.territory, unreserved: self.unreserved };
        Position::answering(self.positions, silence, moment)
    }
}

/// What is known of how something is offered, for conflicts that texts alone do not show. What is not known makes none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Its name as others see it.
    pub name: Option<String>,
    /// Names of the files that accompany copies of it.
    pub files: Option<Vec<String>>,
    /// Texts shown where people meet it: pages, interfaces, documentation.
    pub displayed: Option<Vec<String>>,
    /// Monthly users of whoever offers it.
    pub monthly_users: Option<u64>,
    /// What it is for.
    pub purpose: Option<Purpose>,
    /// Where it is used.
    pub territory: Option<Territory>,
}
