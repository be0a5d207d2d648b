//! A log's public addresses: its checkpoint and its tiles (C2SP tlog-tiles v0.1.0).

use chancery_base::logs::{
    Checkpoint, CheckpointError, ENTRY_BYTES, Note, NoteError, SignedCheckpoint, TILE_WIDTH, Tile, Trust,
};

use super::LogName;
use crate::cli::{
    client::Client,
    error::{CliError, Exit},
    message::say,
};

/// Largest checkpoint that is read, in bytes; it may carry many witnesses' signatures.
const LARGEST_CHECKPOINT: u64 = 256 << 10;
/// Largest tile or bundle that is read, in bytes: 256 entries, each with its length.
const LARGEST_TILE: u64 = TILE_WIDTH * (ENTRY_BYTES as u64 + 2);

/// What a log says it is, and whether a pinned key stands behind it.
pub struct Seen {
    /// Origin, size and root.
    pub checkpoint: Checkpoint,
    /// Whether a pinned key signed it; if not, it is anybody's word.
    pub is_pinned: bool,
    /// The note, byte for byte.
    pub note: String,
}

/// A log on a server.
pub struct Source<'client> {
    client: &'client Client,
    /// Which log.
    pub log: LogName,
}

impl<'client> Source<'client> {
    /// The log `log` of the server that `client` talks to.
    #[must_use]
    pub const fn new(client: &'client Client, log: LogName) -> Self {
        Self { client, log }
    }

    /// Reads the checkpoint and checks its signature with pinned keys.
    ///
    /// # Errors
    /// [`Exit::Invalid`] for a checkpoint that a pinned key did not sign although it is named, [`Exit::Unverifiable`] if
    /// it cannot be had.
    pub fn checkpoint(&self, trust: &Trust) -> Result<Seen, CliError> {
        let note = self.client.bytes(&self.path("checkpoint"), LARGEST_CHECKPOINT).map_err(CliError::while_verifying)?;
        let text = String::from_utf8_lossy(&note).into_owned();
        match SignedCheckpoint::open(&note, &trust.log_keys()) {
            Ok(signed) => Ok(Seen { checkpoint: signed.checkpoint().clone(), is_pinned: true, note: text }),
            Err(CheckpointError::Note(NoteError::Unsigned)) => {
                let checkpoint = Note::parse(&note).map_err(|error| self.wrong(&error))?;
                let checkpoint = checkpoint.text().parse().map_err(|error| self.wrong(&error))?;
                Ok(Seen { checkpoint, is_pinned: false, note: text })
            }
            Err(error) => Err(self.wrong(&error)),
        }
    }

    /// Reads the bytes of a tile.
    ///
    /// # Errors
    /// [`Exit::Unverifiable`] if it cannot be had.
    pub fn tile(&self, tile: &Tile) -> Result<Vec<u8>, CliError> {
        self.client.bytes(&self.path(&tile.to_string()), LARGEST_TILE).map_err(CliError::while_verifying)
    }

    fn path(&self, below: &str) -> String {
        format!("/log/{}/{below}", self.log.segment())
    }

    fn wrong(&self, cause: &dyn std::fmt::Display) -> CliError {
        CliError::Local(Exit::Invalid, say!("log-checkpoint-wrong", log = self.log.segment(), cause = cause))
    }
}
