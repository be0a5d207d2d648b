//! OpenID Connect 1.0 from the side of whoever relies on a provider: where a browser is sent to sign in, and who comes back.
//!
//! Only the authorisation code flow with PKCE (RFC 7636, `S256`), a state, a nonce, and the issuer in the answer (RFC 9207) where
//! the provider gives it. Codes, tokens and signatures are judged by the `openidconnect` library, which no other module names;
//! signatures with shared secrets and none at all are refused whatever the provider announces. This module does not decide who
//! may enter: it says who a provider says it is, and whether the provider really says so.

mod identity;
mod relying_party;

pub use identity::Identity;
pub use relying_party::{ClientSecret, FlowSecrets, OpenIdError, Registration, RelyingParty, Returned};
