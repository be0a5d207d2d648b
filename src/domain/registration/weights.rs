//! Opening a version for the engine: decrypted into memory, checked against what was signed, and nowhere else.

use chancery_base::{
    db::Database,
    problem::{Problem, ProblemKind},
    values::{ModelName, Sha256Digest},
};
use chancery_engine::{Architecture, ModelFiles};
use zeroize::Zeroizing;

use super::{
    Vault,
    inspection::CONFIGURATION,
    signed::{not_as_signed, signed_papers},
    vault::Unopened,
};
use crate::artifacts::{self, ManifestFile, Version, VersionFile};

/// Threads that decrypt one file.
const THREADS: usize = 4;

/// Decrypts the files that the owner signed for `version` and its architecture reads; the buffers are zeroed when dropped.
///
/// Errors: [`ProblemKind::DigestMismatch`] naming what is not as it was signed: such a version is not run;
/// [`ProblemKind::RefusedFormat`] for an architecture that the engine does not know any more; those of store and database.
pub fn open_weights(database: &Database, vault: &Vault, version: &Version) -> Result<ModelFiles, Problem> {
    let (papers, rows, model) = database.read(|connection| {
        let model = artifacts::find_model_by_id(connection, version.model)?;
        let model = model.ok_or_else(|| Problem::internal("a version's model is missing"))?;
        let papers = signed_papers(connection, version)?.ok_or_else(|| not_as_signed("statement", &model.name))?;
        Ok::<_, Problem>((papers, artifacts::files_of(connection, version.id)?, model.name))
    })?;
    let mut opened = ModelFiles::default();
    let mut open = |wanted: &[&str]| {
        for signed in papers.manifest.files().iter().filter(|file| wanted.contains(&file.path.as_str())) {
            opened.insert(signed.path.as_str(), open_file(database, vault, signed, &rows, &model)?);
        }
        Architecture::detect(&opened).map_err(|error| Problem::new(ProblemKind::RefusedFormat, error.to_string()))
    };
    let architecture = open(&[CONFIGURATION])?;
    open(architecture.files())?;
    Ok(opened)
}

fn open_file(
    database: &Database,
    vault: &Vault,
    signed: &ManifestFile,
    rows: &[VersionFile],
    model: &ModelName,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let wrong = |cause: &dyn std::fmt::Display| {
        tracing::error!(model.name = %model, file.path = %signed.path, error.cause = %cause, "a file is not what was signed");
        not_as_signed(&format!("file `{}`", signed.path), model)
    };
    let row = rows.iter().find(|row| row.path == signed.path).ok_or_else(|| wrong(&"it has no row"))?;
    let opener = vault.open(database, row.blob).map_err(|unopened| match unopened {
        Unopened::Missing => wrong(&"its blob is missing"),
        Unopened::Tampered(cause) => wrong(&cause),
        Unopened::Failed(problem) => problem,
    })?;
    // Before memory is taken for whatever the row points to.
    if opener.length() != signed.size {
        return Err(wrong(&"its length differs"));
    }
    let bytes = opener.read_all(THREADS).map_err(|error| wrong(&error))?;
    if Sha256Digest::of(&bytes) == signed.sha256 { Ok(bytes) } else { Err(wrong(&"its digest differs")) }
}
