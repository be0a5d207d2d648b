//! What one person proposes to another.

use chancery_base::values::{LeafId, PartyId, PersonId, ProposalId, UnixMillis};
use serde_json::{Value, json};

use crate::{documents::codes, parties::Permission};

codes! {
    /// What is proposed; each kind is an act that carries it out.
    ProposalKind {
        /// To offer a grant.
        GrantOffer = "grant-offer",
        /// To put other rules in force, or one rule in another mode.
        PolicyChange = "policy-change",
        /// To change what needs two people.
        ApprovalRules = "approval-rules",
        /// To make somebody one who can agree, or let them stay one for longer.
        PersonChange = "person-change",
        /// To destroy what opens the files of a version.
        KeyDestruction = "key-destruction",
        /// To let the logs go on under another name.
        LogRotation = "log-rotation",
    }
}

impl ProposalKind {
    /// What whoever proposes it has to be permitted, when they propose it and when it is carried out.
    #[must_use]
    pub const fn permission(self) -> Permission {
        match self {
            Self::GrantOffer | Self::ApprovalRules | Self::PersonChange | Self::KeyDestruction => {
                Permission::Administer
            }
            Self::PolicyChange | Self::LogRotation => Permission::Operate,
        }
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

codes! {
    /// How a proposal stands at a moment: its state, and whether its time has run out.
    ProposalStanding {
        /// It waits for a second person.
        Open = "open",
        /// Nobody decided in time.
        Lapsed = "lapsed",
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
    /// Which other party it is with.
    pub with: Option<PartyId>,
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
    /// The leaf in the audit log that says what was proposed, and by whom.
    pub leaf: Option<LeafId>,
}

impl Proposal {
    /// How long a proposal waits: a week, so that a holiday does not leave a decision to whoever finds it much later.
    pub const DAYS: i64 = 7;

    /// What the leaf that says what was proposed has as its details.
    #[must_use]
    pub fn details(&self) -> Value {
        json!({"proposal": self.id, "kind": self.kind, "subject": self.subject})
    }

    /// Whether it can be decided at `now`.
    #[must_use]
    pub fn is_open(&self, now: UnixMillis) -> bool {
        self.standing(now) == ProposalStanding::Open
    }

    /// How it stands at `now`.
    #[must_use]
    pub fn standing(&self, now: UnixMillis) -> ProposalStanding {
        match self.state {
            ProposalState::Open if now < self.expires_at => ProposalStanding::Open,
            ProposalState::Open => ProposalStanding::Lapsed,
            ProposalState::Approved => ProposalStanding::Approved,
            ProposalState::Declined => ProposalStanding::Declined,
            ProposalState::Withdrawn => ProposalStanding::Withdrawn,
        }
    }
}
