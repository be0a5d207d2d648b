//! The papers of an artifact, whichever kind it is: a passport for a model, a datasheet for a data set.

use chancery_base::{
    crypto::JsonError,
    values::{ArtifactKind, ModelReference},
};

use super::{Activity, Datasheet, Fact, LicenceExpression, ParentSource, Passport, Permission, facts::facts_of};
use crate::documents::Faults;

/// What an owner declares about one version of a model or data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// About a model.
    Passport(Box<Passport>),
    /// About a data set.
    Datasheet(Box<Datasheet>),
}

/// A registered artifact that something was made from, as its papers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredParent<'d> {
    /// Where the papers say so, such as `parent[0].model`.
    pub field: String,
    /// Whether it should be a model or a data set.
    pub kind: ArtifactKind,
    /// Which version.
    pub reference: &'d ModelReference,
    /// What was done with it.
    pub activity: Activity,
    /// What its rights holder permits besides its licence.
    pub permission: Option<&'d Permission>,
}

impl Document {
    /// Reads the papers of an artifact of this kind from JSON.
    ///
    /// Errors: every field that is missing, blank, unknown or not as expected.
    pub fn parse_json(kind: ArtifactKind, json: &[u8]) -> Result<Self, Faults> {
        match kind {
            ArtifactKind::Model => Passport::parse_json(json).map(Self::from),
            ArtifactKind::Dataset => Datasheet::parse_json(json).map(Self::from),
        }
    }

    /// The papers as canonical JSON, which is what gets signed.
    pub fn to_canonical_json(&self) -> Result<Vec<u8>, JsonError> {
        match self {
            Self::Passport(passport) => passport.to_canonical_json(),
            Self::Datasheet(datasheet) => datasheet.to_canonical_json(),
        }
    }

    /// What they are about.
    #[must_use]
    pub const fn kind(&self) -> ArtifactKind {
        match self {
            Self::Passport(_) => ArtifactKind::Model,
            Self::Datasheet(_) => ArtifactKind::Dataset,
        }
    }

    /// The passport, if they are one.
    #[must_use]
    pub fn passport(&self) -> Option<&Passport> {
        match self {
            Self::Passport(passport) => Some(passport),
            Self::Datasheet(_) => None,
        }
    }

    /// The datasheet, if they are one.
    #[must_use]
    pub fn datasheet(&self) -> Option<&Datasheet> {
        match self {
            Self::Passport(_) => None,
            Self::Datasheet(datasheet) => Some(datasheet),
        }
    }

    /// What its owner says that it is, in a sentence or two.
    #[must_use]
    pub fn summary(&self) -> &str {
        match self {
            Self::Passport(passport) => &passport.model.summary,
            Self::Datasheet(datasheet) => &datasheet.about.summary,
        }
    }

    /// Whom to ask about it.
    #[must_use]
    pub fn contact(&self) -> &str {
        match self {
            Self::Passport(passport) => &passport.model.contact,
            Self::Datasheet(datasheet) => &datasheet.about.contact,
        }
    }

    /// What it is offered or was published under; absent means not known.
    #[must_use]
    pub fn licence(&self) -> Option<&LicenceExpression> {
        match self {
            Self::Passport(passport) => Some(&passport.licence.expression),
            Self::Datasheet(datasheet) => datasheet.dataset.licence.as_ref(),
        }
    }

    /// Every field, those left out as missing; in canonical order.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Passport(passport) => passport.facts(),
            Self::Datasheet(datasheet) => facts_of(datasheet),
        }
    }

    /// The registered artifacts it was made from, in the order of the papers.
    #[must_use]
    pub fn registered_parents(&self) -> Vec<RegisteredParent<'_>> {
        match self {
            Self::Passport(passport) => {
                let data = passport.registered_data.iter().enumerate().map(|(index, data)| RegisteredParent {
                    field: format!("data[{index}].dataset"),
                    kind: ArtifactKind::Dataset,
                    reference: &data.dataset,
                    activity: Activity::Train,
                    permission: data.permission.as_ref(),
                });
                let models = passport.parents.iter().enumerate().filter_map(|(index, parent)| match &parent.source {
                    ParentSource::Registered(reference) => Some(RegisteredParent {
                        field: format!("parent[{index}].model"),
                        kind: ArtifactKind::Model,
                        reference,
                        activity: parent.activity,
                        permission: parent.permission.as_ref(),
                    }),
                    ParentSource::External(_) => None,
                });
                data.chain(models).collect()
            }
            Self::Datasheet(datasheet) => {
                let parents = datasheet.parents.iter().enumerate();
                let parent = parents.map(|(index, parent)| RegisteredParent {
                    field: format!("parent[{index}].{}", parent.kind),
                    kind: parent.kind,
                    reference: &parent.reference,
                    activity: parent.activity,
                    permission: parent.permission.as_ref(),
                });
                parent.collect()
            }
        }
    }
}

impl From<Passport> for Document {
    fn from(passport: Passport) -> Self {
        Self::Passport(Box::new(passport))
    }
}

impl From<Datasheet> for Document {
    fn from(datasheet: Datasheet) -> Self {
        Self::Datasheet(Box::new(datasheet))
    }
}
