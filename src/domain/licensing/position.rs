//! Positions: what somebody decided where texts are silent, with a scope, a reason and a last day.
//!
//! A position answers silence and nothing else. It never lifts what a text forbids, keeps to its holder or asks for, nor
//! does it stand in for a text that nobody read. Where several apply, one that refuses wins. A statute that somebody decides
//! to rely on is a position with another basis. Who may take positions, and that they are signed and kept, is for others.

use chancery_base::values::{Localized, Territory, UnixMillis};
use serde::{Deserialize, Serialize};

use super::{form::Form, licence::Licence, verdict::Basis};
use crate::{
    documents::codes,
    passport::{Right, lineage::NodeId},
};

codes! {
    /// What a position makes of silence.
    Stand {
        /// The use is taken to be allowed.
        Allowed = "allowed",
        /// The use is refused, as if the text forbade it.
        Refused = "refused",
    }
}

/// What a position is about; an empty list stands for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PositionScope {
    /// Licences, by any of their names.
    pub licences: Vec<String>,
    /// Things.
    pub nodes: Vec<NodeId>,
    /// Rights.
    pub rights: Vec<Right>,
    /// Forms.
    pub forms: Vec<Form>,
    /// Where the use must take place; unknown places are not among them.
    pub territories: Vec<Territory>,
    /// Whether it covers only things whose holder is known not to have reserved the use.
    pub unless_reserved: bool,
}

/// What somebody decided about a silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Its name.
    pub id: String,
    /// Who answers for it.
    pub author: String,
    /// Why.
    pub reason: Localized,
    /// What it is about.
    pub scope: PositionScope,
    /// What it makes of silence.
    pub stand: Stand,
    /// Whether it rests on a statute.
    pub basis: Basis,
    /// From when it counts.
    pub taken: UnixMillis,
    /// Until when it counts, not included.
    pub expires: UnixMillis,
}

/// One silence about which positions are asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Silence<'a> {
    /// The thing.
    pub(super) node: &'a NodeId,
    /// The licence whose text is silent.
    pub(super) licence: &'a Licence,
    /// The right.
    pub(super) right: Right,
    /// The form.
    pub(super) form: Form,
}

/// When and where a use takes place, and what is known of reservations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) now: UnixMillis,
    pub(super) territory: Option<&'a Territory>,
    pub(super) unreserved: &'a [NodeId],
}

impl Position {
    /// Whether it counts at `now`.
    #[must_use]
    pub fn is_in_force(&self, now: UnixMillis) -> bool {
        self.taken <= now && now < self.expires
    }

    /// The one of `positions` that answers `silence`: one that refuses before others, then the one that lasts longest.
    pub(super) fn answering<'p>(positions: &'p [Self], silence: &Silence<'_>, moment: Moment<'_>) -> Option<&'p Self> {
        let answering = positions
            .iter()
            .filter(|position| position.is_in_force(moment.now) && position.scope.covers(silence, moment));
        answering.max_by_key(|position| (position.stand, position.expires, std::cmp::Reverse(&position.id)))
    }
}

impl PositionScope {
    fn covers(&self, silence: &Silence<'_>, moment: Moment<'_>) -> bool {
        let names = silence.licence.names();
        holds(&self.licences, |licence| names.contains(licence))
            && holds(&self.nodes, |node| node == silence.node)
            && holds(&self.rights, |right| *right == silence.right)
            && holds(&self.forms, |form| *form == silence.form)
            && holds(&self.territories, |territory| moment.territory == Some(territory))
            && (!self.unless_reserved || moment.unreserved.contains(silence.node))
    }
}

fn holds<T>(listed: &[T], is_meant: impl Fn(&T) -> bool) -> bool {
    listed.is_empty() || listed.iter().any(is_meant)
}

/// A position on which an answer rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reliance {
    /// The position.
    pub position: String,
    /// What it made of the silence.
    pub stand: Stand,
    /// Whether it rests on a statute.
    pub basis: Basis,
    /// Until when it counts.
    pub until: UnixMillis,
}

impl From<&Position> for Reliance {
    fn from(position: &Position) -> Self {
        let Position { id, stand, basis, expires, .. } = position;
        Self { position: id.clone(), stand: *stand, basis: *basis, until: *expires }
    }
}
