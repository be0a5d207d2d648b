//! Using a model: facts, decision, reservation, the run, and one act that settles and records it all.
//!
//! The walk refuses whenever anything it needs is missing, and it answers only after its record is durable. What it keeps of
//! inputs and outputs are commitments; the caller gets what opens them.

mod activate;
mod ancestry;
mod counting;
mod describe;
mod desk;
mod disclosure;
mod draft;
mod entry;
mod exporting;
mod foresee;
mod history;
mod judge;
mod permits;
mod pool;
mod preview;
mod recall;
mod record;
mod rehearse;
mod repeat;
mod rows;
mod rulebook;
mod shelf;
mod standing;
mod tally;
mod tried;
mod usage;
mod walk;

pub use ancestry::{Ancestor, AncestorLink, Ancestry};
pub use describe::Description;
pub use desk::{Desk, DeskParts};
pub use disclosure::UNDISCLOSED;
pub use draft::{CheckedRules, RulesDraft, ServerOrigin};
pub use foresee::{Foreseen, Prospect};
pub use history::{DecisionPage, DecisionQuery, ListedDecision, Side};
pub use preview::{Preview, PreviewRequest};
pub use recall::RecalledDecision;
pub use record::Recorded;
pub use rehearse::{REHEARSAL_PAGE, Rehearsal, RehearsalRequest, RehearsedGroup};
pub use rows::{Activation, Origin, RecordedDecision, SettledUse, ShadowCount, ShadowGroup, ShadowPlace};
pub use rulebook::{PastActivation, RuleInBook, Rulebook};
pub use tally::{DAYS, DayOfUse};
pub use tried::{ShadowQuestion, ShadowReport, TriedRule};
pub use usage::{COUNTED_CALLS, GrantUsage};
pub use walk::{Answered, Inputs, Outcome, Output, UseRequest};
