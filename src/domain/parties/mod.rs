//! Parties: who acts. Organisations, the API keys their programs present, the keys they sign with, and their tenant keys.
//!
//! An organisation's identity is self-asserted; nothing here vouches for it. A signing key counts only between its approval
//! and its revocation. Secrets are never here: of an API key the hash, of a tenant key the wrapped form.

mod api_key;
mod caller;
mod label;
mod party;
mod possession;
mod rows;
mod signing_key;
mod tenant_key;

pub use api_key::{ApiKey, ApiKeyRefused, Permission, Role};
pub use caller::{Caller, authenticate};
pub use label::Label;
pub use party::Party;
pub use possession::possession_statement;
pub use rows::{
    api_keys_of, approve_signing_key, current_tenant_key, find_api_key, find_party, find_party_by_slug,
    find_signing_key, hold_trusted_signing_key, insert_api_key, insert_party, insert_signing_key, insert_tenant_key,
    list_parties, operators, revoke_api_key, revoke_signing_key, signing_key_status, signing_keys_of, tenant_key,
};
pub use signing_key::{EnrolledKey, KeyStatus};
pub use tenant_key::TenantKey;

#[cfg(test)]
mod tests;
