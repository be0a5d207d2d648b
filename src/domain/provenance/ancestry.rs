//! The lineage that passports declare, as one graph.

use std::collections::{BTreeMap, BTreeSet};

use chancery_base::values::{ModelReference, Standing};

use crate::passport::{
    Activity, Dataset, Document, ParentSource, Permission,
    lineage::{Lineage, LineageEdge, LineageError, LineageNode, NodeId, NodeKind},
};

/// A registered version, its papers, and who stands behind what they say about its making.
#[derive(Debug, Clone, Copy)]
pub struct VersionPapers<'p> {
    /// The version, by number.
    pub reference: &'p ModelReference,
    /// Its passport or datasheet.
    pub document: &'p Document,
    /// Registered parents of which this server saw how the version was made from them.
    pub observed: &'p BTreeSet<ModelReference>,
    /// Whether what rights holders permitted its owner holds for the model in question. A permission is given to somebody:
    /// it holds for that party's models, not for what others make of them.
    pub permissions_hold: bool,
}

/// Joins versions, their data sets and their parents into one lineage.
///
/// A registered parent whose papers are not among `versions` becomes a node without a licence, so that what is made from
/// it reads as missing and not as free. Data sets and external parents are nodes of the version that declares them: two
/// passports may say different things about data of the same name, and both count.
///
/// Errors: a version given twice, or versions that would be their own ancestors.
pub fn build_lineage(versions: &[VersionPapers<'_>]) -> Result<Lineage, LineageError> {
    let mut nodes: Vec<LineageNode> = Vec::new();
    let mut edges: Vec<LineageEdge> = Vec::new();
    let mut strangers: BTreeMap<NodeId, LineageNode> = BTreeMap::new();
    for version in versions {
        let child = node_id(version.reference);
        let link = |parent: &NodeId, activity, permission: Option<&Permission>, standing| LineageEdge {
            child: child.clone(),
            parent: parent.clone(),
            activity,
            standing,
            permission: permission.filter(|_| version.permissions_hold).cloned(),
        };
        nodes.push(version_node(version));
        for parent in version.document.registered_parents() {
            let node = stranger(parent.kind, node_id(parent.reference), parent.reference.to_string());
            let is_observed = version.observed.contains(parent.reference);
            let standing = if is_observed { Standing::Observed } else { Standing::Declared };
            edges.push(link(&node.id, parent.activity, parent.permission, standing));
            strangers.insert(node.id.clone(), node);
        }
        let Some(passport) = version.document.passport() else { continue };
        for (index, dataset) in passport.datasets.iter().enumerate() {
            let id = NodeId(format!("{child}#dataset[{index}]"));
            edges.push(link(&id, Activity::Train, dataset.permission.as_ref(), Standing::Declared));
            nodes.push(dataset_node(id, dataset));
        }
        for (index, parent) in passport.parents.iter().enumerate() {
            let ParentSource::External(external) = &parent.source else { continue };
            let id = NodeId(format!("{child}#parent[{index}]"));
            edges.push(link(&id, parent.activity, parent.permission.as_ref(), Standing::Declared));
            let named = stranger(NodeKind::Model, id, external.name.clone());
            nodes.push(LineageNode { licence: external.licence.clone(), ..named });
        }
    }
    versions.iter().for_each(|version| {
        strangers.remove(&node_id(version.reference));
    });
    Lineage::new(nodes.into_iter().chain(strangers.into_values()), edges)
}

fn node_id(reference: &ModelReference) -> NodeId {
    NodeId(reference.to_string())
}

fn version_node(version: &VersionPapers<'_>) -> LineageNode {
    let (id, title) = (node_id(version.reference), version.reference.to_string());
    match version.document {
        Document::Passport(passport) => LineageNode {
            id,
            kind: NodeKind::Model,
            title,
            licence: Some(passport.licence.expression.clone()),
            attribution: Some(passport.copyright.rights_holders.join(", ")),
        },
        Document::Datasheet(datasheet) => LineageNode { title, ..dataset_node(id, &datasheet.dataset) },
    }
}

fn dataset_node(id: NodeId, dataset: &Dataset) -> LineageNode {
    let holders = Some(dataset.rights_holders.join(", ")).filter(|holders| !holders.is_empty());
    LineageNode {
        id,
        kind: NodeKind::Dataset,
        title: dataset.title(),
        licence: dataset.licence.clone(),
        attribution: dataset.attribution.clone().or(holders),
    }
}

const fn stranger(kind: NodeKind, id: NodeId, title: String) -> LineageNode {
    LineageNode { id, kind, title, licence: None, attribution: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::{Passport, sample};

    static NONE: BTreeSet<ModelReference> = BTreeSet::new();

    fn with_parent(parent: &str) -> Document {
        let section = format!("[[parent]]\nactivity = \"finetune\"\n{parent}\n[copyright]");
        Passport::parse(&sample::MINIMAL.replace("[copyright]", &section)).unwrap().into()
    }

    fn version<'p>(reference: &'p ModelReference, document: &'p Document) -> VersionPapers<'p> {
        VersionPapers { reference, document, observed: &NONE, permissions_hold: true }
    }

    #[test]
    fn joins_versions_over_their_parents() {
        let (child, base): (ModelReference, ModelReference) =
            ("acme/fine@v1".parse().unwrap(), "acme/base@v2".parse().unwrap());
        let (fine, plain) =
            (with_parent("model = \"acme/base@v2\""), Document::from(Passport::parse(sample::MINIMAL).unwrap()));
        let lineage = build_lineage(&[version(&child, &fine), version(&base, &plain)]).unwrap();
        let ids: Vec<_> =
            lineage.ancestry(&node_id(&child)).into_iter().map(|ancestor| ancestor.node.id.0.clone()).collect();
        assert_eq!(ids, ["acme/fine@v1", "acme/base@v2", "acme/fine@v1#dataset[0]", "acme/base@v2#dataset[0]"]);
    }

    #[test]
    fn a_parent_without_passport_is_there_without_licence() {
        let child: ModelReference = "acme/fine@v1".parse().unwrap();
        let lineage = build_lineage(&[version(&child, &with_parent("model = \"acme/base@v2\""))]).unwrap();
        assert_eq!(lineage.node(&NodeId("acme/base@v2".to_owned())).unwrap().licence, None);
        let external = with_parent("external = \"elsewhere/base\"\nlicence = \"MIT\"");
        let lineage = build_lineage(&[version(&child, &external)]).unwrap();
        let node = lineage.node(&NodeId("acme/fine@v1#parent[0]".to_owned())).unwrap();
        assert_eq!((node.title.as_str(), node.licence.as_ref().unwrap().as_str()), ("elsewhere/base", "MIT"));
    }

    #[test]
    fn a_permission_stands_on_the_edge_and_only_where_it_holds() {
        let child: ModelReference = "acme/fine@v1".parse().unwrap();
        let permission = "[parent.permission]\nholder = \"X\"\nevidence = \"letter\"\nrights = [\"finetune\"]";
        let passport = with_parent(&format!("model = \"other/base@v2\"\n{permission}"));
        for permissions_hold in [true, false] {
            let version = VersionPapers { permissions_hold, ..version(&child, &passport) };
            let lineage = build_lineage(&[version]).unwrap();
            let edge = lineage.edges().find(|edge| edge.activity == Activity::Finetune).unwrap();
            assert_eq!(edge.permission.is_some(), permissions_hold);
        }
    }

    #[test]
    fn versions_that_descend_from_themselves_are_refused() {
        let reference: ModelReference = "acme/fine@v1".parse().unwrap();
        let passport = with_parent("model = \"acme/fine@v1\"");
        let refused = build_lineage(&[version(&reference, &passport)]);
        assert_eq!(refused, Err(LineageError::Cycle(node_id(&reference))));
    }
}
