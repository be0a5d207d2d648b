//! A random secret with the identifier to look it up by, as one word: what a session's cookie and an invitation's address carry.
//!
//! Only the secret's SHA-256 is stored: 256 random bits need no slow hash.

use std::{
    fmt::{self, Display},
    str::FromStr,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{Secret, TokenHash};
use crate::values::{Entropy, Sha256Digest};

/// `ID.SECRET`; whoever shows it is believed to be whom it was given to.
pub struct Bearer<I> {
    /// What it is looked up by.
    pub id: I,
    secret: Secret<32>,
}

impl<I: Display + FromStr> Bearer<I> {
    /// Draws a new secret for `id`.
    #[must_use]
    pub fn generate(id: I, entropy: &dyn Entropy) -> Self {
        Self { id, secret: Secret::generate(entropy) }
    }

    /// Reads what was shown; `None` when it has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once('.')?;
        let bytes = URL_SAFE_NO_PAD.decode(secret).map(Zeroizing::new).ok()?;
        Some(Self { id: id.parse().ok()?, secret: Secret::copy_from(&bytes)? })
    }

    /// The whole word: for its holder only.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(self.secret.expose()));
        Zeroizing::new(format!("{}.{}", self.id, *secret))
    }

    /// What is stored in place of the secret.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash::new(Sha256Digest::of(self.secret.expose()))
    }

    /// A word for `purpose` that only holders of this one and the server can make.
    #[must_use]
    pub fn derived(&self, purpose: &str) -> Sha256Digest {
        Sha256Digest::of_parts([purpose.as_bytes(), self.secret.expose().as_slice()])
    }
}

impl<I> fmt::Debug for Bearer<I> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Bearer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{Counting, SessionId, UnixMillis};

    #[test]
    fn comes_back_as_it_went_and_shows_nothing() {
        let entropy = Counting::default();
        let bearer = Bearer::generate(SessionId::generate(&entropy, UnixMillis::new(1)), &entropy);
        let read = Bearer::<SessionId>::parse(&bearer.expose()).unwrap();
        assert!(read.id == bearer.id && read.hash().matches(&bearer.hash()));
        assert_ne!(read.derived("one"), read.derived("other"));
        assert_eq!(format!("{bearer:?}"), "Bearer");
        for text in
            ["", ".", "session_1.AAAA", bearer.expose().trim_start_matches('s'), &format!("{}A", *bearer.expose())]
        {
            assert!(Bearer::<SessionId>::parse(text).is_none(), "{text}");
        }
    }
}
