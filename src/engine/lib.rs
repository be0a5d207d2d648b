//! Chancery's engine: runs and trains models in memory, and inspects files before anybody loads them.
//!
//! It knows nothing of licences, keys or databases. Decrypted files come in as bytes, are zeroed once loaded, and are never written
//! anywhere; requests and answers are plain data on a bounded queue, so that the engine could live in a process of its own that
//! holds no keys, no database and no network. Configurations are read by allow-list and nothing in them is executed.
//!
//! ```
//! use chancery_engine::{Architecture, Engine, EngineConfig, LoadModel, TrainingConfig, TrainingSet, train_classifier};
//!
//! let examples = [("a joy to use", "good"), ("broke at once", "bad"), ("很好用", "good"), ("质量太差", "bad")];
//! let examples = examples.map(|(text, label)| (text.to_owned(), label.to_owned())).to_vec();
//! let trained = train_classifier(&TrainingSet { examples }, &TrainingConfig::default())?;
//!
//! let engine = Engine::start(EngineConfig::default())?;
//! let files = trained.files.into_iter().collect();
//! engine.load(LoadModel { key: "reviews".to_owned(), architecture: Architecture::TextClassifier, files })?;
//! let answer = engine.classify("reviews", &["质量很差".to_owned()])?;
//! assert_eq!(answer.results[0].label, "bad");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// Floors, lowest first: each imports from those above it only.
mod architecture;
pub mod inspect;

mod error;

mod model;

mod bert;
mod classifier;

mod runnable;

mod queue;

pub use architecture::{Architecture, SUPPORTED_ARCHITECTURES, Task, WEIGHTS_FILE};
pub use classifier::{Metrics, TrainedClassifier, TrainingConfig, TrainingSet, train_classifier};
pub use error::{EngineError, LoadError, TrainError};
pub use model::ModelFiles;
pub use queue::{
    Classification, Classifications, Effort, Embeddings, Engine, EngineConfig, EngineHandle, LabelScore, LoadModel,
    Pending, Prepared,
};
pub use runnable::check_runnable;
