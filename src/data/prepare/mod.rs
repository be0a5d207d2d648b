//! Preparing data: steps of a recipe, each with counts by reason and a report that can be traced back.
//!
//! A [`Recipe`] is TOML that is checked before any row is read. [`run`] streams the rows of a source through its steps into one
//! output, or one for each split, and gives a [`Report`]. The same recipe and data give the same bytes. The order of rows is kept.
//! What steps remember are digests, signatures and statistics, never rows. The [`trace`] says of every input row where it went.
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::ops::ControlFlow;
//!
//! use chancery_data::prepare::{Job, Recipe, run, trace};
//! use chancery_data::table::MemorySource;
//!
//! let recipe = Recipe::parse(r#"
//!     version = 1
//!
//!     [[step]]
//!     kind = "encoding"
//!
//!     [[step]]
//!     kind = "exact-duplicates"
//! "#)?;
//! let source = MemorySource::named("words.csv", b"word\n one\ntwo\none\n".to_vec());
//! let mut outputs = BTreeMap::new();
//! let mut lines = Vec::new();
//! let report = run(&recipe, Job {
//!     source: &source,
//!     outputs: &mut outputs,
//!     trace: &mut lines,
//!     redactor: None,
//!     watch: &mut |_| ControlFlow::Continue(()),
//! })?;
//! assert_eq!(outputs["all"], b"word\none\ntwo\n");
//! assert_eq!((report.rows_in, report.rows_out), (3, 2));
//! assert_eq!(report.steps[1].counts["exact duplicate"], 1);
//!
//! // Every input row is accounted for.
//! trace::check(&lines[..], 3, &BTreeMap::from([("all".to_owned(), 2)]))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod labels;
pub mod trace;

mod error;
mod outputs;
mod recipe;
mod redactor;
mod report;
mod run;
mod splitmix;
mod stage;
mod steps;

#[cfg(test)]
mod tests;

pub use self::error::{PrepareError, RecipeError};
pub use self::outputs::Outputs;
pub use self::recipe::{MAXIMUM_STEPS, Recipe, VERSION, WHOLE, fields::Parameters};
pub use self::redactor::{Redacted, Redactor};
pub use self::report::{OutputReport, Report, StepReport};
pub use self::run::{Job, Progress, run};
pub use self::stage::Learnt;
