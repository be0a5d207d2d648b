//! What the licences of a model's lineage say together, as judgement needs it. The combining is done where claims are
//! kept; here the result arrives as plain statements, each with the clause that makes it. No statement means that every
//! text that was read permits the use.

use chancery_base::values::{Localized, Purpose, Territory};
use serde::{Deserialize, Serialize};

use crate::passport::Right;

/// What the licences of the whole lineage say about this use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceFacts {
    /// Everything that is not simply permitted.
    pub causes: Vec<LicenceCause>,
}

/// One clause of one licence in the lineage, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceCause {
    /// The clause, such as `section 2(a)(1)`.
    pub clause: String,
    /// What the clause does.
    pub effect: LicenceEffect,
    /// The licence, as its SPDX expression or `LicenseRef-` name.
    pub licence: String,
    /// What the licence covers.
    pub work: Work,
}

/// A thing the model was made from: one name for it, whatever is said of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// Which kind of thing.
    pub kind: WorkKind,
    /// Its name; for a data set with its version.
    pub name: String,
}

/// Kinds of things that models are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkKind {
    /// A data set.
    Dataset,
    /// A parent model.
    Model,
}

/// What a clause does, or what there is instead of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LicenceEffect {
    /// Forbids exercising a right that the use needs, or that making the model needed.
    Forbidden(Right),
    /// Does not address it.
    Silent(Right),
    /// Permits it if something is done or kept to.
    Conditional {
        /// What.
        condition: Localized,
        /// The right.
        right: Right,
    },
    /// Keeps everything to the holder, and no permission of the holder is declared.
    Reserved,
    /// Nobody has read the text.
    Unread,
    /// There is no licence.
    Missing,
    /// Binds whoever uses the work to what the licence lists.
    FieldOfUse,
    /// Forbids one purpose.
    PurposeForbidden(Purpose),
    /// Forbids one territory.
    TerritoryForbidden(Territory),
    /// The holder's own permission, as declared in the passport.
    Permission {
        /// What proves it, as the owner says.
        evidence: String,
        /// Who gave it.
        holder: String,
        /// What it permits.
        right: Right,
    },
    /// Demands that this text accompany the answer.
    AttributionRequired(String),
}

impl LicenceFacts {
    /// What would be said of a lineage without `work`.
    #[must_use]
    pub fn without(&self, work: &Work) -> Self {
        Self { causes: self.causes.iter().filter(|cause| cause.work != *work).cloned().collect() }
    }
}

impl LicenceEffect {
    /// The right it is about, where it is about one.
    #[must_use]
    pub const fn right(&self) -> Option<Right> {
        match self {
            Self::Forbidden(right)
            | Self::Silent(right)
            | Self::Conditional { right, .. }
            | Self::Permission { right, .. } => Some(*right),
            Self::Reserved
            | Self::Unread
            | Self::Missing
            | Self::FieldOfUse
            | Self::PurposeForbidden(_)
            | Self::TerritoryForbidden(_)
            | Self::AttributionRequired(_) => None,
        }
    }
}
