//! Using a model: facts, decision, reservation, the run, and one act that settles and records it all.
//!
//! The walk refuses whenever anything it needs is missing, and it answers only after its record is durable. What it keeps of
//! inputs and outputs are commitments; the caller gets what opens them.

mod activate;
mod describe;
mod desk;
mod disclosure;
mod entry;
mod judge;
mod pool;
mod preview;
mod recall;
mod record;
mod repeat;
mod rows;
mod shelf;
mod standing;
mod walk;

pub use describe::Description;
pub use desk::{Desk, DeskParts};
pub use preview::{Preview, PreviewRequest};
pub use recall::RecalledDecision;
pub use record::Recorded;
pub use rows::RecordedDecision;
pub use walk::{Answered, Inputs, Outcome, Output, UseRequest};
