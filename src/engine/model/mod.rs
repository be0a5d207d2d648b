//! What a model is before it runs: its files, the architecture they announce, and its tensors.

mod architecture;
mod files;
mod tensors;

pub use architecture::{Architecture, SUPPORTED_ARCHITECTURES, Task};
pub use files::ModelFiles;
pub(crate) use tensors::NamedTensors;
