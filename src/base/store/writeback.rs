//! Early writeback: a helper thread syncs a growing file while it grows.
//!
//! Without it the operating system holds back hundreds of megabytes, and the sync at the end takes as long as all the
//! writing did. Only data is synced here; length and name are made durable when the blob is finished.

use std::{
    fs::File,
    io,
    sync::mpsc::{SyncSender, TrySendError, sync_channel},
    thread::JoinHandle,
};

/// Bytes between two syncs: large enough that a sync costs little, small enough that the last one is short. Measured on a
/// virtual disk with ext4 that writes 130 MB/s under load: after 1 GiB, finishing takes 0.15 s.
const STEP: u64 = 32 << 20;

/// Syncs one file in the background; silent until [`written`](Self::written) has counted a step.
pub(super) struct Writeback {
    wake: SyncSender<()>,
    helper: JoinHandle<io::Result<()>>,
    next: u64,
}

impl Writeback {
    /// Starts the helper for `file`, a second handle of the file being written.
    pub(super) fn start(file: File) -> io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let sync_when_woken = move || woken.iter().try_for_each(|()| file.sync_data());
        let helper = std::thread::Builder::new().name("writeback".to_owned()).spawn(sync_when_woken)?;
        Ok(Self { wake, helper, next: STEP })
    }

    /// Notes that the file has `total` bytes now; never waits for the disk.
    ///
    /// Fails when the helper has met an error, which [`finish`](Self::finish) then returns.
    pub(super) fn written(&mut self, total: u64) -> io::Result<()> {
        if total < self.next {
            return Ok(());
        }
        self.next = total + STEP;
        match self.wake.try_send(()) {
            Ok(()) | Err(TrySendError::Full(())) => Ok(()),
            Err(TrySendError::Disconnected(())) => Err(io::Error::other("syncing what was written so far failed")),
        }
    }

    /// Waits for the helper and returns the first error it met: the operating system tells each error once.
    pub(super) fn finish(self) -> io::Result<()> {
        drop(self.wake);
        self.helper.join().unwrap_or_else(|_| Err(io::Error::other("the writeback thread panicked")))
    }
}
