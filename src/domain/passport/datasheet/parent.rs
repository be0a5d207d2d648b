//! What a data set was made from, and the registered data a model was made from: sections `[[parent]]` and `[[data]]`.

use chancery_base::values::{ArtifactKind, ModelReference};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    documents::{Node, Section, read},
    passport::{Activity, Permission, parent::pinned_reference},
};

/// One registered artifact that a data set was made from, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetParent {
    /// A data set, or the model that generated the data.
    pub kind: ArtifactKind,
    /// Which version.
    pub reference: ModelReference,
    /// What was done.
    pub activity: Activity,
    /// What its rights holder permits besides its licence.
    pub permission: Option<Permission>,
}

impl DatasetParent {
    /// Whether it is a data set.
    #[must_use]
    pub fn is_dataset(&self) -> bool {
        self.kind == ArtifactKind::Dataset
    }

    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let permission = section.optional_section("permission", Permission::read);
        let (kind, reference) = match (section.has("dataset"), section.has("model")) {
            (true, false) => (ArtifactKind::Dataset, section.required("dataset", pinned_reference)),
            (false, true) => (ArtifactKind::Model, section.required("model", pinned_reference)),
            (true, true) => {
                section.refuse("model", "either `dataset` or `model`, not both");
                return None;
            }
            (false, false) => {
                section.refuse(
                    "dataset",
                    "a registered data set such as acme/raw@v1, or `model` for the one that generated the data",
                );
                return None;
            }
        };
        let activity = section.required("activity", |node| derivation(kind, node));
        Some(Self { kind, reference: reference?, activity: activity?, permission })
    }
}

impl Serialize for DatasetParent {
    /// Writes the fields it was read from.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("activity", &self.activity)?;
        fields.serialize_entry(self.kind.code(), &self.reference.to_string())?;
        fields.serialize_entry("permission", &self.permission)?;
        fields.end()
    }
}

fn derivation(kind: ArtifactKind, node: &Node) -> Result<Activity, read::Expected> {
    let of_data = match kind {
        ArtifactKind::Dataset => Activity::OF_DATA,
        ArtifactKind::Model => &[Activity::Generate],
    };
    read::parsed(node)
        .ok()
        .filter(|activity| of_data.contains(activity))
        .ok_or_else(|| Activity::one_of(of_data).into())
}

/// A registered data set that a model was made from; its own datasheet says the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisteredData {
    /// Which version.
    pub dataset: ModelReference,
    /// What its rights holder permits besides its licence.
    pub permission: Option<Permission>,
}

impl RegisteredData {
    pub(in crate::passport) fn read(section: &Section<'_>) -> Option<Self> {
        let dataset = section.required("dataset", pinned_reference);
        let permission = section.optional_section("permission", Permission::read);
        Some(Self { dataset: dataset?, permission })
    }
}
