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
    // What was done with each thing, where the root is a data set; for models the lineage says it.
    steps: BTreeMap<&'l NodeId, BTreeSet<Activity>>,
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
        let steps = if root.kind == NodeKind::Dataset { steps(lineage, root) } else { BTreeMap::new() };
        Ok(Self { root, lineage, ancestors, contained, steps })
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
        let activities = self.steps.get(&ancestor.node.id).unwrap_or(&ancestor.activities);
        for activity in activities {
            for right in exercised(self.root.kind, kind, *activity) {
                needed.entry((*right, form_of(kind, *activity), false)).or_insert(Some(*activity));
            }
        }
        if intended.right != Right::Commercial {
            needed.entry((intended.right, form, of_results)).or_insert(None);
        }
        if intended.commercial || intended.right == Right::Commercial {
            needed.entry((Right::Commercial, form, of_results)).or_insert(None);
        }
        let altered = activities.iter().any(|activity| alters(*activity));
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

/// What was done, on the way to a data set, with each thing behind it. What was done with a data set was done with the data sets in
/// it, and what was done with a model with the models in it; but merging data is not merging the model that wrote them, and
/// tuning a model is not tuning what it learned from. Learning from data that a model wrote is learning from its outputs.
fn steps<'l>(lineage: &'l Lineage, root: &'l LineageNode) -> BTreeMap<&'l NodeId, BTreeSet<Activity>> {
    let family = reach(lineage, root, |_| true);
    let kind = |id: &NodeId| lineage.node(id).map(|node| node.kind);
    let edges: Vec<&LineageEdge> = lineage.edges().filter(|edge| family.contains(&edge.child)).collect();
    let mut steps: BTreeMap<&NodeId, BTreeSet<Activity>> = BTreeMap::new();
    // Sets only grow, so this ends.
    let mut has_grown = true;
    while has_grown {
        has_grown = false;
        for edge in &edges {
            let mut done = steps.get(&edge.child).cloned().unwrap_or_default();
            if kind(&edge.child) != kind(&edge.parent) || edge.activity == Activity::Distil {
                let is_output = kind(&edge.parent) == Some(NodeKind::Model);
                let was_learned_from = is_output && done.iter().any(|activity| learns(*activity));
                done = was_learned_from.then_some(Activity::Distil).into_iter().collect();
            }
            done.insert(edge.activity);
            let known = steps.entry(&edge.parent).or_default();
            has_grown |= !done.is_subset(known);
            known.append(&mut done);
        }
    }
    steps
}

const fn learns(activity: Activity) -> bool {
    matches!(activity, Activity::Train | Activity::Finetune | Activity::Distil)
}

/// Whether a step makes more of a thing than a copy or a part of it. Taking a part is not adapting it, nor is the same
/// content in another format (CC 4.0, 2(a)(1)(A) and 2(a)(4)).
const fn alters(activity: Activity) -> bool {
    !matches!(activity, Activity::Collect | Activity::Filter | Activity::Serialise)
}

/// The rights that a step exercised over a thing of one kind on the way to a root of another or the same.
const fn exercised(root: NodeKind, kind: NodeKind, activity: Activity) -> &'static [Right] {
    match (root, kind) {
        (NodeKind::Dataset, NodeKind::Dataset) => within_data(activity),
        (NodeKind::Model, NodeKind::Dataset) => behind_a_model(activity),
        (_, NodeKind::Model) => of_model(root, activity),
    }
}

const fn within_data(activity: Activity) -> &'static [Right] {
    match activity {
        Activity::Collect | Activity::Serialise | Activity::Compress => &[Right::Copy],
        Activity::Train | Activity::Finetune | Activity::Distil => &[Right::Train],
        Activity::Merge => &[Right::Merge],
        Activity::Generate => &[Right::Generate],
        Activity::Filter | Activity::Annotate | Activity::Prune | Activity::Quantise => &[Right::Modify],
    }
}

/// Data behind a model were trained on, whatever was done with the model later.
const fn behind_a_model(activity: Activity) -> &'static [Right] {
    match activity {
        Activity::Collect => &[],
        Activity::Filter | Activity::Annotate => &[Right::Modify],
        _ => &[Right::Train],
    }
}

const fn of_model(root: NodeKind, activity: Activity) -> &'static [Right] {
    match (root, activity) {
        (_, Activity::Collect) => &[],
        (_, Activity::Train) => &[Right::Train],
        (_, Activity::Finetune) => &[Right::Finetune],
        (_, Activity::Distil) => &[Right::Distil],
        // A model that came from outputs or labels learned from them, whatever stood in between.
        (NodeKind::Model, Activity::Generate | Activity::Annotate) => &[Right::Generate, Right::Distil],
        (_, Activity::Generate | Activity::Annotate | Activity::Filter) => &[Right::Generate],
        (_, Activity::Merge) => &[Right::Merge],
        (_, Activity::Quantise) => &[Right::Quantise],
        (_, Activity::Prune | Activity::Serialise | Activity::Compress) => &[Right::Modify],
    }
}

/// In which form a thing was handled when something was done with it.
const fn form_of(kind: NodeKind, activity: Activity) -> Form {
    match (kind, activity) {
        (NodeKind::Dataset, Activity::Generate)
        | (
            NodeKind::Model,
            Activity::Distil | Activity::Generate | Activity::Annotate | Activity::Filter | Activity::Train,
        ) => Form::Output,
        (NodeKind::Dataset, _) => Form::Raw,
        (NodeKind::Model, _) => Form::Weights,
    }
}
