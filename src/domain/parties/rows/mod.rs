//! Rows of parties, their people with sessions and invitations, their API keys, signing keys and tenant keys.

mod api_keys;
mod identities;
mod invitations;
mod parties;
mod people;
mod sessions;
mod signing_keys;
mod tenant_keys;

pub use api_keys::{api_keys_of, find_api_key, find_api_key_with_party, insert_api_key, operators, revoke_api_key};
pub use identities::{
    find_identity, identities_of, insert_flow, insert_identity, remove_identities, remove_identity, take_flow,
};
pub use invitations::{find_invitation, insert_invitation, open_invitations, take_invitation, withdraw_invitation};
pub use parties::{find_party, find_party_by_slug, insert_party, list_parties, lock_party, parties_named};
pub use people::{
    SignInFacts, authenticators_of, begin_attempt, change_person, clear_attempts, find_person, has_people,
    insert_person, keep_authenticator, lock_person, people_of, present_people, recovery_codes_left, remove_person,
    rename_person, set_password, set_second_factor, sign_in_facts, sign_in_facts_of, take_step, use_recovery_code,
};
pub use sessions::{
    begin_session_attempt, clear_session_attempts, end_session, end_sessions, end_sessions_from, find_session,
    insert_session, is_known, keep_known, sessions_of, touch_session,
};
pub use signing_keys::{
    approve_signing_key, find_signing_key, hold_trusted_signing_key, insert_signing_key, revoke_signing_key,
    signing_key_status, signing_keys_of, signing_keys_page,
};
pub use tenant_keys::{
    all_tenant_keys, current_tenant_key, delete_tenant_key, hold_root_version, hold_tenant_key, insert_tenant_key,
    rewrap_tenant_key, tenant_key,
};
