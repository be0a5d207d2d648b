//! Rows of decisions, settled uses and policy sets; one file per table, and one for what is asked of several at once.

mod decisions;
mod policies;
mod standing;
mod uses;

pub use decisions::RecordedDecision;
pub(super) use decisions::{find_decision, insert_decision};
pub(super) use policies::{find_policy_set, keep_policy_set, policy_in_force, put_policy_in_force};
pub(super) use standing::standing_now;
pub(super) use uses::{Use, insert_use};
