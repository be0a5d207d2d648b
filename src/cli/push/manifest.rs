//! The manifest of a push: every file's digest, the passport or datasheet, and the owner's signature over both.

use std::fs::File;

use chancery_base::{
    crypto::{Envelope, SigningKey},
    values::{ModelName, Sha256Digest},
};
use chancery_domain::{
    artifacts::{Manifest, ManifestFile},
    passport::Document,
};

use crate::cli::{error::CliError, local::LocalFile, message::say, output::Output, progress::Progress};

/// Hashes every file.
///
/// # Errors
/// [`CliError::Local`] for a file that cannot be read.
pub fn announce(files: &[LocalFile], output: &Output) -> Result<Vec<ManifestFile>, CliError> {
    let progress = Progress::start(output, &say!("push-hashing"), files.iter().map(|file| file.size.0).sum());
    let announced: Result<Vec<_>, CliError> = files.iter().map(|file| announce_file(file, &progress)).collect();
    progress.finish();
    announced
}

/// Signs what the files are and what the papers say of them.
///
/// # Errors
/// [`CliError::Local`] for what no manifest can say.
pub fn sign(
    name: &ModelName,
    files: Vec<ManifestFile>,
    papers: &Document,
    key: &SigningKey,
) -> Result<Envelope, CliError> {
    let unsayable = |cause: &dyn std::fmt::Display| CliError::failure(say!("push-manifest", cause = cause));
    let json = papers.to_canonical_json().map_err(|error| unsayable(&error))?;
    let json = serde_json::from_slice(&json).map_err(|error| unsayable(&error))?;
    let manifest = Manifest::new(papers.kind(), name.clone(), files, json).map_err(|error| unsayable(&error))?;
    let statement = manifest.to_statement().map_err(|error| unsayable(&error))?;
    statement.sign(key).map_err(|error| unsayable(&error))
}

fn announce_file(file: &LocalFile, progress: &Progress) -> Result<ManifestFile, CliError> {
    let opened = File::open(&file.location);
    let hashed = opened.and_then(|opened| Sha256Digest::of_stream(progress.reading(opened)));
    let (sha256, size) = hashed.map_err(|error| CliError::unreadable(&file.location, &error))?;
    Ok(ManifestFile { path: file.path.clone(), size, sha256 })
}
