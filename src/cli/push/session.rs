//! An upload session: the server says which files it wants; only those are sent, and a broken connection is taken up again.

use std::{collections::BTreeSet, fs::File, thread, time::Duration};

use chancery_base::{
    crypto::Envelope,
    values::{ArtifactPath, ByteCount, ModelName, Sha256Digest, UploadId},
};
use serde::Deserialize;

use crate::cli::{client::Client, error::CliError, local::LocalFile, message::say, output::Output, progress::Progress};

/// How often a file is sent before the push gives up; the session stays open for `--resume`.
const ATTEMPTS: u32 = 4;
/// How long to wait before sending again; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// A session as the server tells it.
#[derive(Debug, Deserialize)]
pub struct Session {
    id: UploadId,
    model: ModelName,
    files: Vec<AnnouncedFile>,
}

#[derive(Debug, Deserialize)]
struct AnnouncedFile {
    path: ArtifactPath,
    sha256: Sha256Digest,
    size: ByteCount,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// Still to be sent.
    Wanted,
    /// There already.
    Held,
}

impl Session {
    /// Opens a session for a signed manifest.
    ///
    /// # Errors
    /// Those of the client.
    pub fn open(client: &Client, envelope: &Envelope, output: &Output) -> Result<Self, CliError> {
        let session: Self = client.post_text("/api/v1/uploads", &envelope.to_json())?.view;
        output.note(&say!("push-opened", upload = session.id));
        Ok(session)
    }

    /// Takes up the session `upload`, which must be for `model`.
    ///
    /// # Errors
    /// Those of the client, and [`CliError::Local`] for a session of another model.
    pub fn resume(client: &Client, upload: UploadId, model: &ModelName) -> Result<Self, CliError> {
        let session: Self = client.get(&path(upload))?.view;
        if session.model == *model {
            Ok(session)
        } else {
            Err(CliError::failure(say!("push-other-model", upload = upload, model = session.model)))
        }
    }

    /// The session's identifier.
    #[must_use]
    pub const fn id(&self) -> UploadId {
        self.id
    }

    /// Sends every file the server wants; files with the same bytes are sent once.
    ///
    /// # Errors
    /// Those of the client once every attempt failed, and [`CliError::Local`] for a file that is no longer there.
    pub fn send(&self, local: &[LocalFile], client: &Client, output: &Output) -> Result<(), CliError> {
        let mut seen = BTreeSet::new();
        let distinct: Vec<_> = self.files.iter().filter(|file| seen.insert(file.sha256)).collect();
        let progress = Progress::start(output, &say!("push-sending"), distinct.iter().map(|file| file.size.0).sum());
        for file in distinct {
            if file.state == State::Held {
                progress.skip(file.size.0);
                continue;
            }
            let here = local.iter().find(|local| local.path == file.path && local.size == file.size);
            let here = here.ok_or_else(|| CliError::failure(say!("push-file-changed", file = file.path)))?;
            self.send_file(file, here, client, &progress)?;
        }
        progress.finish();
        Ok(())
    }

    fn send_file(
        &self,
        file: &AnnouncedFile,
        local: &LocalFile,
        client: &Client,
        progress: &Progress,
    ) -> Result<(), CliError> {
        let before = progress.done();
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            let opened = File::open(&local.location).map_err(|error| CliError::unreadable(&local.location, &error))?;
            let path = format!("{}/blobs/{}", path(self.id), file.sha256);
            match client.upload(&path, &mut progress.reading(opened), file.size.0) {
                Ok(()) => break,
                Err(CliError::Problem(problem)) => return Err(CliError::Problem(problem)),
                // The bytes may have arrived although the answer did not.
                Err(_) if self.is_held(file, client) => break,
                Err(error) if attempt >= ATTEMPTS => return Err(self.broke_off(error)),
                Err(_) => {
                    thread::sleep(pause);
                    pause *= 2;
                    progress.back_to(before);
                }
            }
        }
        progress.back_to(before + file.size.0);
        Ok(())
    }

    /// The same failure with the way to go on, where there is one: what the server refused it will refuse again.
    pub fn broke_off(&self, error: CliError) -> CliError {
        if error.problem().is_some() { error } else { error.and_then(say!("push-resume", upload = self.id)) }
    }

    fn is_held(&self, file: &AnnouncedFile, client: &Client) -> bool {
        let now = client.get::<Self>(&path(self.id));
        now.is_ok_and(|now| now.view.files.iter().any(|held| held.sha256 == file.sha256 && held.state == State::Held))
    }
}

fn path(upload: UploadId) -> String {
    format!("/api/v1/uploads/{upload}")
}
