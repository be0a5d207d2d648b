//! The entropy of tests.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Entropy, Sha256Digest};

/// A repeatable source of bytes: SHA-256 of a counter.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Counting {
    /// One that starts at zero, also for a static.
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }
}

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(Sha256Digest::LENGTH) {
            let block = Sha256Digest::of(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            part.copy_from_slice(&block.as_bytes()[..part.len()]);
        }
    }
}
