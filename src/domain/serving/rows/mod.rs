//! Rows of decisions, settled uses, policy sets and what shadow recorded; one file per table, and one for what is asked of
//! several at once.

mod days;
mod decisions;
mod history;
mod policies;
mod shadow;
mod standing;
mod uses;

pub(super) use days::{DaysAsked, add_counts, days_counted, uncounted};
pub use decisions::RecordedDecision;
pub(super) use decisions::{decisions_between, find_decision, insert_decision};
pub(super) use history::{
    Along, DecisionHead, Stretch, count_decisions, decision_texts, newest_decisions, oldest_decision,
};
pub use policies::{Activation, Origin};
pub(super) use policies::{
    StandingMode, activated_by, activations_before, changed_modes, find_activation, find_policy_set, insert_activation,
    keep_policy_set, latest_activation, policy_in_force, put_policy_in_force, rules_ever_in_shadow, standing_modes,
};
pub use shadow::{ShadowCount, ShadowGroup, ShadowPlace};
pub(super) use shadow::{ShadowQuery, count_shadow, group_shadow, insert_shadow_refusals};
pub(super) use standing::standing_now;
pub use uses::SettledUse;
pub(super) use uses::{Use, insert_use, uses_under};
