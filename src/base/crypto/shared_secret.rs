//! Secrets that we share with a receiver, and what messages to it are signed with: Standard Webhooks 1.0.0, symmetric.
//!
//! A secret is shown as `whsec_` and base64. A signature is `v1,` and the base64 of HMAC-SHA-256 over the message's id, the time
//! in seconds and the body, with dots between. Neither id nor time holds a dot, so no two messages are the same bytes.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Secret;
use crate::values::{Entropy, UnixMillis};

/// A secret that only a receiver and we know.
pub struct SharedSecret(Secret<32>);

impl SharedSecret {
    /// What every secret starts with when it is shown.
    pub const PREFIX: &'static str = "whsec_";

    /// Draws a new secret.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Secret::generate(entropy))
    }

    /// Copies a stored secret; `None` unless it has 32 bytes.
    #[must_use]
    pub fn copy_from(bytes: &[u8]) -> Option<Self> {
        Secret::copy_from(bytes).map(Self)
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub const fn expose_bytes(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// The secret as its receiver keeps it.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new(STANDARD.encode(self.0.expose()));
        Zeroizing::new(format!("{}{}", Self::PREFIX, *bytes))
    }

    /// Signs the message `id` with this `body`, sent `at` that time.
    #[must_use]
    pub fn sign(&self, id: &str, at: UnixMillis, body: &str) -> String {
        sign(self.0.expose(), id, at, body)
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SharedSecret")
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn sign(secret: &[u8], id: &str, at: UnixMillis, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    let signed = format!("{id}.{}.{body}", at.as_seconds());
    format!("v1,{}", STANDARD.encode(mac.chain_update(signed.as_bytes()).finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Counting;

    /// The vector that the libraries of Standard Webhooks are tested with.
    #[test]
    fn signs_as_the_standards_libraries_do() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, at) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", UnixMillis::new(1_614_265_330_000));
        let signature = sign(&secret, id, at, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn id_time_body_and_secret_are_signed() {
        let entropy = Counting::default();
        let (one, other) = (SharedSecret::generate(&entropy), SharedSecret::generate(&entropy));
        let at = UnixMillis::new(1_700_000_000_000);
        let signature = one.sign("a", at, "{}");
        assert_ne!(signature, other.sign("a", at, "{}"));
        for changed in [one.sign("b", at, "{}"), one.sign("a", at.plus_millis(1_000), "{}"), one.sign("a", at, "{ }")] {
            assert_ne!(signature, changed);
        }
        assert!(one.expose().starts_with("whsec_") && one.expose().len() == 6 + 44);
        assert_eq!(format!("{one:?}"), "SharedSecret");
    }
}
