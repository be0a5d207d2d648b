//! The models a model was made from: sections `[[parent]]`.

use chancery_base::values::{ModelReference, Selector, Sha256Digest};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Activity, LicenceExpression};
use crate::documents::{Content, Node, Section, read};

/// One model this one was made from, and how (Annex IV(1)(c); Model Documentation Form 1.6, model dependencies).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Which model.
    pub source: ParentSource,
    /// What was done with it.
    pub activity: Activity,
}

/// Where a parent model is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParentSource {
    /// Registered here: its own passport says the rest. Always pinned to a version number.
    Registered(ModelReference),
    /// Registered elsewhere: what is known of it is what the owner declares.
    External {
        /// Its name there, such as `example/base-model`.
        name: String,
        /// SHA-256 of its weights.
        digest: Option<Sha256Digest>,
        /// Its licence; absent means not known.
        licence: Option<LicenceExpression>,
    },
}

impl Parent {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let activity = section.required("activity", model_activity);
        let model = section.optional("model", pinned_reference);
        let external = section.optional("external", read::text);
        let digest = section.optional("digest", read::parsed);
        let licence = section.optional("licence", read::parsed);
        let source = match (section.has("model"), section.has("external")) {
            (true, false) => {
                for key in ["digest", "licence"].into_iter().filter(|key| section.has(key)) {
                    section.refuse(key, "nothing, because the registered parent's own passport says it");
                }
                ParentSource::Registered(model?)
            }
            (false, true) => ParentSource::External { name: external?, digest, licence },
            (true, true) => {
                section.refuse("external", "either `model` or `external`, not both");
                return None;
            }
            (false, false) => {
                section.refuse("model", "a registered model such as acme/base@v1, or `external` with a name elsewhere");
                return None;
            }
        };
        Some(Self { source, activity: activity? })
    }
}

impl Serialize for Parent {
    /// Writes the fields it was read from.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("activity", &self.activity)?;
        match &self.source {
            ParentSource::Registered(model) => fields.serialize_entry("model", &model.to_string())?,
            ParentSource::External { name, digest, licence } => {
                fields.serialize_entry("external", name)?;
                fields.serialize_entry("digest", digest)?;
                fields.serialize_entry("licence", licence)?;
            }
        }
        fields.end()
    }
}

fn model_activity(node: &Node) -> Result<Activity, read::Expected> {
    let activity = read::parsed(node).ok().filter(|activity: &Activity| activity.derives_models());
    activity.ok_or_else(|| {
        let codes: Vec<_> = Activity::OF_MODELS.iter().map(|activity| activity.code()).collect();
        format!("one of: {}", codes.join(" ")).into()
    })
}

fn pinned_reference(node: &Node) -> Result<ModelReference, read::Expected> {
    let reference = match &node.content {
        Content::Text(text) => text.parse().ok(),
        _ => None,
    };
    let pinned = reference.filter(|reference: &ModelReference| matches!(reference.selector, Selector::Number(_)));
    pinned.ok_or(read::Expected::Borrowed("a model with its version number, such as acme/base@v1"))
}
