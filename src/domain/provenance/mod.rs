//! Where a model comes from: what its passport leaves out, and the lineage that passports together declare.
//!
//! It says what is missing and how needed it is; whether that stops a use is for `policy`. What licences along the lineage
//! mean is for `licensing`, which gets the lineage as a value.

mod ancestry;
mod completeness;

pub use ancestry::{VersionPapers, build_lineage};
pub use completeness::{MissingFact, Need, missing_provenance};
