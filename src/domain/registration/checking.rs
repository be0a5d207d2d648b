//! Checking a version: are the stored bytes still those that were signed? The bad file is named.

use std::io::Read;

use chancery_base::{
    crypto::{Envelope, Statement},
    intake::OpenBlobError,
    logs,
    problem::Problem,
    store::StoreError,
    values::{ArtifactPath, Sha256Digest},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Archive;
use crate::{
    artifacts::{self, Model, Version, VersionFile},
    parties::{self, Caller},
};

/// Bytes decrypted and hashed at a time.
const BUFFER_BYTES: usize = 256 << 10;

/// What checking a version found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Whether the stored statement is still the one its key signed.
    pub is_manifest_valid: bool,
    /// Every file of the version.
    pub files: Vec<CheckedFile>,
}

/// What checking a file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// Its path in the artifact.
    pub path: ArtifactPath,
    /// SHA-256 as signed.
    pub expected: Sha256Digest,
    /// What is there.
    pub verdict: FileVerdict,
}

/// What is there in place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileVerdict {
    /// The bytes that were signed.
    Valid,
    /// Bytes that open but are others.
    Differs {
        /// Their SHA-256.
        found: Sha256Digest,
    },
    /// Sealed bytes that were changed, moved or cut, and do not open.
    Tampered,
    /// Nothing.
    Missing,
}

impl CheckReport {
    /// Whether everything is as it was signed.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.is_manifest_valid && self.files.iter().all(|file| file.verdict == FileVerdict::Valid)
    }
}

impl Archive {
    /// Recomputes the digest of every stored file of a version the caller may see. Tampering that is found is in the audit
    /// log, where the owner can open it too.
    ///
    /// Errors: the store or the database failed, which says nothing about the files.
    pub fn check_version(&self, caller: &Caller, model: &Model, version: &Version) -> Result<CheckReport, Problem> {
        let files = self.database.read(|connection| artifacts::files_of(connection, version.id))?;
        let files = files.iter().map(|file| self.check_file(file)).collect::<Result<_, Problem>>()?;
        let report = CheckReport { is_manifest_valid: self.is_manifest_valid(version)?, files };
        if !report.is_valid() {
            let bad = report.files.iter().filter(|file| file.verdict != FileVerdict::Valid);
            let details = json!({
                "model": model.name, "version": version.number, "manifest": report.is_manifest_valid,
                "files": bad.map(|file| &file.path).collect::<Vec<_>>(),
            });
            let leaf = self.recorder().leaf("tampering-found", caller, &[model.owner], &details)?;
            self.database.act(move |tx| Ok(logs::append(tx, &leaf)?))?;
        }
        Ok(report)
    }

    fn check_file(&self, file: &VersionFile) -> Result<CheckedFile, Problem> {
        let verdict = match self.digest_of(file)? {
            Some(Ok(found)) if found == file.sha256 => FileVerdict::Valid,
            Some(Ok(found)) => FileVerdict::Differs { found },
            Some(Err(())) => FileVerdict::Tampered,
            None => FileVerdict::Missing,
        };
        Ok(CheckedFile { path: file.path.clone(), expected: file.sha256, verdict })
    }

    /// The digest of what a file's blob opens to: nothing where there is no blob, `Err` where it does not open.
    fn digest_of(&self, file: &VersionFile) -> Result<Option<Result<Sha256Digest, ()>>, Problem> {
        let blob = self.database.read(|connection| artifacts::find_blob(connection, file.blob))?;
        let Some(blob) = blob else { return Ok(None) };
        let key = self.database.read(|connection| self.vault.file_key(connection, &blob))?;
        let opener = match self.vault.open(&blob, &key) {
            Ok(opener) => opener,
            Err(OpenBlobError::Store(StoreError::Absent { .. })) => return Ok(None),
            Err(OpenBlobError::Store(error)) => return Err(Problem::internal(error)),
            Err(OpenBlobError::Seal(_)) => return Ok(Some(Err(()))),
        };
        Ok(Some(digest(opener.cursor()).map_err(|error| {
            tracing::warn!(blob.name = %blob.name, error.cause = %error, "a stored file does not open");
        })))
    }

    fn is_manifest_valid(&self, version: &Version) -> Result<bool, Problem> {
        let key = self.database.read(|connection| parties::find_signing_key(connection, version.signing_key))?;
        let key = key.ok_or_else(|| Problem::internal("a version's signing key is missing"))?;
        let Ok(envelope) = Envelope::parse(version.signed_manifest.as_bytes()) else { return Ok(false) };
        let is_signed = Statement::verify(&envelope, &[key.public_key]).is_ok();
        Ok(is_signed && Sha256Digest::of(envelope.unverified_payload()) == version.manifest_digest)
    }
}

fn digest(mut source: impl Read) -> std::io::Result<Sha256Digest> {
    let mut hash = Sha256::new();
    let mut buffer = Zeroizing::new(vec![0; BUFFER_BYTES]);
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(Sha256Digest::from_bytes(hash.finalize().into())),
            count => hash.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}
