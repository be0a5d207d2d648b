//! Parties: who acts. Organisations, their people, the API keys their programs present, the keys they sign with, and their
//! tenant keys.
//!
//! An organisation's identity is self-asserted; nothing here vouches for it. A signing key counts only between its approval
//! and its revocation. Secrets are never here: of API keys, sessions, invitations and passwords the hash, of a tenant key and of
//! what an authenticator shares the sealed form.

mod api_key;
mod caller;
mod identity;
mod invitation;
mod label;
mod party;
mod person;
mod possession;
mod rows;
mod session;
mod sight;
mod signing_key;
mod tenant_key;

pub use api_key::{ApiKey, ApiKeyRefused, Permission, Role};
pub use caller::{Actor, ActorId, Approval, Caller, authenticate, find_signed_in};
pub use identity::{Flow, FlowPurpose, LinkedIdentity};
pub use invitation::Invitation;
pub use label::Label;
pub use party::Party;
pub use person::{AuditScope, Person};
pub use possession::possession_statement;
pub use rows::{
    SignInFacts, all_tenant_keys, api_keys_of, approve_signing_key, authenticators_of, begin_attempt,
    begin_session_attempt, change_person, clear_attempts, clear_session_attempts, current_tenant_key,
    delete_tenant_key, end_session, end_sessions, end_sessions_from, find_api_key, find_identity, find_invitation,
    find_party, find_party_by_slug, find_person, find_signing_key, has_people, hold_root_version,
    hold_trusted_signing_key, identities_of, insert_api_key, insert_flow, insert_identity, insert_invitation,
    insert_party, insert_person, insert_session, insert_signing_key, insert_tenant_key, is_known, keep_authenticator,
    keep_known, list_parties, lock_party, lock_person, open_invitations, operators, parties_named, people_of,
    present_people, recovery_codes_left, remove_identities, remove_identity, remove_person, rename_person,
    revoke_api_key, revoke_signing_key, rewrap_tenant_key, sessions_of, set_password, set_second_factor, sign_in_facts,
    sign_in_facts_of, signing_key_status, signing_keys_of, signing_keys_page, take_flow, take_invitation, take_step,
    tenant_key, touch_session, use_recovery_code, withdraw_invitation,
};
pub use session::Session;
pub use sight::RecordSight;
pub use signing_key::{EnrolledKey, KeyStatus};
pub use tenant_key::{TenantKey, require_newest_key, sealing_key};

#[cfg(test)]
mod tests;
