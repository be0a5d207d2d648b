//! An upload session as its party sees it: which files are held, which are wanted.

use chancery_base::{
    crypto::{Envelope, Statement},
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::{ArtifactPath, ByteCount, Sha256Digest, UnixMillis, UploadId},
};
use serde::{Deserialize, Serialize};

use super::Archive;
use crate::{
    artifacts::{self, Manifest, Upload, UploadFile},
    parties::Caller,
};

/// An open session with the state of its files.
#[derive(Debug, Clone)]
pub struct Session {
    /// The session.
    pub upload: Upload,
    /// Every file of the manifest, in its order.
    pub files: Vec<SessionFile>,
}

/// One file of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFile {
    /// Its path in the artifact.
    pub path: ArtifactPath,
    /// SHA-256 as announced.
    pub sha256: Sha256Digest,
    /// Length as announced.
    pub size: ByteCount,
    /// Whether its bytes are here.
    pub state: FileState,
}

/// Whether a file's bytes are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileState {
    /// To be sent.
    Wanted,
    /// Here, as announced.
    Held,
}

impl Archive {
    /// A session of the caller's party.
    ///
    /// Errors: [`ProblemKind::NotFound`], also for a session of another party.
    pub fn session(&self, caller: &Caller, id: UploadId) -> Result<Session, Problem> {
        self.database.read(|connection| {
            let OpenUpload { upload, manifest, held } = OpenUpload::find(connection, caller, id)?;
            let state = |sha256| match held.iter().any(|file| file.sha256 == sha256) {
                true => FileState::Held,
                false => FileState::Wanted,
            };
            let files = manifest.files().iter().map(|file| SessionFile {
                path: file.path.clone(),
                sha256: file.sha256,
                size: file.size,
                state: state(file.sha256),
            });
            Ok(Session { files: files.collect(), upload })
        })
    }
}

/// A session with what was signed for it and what has arrived.
pub(super) struct OpenUpload {
    pub(super) upload: Upload,
    pub(super) manifest: Manifest,
    pub(super) held: Vec<UploadFile>,
}

impl OpenUpload {
    pub(super) fn find(connection: &mut AnyConnection, caller: &Caller, id: UploadId) -> Result<Self, Problem> {
        let upload = artifacts::find_upload(connection, caller.party.id, id)?;
        let upload = upload.ok_or_else(|| Problem::not_found("upload"))?;
        let manifest = stored_manifest(&upload.signed_manifest)?;
        Ok(Self { manifest, held: artifacts::upload_files_of(connection, id)?, upload })
    }

    /// Refuses a session that can take nothing more.
    pub(super) fn require_open(&self, now: UnixMillis) -> Result<(), Problem> {
        let closed = |detail: &str| Err(Problem::new(ProblemKind::Conflict, detail));
        if self.upload.version.is_some() {
            return closed("this upload was committed already; open a new one for another version");
        }
        if self.upload.expires_at <= now {
            return closed("this upload has expired; open a new one, files that are held need not be sent again");
        }
        Ok(())
    }
}

/// Reads a manifest whose signature was verified before it was stored.
pub(super) fn stored_manifest(signed: &str) -> Result<Manifest, Problem> {
    let envelope = Envelope::parse(signed.as_bytes()).map_err(Problem::internal)?;
    let statement = Statement::parse(envelope.unverified_payload()).map_err(Problem::internal)?;
    Manifest::parse(&statement).map_err(Problem::internal)
}
