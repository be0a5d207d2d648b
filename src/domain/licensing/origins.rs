//! Everything a thing came from, and which rights a use of it needs of each.
//!
//! Of models, the use itself is asked; of data sets, the use of those that are part of the thing, and of those behind a model only
//! what their text says of such models. Commercial use is asked of all. So is whatever was already done with them on the way.
//! A data set that a model generated holds the model's output, so the model is asked about outputs.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    form::Form,
    reading::{Demand, Reading},
    standpoint::{IntendedUse, Standpoint},
};
use crate::passport::{
    Activity, Right,
    lineage::{Ancestor, Lineage, LineageEdge, LineageError, LineageNode, NodeId, NodeKind},
};

/// A thing and everything it came from.
#[derive(Debug)]
pub(super) struct Origins<'l> {
    /// The thing.
    pub(super) root: &'l LineageNode,
    lineage: &'l Lineage,
    ancestors: Vec<Ancestor<'l>>,
    // INVARIANT: things of the root's kind that are part of it, itself included: data sets in a data set, models in a model.
    contained: BTreeSet<&'l NodeId>,
}

/// One thing behind another, and what its licence says of the use.
#[derive(Debug)]
pub(super) struct Weighed<'o> {
    /// The thing.
    pub(super) ancestor: &'o Ancestor<'o>,
    /// What rests on a permission of its holder.
    pub(super) permitted: Vec<Demand>,
    /// What its licence says to everything else.
    pub(super) reading: Reading,
}

impl<'l> Origins<'l> {
    /// Everything that `node` came from.
    ///
    /// Errors: the node is not part of the lineage.
    pub(super) fn of(lineage: &'l Lineage, node: &NodeId) -> Result<Self, LineageError> {
        let root = lineage.node(node).ok_or_else(|| LineageError::UnknownNode(node.clone()))?;
        let ancestors = lineage.ancestry(node).into_iter().filter(|ancestor| ancestor.node.id != *node).collect();
        let is_of_kind = |id: &NodeId| lineage.node(id).is_some_and(|node| node.kind == root.kind);
        let contained = reach(lineage, root, |edge| is_of_kind(&edge.parent));
        Ok(Self { root, lineage, ancestors, contained })
    }

    /// What the licence of each ancestor says of `intended`, nearest first.
    pub(super) fn weigh<'o>(
        &'o self,
        intended: IntendedUse,
        standpoint: &Standpoint<'_>,
    ) -> impl Iterator<Item = Weighed<'o>> {
        self.ancestors.iter().map(move |ancestor| {
            let needed = self.demands(ancestor, intended).into_iter();
            let (permitted, asked): (Vec<_>, Vec<_>) =
                needed.partition(|demand| ancestor.permission_for(demand.right).is_some());
            // What a text says of models made with data is not asked where the holder permitted the use.
            let permitted = permitted.into_iter().filter(|demand| !demand.is_only_of_results()).collect();
            Weighed { ancestor, permitted, reading: Reading::of(ancestor.node, &asked, standpoint) }
        })
    }

    /// Whether what was made from `ancestor` reaches the root without a step that `stops`.
    pub(super) fn reaches(&self, ancestor: &NodeId, stops: &[&[Activity]]) -> bool {
        let passes = |edge: &LineageEdge| !stops.iter().any(|activities| activities.contains(&edge.activity));
        reach(self.lineage, self.root, passes).contains(ancestor)
    }

    /// The rights needed of one ancestor, each once per form; where one was exercised already, what was done says so.
    fn demands(&self, ancestor: &Ancestor<'_>, intended: IntendedUse) -> Vec<Demand> {
        let (kind, is_part) = (ancestor.node.kind, self.contained.contains(&ancestor.node.id));
        let form = match (self.root.kind, kind) {
            (NodeKind::Dataset, NodeKind::Model) => Form::Output,
            _ => intended.form,
        };
        let of_results = kind == NodeKind::Dataset && !is_part;
        let mut needed: BTreeMap<(Right, Form, bool), Option<Activity>> = BTreeMap::new();
        for activity in &ancestor.activities {
            for right in exercised(self.root.kind, kind, *activity, &ancestor.activities) {
                needed.entry((*right, form_of(kind, *activity), false)).or_insert(Some(*activity));
            }
        }
        if intended.right != Right::Commercial {
            needed.entry((intended.right, form, of_results)).or_insert(None);
        }
        if intended.commercial || intended.right == Right::Commercial {
            needed.entry((Right::Commercial, form, of_results)).or_insert(None);
        }
        let altered = ancestor.activities.iter().any(|activity| alters(*activity));
        let demand = |((right, form, of_results), activity)| Demand { right, form, activity, altered, of_results };
        needed.into_iter().map(demand).collect()
    }
}

