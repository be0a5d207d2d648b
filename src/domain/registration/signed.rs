//! What the owner signed about a stored version. The rows beside the signed statement repeat parts of it so that they can be
//! searched; they prove nothing, and whatever is run, weighed or checked is taken from here.

use chancery_base::{
    crypto::{Envelope, Statement},
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::{ModelName, Sha256Digest},
};

use super::opening::read_document;
use crate::{
    artifacts::{self, Manifest, Version},
    parties,
    passport::Document,
};

/// The papers of a version as its owner signed them.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedPapers {
    /// Its name, files and papers.
    pub manifest: Manifest,
    /// The passport or datasheet, read.
    pub document: Document,
}

/// Reads the signed papers of `version`; nothing where the stored statement is not the one that a key of the owner signed
/// about this model, or the stored passport is not the one in it.
///
/// Errors: the database; a signed passport that this program can no longer read.
pub fn signed_papers(connection: &mut AnyConnection, version: &Version) -> Result<Option<SignedPapers>, Problem> {
    let model = artifacts::find_model_by_id(connection, version.model)?;
    let model = model.ok_or_else(|| Problem::internal("a version's model is missing"))?;
    let key = parties::find_signing_key(connection, version.signing_key)?;
    // A row may be pointed to any key; only the owner's speak for the owner's models.
    let Some(key) = key.filter(|key| key.party == model.owner) else { return Ok(None) };
    let Ok(envelope) = Envelope::parse(version.signed_manifest.as_bytes()) else { return Ok(None) };
    let Ok((statement, _)) = Statement::verify(&envelope, &[key.public_key]) else { return Ok(None) };
    let manifest = Manifest::parse(&statement).map_err(Problem::internal)?;
    let document = read_document(&manifest).map_err(Problem::internal)?;
    let is_as_stored = Sha256Digest::of(envelope.unverified_payload()) == version.manifest_digest
        && *manifest.name() == model.name
        && manifest.kind() == model.kind
        && document.to_canonical_json().map_err(Problem::internal)? == version.passport.as_bytes();
    Ok(is_as_stored.then_some(SignedPapers { manifest, document }))
}

/// What is answered instead of running or weighing `what` of a model, which is not what was signed.
pub fn not_as_signed(what: &str, model: &ModelName) -> Problem {
    let detail = format!(
        "the stored {what} of `{model}` is not what was signed, so the model is not used; tell its owner to check it"
    );
    Problem::new(ProblemKind::DigestMismatch, detail)
}
