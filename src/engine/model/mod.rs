//! What a model is before it runs: its files, the architecture they announce, and its tensors.

mod detect;
mod files;
mod tensors;

pub use files::ModelFiles;
pub(crate) use tensors::{AnnouncedTensors, NamedTensors};
