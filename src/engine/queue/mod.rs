//! The inference queue: callers hand in plain messages, one thread runs them in batches.
//!
//! The queue is bounded and refuses when it is full. There is no timer: while one batch runs the next fills itself. Requests whose
//! caller has gone are skipped, and a panic inside a model is answered as an error while the thread lives on.

mod handle;
mod jobs;
mod loaded;
mod message;
mod worker;

pub use handle::{Effort, Engine, EngineConfig, EngineHandle, Pending, Prepared};
pub use message::{Classification, Classifications, Embeddings, LabelScore, LoadModel};
