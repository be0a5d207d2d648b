//! Holds: what is frozen, by whose authority. A held model answers nobody until the hold is released.
//!
//! A hold that follows a legal demand is told apart, because only such a refusal is answered with status 451 (RFC 7725).
//! Whether a hold refuses a use is for the policies to say; who may place one, for the doors.

mod rows;

use chancery_base::values::{HoldId, ModelId, UnixMillis};

pub use rows::{active_holds, find_hold, list_holds, place_hold, release_hold};

/// A model frozen by somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its identity.
    pub id: HoldId,
    /// What is frozen.
    pub model: ModelId,
    /// By whom: a court, a regulator, the operator's own office.
    pub authority: String,
    /// Why, for whoever is refused.
    pub reason: String,
    /// Whether a law obliges the operator.
    pub is_legal_demand: bool,
    /// Since when.
    pub placed_at: UnixMillis,
    /// Until when; absent while it holds.
    pub released_at: Option<UnixMillis>,
}

#[cfg(test)]
mod tests;
