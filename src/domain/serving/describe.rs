//! Describing a version: what it is, who signed it, and what its papers say, as far as the viewer may know.

use std::sync::Arc;

use chancery_base::{
    problem::Problem,
    values::{ArtifactKind, ModelReference},
};

use super::desk::Desk;
use crate::{
    artifacts::{self, Model, Version, VersionFile},
    holds::{self, Hold},
    parties::{self, Caller, EnrolledKey},
    policy::Claims,
};

/// A version and what belongs to it.
pub struct Description {
    /// What it is a version of.
    pub model: Model,
    /// The version.
    pub version: Version,
    /// What was found in the rows of a data set, as JSON.
    pub profile: Option<String>,
    /// Its files, by path.
    pub files: Vec<VersionFile>,
    /// The key that signed it.
    pub signer: Option<EnrolledKey>,
    /// What its papers and those of its ancestors claim together.
    pub claims: Arc<Claims>,
    /// Who froze its model.
    pub holds: Vec<Hold>,
}

impl Desk {
    /// Describes the version that `reference` means.
    ///
    /// Errors: what does not exist and what is not for the caller answer alike.
    pub fn describe(
        &self,
        caller: &Caller,
        kind: ArtifactKind,
        reference: &ModelReference,
    ) -> Result<Description, Problem> {
        let (model, shelved) = self.find_of_kind(caller, kind, reference)?;
        self.database.read(|connection| {
            let version = shelved.version.clone();
            Ok(Description {
                profile: artifacts::profile_of(connection, version.id)?,
                files: artifacts::files_of(connection, version.id)?,
                signer: parties::find_signing_key(connection, version.signing_key)?,
                claims: shelved.claims_for(connection, caller.party.id)?,
                holds: holds::active_holds(connection, model.id)?,
                model,
                version,
            })
        })
    }
}
