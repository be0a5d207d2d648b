//! The effective licence of a thing as a whole: every right in every form at once, with duties, limits and conflicts.
//!
//! A cell is the [`EffectiveLicence`] of one use, in the four words a reader needs, with what it rests on and until when. It
//! has the codes that API and pages show; none of them may change.

use chancery_base::values::UnixMillis;
use serde::Serialize;

use super::{
    cause::{Attribution, Cause, DutyOwed, LimitMet, PermissionUsed, PositionUsed},
    conflict::Conflict,
    effective::EffectiveLicence,
    form::Form,
    origins::Origins,
    position::Reliance,
    standpoint::{Circumstances, IntendedUse, Standpoint},
    verdict::{Basis, Certainty, Outcome, Verdict},
};
use crate::passport::{
    Right,
    lineage::{Lineage, LineageError, NodeId},
};

/// What the licences of everything that a model or data set came from leave of every use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The thing.
    pub node: NodeId,
    /// A cell per right and form, in the order of both; for money where the right is `commercial`.
    pub cells: Vec<TableCell>,
    /// The union of all duties, nearest first.
    pub duties: Vec<DutyOwed>,
    /// Everyone who must be named, nearest first.
    pub attributions: Vec<Attribution>,
    /// Purposes and places that are taken out of everything, nearest first.
    pub limits: Vec<LimitMet>,
    /// What cannot be had together, in the order of its kinds.
    pub conflicts: Vec<Conflict>,
}

/// What is left of one use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableCell {
    /// The right.
    pub right: Right,
    /// The form.
    pub form: Form,
    /// The verdict.
    pub verdict: Outcome,
    /// The same, told more finely.
    pub finer: Verdict,
    /// What it rests on.
    pub basis: Basis,
    /// Whether a reading that decided it is uncertain.
    pub certainty: Certainty,
    /// Until when it holds, where it rests on positions: until the first of them expires.
    pub until: Option<UnixMillis>,
    /// Everything that is not simply permitted, the worst first, then the nearest.
    pub causes: Vec<Cause>,
    /// What rests on positions, nearest first.
    pub positions: Vec<PositionUsed>,
    /// What rests on declared permissions, nearest first.
    pub permissions: Vec<PermissionUsed>,
}

impl Table {
    /// Computes the table of `node`, which may be a model or a data set.
    ///
    /// Errors: the node is not part of the lineage.
    pub fn of(
        lineage: &Lineage,
        node: &NodeId,
        standpoint: &Standpoint<'_>,
        circumstances: &Circumstances,
    ) -> Result<Self, LineageError> {
        let origins = Origins::of(lineage, node)?;
        let mut table = Self {
            node: node.clone(),
            cells: Vec::new(),
            duties: Vec::new(),
            attributions: Vec::new(),
            limits: Vec::new(),
            conflicts: Vec::new(),
        };
        for (right, form) in Right::ALL.iter().flat_map(|right| Form::ALL.iter().map(move |form| (*right, *form))) {
            let intended = IntendedUse { right, form, commercial: right == Right::Commercial };
            let effective = EffectiveLicence::of(intended, origins.weigh(intended, standpoint));
            add(&mut table.duties, &effective.duties);
            add(&mut table.attributions, &effective.attributions);
            add(&mut table.limits, &effective.limits);
            add(&mut table.conflicts, &Conflict::of(&origins, intended, standpoint, circumstances));
            table.cells.push(effective.into());
        }
        table.conflicts.sort();
        Ok(table)
    }

    /// The cell of one right in one form.
    #[must_use]
    pub fn cell(&self, right: Right, form: Form) -> Option<&TableCell> {
        self.cells.iter().find(|cell| cell.right == right && cell.form == form)
    }
}

impl TableCell {
    /// What is left of one use of `node`, without the rest of the table.
    ///
    /// Errors: the node is not part of the lineage.
    pub fn of(
        lineage: &Lineage,
        node: &NodeId,
        intended: IntendedUse,
        standpoint: &Standpoint<'_>,
    ) -> Result<Self, LineageError> {
        let origins = Origins::of(lineage, node)?;
        Ok(EffectiveLicence::of(intended, origins.weigh(intended, standpoint)).into())
    }

    /// The causes that decided: those as bad as the verdict.
    pub fn deciding(&self) -> impl Iterator<Item = &Cause> {
        self.causes.iter().take_while(|cause| cause.effect == self.finer)
    }
}

impl From<EffectiveLicence> for TableCell {
    fn from(effective: EffectiveLicence) -> Self {
        let EffectiveLicence { intended, verdict, causes, positions, permissions, .. } = effective;
        let deciding = || causes.iter().take_while(|cause| cause.effect == verdict);
        let certainty = deciding().map(Cause::certainty).max().unwrap_or(Certainty::Settled);
        // What refuses or asks is said by whatever decided; what allows, by the weakest thing it stands on.
        let basis = match deciding().map(Cause::basis).max() {
            Some(basis) => basis,
            None => positions.iter().map(|used| used.reliance.basis).max().unwrap_or(Basis::Licence),
        };
        let relied_on = causes.iter().filter_map(|cause| cause.position.as_ref());
        let relied_on = relied_on.chain(positions.iter().map(|used| &used.reliance));
        Self {
            right: intended.right,
            form: intended.form,
            verdict: verdict.outcome(),
            finer: verdict,
            basis,
            certainty,
            until: relied_on.map(|Reliance { until, .. }| *until).min(),
            causes,
            positions,
            permissions,
        }
    }
}

fn add<T: PartialEq + Clone>(list: &mut Vec<T>, items: &[T]) {
    for item in items {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
