//! Whether the engine can run a model, told from everything but the data of its weights: what registration asks.
//!
//! The same parsers read the same files as when the model is loaded, and every tensor that loading would take is looked for in
//! the header of the weights. What remains unknown until then is memory and the numbers themselves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::architecture::Architecture;
use crate::bert::SentenceEncoder;
use crate::classifier::TextClassifier;
use crate::error::{LoadError, panic_text};
use crate::model::{AnnouncedTensors, ModelFiles};

/// Tells the architecture and refuses what it could not run. `files` holds those of [`Architecture::files`] but the weights;
/// `weights` is the first [`crate::inspect::PREFIX_BYTES`] bytes of these, or all of their `weights_length`.
///
/// # Errors
///
/// Every [`LoadError`] that loading would end with, as far as it can be known.
pub fn check_runnable(files: &ModelFiles, weights: &[u8], weights_length: u64) -> Result<Architecture, LoadError> {
    let architecture = Architecture::detect(files)?;
    let tensors = AnnouncedTensors::read(weights, weights_length)?;
    let check = AssertUnwindSafe(|| match architecture {
        Architecture::BertSentenceEncoder => SentenceEncoder::check(files, &tensors),
        Architecture::TextClassifier => TextClassifier::check(files, &tensors),
    });
    catch_unwind(check).unwrap_or_else(|panic| Err(LoadError::Panicked { detail: panic_text(&*panic) }))?;
    Ok(architecture)
}
