//! What cannot be had together: two licences, or a licence and a fact, each named with its clause.
//!
//! A conflict is not a verdict. It says which two things stand against each other, so that somebody can give up one. Facts
//! that are not known make no conflict. Where it is not settled that a duty reaches what was made, the conflict is
//! uncertain. Conflicts come out the same whatever the order of the lineage.

use chancery_base::values::Localized;
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{
    clash::Offer,
    explanation::explain,
    origins::{Origins, Weighed},
    standpoint::{Circumstances, IntendedUse, Standpoint},
    verdict::Certainty,
};
use crate::{
    documents::codes,
    passport::{
        Activity, LicenceExpression, Right,
        lineage::{Lineage, LineageError, NodeId},
    },
};

codes! {
    /// What stands against what.
    ConflictKind {
        /// A text forbids commercial use; the use is for money.
        NonCommercial = "non_commercial",
        /// Two texts each ask that the whole is passed on under themselves, or one does and the thing is offered otherwise.
        ShareAlike = "share_alike",
        /// A text does not let adaptations be shared; one would be.
        NoDerivatives = "no_derivatives",
        /// A text says how the name begins; it begins otherwise.
        Naming = "naming",
        /// A text asks for a file beside every copy; there is none.
        Notice = "notice",
        /// A text asks that something is shown; it is not.
        Display = "display",
        /// A text forbids learning from outputs; something did, or would.
        OutputTraining = "output_training",
        /// A text ends above so many users; there are more.
        UserThreshold = "user_threshold",
        /// A text takes a purpose out; it is the purpose.
        Purpose = "purpose",
        /// A text takes a place out; it is the place.
        Territory = "territory",
    }
}

/// A clause on one side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Side {
    /// The thing under the licence.
    pub node: NodeId,
    /// Its name as people read it.
    pub title: String,
    /// The licence.
    pub licence: String,
    /// The clause.
    pub clause: String,
    /// Where the text stands.
    pub source: String,
    /// From the root of the question to the thing, both included.
    pub path: Vec<NodeId>,
}

/// A fact on one side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The use is for money.
    Paid,
    /// Sharing something adapted.
    SharesAdapted,
    /// The licence the thing is offered under.
    OfferedUnder(LicenceExpression),
    /// Its name.
    Name(String),
    /// No file of this name beside it.
    LacksFile(String),
    /// This text is not shown.
    DoesNotShow(String),
    /// This was done in making it.
    Made(Activity),
    /// This is asked.
    Asked(Right),
    /// So many monthly users.
    MonthlyUsers(u64),
    /// This is what it is for.
    Purpose(String),
    /// This is where it is used.
    Territory(String),
}

/// The other side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Opposite {
    /// A clause of another licence.
    Clause(Side),
    /// A fact.
    Fact(Fact),
}

/// Two things that cannot be had together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// What kind of conflict it is.
    pub kind: ConflictKind,
    /// One side; of two clauses, the one whose licence comes first in order of names.
    pub this: Side,
    /// The other.
    pub other: Opposite,
    /// Whether it is settled that they meet.
    pub certainty: Certainty,
}

impl Conflict {
    /// The conflict in a sentence, in both languages.
    #[must_use]
    pub fn explanation(&self) -> Localized {
        explain(self)
    }

    /// All conflicts of one use, each once and in order.
    pub(super) fn of(
        origins: &Origins<'_>,
        intended: IntendedUse,
        standpoint: &Standpoint<'_>,
        circumstances: &Circumstances,
    ) -> Vec<Self> {
        let weighed: Vec<Weighed<'_>> = origins.weigh(intended, standpoint).collect();
        let offer = Offer { origins, intended, circumstances, standpoint };
        let mut found: Vec<Self> = weighed.iter().flat_map(|thing| offer.against_facts(thing)).collect();
        found.extend(offer.share_alike_clashes(&weighed));
        found.sort();
        found.dedup();
        found
    }
}

/// What stands against one use of `node`, each once and in order.
///
/// Errors: the node is not part of the lineage.
pub fn conflicts_of(
    lineage: &Lineage,
    node: &NodeId,
    intended: IntendedUse,
    standpoint: &Standpoint<'_>,
    circumstances: &Circumstances,
) -> Result<Vec<Conflict>, LineageError> {
    Ok(Conflict::of(&Origins::of(lineage, node)?, intended, standpoint, circumstances))
}

impl Serialize for Conflict {
    /// Writes its fields, and its explanation as `explanation`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { kind, this, other, certainty } = self;
        let mut fields = serializer.serialize_struct("Conflict", 5)?;
        fields.serialize_field("kind", kind)?;
        fields.serialize_field("this", this)?;
        fields.serialize_field("other", other)?;
        fields.serialize_field("certainty", certainty)?;
        fields.serialize_field("explanation", &self.explanation())?;
        fields.end()
    }
}
