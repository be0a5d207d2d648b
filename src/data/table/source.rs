//! Where the bytes of a data set come from. They may be sealed at rest: this package sees only readers.

use std::io::{self, Cursor, Read, Seek};
use std::sync::Arc;

/// Bytes that can be read from any place.
pub trait Input: Read + Seek + Send {}

impl<Anything: Read + Seek + Send> Input for Anything {}

/// A data set that can be read as often as needed.
///
/// Each call gives a reader of its own that begins at the first byte, and all of them give the same bytes: steps that need two looks at
/// the data would otherwise work with numbers of other data. A reader may be moved to another thread, never shared.
pub trait Source: Send + Sync {
    /// A reader at the first byte.
    ///
    /// # Errors
    /// Whatever keeps the bytes from being read.
    fn open(&self) -> io::Result<Box<dyn Input>>;

    /// The name of the file, if it has one; its ending is a hint, and must not contradict the content.
    fn name(&self) -> Option<&str> {
        None
    }
}

/// A data set in memory.
#[derive(Debug, Clone)]
pub struct MemorySource {
    bytes: Arc<[u8]>,
    name: Option<String>,
}

impl MemorySource {
    /// These bytes, under this name.
    #[must_use]
    pub fn named(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { bytes: bytes.into(), name: Some(name.to_owned()) }
    }

    /// These bytes, without a name.
    #[must_use]
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { bytes: bytes.into(), name: None }
    }
}

impl Source for MemorySource {
    fn open(&self) -> io::Result<Box<dyn Input>> {
        Ok(Box::new(Cursor::new(Arc::clone(&self.bytes))))
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}
