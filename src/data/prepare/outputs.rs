//! Where the outputs of a run go.

use std::collections::BTreeMap;
use std::io;

/// Takes the bytes of every output as they come.
///
/// Pieces of one output come in their order; pieces of different outputs alternate. Each output gets at least one piece, which may
/// be empty. What was given before a run fails must be thrown away.
pub trait Outputs {
    /// Takes the next piece of an output.
    ///
    /// # Errors
    /// Whatever keeps the bytes from being kept; the run ends.
    fn write(&mut self, output: &str, bytes: &[u8]) -> io::Result<()>;
}

impl Outputs for BTreeMap<String, Vec<u8>> {
    fn write(&mut self, output: &str, bytes: &[u8]) -> io::Result<()> {
        self.entry(output.to_owned()).or_default().extend(bytes);
        Ok(())
    }
}
