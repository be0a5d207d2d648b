//! Opening a version for the engine: decrypted into memory, checked against what was signed, and nowhere else.

use chancery_base::{
    db::Database,
    problem::{Problem, ProblemKind},
    values::Sha256Digest,
};
use chancery_engine::{Architecture, ModelFiles};
use zeroize::Zeroizing;

use super::{Vault, inspection::CONFIGURATION};
use crate::artifacts::{self, Version, VersionFile};

/// Threads that decrypt one file.
const THREADS: usize = 4;

/// Decrypts the files of `version` that its architecture reads; the buffers are zeroed when dropped.
///
/// Errors: [`ProblemKind::DigestMismatch`] naming the file whose bytes are not those that were signed: such a version is not
/// run; [`ProblemKind::RefusedFormat`] for an architecture that the engine does not know any more; those of the database.
pub fn open_weights(database: &Database, vault: &Vault, version: &Version) -> Result<ModelFiles, Problem> {
    let files = database.read(|connection| artifacts::files_of(connection, version.id))?;
    let mut opened = ModelFiles::default();
    let mut open = |wanted: &[&str]| {
        for file in files.iter().filter(|file| wanted.contains(&file.path.as_str())) {
            opened.insert(file.path.as_str(), open_file(database, vault, file)?);
        }
        Architecture::detect(&opened).map_err(|error| Problem::new(ProblemKind::RefusedFormat, error.to_string()))
    };
    let architecture = open(&[CONFIGURATION])?;
    open(architecture.files())?;
    Ok(opened)
}

fn open_file(database: &Database, vault: &Vault, file: &VersionFile) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let (blob, key) = database.read(|connection| {
        let blob = artifacts::find_blob(connection, file.blob)?;
        let blob = blob.ok_or_else(|| Problem::internal(format_args!("blob {} has no row", file.blob)))?;
        let key = vault.file_key(connection, &blob)?;
        Ok::<_, Problem>((blob, key))
    })?;
    let tampered = |cause: &dyn std::fmt::Display| {
        tracing::error!(blob.name = %blob.name, error.cause = %cause, "a stored file is not what was signed");
        not_as_signed(file)
    };
    let opener = vault.open(&blob, &key).map_err(|error| tampered(&error))?;
    let bytes = opener.read_all(THREADS).map_err(|error| tampered(&error))?;
    if Sha256Digest::of(&bytes) == file.sha256 { Ok(bytes) } else { Err(tampered(&"digest")) }
}

fn not_as_signed(file: &VersionFile) -> Problem {
    let detail = format!(
        "the stored bytes of `{}` are not those that were signed, so the model is not run; tell its owner to check it",
        file.path
    );
    Problem::new(ProblemKind::DigestMismatch, detail)
}
