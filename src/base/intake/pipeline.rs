//! The two threads an intake runs, and the buffers that go round between them.

use std::{
    sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel},
    thread::{Builder, JoinHandle},
};

use sha2::{Digest, Sha256};

use super::IntakeError;
use crate::{
    crypto::{ChunkBuffer, FileKey, PayloadNonce, Position, Sealer},
    store::{BlobWriter, StoreError},
    values::Sha256Digest,
};

/// Buffers of one intake; each thread works on one, the others bridge their jitter.
const BUFFERS: usize = 8;
/// Chunks of 64 KiB in a buffer: a megabyte.
const CHUNKS_PER_BUFFER: usize = 16;

type Batch = (ChunkBuffer, Position);
/// The digest, unless the bytes ended before the last buffer.
type Hashed = Option<Sha256Digest>;
/// The blob with everything written, unless the bytes ended before the last buffer.
type Written = Result<Option<Box<dyn BlobWriter>>, StoreError>;

/// Two running threads. Dropping it ends them and removes the blob.
pub(super) struct Pipeline {
    input: Option<SyncSender<Batch>>,
    empty: Receiver<ChunkBuffer>,
    /// Buffers not made yet: small artifacts need one.
    unmade: usize,
    hasher: Option<JoinHandle<Hashed>>,
    sealer: Option<JoinHandle<Written>>,
}

impl Pipeline {
    pub(super) fn start(writer: Box<dyn BlobWriter>, key: &FileKey, nonce: PayloadNonce) -> Result<Self, IntakeError> {
        // INVARIANT: a channel holds every buffer there is, so sending never waits; waiting is for an empty buffer only.
        let (input, to_hash) = sync_channel(BUFFERS);
        let (hashed, to_seal) = sync_channel(BUFFERS);
        let (emptied, empty) = channel();
        let sealer = Sealer::new(key, &nonce);
        let sealing = move || seal_all(&to_seal, &emptied, sealer, nonce, writer);
        let sealer = spawn("intake-seal", sealing)?;
        let hasher = spawn("intake-hash", move || hash_all(&to_hash, &hashed))?;
        Ok(Self { input: Some(input), empty, unmade: BUFFERS, hasher: Some(hasher), sealer: Some(sealer) })
    }

    /// An empty buffer, if there is one now.
    pub(super) fn free_buffer(&mut self) -> Result<Option<ChunkBuffer>, IntakeError> {
        match self.empty.try_recv() {
            Ok(buffer) => Ok(Some(buffer)),
            Err(TryRecvError::Disconnected) => Err(self.failure()),
            Err(TryRecvError::Empty) if self.unmade == 0 => Ok(None),
            Err(TryRecvError::Empty) => {
                self.unmade -= 1;
                Ok(Some(ChunkBuffer::new(CHUNKS_PER_BUFFER)))
            }
        }
    }

    /// An empty buffer, as soon as there is one.
    pub(super) fn wait_for_buffer(&mut self) -> Result<ChunkBuffer, IntakeError> {
        match self.free_buffer()? {
            Some(buffer) => Ok(buffer),
            None => self.empty.recv().map_err(|_| self.failure()),
        }
    }

    /// Sends a filled buffer on its way.
    pub(super) fn hand_on(&mut self, buffer: ChunkBuffer, position: Position) -> Result<(), IntakeError> {
        let sent = self.input.as_ref().map(|input| input.send((buffer, position)));
        if matches!(sent, Some(Ok(()))) { Ok(()) } else { Err(self.failure()) }
    }

    /// Waits until everything is hashed and written; the blob is then finished or dropped by the caller.
    pub(super) fn finish(mut self) -> Result<(Sha256Digest, Box<dyn BlobWriter>), IntakeError> {
        let digest = self.hasher.take().and_then(|hasher| hasher.join().ok()).flatten();
        let written = self.sealer.take().and_then(|sealer| sealer.join().ok()).transpose()?.flatten();
        digest.zip(written).ok_or(IntakeError::Stopped)
    }

    /// Why the threads ended early.
    fn failure(&mut self) -> IntakeError {
        self.input = None;
        let written = self.sealer.take().and_then(|sealer| sealer.join().ok());
        written.and_then(Result::err).map_or(IntakeError::Stopped, IntakeError::Store)
    }
}

impl Drop for Pipeline {
    /// Waits for both threads, so that the blob is gone afterwards. What they return no longer matters: an error that was
    /// not asked for has no one left to act on it.
    fn drop(&mut self) {
        self.input = None;
        drop(self.hasher.take().map(JoinHandle::join));
        drop(self.sealer.take().map(JoinHandle::join));
    }
}

fn hash_all(input: &Receiver<Batch>, output: &SyncSender<Batch>) -> Hashed {
    let mut hash = Sha256::new();
    for (buffer, position) in input {
        buffer.plain().for_each(|chunk| hash.update(chunk));
        output.send((buffer, position)).ok()?;
        if position == Position::Last {
            return Some(Sha256Digest::from_bytes(hash.finalize().into()));
        }
    }
    None
}

fn seal_all(
    input: &Receiver<Batch>,
    emptied: &Sender<ChunkBuffer>,
    mut sealer: Sealer,
    nonce: PayloadNonce,
    mut writer: Box<dyn BlobWriter>,
) -> Written {
    writer.write(nonce.as_bytes())?;
    for (mut buffer, position) in input {
        writer.write(sealer.seal(&mut buffer, position)?)?;
        if position == Position::Last {
            return Ok(Some(writer));
        }
        buffer.clear();
        // Nobody waits for buffers any more once the last one is on its way.
        let _ = emptied.send(buffer);
    }
    Ok(None)
}

fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, IntakeError> {
    Builder::new().name(name.to_owned()).spawn(work).map_err(|_| IntakeError::Stopped)
}
