//! Rows of parties, their API keys, signing keys and tenant keys; one file per table.

mod api_keys;
mod parties;
mod signing_keys;
mod tenant_keys;

pub use api_keys::{api_keys_of, find_api_key, find_api_key_with_party, insert_api_key, operators, revoke_api_key};
pub use parties::{find_party, find_party_by_slug, insert_party, list_parties};
pub use signing_keys::{
    approve_signing_key, find_signing_key, hold_trusted_signing_key, insert_signing_key, revoke_signing_key,
    signing_key_status, signing_keys_of,
};
pub use tenant_keys::{current_tenant_key, insert_tenant_key, tenant_key};
