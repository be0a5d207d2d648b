//! The manifest of a push: every file's digest, the passport, and the owner's signature over both.

use std::fs::File;

use chancery_base::{
    crypto::{Envelope, SigningKey},
    values::{ModelName, Sha256Digest},
};
use chancery_domain::{
    artifacts::{Manifest, ManifestFile},
    passport::Passport,
};

use crate::cli::{error::CliError, local::LocalFile, message::say, output::Output, progress::Progress};

/// Hashes every file, then signs what they are and what the passport says of them.
///
/// # Errors
/// [`CliError::Local`] for a file that cannot be read or changed its size, and for what no manifest can say.
pub fn sign(
    model: &ModelName,
    files: &[LocalFile],
    passport: &Passport,
    key: &SigningKey,
    output: &Output,
) -> Result<Envelope, CliError> {
    let progress = Progress::start(output, &say!("push-hashing"), files.iter().map(|file| file.size.0).sum());
    let announced: Result<Vec<_>, CliError> = files.iter().map(|file| announce(file, &progress)).collect();
    progress.finish();
    let unsayable = |cause: &dyn std::fmt::Display| CliError::failure(say!("push-manifest", cause = cause));
    let passport = match serde_json::to_value(passport) {
        Ok(serde_json::Value::Object(passport)) => passport,
        Ok(_) => return Err(unsayable(&"the passport is no JSON object")),
        Err(error) => return Err(unsayable(&error)),
    };
    let manifest = Manifest::new(model.clone(), announced?, passport).map_err(|error| unsayable(&error))?;
    let statement = manifest.to_statement().map_err(|error| unsayable(&error))?;
    statement.sign(key).map_err(|error| unsayable(&error))
}

fn announce(file: &LocalFile, progress: &Progress) -> Result<ManifestFile, CliError> {
    let opened = File::open(&file.location);
    let hashed = opened.and_then(|opened| Sha256Digest::of_stream(progress.reading(opened)));
    let (sha256, size) = hashed.map_err(|error| CliError::unreadable(&file.location, &error))?;
    Ok(ManifestFile { path: file.path.clone(), size, sha256 })
}
