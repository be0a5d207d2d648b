//! Where a version comes from and what licences leave of it, as far as the viewer may know: ancestors that are not for the viewer
//! are there without a name.

use std::collections::BTreeMap;

use chancery_base::{
    problem::Problem,
    values::{ArtifactKind, ModelReference, Standing},
};

use super::{
    desk::Desk,
    disclosure::{Told, UNDISCLOSED},
};
use crate::{
    catalogue::{DatasetId, dataset_id},
    parties::Caller,
    passport::{
        Activity,
        lineage::{LineageNode, NodeId, NodeKind},
    },
    policy::{self, LicenceTable},
};

/// What a version came from.
#[derive(Debug, Clone)]
pub struct Ancestry {
    /// The version itself, then what it came from, nearest first.
    pub things: Vec<Ancestor>,
    /// What was made from what.
    pub links: Vec<AncestorLink>,
}

/// One thing that a version came from.
#[derive(Debug, Clone)]
pub struct Ancestor {
    /// Model or data set.
    pub kind: NodeKind,
    /// Its name; none where it is not disclosed.
    pub title: Option<String>,
    /// Its licence; none where it is not known or not disclosed.
    pub licence: Option<String>,
    /// The version, where it is registered here and the viewer may see it.
    pub version: Option<ModelReference>,
    /// The data set, where the viewer may see it.
    pub dataset: Option<DatasetId>,
}

/// One thing made from another, both by their place in [`Ancestry::things`].
#[derive(Debug, Clone, Copy)]
pub struct AncestorLink {
    /// What was made.
    pub child: usize,
    /// What it was made from.
    pub parent: usize,
    /// How.
    pub activity: Activity,
    /// Whether this server saw it or somebody said so.
    pub standing: Standing,
}

impl Desk {
    /// What the version came from; nothing where its papers contradict each other.
    ///
    /// Errors: what does not exist and what is not for the caller answer alike.
    pub fn ancestry(
        &self,
        caller: &Caller,
        kind: ArtifactKind,
        reference: &ModelReference,
    ) -> Result<Option<Ancestry>, Problem> {
        Ok(Ancestry::of(&self.papers_for(caller, kind, reference)?))
    }

    /// What licences leave of the version, right by right and form by form; nothing where its papers contradict each other.
    ///
    /// Errors: what does not exist and what is not for the caller answer alike.
    pub fn licence_table(
        &self,
        caller: &Caller,
        kind: ArtifactKind,
        reference: &ModelReference,
    ) -> Result<Option<LicenceTable>, Problem> {
        let told = self.papers_for(caller, kind, reference)?;
        let mut table = LicenceTable::of(&told.papers, self.clock.now());
        if let Some(table) = &mut table {
            table.conceal(UNDISCLOSED, |node| told.hides(node));
        }
        Ok(table)
    }

    fn papers_for(&self, caller: &Caller, kind: ArtifactKind, reference: &ModelReference) -> Result<Told, Problem> {
        let (_, shelved) = self.find_of_kind(caller, kind, reference)?;
        self.database.read(|connection| shelved.told_to(connection, caller.party.id))
    }
}

impl Ancestry {
    fn of(told: &Told) -> Option<Self> {
        let root = NodeId(told.papers.first()?.reference.to_string());
        let lineage = policy::lineage(&told.papers)?;
        let (datasets, versions) = (datasets(told), versions(told));
        let reached = lineage.ancestry(&root);
        let places: BTreeMap<&NodeId, usize> =
            reached.iter().enumerate().map(|(place, ancestor)| (&ancestor.node.id, place)).collect();
        let links = lineage.edges().filter_map(|edge| {
            let (child, parent) = (*places.get(&edge.child)?, *places.get(&edge.parent)?);
            Some(AncestorLink { child, parent, activity: edge.activity, standing: edge.standing })
        });
        let things = reached.iter().map(|ancestor| {
            let LineageNode { id, kind, title, licence, .. } = ancestor.node;
            if told.hides(id) {
                return Ancestor { kind: *kind, title: None, licence: None, version: None, dataset: None };
            }
            Ancestor {
                kind: *kind,
                title: Some(title.clone()),
                licence: licence.as_ref().map(ToString::to_string),
                version: versions.get(id).cloned(),
                dataset: datasets.get(id).copied(),
            }
        });
        Some(Self { things: things.collect(), links: links.collect() })
    }
}

/// The registered versions among the papers, by their nodes.
fn versions(told: &Told) -> BTreeMap<NodeId, ModelReference> {
    told.papers.iter().map(|paper| (NodeId(paper.reference.to_string()), paper.reference.clone())).collect()
}

/// The data sets that the papers name, by their nodes.
fn datasets(told: &Told) -> BTreeMap<NodeId, DatasetId> {
    let of_paper = |paper: &policy::Paper| {
        let reference = paper.reference.to_string();
        let datasets = paper.document.passport().map(|passport| passport.datasets.as_slice()).unwrap_or_default();
        let datasets = datasets.iter().enumerate();
        let node = |(index, dataset): (usize, &crate::passport::Dataset)| {
            (NodeId(format!("{reference}#dataset[{index}]")), dataset_id(&dataset.name, &dataset.version))
        };
        datasets.map(node).collect::<Vec<_>>()
    };
    told.papers.iter().flat_map(of_paper).collect()
}
