//! What came from what: a graph of models and data sets without cycles.
//!
//! Built from passports by `provenance` and walked by `licensing`; it knows neither licences' meaning nor who declared
//! what beyond the standing of each edge.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub use chancery_base::values::ArtifactKind as NodeKind;
use chancery_base::values::Standing;
use serde::{Deserialize, Serialize};

use super::{Activity, LicenceExpression, Permission, Right};

/// Identity of a node within a lineage: `acme/minilm@v1`, or `acme/minilm@v1#dataset[0]` for data named in its passport.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub String);

impl std::fmt::Display for NodeId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A model version or data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineageNode {
    /// Its identity.
    pub id: NodeId,
    /// Model or data set.
    pub kind: NodeKind,
    /// Its name as people read it.
    pub title: String,
    /// Its licence; absent means not known.
    pub licence: Option<LicenceExpression>,
    /// How those who made it want to be named; the rights holders where nothing was said.
    pub attribution: Option<String>,
}

/// One thing coming from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LineageEdge {
    /// What was made.
    pub child: NodeId,
    /// What it was made from.
    pub parent: NodeId,
    /// How.
    pub activity: Activity,
    /// Whether this server saw it or somebody said so.
    pub standing: Standing,
    /// What the parent's rights holder permitted whoever made the child.
    pub permission: Option<Permission>,
}

/// Why nodes and edges are no lineage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineageError {
    /// Something would have been made from itself.
    #[error("`{0}` would be among its own ancestors; correct the parents named in its passport")]
    Cycle(NodeId),
    /// An edge ends at nothing.
    #[error("`{0}` is named as a parent or child but is not part of the lineage; add it")]
    UnknownNode(NodeId),
    /// Two nodes with one identity.
    #[error("`{0}` occurs twice in the lineage; keep one of them")]
    RepeatedNode(NodeId),
}

/// A graph of what came from what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    // INVARIANT: every edge joins two of these nodes, and no node is among its own ancestors.
    nodes: BTreeMap<NodeId, LineageNode>,
    parents: BTreeMap<NodeId, BTreeSet<LineageEdge>>,
}

/// A node together with how it was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestor<'l> {
    /// The node.
    pub node: &'l LineageNode,
    /// From the root to the node, both included: the shortest way, the first in order of names among equals.
    pub path: Vec<NodeId>,
    /// What was done with it, or with what was made from it, on any way down to the root; empty for the root itself.
    pub activities: BTreeSet<Activity>,
    /// What its rights holder permitted, for each thing made from it directly.
    pub permissions: Vec<Option<&'l Permission>>,
}

impl Ancestor<'_> {
    /// The permission that covers `right`, the first of several; none unless whatever was made from it directly has one.
    #[must_use]
    pub fn permission_for(&self, right: Right) -> Option<&Permission> {
        let covering =
            |permission: &Option<&_>| permission.is_some_and(|permission: &Permission| permission.covers(right));
        self.permissions.iter().all(covering).then(|| self.permissions.first().copied().flatten()).flatten()
    }
}

impl Lineage {
    /// Checks nodes and edges; the order of either does not matter.
    ///
    /// Errors: a repeated node, an edge to or from a node that is not there, a cycle.
    pub fn new(
        nodes: impl IntoIterator<Item = LineageNode>,
        edges: impl IntoIterator<Item = LineageEdge>,
    ) -> Result<Self, LineageError> {
        let mut lineage = Self { nodes: BTreeMap::new(), parents: BTreeMap::new() };
        for node in nodes {
            if let Some(repeated) = lineage.nodes.insert(node.id.clone(), node) {
                return Err(LineageError::RepeatedNode(repeated.id));
            }
        }
        for edge in edges {
            if let Some(unknown) = [&edge.child, &edge.parent].into_iter().find(|id| !lineage.nodes.contains_key(*id)) {
                return Err(LineageError::UnknownNode(unknown.clone()));
            }
            lineage.parents.entry(edge.child.clone()).or_default().insert(edge);
        }
        lineage.refuse_cycles()?;
        Ok(lineage)
    }

    /// The node with this identity.
    #[must_use]
    pub fn node(&self, id: &NodeId) -> Option<&LineageNode> {
        self.nodes.get(id)
    }

    /// All nodes, in order of their identity.
    pub fn nodes(&self) -> impl Iterator<Item = &LineageNode> {
        self.nodes.values()
    }

    /// All edges, in order of child and parent.
    pub fn edges(&self) -> impl Iterator<Item = &LineageEdge> {
        self.parents.values().flatten()
    }

