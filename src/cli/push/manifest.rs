//! The manifest of a push: every file's digest, the passport, and the owner's signature over both.

use std::{
    fs::File,
    io::{self, Read},
};

use chancery_base::{
    crypto::{Envelope, SigningKey},
    values::{ByteCount, ModelName, Sha256Digest},
};
use chancery_domain::{
    artifacts::{Manifest, ManifestFile},
    passport::Passport,
};
use sha2::{Digest, Sha256};

use super::walk::LocalFile;
use crate::cli::{
    error::CliError,
    message::say,
    output::Output,
    progress::Progress,
};

/// Bytes read at a time; a few of them keep the disk and the hash busy.
const BUFFER_BYTES: usize = 1 << 20;

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
    let hashed = opened.and_then(|opened| digest(progress.reading(opened)));
    let (sha256, size) = hashed.map_err(|error| CliError::unreadable(&file.location, &error))?;
    Ok(ManifestFile { path: file.path.clone(), size, sha256 })
}

/// SHA-256 and length of everything `source` gives.
///
/// # Errors
/// Those of `source`.
pub fn digest(mut source: impl Read) -> io::Result<(Sha256Digest, ByteCount)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut length = 0;
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => return Ok((Sha256Digest::from_bytes(hasher.finalize().into()), ByteCount(length))),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(buffer.get(..read).unwrap_or_default());
        length += u64::try_from(read).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_have_the_digest_of_their_bytes() {
        for length in [0, 1, BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1] {
            let bytes = vec![7; length];
            let expected = (Sha256Digest::of(&bytes), ByteCount(length as u64));
            assert_eq!(digest(bytes.as_slice()).unwrap(), expected, "{length}");
        }
    }
}
