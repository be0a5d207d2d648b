//! What stands behind a verdict: causes, duties, limits, permissions and positions, each with the thing it comes from.

use chancery_base::values::Localized;
use serde::Serialize;

use super::{
    form::Form,
    licence::{Duty, Limits},
    position::Reliance,
    verdict::{Basis, Certainty, Verdict},
};
use crate::passport::{Activity, Permission, Right, lineage::NodeId};

/// Why a verdict is not simply "permitted": one thing, one licence, one clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The thing whose licence it is.
    pub node: NodeId,
    /// Its name as people read it.
    pub title: String,
    /// The licence; absent when none is known.
    pub licence: Option<String>,
    /// The right that is needed.
    pub right: Right,
    /// In which form.
    pub form: Form,
    /// What was done with the thing, where the right was already exercised in making the model.
    pub activity: Option<Activity>,
    /// What the licence says.
    pub effect: Verdict,
    /// The clause that says it; absent when the text is silent, unknown or missing.
    pub clause: Option<String>,
    /// What a conditional permission asks.
    pub condition: Option<Localized>,
    /// Why the reading is not certain; absent when it is.
    pub doubt: Option<Localized>,
    /// The position that refuses, where the text is silent and one does.
    pub position: Option<Reliance>,
    /// Where the text stands, if it is in the catalogue.
    pub source: Option<String>,
    /// From the model to the thing, both included.
    pub path: Vec<NodeId>,
}

impl Cause {
    /// What the verdict rests on.
    #[must_use]
    pub fn basis(&self) -> Basis {
        self.position.as_ref().map_or(Basis::Licence, |reliance| reliance.basis)
    }

    /// How sure the reading is.
    #[must_use]
    pub const fn certainty(&self) -> Certainty {
        if self.doubt.is_some() { Certainty::Uncertain } else { Certainty::Settled }
    }
}

/// A right that rests on a position, since the text is silent about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PositionUsed {
    /// The thing.
    pub node: NodeId,
    /// The licence that is silent.
    pub licence: Option<String>,
    /// The right.
    pub right: Right,
    /// In which form.
    pub form: Form,
    /// The position.
    pub reliance: Reliance,
}

/// A duty that comes with the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DutyOwed {
    /// The thing whose licence imposes it.
    pub node: NodeId,
    /// The licence.
    pub licence: String,
    /// The duty.
    pub duty: Duty,
    /// The clause.
    pub clause: String,
    /// Where the text stands.
    pub source: String,
    /// From the model to the thing, both included.
    pub path: Vec<NodeId>,
}

/// Somebody who must be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attribution {
    /// The thing they made.
    pub node: NodeId,
    /// The licence that asks for it.
    pub licence: String,
    /// The clause.
    pub clause: String,
    /// What to show: the attribution asked for, or the thing's name, with the licence.
    pub text: String,
}

/// Purposes and places that a licence takes out of everything it permits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitMet {
    /// The thing whose licence it is.
    pub node: NodeId,
    /// The licence.
    pub licence: String,
    /// What it takes out.
    pub limits: Limits,
}

/// A right that rests on what a rights holder permitted, as the passport declares, and not on a licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PermissionUsed {
    /// The thing.
    pub node: NodeId,
    /// The right.
    pub right: Right,
    /// The permission.
    pub permission: Permission,
}
