//! Checking a version: are the stored bytes still those that were signed? The bad file is named.

use chancery_base::{
    logs,
    problem::Problem,
    store::BlobName,
    values::{ArtifactPath, ByteCount, Sha256Digest},
};
use serde_json::json;

use super::{
    Archive,
    signed::signed_papers,
    vault::{Unopened, destroyed},
};
use crate::{
    artifacts::{self, ManifestFile, Model, Version, VersionFile, VersionStatus},
    parties::Caller,
};

/// What checking a version found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Whether the stored statement is still the one its owner signed, and the stored passport the one in it.
    pub is_manifest_valid: bool,
    /// Every file that was signed, then those that are stored and were not.
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
    /// Sealed bytes that were changed, moved or cut and do not open, or a row that says something else than was signed.
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
    /// Errors: the version's keys were destroyed; the store or the database failed, or too many checks are under way, which says nothing about the files.
    pub fn check_version(&self, caller: &Caller, model: &Model, version: &Version) -> Result<CheckReport, Problem> {
        if version.status == VersionStatus::Destroyed {
            return Err(destroyed());
        }
        let _place = self.places.checking.take(caller.party.id)?;
        let (papers, rows) = self.database.read(|connection| {
            let papers = signed_papers(connection, version)?;
            Ok::<_, Problem>((papers, artifacts::files_of(connection, version.id)?))
        })?;
        let is_manifest_valid = papers.is_some();
        // Without a statement to hold them against, the files can still be held against what the rows say.
        let signed =
            papers.map_or_else(|| rows.iter().map(announced).collect(), |papers| papers.manifest.files().to_vec());
        let mut files = signed.iter().map(|file| self.check_file(file, &rows)).collect::<Result<Vec<_>, Problem>>()?;
        let unsigned = rows.iter().filter(|row| signed.iter().all(|file| file.path != row.path));
        files.extend(unsigned.map(|row| CheckedFile {
            path: row.path.clone(),
            expected: row.sha256,
            verdict: FileVerdict::Tampered,
        }));
        let report = CheckReport { is_manifest_valid, files };
        if !report.is_valid() {
            let bad = report.files.iter().filter(|file| file.verdict != FileVerdict::Valid);
            let details = json!({
                "model": model.name, "version": version.number, "manifest": report.is_manifest_valid,
                "files": bad.map(|file| &file.path).collect::<Vec<_>>(),
            });
            let leaf = self.recorder().leaf("tampering-found", caller, &[model.owner], &details)?;
            self.database.act(move |tx| Ok(logs::append(tx, &leaf)))?;
        }
        Ok(report)
    }

    fn check_file(&self, signed: &ManifestFile, rows: &[VersionFile]) -> Result<CheckedFile, Problem> {
        let verdict = match rows.iter().find(|row| row.path == signed.path) {
            None => FileVerdict::Missing,
            Some(row) => match self.check_blob(row.blob, signed.sha256, signed.size)? {
                FileVerdict::Valid if announced(row) != *signed => FileVerdict::Tampered,
                verdict => verdict,
            },
        };
        Ok(CheckedFile { path: signed.path.clone(), expected: signed.sha256, verdict })
    }

    /// What is in a blob that should hold `size` bytes with the digest `expected`.
    ///
    /// Errors: the store or the database failed, which says nothing about the blob.
    pub(super) fn check_blob(
        &self,
        blob: BlobName,
        expected: Sha256Digest,
        size: ByteCount,
    ) -> Result<FileVerdict, Problem> {
        let opener = match self.vault.open(&self.database, blob) {
            Ok(opener) => opener,
            Err(Unopened::Missing) => return Ok(FileVerdict::Missing),
            Err(Unopened::Tampered(cause)) => return Ok(does_not_open(blob, &cause)),
            Err(Unopened::Failed(problem)) => return Err(problem),
        };
        Ok(match Sha256Digest::of_stream(opener.cursor()) {
            Ok(found) if found == (expected, size) => FileVerdict::Valid,
            Ok((found, _)) => FileVerdict::Differs { found },
            Err(error) => does_not_open(blob, &error),
        })
    }
}

fn does_not_open(blob: BlobName, cause: &dyn std::fmt::Display) -> FileVerdict {
    tracing::warn!(blob.name = %blob, error.cause = %cause, "a stored file does not open");
    FileVerdict::Tampered
}

/// A file as its row says that it was announced.
fn announced(row: &VersionFile) -> ManifestFile {
    ManifestFile { path: row.path.clone(), size: row.size, sha256: row.sha256 }
}
