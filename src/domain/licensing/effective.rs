//! What is left of a use after the licences of everything a thing came from.
//!
//! The effective licence is the meet over all ancestors: restrictions and duties add up, and the worst verdict decides.
//! Every verdict points back at the thing, the licence, the clause and the way through the lineage that caused it. The
//! thing's own licence is not weighed: its owner grants uses in its own terms. Which rights are asked of which ancestor
//! is said in `origins.rs`. What a rights holder permitted needs no licence; it is listed beside the verdicts, since it is
//! declared and nobody here has read it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    catalogue::Catalogue,
    cause::{Attribution, Cause, DutyOwed, LimitMet, PermissionUsed, PositionUsed},
    form::Form,
    licence::{Duty, Limits},
    origins::{Origins, Weighed},
    reading::{Demand, Finding, Imposed, Reading},
    standpoint::{IntendedUse, Standpoint},
    verdict::Verdict,
};
use crate::{
    documents::codes,
    passport::{
        Right,
        lineage::{Ancestor, Lineage, LineageError, NodeId},
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

    const fn form(self) -> Form {
        match self {
            Self::Infer => Form::Service,
            Self::Fetch | Self::Finetune | Self::Modify => Form::Weights,
            Self::Distil => Form::Output,
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

impl From<ModelUse> for IntendedUse {
    fn from(ModelUse { action, commercial }: ModelUse) -> Self {
        Self { right: action.right(), form: action.form(), commercial }
    }
}

/// What the licences of all ancestors leave of one use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveLicence {
    /// The use.
    pub intended: IntendedUse,
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
    /// Rights that rest on positions, nearest first.
    pub positions: Vec<PositionUsed>,
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
    let origins = Origins::of(lineage, model)?;
    let intended = intended.into();
    Ok(EffectiveLicence::of(intended, origins.weigh(intended, &Standpoint::of(catalogue))))
}

impl EffectiveLicence {
    /// The meet of what the licence of each ancestor says.
    pub(super) fn of<'o>(intended: IntendedUse, weighed: impl Iterator<Item = Weighed<'o>>) -> Self {
        let own_rights = std::iter::once(intended.right).chain(intended.commercial.then_some(Right::Commercial));
        let mut effective = Self {
            intended,
            verdict: Verdict::Permitted,
            verdicts: own_rights.map(|right| (right, Verdict::Permitted)).collect(),
            causes: Vec::new(),
            duties: Vec::new(),
            attributions: Vec::new(),
            limits: Vec::new(),
            permissions: Vec::new(),
            positions: Vec::new(),
        };
        for Weighed { ancestor, permitted, reading } in weighed {
            effective.permit(ancestor, &permitted);
            effective.meet(ancestor, reading);
        }
        effective.causes.sort_by_key(|cause| (std::cmp::Reverse(cause.effect), cause.path.len()));
        effective
    }

    fn permit(&mut self, ancestor: &Ancestor<'_>, permitted: &[Demand]) {
        for Demand { right, .. } in permitted {
            self.verdicts.entry(*right).or_insert(Verdict::Permitted);
            if let Some(permission) = ancestor.permission_for(*right).cloned() {
                let used = PermissionUsed { node: ancestor.node.id.clone(), right: *right, permission };
                if !self.permissions.contains(&used) {
                    self.permissions.push(used);
                }
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
            } else if let Some(reliance) = finding.reliance {
                let (node, Demand { right, form, .. }) = (ancestor.node.id.clone(), finding.demand);
                self.positions.push(PositionUsed { node, licence: finding.licence, right, form, reliance });
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

fn cause(ancestor: &Ancestor<'_>, finding: Finding) -> Cause {
    let Finding { demand, licence, verdict, reliance, cell } = finding;
    let (clause, condition, doubt, source) = match cell {
        Some(cell) => (cell.clause, cell.condition, cell.doubt, Some(cell.source)),
        None => (None, None, None, None),
    };
    Cause {
        node: ancestor.node.id.clone(),
        title: ancestor.node.title.clone(),
        licence,
        right: demand.right,
        form: demand.form,
        activity: demand.activity,
        effect: verdict,
        clause,
        condition,
        doubt,
        position: reliance,
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
