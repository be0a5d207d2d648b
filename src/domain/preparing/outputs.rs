//! What comes of a preparation, sealed while it is made.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use chancery_base::{
    intake::{Expectation, Intake, IntakeError, StoredBlob, take_in},
    problem::Problem,
    store::BlobStore,
    values::{ArtifactPath, ByteCount, Entropy},
};
use chancery_data::prepare::Outputs;

use crate::artifacts::MAX_FILE_BYTES;

/// Files that are being written, by the names that the recipe gives them.
pub(super) struct SealedOutputs<'a> {
    store: &'a dyn BlobStore,
    entropy: &'a dyn Entropy,
    open: BTreeMap<String, Intake>,
}

/// The trace, sealed as it comes.
pub(super) struct SealedTrace(Intake);

impl<'a> SealedOutputs<'a> {
    pub(super) const fn new(store: &'a dyn BlobStore, entropy: &'a dyn Entropy) -> Self {
        Self { store, entropy, open: BTreeMap::new() }
    }

    /// Makes what was written durable: each output with its name.
    ///
    /// Errors: the store failed or is full; what was stored before is the caller's to remove.
    pub(super) fn finish(self) -> Result<Vec<(String, StoredBlob)>, IntakeError> {
        self.open.into_iter().map(|(name, intake)| Ok((name, intake.finish()?))).collect()
    }
}

impl Outputs for SealedOutputs<'_> {
    fn write(&mut self, output: &str, bytes: &[u8]) -> io::Result<()> {
        if !self.open.contains_key(output) {
            let intake = start(self.store, self.entropy).map_err(io::Error::other)?;
            self.open.insert(output.to_owned(), intake);
        }
        match self.open.get_mut(output) {
            Some(intake) => intake.push(bytes).map_err(io::Error::other),
            None => Ok(()),
        }
    }
}

impl SealedTrace {
    pub(super) fn start(store: &dyn BlobStore, entropy: &dyn Entropy) -> Result<Self, IntakeError> {
        Ok(Self(start(store, entropy)?))
    }

    pub(super) fn finish(self) -> Result<StoredBlob, IntakeError> {
        self.0.finish()
    }
}

impl Write for SealedTrace {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn start(store: &dyn BlobStore, entropy: &dyn Entropy) -> Result<Intake, IntakeError> {
    Intake::start(store, entropy, Expectation::AtMost(ByteCount(MAX_FILE_BYTES)))
}

/// Seals bytes that are at hand.
pub(super) fn seal(store: &dyn BlobStore, entropy: &dyn Entropy, bytes: &[u8]) -> Result<StoredBlob, IntakeError> {
    take_in(store, entropy, Expectation::AtMost(ByteCount(MAX_FILE_BYTES)), &mut io::Cursor::new(bytes))
}

/// Where an output stands in the data set that is made of it: that of a recipe without splits is called as the file it was made of.
pub(super) fn path_of(output: &str, whole: &str, source: &ArtifactPath, ending: &str) -> Result<ArtifactPath, Problem> {
    let name = source.as_str().rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let name = if output == whole { format!("{stem}.{ending}") } else { format!("{output}.{ending}") };
    Ok(name.parse()?)
}
