//! A reader of ours as the Parquet library wants to see it.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use crate::table::Input;

/// A file of which pieces can be read.
#[derive(Clone)]
pub(crate) struct Chunks {
    input: Arc<Mutex<Box<dyn Input>>>,
    length: u64,
}

impl Chunks {
    pub(crate) fn new(mut input: Box<dyn Input>) -> std::io::Result<Self> {
        let length = input.seek(SeekFrom::End(0))?;
        Ok(Self { input: Arc::new(Mutex::new(input)), length })
    }

    /// The bytes of the file from `start` on.
    pub(crate) fn from(&self, start: u64) -> BufReader<Part> {
        BufReader::new(Part { input: Arc::clone(&self.input), at: start })
    }

    /// How many bytes the file has.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<Part>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(self.from(start))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let short = || ParquetError::EOF("the file is cut short".to_owned());
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(short());
        }
        let mut bytes = Vec::with_capacity(length);
        self.from(start).take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() == length { Ok(bytes.into()) } else { Err(short()) }
    }
}

/// A reader with a place of its own in the shared file.
pub(crate) struct Part {
    input: Arc<Mutex<Box<dyn Input>>>,
    at: u64,
}

impl Read for Part {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        // A thread that died while reading leaves only the position behind, and every read sets that first.
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        input.seek(SeekFrom::Start(self.at))?;
        let read = input.read(into)?;
        self.at += read as u64;
        Ok(read)
    }
}