/// The nodes that can be reached from `root` over edges that `follow`s, the root included.
fn reach<'l>(
    lineage: &'l Lineage,
    root: &'l LineageNode,
    follow: impl Fn(&LineageEdge) -> bool,
) -> BTreeSet<&'l NodeId> {
    let (mut reached, mut waiting) = (BTreeSet::from([&root.id]), vec![&root.id]);
    while let Some(child) = waiting.pop() {
        for edge in lineage.edges().filter(|edge| edge.child == *child && follow(edge)) {
            if reached.insert(&edge.parent) {
                waiting.push(&edge.parent);
            }
        }
    }
    reached
}

/// Whether a step makes more of a thing than a copy or a part of it. Taking a part is not adapting it, nor is the same
/// content in another format (CC 4.0, 2(a)(1)(A) and 2(a)(4)).
const fn alters(activity: Activity) -> bool {
    !matches!(activity, Activity::Collect | Activity::Filter | Activity::Serialise)
}

/// The rights that a step exercised over what it was done with, where `all` was done with it on the way to the root.
fn exercised(root: NodeKind, kind: NodeKind, activity: Activity, all: &BTreeSet<Activity>) -> &'static [Right] {
    let was_learned_from =
        || all.iter().any(|step| matches!(step, Activity::Train | Activity::Finetune | Activity::Distil));
    match (root, kind, activity) {
        (NodeKind::Dataset, NodeKind::Dataset, Activity::Collect) => &[Right::Copy],
        (_, _, Activity::Collect) => &[],
        (_, _, Activity::Filter | Activity::Annotate) => &[Right::Modify],
        (NodeKind::Dataset, NodeKind::Dataset, _) => of_data(activity, was_learned_from()),
        (NodeKind::Model, NodeKind::Dataset, _) | (_, NodeKind::Model, Activity::Train) => &[Right::Train],
        (_, NodeKind::Model, Activity::Finetune) => &[Right::Finetune],
        (_, NodeKind::Model, Activity::Distil) => &[Right::Distil],
        // A model that came from outputs learned from them, whatever stood in between.
        (NodeKind::Model, NodeKind::Model, Activity::Generate) => &[Right::Generate, Right::Distil],
        (NodeKind::Dataset, NodeKind::Model, Activity::Generate) if was_learned_from() => {
            &[Right::Generate, Right::Distil]
        }
        (NodeKind::Dataset, NodeKind::Model, Activity::Generate) => &[Right::Generate],
        (_, NodeKind::Model, Activity::Merge) => &[Right::Merge],
        (_, NodeKind::Model, Activity::Quantise) => &[Right::Quantise],
        (_, NodeKind::Model, Activity::Prune | Activity::Serialise | Activity::Compress) => &[Right::Modify],
    }
}

/// What a step on the way from one data set to another exercised. What was done with a model that learned from the data was not
/// done with the data.
const fn of_data(activity: Activity, was_learned_from: bool) -> &'static [Right] {
    match activity {
        Activity::Train | Activity::Finetune | Activity::Distil => &[Right::Train],
        _ if was_learned_from => &[],
        Activity::Merge => &[Right::Merge],
        Activity::Generate => &[Right::Generate],
        Activity::Serialise | Activity::Compress => &[Right::Copy],
        _ => &[Right::Modify],
    }
}

/// In which form a thing was handled when something was done with it.
const fn form_of(kind: NodeKind, activity: Activity) -> Form {
    match (kind, activity) {
        (NodeKind::Dataset, Activity::Generate)
        | (NodeKind::Model, Activity::Distil | Activity::Generate | Activity::Train) => Form::Output,
        (NodeKind::Dataset, _) => Form::Raw,
        (NodeKind::Model, _) => Form::Weights,
    }
}