    /// The root and everything it came from, nearest first; empty when the root is not part of the lineage.
    #[must_use]
    pub fn ancestry(&self, root: &NodeId) -> Vec<Ancestor<'_>> {
        let mut found: BTreeMap<&NodeId, Ancestor<'_>> = BTreeMap::new();
        let mut order: Vec<&NodeId> = Vec::new();
        let mut waiting: VecDeque<(&NodeId, Vec<NodeId>)> = VecDeque::new();
        waiting.extend(self.nodes.get_key_value(root).map(|(id, _)| (id, Vec::new())));
        while let Some((id, mut path)) = waiting.pop_front() {
            let Some(node) = self.nodes.get(id).filter(|_| !found.contains_key(id)) else { continue };
            path.push(id.clone());
            waiting.extend(self.edges_from(id).map(|edge| (&edge.parent, path.clone())));
            found.insert(id, Ancestor { node, path, activities: BTreeSet::new(), permissions: Vec::new() });
            order.push(id);
        }
        let edges: Vec<&LineageEdge> = order.iter().flat_map(|id| self.edges_from(id)).collect();
        for edge in &edges {
            if let Some(ancestor) = found.get_mut(&edge.parent) {
                ancestor.permissions.push(edge.permission.as_ref());
            }
        }
        // What was done with a thing was done with all that went into it. Sets only grow, so this ends.
        let mut has_grown = true;
        while has_grown {
            has_grown = false;
            for edge in &edges {
                let mut activities = found.get(&edge.child).map(|child| child.activities.clone()).unwrap_or_default();
                activities.insert(edge.activity);
                if let Some(parent) = found.get_mut(&edge.parent)
                    && !activities.is_subset(&parent.activities)
                {
                    parent.activities.append(&mut activities);
                    has_grown = true;
                }
            }
        }
        order.iter().filter_map(|id| found.remove(id)).collect()
    }

    fn edges_from(&self, child: &NodeId) -> impl Iterator<Item = &LineageEdge> {
        self.parents.get(child).into_iter().flatten()
    }

    /// Takes away nodes whose parents are all gone until none is left; what remains lies on, or below, a cycle.
    fn refuse_cycles(&self) -> Result<(), LineageError> {
        let mut remaining: BTreeSet<&NodeId> = self.nodes.keys().collect();
        loop {
            let is_free = |id: &NodeId| self.edges_from(id).all(|edge| !remaining.contains(&edge.parent));
            let free: Vec<&NodeId> = remaining.iter().copied().filter(|id| is_free(id)).collect();
            if free.is_empty() {
                break;
            }
            free.iter().for_each(|id| {
                remaining.remove(id);
            });
        }
        remaining.first().map_or(Ok(()), |id| Err(LineageError::Cycle((*id).clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str) -> LineageNode {
        let (id, title) = (NodeId(id.to_owned()), id.to_owned());
        LineageNode { id, kind: NodeKind::Model, title, licence: None, attribution: None }
    }

    fn edge(child: &str, parent: &str) -> LineageEdge {
        let (child, parent) = (NodeId(child.to_owned()), NodeId(parent.to_owned()));
        LineageEdge { child, parent, activity: Activity::Finetune, standing: Standing::Declared, permission: None }
    }

    #[test]
    fn what_is_done_with_a_thing_is_done_with_all_that_went_into_it() {
        let edges = [
            LineageEdge { activity: Activity::Distil, ..edge("a", "b") },
            LineageEdge { activity: Activity::Quantise, ..edge("b", "c") },
            LineageEdge { activity: Activity::Train, ..edge("c", "d") },
        ];
        let lineage = Lineage::new(["a", "b", "c", "d"].map(node), edges).unwrap();
        let ancestry = lineage.ancestry(&NodeId("a".to_owned()));
        let activities: Vec<Vec<_>> = ancestry.iter().map(|a| a.activities.iter().copied().collect()).collect();
        let (distil, quantise, train) = (Activity::Distil, Activity::Quantise, Activity::Train);
        assert_eq!(activities, [vec![], vec![distil], vec![quantise, distil], vec![train, quantise, distil]]);
    }

    #[test]
    fn a_permission_counts_only_where_every_use_has_one() {
        let permission =
            Permission { holder: "D".to_owned(), evidence: "letter".to_owned(), rights: vec![Right::Finetune] };
        let with = |child: &str| LineageEdge { permission: Some(permission.clone()), ..edge(child, "d") };
        let covered = |edges: [LineageEdge; 4], right| {
            let lineage = Lineage::new(["a", "b", "c", "d"].map(node), edges).unwrap();
            let ancestry = lineage.ancestry(&NodeId("a".to_owned()));
            ancestry.iter().find(|found| found.node.id.0 == "d").unwrap().permission_for(right).is_some()
        };
        let (ab, ac) = (edge("a", "b"), edge("a", "c"));
        assert!(covered([ab.clone(), ac.clone(), with("b"), with("c")], Right::Finetune));
        assert!(!covered([ab.clone(), ac.clone(), with("b"), with("c")], Right::Commercial));
        assert!(!covered([ab, ac, with("b"), edge("c", "d")], Right::Finetune));
    }

    #[test]
    fn walks_every_ancestor_once_by_the_shortest_way() {
        let nodes = ["a", "b", "c", "d"].map(node);
        let edges = [edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("a", "d")];
        let lineage = Lineage::new(nodes, edges).unwrap();
        let ancestry = lineage.ancestry(&NodeId("a".to_owned()));
        let paths: Vec<String> =
            ancestry.iter().map(|a| a.path.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(">")).collect();
        assert_eq!(paths, ["a", "a>b", "a>d", "a>b>c"]);
        assert!(ancestry[0].activities.is_empty() && ancestry[1].activities.contains(&Activity::Finetune));
    }

    #[test]
    fn refuses_cycles_strangers_and_repetitions() {
        let cyclic = Lineage::new(["a", "b", "c"].map(node), [edge("a", "b"), edge("b", "c"), edge("c", "b")]);
        assert!(matches!(cyclic, Err(LineageError::Cycle(_))));
        assert_eq!(Lineage::new([node("a")], [edge("a", "a")]), Err(LineageError::Cycle(NodeId("a".to_owned()))));
        assert!(matches!(Lineage::new([node("a")], [edge("a", "x")]), Err(LineageError::UnknownNode(_))));
        assert!(matches!(Lineage::new([node("a"), node("a")], []), Err(LineageError::RepeatedNode(_))));
    }
}
