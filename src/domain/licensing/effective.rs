//! What is left of a use after the licences of everything a model came from.
//!
//! The effective licence is the meet over all ancestors: restrictions and duties add up, and the worst verdict decides.
//! Every verdict points back at the thing, the licence, the clause and the way through the lineage that caused it. The
//! model's own licence is not weighed: its owner grants uses in its own terms. Of models the action and commercial use are
//! asked; of data commercial use; of both whatever was already done with them on the way. What a rights holder permitted
//! needs no licence; it is listed beside the verdicts, since it is declared and nobody here has read it.

use std::collections::BTreeMap;

use chancery_base::values::Localized;
use serde::Serialize;

use super::{
    catalogue::{Catalogue, Duty, Limits, Verdict},
    reading::{Demand, Finding, Imposed, Reading},
};
use crate::{
    documents::codes,
    passport::{
        Activity, Permission, Right,
        lineage::{Ancestor, Lineage, LineageError, NodeId, NodeKind},
    },
};

codes! {
    /// What somebody wants to do with a model.
    Action {
        /// Call it over the network.
        Infer = "infer",
        /// Get a copy of it.
        Fetch = "fetch",
        /// Train it further.
        Finetune = "finetune",
        /// Train another model on its outputs.
        Distil = "distil",
        /// Change it otherwise.
        Modify = "modify",
    }
}

impl Action {
    const fn right(self) -> Right {
        match self {
            Self::Infer => Right::Serve,
            Self::Fetch => Right::Redistribute,
            Self::Finetune => Right::Finetune,
            Self::Distil => Right::Distil,
            Self::Modify => Right::Modify,
        }
    }
}

/// A use of a model as licences see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ModelUse {
    /// What is done.
    pub action: Action,
    /// Whether it is for money: the purpose is commercial, or the grant is paid.
    pub commercial: bool,
}

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
    /// What was done with the thing, where the right was already exercised in making the model.
    pub activity: Option<Activity>,
    /// What the licence says.
    pub effect: Verdict,
    /// The clause that says it; absent when the text is silent, unknown or missing.
    pub clause: Option<String>,
    /// What a conditional permission asks.
    pub condition: Option<Localized>,
    /// Where the text stands, if it is in the catalogue.
    pub source: Option<String>,
    /// From the model to the thing, both included.
    pub path: Vec<NodeId>,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitMet {
    /// The thing whose licence it is.
    pub node: NodeId,
    /// The licence.
    pub licence: String,
    /// What it takes out.
    pub limits: Limits,
}

/// A right that rests on what a rights holder permitted, as the passport declares, and not on a licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionUsed {
    /// The thing.
    pub node: NodeId,
    /// The right.
    pub right: Right,
    /// The permission.
    pub permission: Permission,
}

/// What the licences of all ancestors leave of one use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveLicence {
    /// The use.
    pub intended: ModelUse,
    /// The worst of [`EffectiveLicence::verdicts`].
    pub verdict: Verdict,
    /// The verdict on every right that the use needs, or that making the model needed.
    pub verdicts: BTreeMap<Right, Verdict>,
    /// Everything that is not simply permitted, worst first, then nearest first.
    pub causes: Vec<Cause>,
    /// The union of all duties, nearest first.
    pub duties: Vec<DutyOwed>,
    /// Everyone who must be named, nearest first.
    pub attributions: Vec<Attribution>,
    /// What licences take out of all they permit, nearest first.
    pub limits: Vec<LimitMet>,
    /// Rights that rest on declared permissions, nearest first.
    pub permissions: Vec<PermissionUsed>,
}

/// Computes what the licences of everything `model` came from leave of `intended`.
///
/// Errors: the model is not part of the lineage. Cycles cannot occur in a [`Lineage`].
pub fn effective_licence(
    lineage: &Lineage,
    model: &NodeId,
    intended: ModelUse,
    catalogue: &Catalogue,
) -> Result<EffectiveLicence, LineageError> {
    if lineage.node(model).is_none() {
        return Err(LineageError::UnknownNode(model.clone()));
    }
    let own_rights = std::iter::once(intended.action.right()).chain(intended.commercial.then_some(Right::Commercial));
    let mut effective = EffectiveLicence {
        intended,
        verdict: Verdict::Permitted,
        verdicts: own_rights.map(|right| (right, Verdict::Permitted)).collect(),
        causes: Vec::new(),
        duties: Vec::new(),
        attributions: Vec::new(),
        limits: Vec::new(),
        permissions: Vec::new(),
    };
    for ancestor in lineage.ancestry(model).iter().filter(|ancestor| ancestor.node.id != *model) {
        let (permitted, asked): (Vec<_>, Vec<_>) =
            demands(ancestor, intended).into_iter().partition(|demand| ancestor.permission_for(demand.right).is_some());
        effective.permit(ancestor, &permitted);
        effective.meet(ancestor, Reading::of(ancestor.node.licence.as_ref(), &asked, catalogue));
    }
    effective.causes.sort_by_key(|cause| (std::cmp::Reverse(cause.effect), cause.path.len()));
    Ok(effective)
}

