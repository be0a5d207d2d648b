//! Receiving a file: hashed, sealed and stored in one pass; the row that makes it count is written once it is durable.

use std::io::Read;

use chancery_base::{
    intake::{Expectation, Intake, IntakeError, StoredBlob},
    problem::{Problem, ProblemKind},
    values::{ByteCount, Sha256Digest, UploadId},
};
use serde_json::json;

use super::{Archive, places::Place, session::OpenUpload, vault::store_problem};
use crate::{
    artifacts::{self, UploadFile},
    parties::{self, Caller, Permission},
};

/// What to do with the bytes of a file.
pub enum Reception {
    /// They are here already; nothing needs to be read.
    Held,
    /// Take them in.
    Coming(Box<Receiving>),
}

/// A file on its way in. Dropping it leaves nothing behind.
pub struct Receiving {
    archive: Archive,
    caller: Caller,
    upload: UploadId,
    sha256: Sha256Digest,
    intake: Intake,
    _place: Place,
}

impl Archive {
    /// Gets ready for the file with digest `sha256` of an upload; `length` is what the sender announces now, if it does.
    ///
    /// Errors: no such upload of this party or no such file in it; an upload that ended; a length other than the one signed;
    /// as many files on their way in as there may be.
    pub fn receive(
        &self,
        caller: &Caller,
        upload: UploadId,
        sha256: Sha256Digest,
        length: Option<ByteCount>,
    ) -> Result<Reception, Problem> {
        let subject = json!({"upload": upload, "sha256": sha256});
        let begun = self.try_receive(caller, upload, sha256, length);
        self.recorder().recorded(caller, "send-file", &subject, begun)
    }

    fn try_receive(
        &self,
        caller: &Caller,
        upload: UploadId,
        sha256: Sha256Digest,
        length: Option<ByteCount>,
    ) -> Result<Reception, Problem> {
        caller.require(Permission::Administer)?;
        let open = self.database.read(|connection| OpenUpload::find(connection, caller, upload))?;
        open.require_open(self.clock.now())?;
        let file = open.manifest.file_by_digest(&sha256).ok_or_else(|| Problem::not_found("file in this upload"))?;
        if length.is_some_and(|length| length != file.size) {
            let detail = format!("`{}` was signed with {} bytes; send exactly those", file.path, file.size.0);
            return Err(Problem::new(ProblemKind::DigestMismatch, detail));
        }
        if open.held.iter().any(|held| held.sha256 == sha256) {
            return Ok(Reception::Held);
        }
        let place = self.places.receiving.take(caller.party.id)?;
        let expectation = Expectation::Announced { digest: sha256, length: file.size };
        let intake = Intake::start(&*self.vault.store, &*self.entropy, expectation).map_err(|error| problem(&error))?;
        let (archive, caller) = (self.clone(), caller.clone());
        Ok(Reception::Coming(Box::new(Receiving { archive, caller, upload, sha256, intake, _place: place })))
    }

    /// Receives all of a file from `source`, for callers that have it at hand.
    ///
    /// Errors: as [`Self::receive`], [`Receiving::push`] and [`Receiving::finish`].
    pub fn receive_from(
        &self,
        caller: &Caller,
        upload: UploadId,
        sha256: Sha256Digest,
        source: &mut dyn Read,
    ) -> Result<(), Problem> {
        /// Bytes read at a time.
        const READ_BYTES: usize = 128 << 10;
        let Reception::Coming(mut receiving) = self.receive(caller, upload, sha256, None)? else { return Ok(()) };
        let mut buffer = zeroize::Zeroizing::new(vec![0; READ_BYTES]);
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return receiving.finish(),
                Ok(count) => {
                    if let Err(problem) = receiving.push(buffer.get(..count).unwrap_or_default()) {
                        return receiving.refuse(problem);
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return receiving.break_off(),
            }
        }
    }
}

