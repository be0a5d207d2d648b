//! Every way in which loading, running or training a model can fail.

use std::any::Any;

use crate::architecture::{Architecture, CONFIGURATION_FILE, Task, WEIGHTS_FILE};
use crate::inspect::InspectError;

/// Why the engine did not answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The queue is full; nothing was started.
    #[error("the inference queue already holds {queue_depth} requests; retry shortly")]
    Busy {
        /// How many requests may wait.
        queue_depth: usize,
    },
    /// No model is loaded under this key.
    #[error("no model is loaded under `{key}`; load it first")]
    NotLoaded {
        /// The key asked for.
        key: String,
    },
    /// The model cannot do what was asked.
    #[error("`{key}` is a {architecture} model and cannot do {task}; choose another model or another call")]
    WrongTask {
        /// The key asked for.
        key: String,
        /// What the model is.
        architecture: Architecture,
        /// What was asked of it.
        task: Task,
    },
    /// The text could not be turned into tokens.
    #[error("the tokenizer refused the text ({detail}); check the input")]
    Tokenizer {
        /// What the tokenizer said.
        detail: String,
    },
    /// A text is longer than a model looks at.
    #[error(
        "text {position} has {found} bytes, of which this model looks at no more than {limit}; shorten or split it"
    )]
    TextTooLong {
        /// Which of the texts, from one.
        position: usize,
        /// Its bytes.
        found: usize,
        /// Bytes that are looked at.
        limit: usize,
    },
    /// The computation failed or panicked; the engine goes on.
    #[error("the model failed while it ran ({detail}); report this with the model's name")]
    Failed {
        /// What went wrong.
        detail: String,
    },
    /// The model's weights lead to a result that is no number.
    #[error(
        "the model's result is not a finite number; its weights are at fault, so ask for another version and tell its owner"
    )]
    NotFinite,
    /// No answer came in time; the request is skipped if it still waits.
    #[error("no answer came within {limit_ms} ms; retry with fewer or shorter texts")]
    TimedOut {
        /// How long the caller waited.
        limit_ms: u64,
    },
    /// The inference thread has ended.
    #[error("the engine has stopped; start it again")]
    Stopped,
    /// The files did not make a model.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// Why files did not make a model.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file that the architecture needs is not among those given.
    #[error("`{file}` is missing; add it to the model")]
    MissingFile {
        /// Path of the file inside the model.
        file: &'static str,
    },
    /// The configuration names an architecture without an implementation here.
    #[error("the architecture `{found}` is not supported; supported are {supported}")]
    UnsupportedArchitecture {
        /// What `config.json` names.
        found: String,
        /// What could be named instead.
        supported: &'static str,
    },
    /// A file that configures the model does not parse.
    #[error("`{file}` does not parse ({detail}); correct it")]
    Malformed {
        /// Path of the file inside the model.
        file: &'static str,
        /// What the parser said.
        detail: String,
    },
    /// A setting has a value that would change the computation in a way not implemented here.
    #[error("`{field}` in `{file}` is `{found}`; supported is {supported}")]
    UnsupportedValue {
        /// Path of the file inside the model.
        file: &'static str,
        /// Name of the setting.
        field: &'static str,
        /// Its value.
        found: String,
        /// What it could be instead.
        supported: &'static str,
    },
    /// The weights file is not sound.
    #[error("`{file}`: {source}")]
    Inspect {
        /// Path of the file inside the model.
        file: &'static str,
        /// What inspection found.
        source: InspectError,
    },
    /// A tensor that the architecture needs is absent.
    #[error("the weights hold no tensor `{name}`; check that weights and `config.json` belong together")]
    MissingTensor {
        /// Name of the tensor.
        name: String,
    },
    /// A tensor has another shape than the configuration implies.
    #[error(
        "tensor `{name}` has shape {found:?} instead of {expected:?}; check that weights and `config.json` belong together"
    )]
    TensorShape {
        /// Name of the tensor.
        name: String,
        /// The shape found.
        found: Vec<usize>,
        /// The shape that the configuration implies.
        expected: Vec<usize>,
    },
    /// The model alone is larger than what all models together may take.
    #[error(
        "the model takes {found} bytes of memory, more than the {limit} that models may; raise the engine's `model_bytes`"
    )]
    TooLarge {
        /// Bytes that it takes.
        found: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// A tensor library call failed.
    #[error("the weights could not be read ({0}); check that the file is complete")]
    Tensors(#[from] candle_core::Error),
    /// Loading panicked; nothing was loaded.
    #[error("loading failed unexpectedly ({detail}); report this with the model's files")]
    Panicked {
        /// What the panic said.
        detail: String,
    },
}

impl LoadError {
    /// The file at fault, by its path inside the model, where it is a single one.
    #[must_use]
    pub const fn file(&self) -> Option<&'static str> {
        match self {
            Self::MissingFile { file }
            | Self::Malformed { file, .. }
            | Self::UnsupportedValue { file, .. }
            | Self::Inspect { file, .. } => Some(file),
            Self::UnsupportedArchitecture { .. } => Some(CONFIGURATION_FILE),
            Self::MissingTensor { .. } | Self::TensorShape { .. } | Self::Tensors(_) => Some(WEIGHTS_FILE),
            Self::TooLarge { .. } | Self::Panicked { .. } => None,
        }
    }
}

/// Why no classifier was trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// There is nothing to learn from.
    #[error("the training set is empty; add examples")]
    NoExamples,
    /// One label cannot be told from another.
    #[error("the training set has {found} label; give at least two")]
    TooFewLabels {
        /// Number of labels found.
        found: usize,
    },
    /// A label is empty.
    #[error("example {position} has an empty label; name it")]
    EmptyLabel {
        /// Position of the example, from one.
        position: usize,
    },
    /// A setting is outside its range.
    #[error("`{field}` is {found}; it must be {expected}")]
    Setting {
        /// Name of the setting.
        field: &'static str,
        /// Its value.
        found: String,
        /// The range allowed.
        expected: &'static str,
    },
    /// The loss is no number any more.
    #[error("training diverged in epoch {epoch}; choose a smaller learning rate")]
    Diverged {
        /// The epoch, from one.
        epoch: usize,
    },
    /// A tensor library call failed.
    #[error("training failed ({0}); report this with the settings used")]
    Tensors(#[from] candle_core::Error),
    /// The weights could not be written.
    #[error("the trained weights could not be written ({detail}); report this with the settings used")]
    Serialise {
        /// What the serialiser said.
        detail: String,
    },
}

/// What a panic said, if it said it in words.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}
