//! API keys as programs present them: `chy_ID_SECRET_CHECK`.
//!
//! `ID` is the key's identifier (32 hexadecimal digits), `SECRET` 256 random bits (43 characters of base64url) and `CHECK`
//! six hexadecimal digits over all before, which tell a typing error from an unknown key without asking the database, and
//! leaked keys from chance in a secret scanner. Only the secret's SHA-256 is stored: the secret is as strong as a key, so
//! a slow password hash would add nothing.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Secret;
use crate::values::{ApiKeyId, Entropy, Sha256Digest, encode_hex};

/// Why text is not an API key; the text is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not of the form `chy_…`.
    #[error("this is not an API key of this registry, which starts with `chy_`; check what was pasted")]
    Malformed,
    /// A character is wrong or missing.
    #[error("the API key was mistyped or cut (its last six characters do not fit the rest); copy it again")]
    Mistyped,
}

/// An API key with its secret, as shown once to its holder and presented with each call.
pub struct ApiToken {
    id: ApiKeyId,
    secret: Secret<32>,
}

impl ApiToken {
    /// What every API key starts with.
    pub const PREFIX: &'static str = "chy_";
    const ID_LENGTH: usize = 32;
    const SECRET_LENGTH: usize = 43;
    const CHECK_LENGTH: usize = 6;

    /// Draws a new secret for the key `id`.
    #[must_use]
    pub fn generate(id: ApiKeyId, entropy: &dyn Entropy) -> Self {
        Self { id, secret: Secret::generate(entropy) }
    }

    /// Reads a presented key.
    ///
    /// # Errors
    /// [`TokenError::Malformed`] and [`TokenError::Mistyped`]; that the key exists is for the caller to find out.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let rest = text.strip_prefix(Self::PREFIX).ok_or(TokenError::Malformed)?;
        let (body, check) = text.rsplit_once('_').ok_or(TokenError::Mistyped)?;
        if checksum(body) != check {
            return Err(TokenError::Mistyped);
        }
        // The secret's alphabet contains `_`, so the parts are told apart by their lengths.
        let (id, rest) = rest.split_at_checked(Self::ID_LENGTH).ok_or(TokenError::Malformed)?;
        let (secret, _) = rest.strip_prefix('_').and_then(|rest| rest.rsplit_once('_')).ok_or(TokenError::Malformed)?;
        let id = format!("{}_{id}", ApiKeyId::PREFIX).parse().map_err(|_| TokenError::Malformed)?;
        let bytes = URL_SAFE_NO_PAD.decode(secret).map(Zeroizing::new).map_err(|_| TokenError::Malformed)?;
        Ok(Self { id, secret: Secret::copy_from(&bytes).ok_or(TokenError::Malformed)? })
    }

    /// The identifier to look the key up by.
    #[must_use]
    pub const fn id(&self) -> ApiKeyId {
        self.id
    }

    /// The whole key as text: for its holder, once.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(self.secret.expose()));
        let mut text = Zeroizing::new(String::with_capacity(Self::LENGTH));
        text.push_str(Self::PREFIX);
        text.push_str(&self.id.as_uuid().simple().to_string());
        text.push('_');
        text.push_str(&secret);
        let check = checksum(&text);
        text.push('_');
        text.push_str(&check);
        text
    }

    /// What is stored in place of the secret.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256Digest::of(self.secret.expose()))
    }

    const LENGTH: usize = Self::PREFIX.len() + Self::ID_LENGTH + Self::SECRET_LENGTH + Self::CHECK_LENGTH + 2;
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiToken")
    }
}

/// SHA-256 of a random secret: of an API key, a session, an invitation or a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash(Sha256Digest);

impl TokenHash {
    /// Takes the digest as stored.
    #[must_use]
    pub const fn new(stored: Sha256Digest) -> Self {
        Self(stored)
    }

    /// The digest to store.
    #[must_use]
    pub const fn digest(&self) -> &Sha256Digest {
        &self.0
    }

    /// Whether `presented`, the hash of a secret that somebody shows, is this one; takes the same time whatever the answer.
    #[must_use]
    pub fn matches(&self, presented: &Self) -> bool {
        self.0.as_bytes().ct_eq(presented.0.as_bytes()).into()
    }
}

fn checksum(body: &str) -> String {
    let digest = Sha256Digest::of(body.as_bytes());
    let kept = digest.as_bytes().first_chunk::<{ ApiToken::CHECK_LENGTH / 2 }>();
    kept.map(|bytes| encode_hex(bytes)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Counting;
    use crate::values::UnixMillis;

    fn token() -> ApiToken {
        let entropy = Counting::default();
        ApiToken::generate(ApiKeyId::generate(&entropy, UnixMillis::new(1)), &entropy)
    }

    #[test]
    fn round_trips_and_matches_its_hash_only() {
        let entropy = Counting::default();
        let id = ApiKeyId::generate(&entropy, UnixMillis::new(1));
        for _ in 0..200 {
            let (token, other) = (ApiToken::generate(id, &entropy), ApiToken::generate(id, &entropy));
            let read = ApiToken::parse(&token.expose()).unwrap();
            assert_eq!((read.id(), token.expose().len()), (id, ApiToken::LENGTH));
            assert!(token.hash().matches(&read.hash()) && !token.hash().matches(&other.hash()));
        }
        assert_eq!(format!("{:?}", token()), "ApiToken");
    }

    #[test]
    fn every_slip_of_the_pen_is_noticed() {
        let text = token().expose();
        for index in ApiToken::PREFIX.len()..text.len() {
            let mut slipped = text.as_bytes().to_vec();
            slipped[index] = if slipped[index] == b'0' { b'1' } else { b'0' };
            let slipped = String::from_utf8(slipped).unwrap();
            assert!(ApiToken::parse(&slipped).is_err(), "{index}");
            assert!(ApiToken::parse(text.split_at(index).0).is_err(), "cut at {index}");
        }
        assert_eq!(ApiToken::parse("sk-abc").unwrap_err(), TokenError::Malformed);
        assert_eq!(ApiToken::parse(&format!("{}0", *text)).unwrap_err(), TokenError::Mistyped);
    }

    #[test]
    fn a_right_checksum_does_not_excuse_a_wrong_form() {
        for body in ["chy_", "chy_x_y", &format!("chy_{}_{}", "0".repeat(32), "A".repeat(44)), "chy_é"] {
            let text = format!("{body}_{}", checksum(body));
            assert_eq!(ApiToken::parse(&text).unwrap_err(), TokenError::Malformed, "{text}");
        }
    }
}
