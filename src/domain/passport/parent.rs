//! The models a model was made from: sections `[[parent]]`.

use chancery_base::values::{ModelReference, Selector, Sha256Digest};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Activity, DataPrivacy, LicenceExpression, Origin, Permission};
use crate::documents::{Content, Node, Section, read};

/// One model this one was made from, and how (Annex IV(1)(c); Model Documentation Form 1.6, model dependencies).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Which model.
    pub source: ParentSource,
    /// What was done with it.
    pub activity: Activity,
    /// What its rights holder permits besides its licence.
    pub permission: Option<Permission>,
}

/// Where a parent model is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParentSource {
    /// Registered here: its own passport says the rest. Always pinned to a version number.
    Registered(ModelReference),
    /// Registered elsewhere: what is known of it is what the owner declares.
    External(ExternalModel),
}

impl ParentSource {
    /// What people call it.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Registered(reference) => reference.to_string(),
            Self::External(external) => external.name.clone(),
        }
    }
}

/// A model that has no passport here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalModel {
    /// Its name there, such as `example/base-model`.
    pub name: String,
    /// SHA-256 of its weights.
    pub digest: Option<Sha256Digest>,
    /// Its licence; absent means not known.
    pub licence: Option<LicenceExpression>,
    /// Where the data it was made from come from, as its makers say; absent means not known.
    pub origin: Option<Origin>,
    /// What personal data it was made from, as its makers say; absent means not known.
    pub privacy: Option<DataPrivacy>,
}

/// The fields that only an external parent has.
const OF_EXTERNAL: [&str; 4] = ["digest", "licence", "origin", "privacy"];

impl Parent {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let activity = section.required("activity", model_activity);
        let permission = section.optional_section("permission", Permission::read);
        let model = section.optional("model", pinned_reference);
        let external = section.optional("external", read::text);
        let digest = section.optional("digest", read::parsed);
        let licence = section.optional("licence", read::parsed);
        let origin = section.optional_section("origin", Origin::read);
        let privacy = section.optional_section("privacy", DataPrivacy::read);
        let source = match (section.has("model"), section.has("external")) {
            (true, false) => {
                for key in OF_EXTERNAL.into_iter().filter(|key| section.has(key)) {
                    section.refuse(key, "nothing, because the registered parent's own passport says it");
                }
                ParentSource::Registered(model?)
            }
            (false, true) => {
                ParentSource::External(ExternalModel { name: external?, digest, licence, origin, privacy })
            }
            (true, true) => {
                section.refuse("external", "either `model` or `external`, not both");
                return None;
            }
            (false, false) => {
                section.refuse("model", "a registered model such as acme/base@v1, or `external` with a name elsewhere");
                return None;
            }
        };
        Some(Self { source, activity: activity?, permission })
    }
}

impl Serialize for Parent {
    /// Writes the fields it was read from.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("activity", &self.activity)?;
        fields.serialize_entry("permission", &self.permission)?;
        match &self.source {
            ParentSource::Registered(model) => fields.serialize_entry("model", &model.to_string())?,
            ParentSource::External(external) => {
                fields.serialize_entry("external", &external.name)?;
                fields.serialize_entry("digest", &external.digest)?;
                fields.serialize_entry("licence", &external.licence)?;
                fields.serialize_entry("origin", &external.origin)?;
                fields.serialize_entry("privacy", &external.privacy)?;
            }
        }
        fields.end()
    }
}

fn model_activity(node: &Node) -> Result<Activity, read::Expected> {
    let activity = read::parsed(node).ok().filter(|activity: &Activity| activity.derives_models());
    activity.ok_or_else(|| Activity::one_of(Activity::OF_MODELS).into())
}

pub(super) fn pinned_reference(node: &Node) -> Result<ModelReference, read::Expected> {
    let reference = match &node.content {
        Content::Text(text) => text.parse().ok(),
        _ => None,
    };
    let pinned = reference.filter(|reference: &ModelReference| matches!(reference.selector, Selector::Number(_)));
    pinned.ok_or(read::Expected::Borrowed("a name with its version number, such as acme/base@v1"))
}
