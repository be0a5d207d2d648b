//! What listings show of a model: which of its versions is the newest in use, and what that one says of itself. It repeats what
//! stands in the signed papers, so that thousands of models can be looked through; nothing is judged by it.

use chancery_base::values::{ModelId, ModelName, PartyId};

use super::{Model, VersionStatus};

/// What a listing shows of a model besides its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// The status of its newest version in use; of the newest, where none is.
    pub status: VersionStatus,
    /// The number of that version.
    pub number: u32,
    /// What its owner says that it does.
    pub summary: String,
    /// What its owner offers it under.
    pub licence: String,
}

/// A model with what a listing shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownModel {
    /// The model.
    pub model: Model,
    /// What is shown.
    pub headline: Headline,
}

/// The models among which some are listed.
#[derive(Debug, Clone, Copy)]
pub enum Among<'a> {
    /// Those that everybody may know of.
    Listed,
    /// Those of one party, whoever may know of them.
    OwnedBy(PartyId),
    /// These.
    These(&'a [ModelId]),
}

/// The order of a listing, and where it goes on.
#[derive(Debug, Clone)]
pub enum Beyond {
    /// By full name, after this one.
    Name(Option<ModelName>),
    /// The newest first, older than this one.
    Newest(Option<ModelId>),
}