impl EffectiveLicence {
    fn permit(&mut self, ancestor: &Ancestor<'_>, permitted: &[Demand]) {
        for Demand { right, .. } in permitted {
            self.verdicts.entry(*right).or_insert(Verdict::Permitted);
            if let Some(permission) = ancestor.permission_for(*right).cloned() {
                self.permissions.push(PermissionUsed { node: ancestor.node.id.clone(), right: *right, permission });
            }
        }
    }

    fn meet(&mut self, ancestor: &Ancestor<'_>, reading: Reading) {
        self.verdict = self.verdict.max(reading.worst());
        for finding in reading.findings {
            let verdict = self.verdicts.entry(finding.demand.right).or_insert(Verdict::Permitted);
            *verdict = finding.verdict.max(*verdict);
            if finding.verdict != Verdict::Permitted {
                self.causes.push(cause(ancestor, finding));
            }
        }
        for imposed in reading.duties {
            if imposed.duty == Duty::Attribution {
                self.attributions.push(attribution(ancestor, &imposed));
            }
            let Imposed { licence, duty, clause, source } = imposed;
            let (node, path) = (ancestor.node.id.clone(), ancestor.path.clone());
            self.duties.push(DutyOwed { node, licence, duty, clause, source, path });
        }
        let met = reading.limits.into_iter().filter(|(_, limits)| *limits != Limits::default());
        let node = &ancestor.node.id;
        self.limits.extend(met.map(|(licence, limits)| LimitMet { node: node.clone(), licence, limits }));
    }
}

/// The rights needed of one ancestor, each once; where one was exercised already, what was done says so.
fn demands(ancestor: &Ancestor<'_>, intended: ModelUse) -> Vec<Demand> {
    let kind = ancestor.node.kind;
    let altered = ancestor.activities.iter().any(|activity| *activity != Activity::Serialise);
    let exercised =
        ancestor.activities.iter().filter_map(|activity| Some((right_exercised(kind, *activity)?, Some(*activity))));
    let asked = (kind == NodeKind::Model).then_some((intended.action.right(), None));
    let commercial = intended.commercial.then_some((Right::Commercial, None));
    let mut needed: BTreeMap<Right, Option<Activity>> = BTreeMap::new();
    for (right, activity) in exercised.chain(asked).chain(commercial) {
        needed.entry(right).or_insert(activity);
    }
    needed.into_iter().map(|(right, activity)| Demand { right, activity, altered }).collect()
}

/// The right that an activity exercises over what it was done with.
const fn right_exercised(kind: NodeKind, activity: Activity) -> Option<Right> {
    match (kind, activity) {
        (_, Activity::Collect) => None,
        (_, Activity::Filter | Activity::Annotate) => Some(Right::Modify),
        (NodeKind::Dataset, _) | (NodeKind::Model, Activity::Train) => Some(Right::Train),
        (NodeKind::Model, Activity::Finetune) => Some(Right::Finetune),
        (NodeKind::Model, Activity::Distil | Activity::Generate) => Some(Right::Distil),
        (
            NodeKind::Model,
            Activity::Merge | Activity::Prune | Activity::Quantise | Activity::Serialise | Activity::Compress,
        ) => Some(Right::Modify),
    }
}

fn cause(ancestor: &Ancestor<'_>, finding: Finding) -> Cause {
    let (clause, condition, source) = match finding.cell {
        Some(cell) => (cell.clause, cell.condition, Some(cell.source)),
        None => (None, None, None),
    };
    Cause {
        node: ancestor.node.id.clone(),
        title: ancestor.node.title.clone(),
        licence: finding.licence,
        right: finding.demand.right,
        activity: finding.demand.activity,
        effect: finding.verdict,
        clause,
        condition,
        source,
        path: ancestor.path.clone(),
    }
}

fn attribution(ancestor: &Ancestor<'_>, imposed: &Imposed) -> Attribution {
    let named = ancestor.node.attribution.as_ref().unwrap_or(&ancestor.node.title);
    let Imposed { licence, clause, .. } = imposed.clone();
    Attribution { node: ancestor.node.id.clone(), text: format!("{named} ({licence})"), licence, clause }
}

#[cfg(test)]
#[path = "effective_tests.rs"]
mod tests;
