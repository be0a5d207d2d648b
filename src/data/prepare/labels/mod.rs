//! Labels: who gave which item which label, how far they agree, what is settled, and whether a corpus passes inspection.
//!
//! Labels come as a table with one row for each label given. Agreement is Cohen's kappa for two annotators and Krippendorff's alpha
//! for any number. Sampling and acceptance follow TC260-003.
//!
//! ```
//! use chancery_data::prepare::labels::{ImportOptions, Scale, adjudicate, import, krippendorff_alpha};
//! use chancery_data::table::MemorySource;
//!
//! let table = b"item,label,annotator,guideline\n\
//!     r1,good,ada,v1\nr1,good,bob,v1\nr2,bad,ada,v1\nr2,good,bob,v1\nr2,bad,eve,v1\n";
//! let options = ImportOptions::of(["good", "bad"]);
//! let labels = import(&MemorySource::named("labels.csv", table.to_vec()), &options)?;
//! assert_eq!(labels.items().len(), 2);
//!
//! // Eve decides where the others do not agree.
//! let settled = adjudicate(&labels, Some("eve"))?;
//! assert_eq!(settled.decisions[1].label.as_deref(), Some("bad"));
//! assert!(krippendorff_alpha(&labels, Scale::Nominal)?.alpha.is_some());
//! # Ok::<(), chancery_data::prepare::labels::LabelError>(())
//! ```

mod acceptance;
mod adjudication;
mod alpha;
mod error;
mod import;
mod kappa;
mod sampling;

pub use self::acceptance::{Acceptance, Inspected, SourceCount, accept};
pub use self::adjudication::{Adjudication, DecidedBy, Decision, adjudicate};
pub use self::alpha::{Alpha, Scale, krippendorff_alpha};
pub use self::error::LabelError;
pub use self::import::{ImportOptions, Item, Labels, MAXIMUM_LABELS, import};
pub use self::kappa::{Kappa, cohen_kappa};
pub use self::sampling::{
    BAD_SOURCE_PERCENT, Inspection, MANUAL_ITEMS, MANUAL_PASS_PERCENT, SamplingPlan, TECHNICAL_PASS_PERCENT,
    TECHNICAL_PERCENT,
};