impl Receiving {
    /// Takes bytes, waiting for room where there is none; for threads that may block.
    ///
    /// Errors: more bytes than were signed; the store failed or is full. Hand it to [`Self::refuse`].
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.intake.push(bytes).map_err(|error| problem(&error))
    }

    /// Takes as many bytes as there is room for without waiting, and returns how many that were.
    ///
    /// Errors: as [`Self::push`].
    pub fn try_push(&mut self, bytes: &[u8]) -> Result<usize, Problem> {
        self.intake.try_push(bytes).map_err(|error| problem(&error))
    }

    /// Gives the file up: what was taken is removed, and why goes into the audit log. For threads that may block.
    ///
    /// Errors: always `why`, or that it could not be recorded.
    pub fn refuse<T>(self, why: Problem) -> Result<T, Problem> {
        let Self { archive, caller, upload, sha256, intake, .. } = self;
        drop(intake);
        archive.recorder().recorded(&caller, "send-file", &json!({"upload": upload, "sha256": sha256}), Err(why))
    }

    /// Gives the file up because its sender stopped sending.
    ///
    /// Errors: always, saying so.
    pub fn break_off(self) -> Result<(), Problem> {
        let detail = "the file broke off on its way; send it again from its start";
        self.refuse(Problem::new(ProblemKind::BadRequest, detail))
    }

    /// Checks digest and length, waits for the disk, and notes that the file is held.
    ///
    /// Errors: other bytes than were signed, which is in the audit log; the upload ended meanwhile; the store failed. Nothing
    /// is left behind.
    pub fn finish(self) -> Result<(), Problem> {
        let Self { archive, caller, upload, sha256, intake, .. } = self;
        let subject = json!({"upload": upload, "sha256": sha256});
        let stored = intake.finish().map_err(|error| problem(&error));
        let noted = stored.and_then(|stored| archive.note_held(&caller, upload, &stored));
        archive.recorder().recorded(&caller, "send-file", &subject, noted)
    }
}

impl Archive {
    fn note_held(&self, caller: &Caller, upload: UploadId, stored: &StoredBlob) -> Result<(), Problem> {
        let now = self.clock.now();
        let key = self.database.read(|connection| self.vault.current_key(connection, caller.party.id));
        let key = key.inspect_err(|_| self.vault.remove(&[stored.name]))?;
        let (blob, version) = (self.vault.row(stored, caller.party.id, &key, &*self.entropy, now), key.version());
        let (owner, file) =
            (caller.clone(), UploadFile { sha256: stored.digest, blob: stored.name, is_received: true });
        let noted = self.database.act(move |tx| {
            let open = OpenUpload::find(tx, &owner, upload)?;
            open.require_open(now)?;
            if open.held.iter().any(|held| held.sha256 == file.sha256) {
                return Ok(false);
            }
            parties::require_newest_key(tx, owner.party.id, version)?;
            artifacts::insert_blob(tx, &blob)?;
            artifacts::insert_upload_file(tx, upload, &file)?;
            Ok(true)
        });
        match noted {
            Ok(true) => Ok(()),
            // Somebody sent the same file at the same time and was first.
            Ok(false) => {
                self.vault.remove(&[stored.name]);
                Ok(())
            }
            // Whether the row was written is not known: an orphan is swept later, a row without its file is not.
            Err(problem) if problem.kind == ProblemKind::LogUnavailable => Err(problem),
            Err(problem) => {
                self.vault.remove(&[stored.name]);
                Err(problem)
            }
        }
    }
}

fn problem(error: &IntakeError) -> Problem {
    match error {
        IntakeError::DigestMismatch { .. } | IntakeError::TooShort { .. } | IntakeError::TooLong { .. } => {
            Problem::new(ProblemKind::DigestMismatch, error.to_string())
        }
        IntakeError::Store(error) => store_problem(error),
        IntakeError::Source(_) => {
            Problem::new(ProblemKind::BadRequest, "the file broke off on its way; send it again from its start")
        }
        IntakeError::Stopped => Problem::internal(error),
    }
}
