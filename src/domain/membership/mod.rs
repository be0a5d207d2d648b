//! Joining: the first party, further parties, their people, and the API keys their programs use. Each act is in the audit log.

mod approval_rules;
mod approving;
mod at_once;
mod keys;
mod parties;
mod people;
mod providers;

pub use approval_rules::{approval_rules, set_approval_rules};
pub use approving::{
    Acted, NewProposal, act_or_propose, agree, decline, find_proposal, list_proposals, names, propose,
};
pub use at_once::Hashing;
pub(crate) use keys::refuse_repetition;
pub use keys::{NewKey, TokenShown, issue_key, list_keys, revoke_key};
pub use parties::{NewParty, PartyJoined, has_registry, join, open_registry, opens_registry};

pub use people::{
    Entered, Invited, NewInvitation, NewPerson, PersonChange, PersonProposal, RecoveryCodes, SignIn, accept_invitation,
    change_password, change_person, confirm_second_factor, end_other_sessions, end_session, find_invitation,
    find_person, first_person, has_people, invite, list_invitations, list_people, people_page, propose_second_factor,
    recovery_codes_left, remove_person, remove_second_factor, rename, sessions, show_second_factor, sign_in, sign_out,
    signed_in, withdraw_invitation,
};

pub use providers::{
    Arrived, Departure, Provider, Providers, Refusal, Return, SecretPlace, arrive, depart, depart_to_join,
    depart_to_link, identities, list_identities, unlink,
};

use std::sync::Arc;

use chancery_base::{
    crypto::RootKeys,
    db::Database,
    values::{Clock, Entropy},
};

use crate::recording::Recorder;

/// The parts these acts need.
#[derive(Clone)]
pub struct Office {
    /// Where everything is recorded.
    pub database: Database,
    /// What tenant keys are wrapped under.
    pub roots: Arc<RootKeys>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// How many passwords are hashed at once.
    pub hashing: Hashing,
    /// Whom people may sign in with.
    pub providers: Providers,
}

impl Office {
    pub(crate) fn recorder(&self) -> Recorder<'_> {
        Recorder { database: &self.database, clock: &*self.clock, entropy: &*self.entropy }
    }
}
