//! What one person proposes to another.

use chancery_base::values::{PartyId, PersonId, ProposalId, UnixMillis};
use serde_json::Value;

use crate::documents::codes;

codes! {
    /// What is proposed; each kind is an act that carries it out.
    ProposalKind {
        /// To offer a grant.
        GrantOffer = "grant-offer",
        /// To put other rules in force, or one rule in another mode.
        PolicyChange = "policy-change",
        /// To change what needs two people.
        ApprovalRules = "approval-rules",
    }
}

codes! {
    /// How a proposal stands.
    ProposalState {
        /// Nobody has decided.
        Open = "open",
        /// Somebody agreed, and it was carried out.
        Approved = "approved",
        /// Somebody declined.
        Declined = "declined",
        /// Whoever proposed it took it back.
        Withdrawn = "withdrawn",
    }
}

/// An act that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its identity.
    pub id: ProposalId,
    /// Of which party.
    pub party: PartyId,
    /// Which act.
    pub kind: ProposalKind,
    /// What the act is given.
    pub subject: Value,
    /// Who proposed it.
    pub proposed_by: PersonId,
    /// When.
    pub created_at: UnixMillis,
    /// Until when it can be approved.
    pub expires_at: UnixMillis,
    /// How it stands.
    pub state: ProposalState,
    /// Who decided.
    pub decided_by: Option<PersonId>,
    /// When.
    pub decided_at: Option<UnixMillis>,
    /// Why it was declined.
    pub reason: Option<String>,
}

impl Proposal {
    /// How long a proposal waits: a week, so that a holiday does not leave a decision to whoever finds it much later.
    pub const DAYS: i64 = 7;

    /// Whether it can be decided at `now`.
    #[must_use]
    pub fn is_open(&self, now: UnixMillis) -> bool {
        self.state == ProposalState::Open && now < self.expires_at
    }
}
