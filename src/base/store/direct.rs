//! Writing a large file past the page cache, in blocks, on a thread of its own.
//!
//! A model is written once and read much later. Through the page cache, each of its bytes would be copied once more, push out what
//! other files need, and pile up until the sync at the end. Aligned blocks go to the device directly where the file system can do
//! that ([`Mode::of`] tries it); elsewhere they take the ordinary way and are synced piece by piece. Only data is synced here:
//! length and name are made durable when the blob is finished.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    thread::JoinHandle,
};

/// What addresses, offsets and lengths must be multiples of: the largest logical block of common devices and file systems.
const ALIGNMENT: usize = 4096;
/// Bytes of one write: large enough that a write costs little beside what it moves.
const BLOCK_LENGTH: usize = 1 << 20;
/// Blocks of one file: one is filled while others are on their way.
const BLOCKS: usize = 4;
/// Bytes between two syncs where writes pass through the page cache, so that little is left to wait for at the end.
const SYNC_STEP: u64 = 32 << 20;

/// How a directory's file system takes blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Past the page cache.
    Direct,
    /// Through it.
    Cached,
}

impl Mode {
    /// Tries what works in `directory`, with a file of one block that is removed again.
    pub(super) fn of(directory: &Path) -> Self {
        let path = directory.join("direct");
        let tried = Self::Direct.create(&path).and_then(|mut file| file.write_all(Block::new().bytes()));
        let _ = std::fs::remove_file(&path);
        if tried.is_ok() { Self::Direct } else { Self::Cached }
    }

    /// Makes a new file that only this server's account may read.
    pub(super) fn create(self, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        #[cfg(target_os = "linux")]
        if self == Self::Direct {
            options.custom_flags(libc::O_DIRECT);
        }
        options.open(path)
    }
}

/// Bytes at an aligned address.
struct Block {
    /// INVARIANT: never grows, so that the address stays.
    memory: Vec<u8>,
    start: usize,
}

impl Block {
    fn new() -> Self {
        let memory = vec![0; BLOCK_LENGTH + ALIGNMENT];
        let start = memory.as_ptr().align_offset(ALIGNMENT);
        Self { memory, start }
    }

    fn bytes(&self) -> &[u8] {
        self.memory.get(self.start..self.start + BLOCK_LENGTH).unwrap_or_default()
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        self.memory.get_mut(self.start..self.start + BLOCK_LENGTH).unwrap_or_default()
    }
}

/// Writes one file from its start to its end.
pub(super) struct BlockWriter {
    block: Block,
    filled: usize,
    written: u64,
    full: SyncSender<Block>,
    empty: Receiver<Block>,
    /// Blocks not made yet: small files need one.
    unmade: usize,
    /// Gone once it has told why it stopped.
    helper: Option<JoinHandle<io::Result<File>>>,
}

impl BlockWriter {
    /// Starts the thread that writes `file`, which was made in `mode` and is empty.
    pub(super) fn start(file: File, mode: Mode) -> io::Result<Self> {
        let (full, filled) = sync_channel(BLOCKS);
        let (emptied, empty) = channel();
        let write = move || write_all(file, mode, &filled, &emptied);
        let helper = std::thread::Builder::new().name("blob-writer".to_owned()).spawn(write)?;
        Ok(Self { block: Block::new(), filled: 0, written: 0, full, empty, unmade: BLOCKS - 1, helper: Some(helper) })
    }

    /// Appends `bytes`; waits while all blocks are on their way.
    ///
    /// Fails when an earlier block could not be written, with the error that it met; every later call fails too.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.filled == BLOCK_LENGTH {
                self.hand_on()?;
            }
            let room = self.block.bytes_mut().get_mut(self.filled..).unwrap_or_default();
            let (now, rest) = bytes.split_at(room.len().min(bytes.len()));
            room.split_at_mut(now.len()).0.copy_from_slice(now);
            self.filled += now.len();
            self.written += now.len() as u64;
            bytes = rest;
        }
        Ok(())
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let next = if self.unmade > 0 {
            self.unmade -= 1;
            Some(Block::new())
        } else {
            self.empty.recv().ok()
        };
        let Some(next) = next else { return Err(self.failure()) };
        let full = std::mem::replace(&mut self.block, next);
        if self.full.send(full).is_err() {
            return Err(self.failure());
        }
        self.filled = 0;
        Ok(())
    }

    /// Why the thread stopped: the operating system tells each error once, and it was told.
    fn failure(&mut self) -> io::Error {
        let ended = self.helper.take().map(JoinHandle::join);
        match ended {
            Some(Ok(Err(error))) => error,
            _ => io::Error::other("an earlier write of this blob failed"),
        }
    }

    /// Writes what is left, makes the data durable and returns the file's length.
    pub(super) fn finish(self) -> io::Result<u64> {
        let Self { mut block, filled, written, full, helper, .. } = self;
        drop(full);
        let ended = helper.map(JoinHandle::join);
        let Some(Ok(file)) = ended else { return Err(io::Error::other("an earlier write of this blob failed")) };
        let mut file = file?;
        // The last block is filled up with zeros, since only whole ones can pass the cache, and cut off again.
        let padded = filled.next_multiple_of(ALIGNMENT);
        block.bytes_mut().get_mut(filled..padded).unwrap_or_default().fill(0);
        file.write_all(block.bytes().get(..padded).unwrap_or_default())?;
        file.set_len(written)?;
        file.sync_all()?;
        Ok(written)
    }
}

fn write_all(mut file: File, mode: Mode, full: &Receiver<Block>, emptied: &Sender<Block>) -> io::Result<File> {
    let mut unsynced = 0;
    for block in full {
        file.write_all(block.bytes())?;
        // Nobody waits for blocks any more once the last one is on its way.
        let _ = emptied.send(block);
        unsynced += BLOCK_LENGTH as u64;
        if mode == Mode::Cached && unsynced >= SYNC_STEP {
            file.sync_data()?;
            unsynced = 0;
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths around the edges of alignment and block, written in pieces that fit neither.
    #[test]
    fn files_hold_what_was_written_in_either_mode() {
        let directory = tempfile::tempdir().unwrap();
        for mode in [Mode::of(directory.path()), Mode::Cached] {
            for length in [0, 1, ALIGNMENT - 1, ALIGNMENT, BLOCK_LENGTH, BLOCK_LENGTH + 1, 6 * BLOCK_LENGTH + 4095] {
                let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
                let path = directory.path().join("file");
                let mut writer = BlockWriter::start(mode.create(&path).unwrap(), mode).unwrap();
                bytes.chunks(65_552).for_each(|part| writer.write(part).unwrap());
                assert_eq!(writer.finish().unwrap(), length as u64);
                assert!(std::fs::read(&path).unwrap() == bytes, "{length} bytes, {mode:?}");
                std::fs::remove_file(&path).unwrap();
            }
        }
    }

    /// `/dev/full` answers every write as a full disk does.
    #[test]
    fn the_first_error_is_told_and_nothing_is_taken_afterwards() {
        let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut writer = BlockWriter::start(file, Mode::Cached).unwrap();
        let error = (0..100).find_map(|_| writer.write(&[0; BLOCK_LENGTH]).err()).unwrap();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(writer.write(&[0]).is_err());
        assert!(writer.finish().is_err());
    }
}
