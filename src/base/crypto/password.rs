//! Passwords: judged when chosen, kept as Argon2id (RFC 9106).

use std::{fmt, sync::LazyLock};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash as Phc,
};
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

use crate::values::Entropy;

/// Memory, passes and lanes: the first choice of OWASP's Password Storage Cheat Sheet for Argon2id (19 MiB, 2, 1).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Bytes of salt (RFC 9106, section 3.1, recommends 16).
const SALT_LENGTH: usize = 16;

/// Why a password cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Shorter than [`Password::FEWEST_CHARACTERS`].
    #[error("a password needs at least {} characters; take several words", Password::FEWEST_CHARACTERS)]
    Short,
    /// Longer than [`Password::MOST_CHARACTERS`].
    #[error("a password has at most {} characters; shorten it", Password::MOST_CHARACTERS)]
    Long,
    /// Among the first that would be tried.
    #[error(
        "this password would be guessed soon; take several words that do not belong together, or let a password manager choose"
    )]
    Guessable,
}

/// A password as somebody typed it; nothing is cut or changed.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Fewest characters of a chosen password (OWASP ASVS 5.0.0, 6.2.1, asks for 8 and recommends 15; strength is judged beside it).
    pub const FEWEST_CHARACTERS: usize = 12;
    /// Most characters; ASVS 6.2.9 asks for at least 64.
    pub const MOST_CHARACTERS: usize = 256;

    /// Takes what was typed to sign in.
    #[must_use]
    pub fn typed(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Judges what somebody wants to sign in with from now on; `about` is what others know of them.
    ///
    /// # Errors
    /// Each of [`PasswordError`].
    pub fn choose(text: String, about: &[&str]) -> Result<Self, PasswordError> {
        let password = Self::typed(text);
        match password.0.chars().count() {
            ..Self::FEWEST_CHARACTERS => return Err(PasswordError::Short),
            Self::FEWEST_CHARACTERS..=Self::MOST_CHARACTERS => {}
            _ => return Err(PasswordError::Long),
        }
        if zxcvbn(&password.0, about).score() < Score::Three {
            return Err(PasswordError::Guessable);
        }
        Ok(password)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password")
    }
}

/// What is kept of a password: a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes `password` under a fresh salt; takes tens of milliseconds and 19 MiB.
    #[must_use]
    pub fn of(password: &Password, entropy: &dyn Entropy) -> Self {
        let mut salt = [0; SALT_LENGTH];
        entropy.fill(&mut salt);
        Self::salted(password, &salt)
    }

    /// A hash that nobody's password has, to take the same time where there is nobody. Made once, so that comparing with it takes no
    /// longer than with another.
    #[must_use]
    pub fn of_nobody() -> Self {
        static NOBODY: LazyLock<PasswordHash> =
            LazyLock::new(|| PasswordHash::salted(&Password::typed(String::new()), &[0; SALT_LENGTH]));
        NOBODY.clone()
    }

    #[expect(clippy::expect_used, reason = "the salt has a fixed, valid length and a password of any length is taken")]
    fn salted(password: &Password, salt: &[u8; SALT_LENGTH]) -> Self {
        let hash: Phc = hasher().hash_password_with_salt(password.0.as_bytes(), salt).expect("a hash");
        Self(hash.to_string())
    }

    /// Takes the string as stored; one that is none matches nothing.
    #[must_use]
    pub const fn stored(phc: String) -> Self {
        Self(phc)
    }

    /// The string to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `password` is the one that was hashed.
    #[must_use]
    pub fn matches(&self, password: &Password) -> bool {
        Phc::new(&self.0).is_ok_and(|hash| hasher().verify_password(password.0.as_bytes(), &hash).is_ok())
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash")
    }
}

#[expect(clippy::expect_used, reason = "the parameters are constants within the algorithm's bounds")]
fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("parameters within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Counting;

    #[test]
    fn only_the_password_itself_matches() {
        let entropy = Counting::default();
        let password = Password::typed("correct horse battery staple 词".to_owned());
        let hash = PasswordHash::of(&password, &entropy);
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(PasswordHash::stored(hash.as_str().to_owned()).matches(&password));
        assert_ne!(hash, PasswordHash::of(&password, &entropy), "each hash has a salt of its own");
        for other in ["", "correct horse battery staple", "Correct horse battery staple 词"] {
            assert!(!hash.matches(&Password::typed(other.to_owned())), "{other}");
        }
        assert!(!PasswordHash::stored("nonsense".to_owned()).matches(&password));
        assert_eq!(format!("{password:?} {hash:?}"), "Password PasswordHash");
    }

    #[test]
    fn what_would_be_guessed_cannot_be_chosen() {
        let choose = |text: &str| Password::choose(text.to_owned(), &["ada", "acme", "ada@acme.example"]).map(drop);
        assert_eq!(choose("brief words"), Err(PasswordError::Short));
        assert_eq!(choose(&"long words ".repeat(30)), Err(PasswordError::Long));
        for guessable in ["password1234", "123456789012", "qwertyuiop12", "aaaaaaaaaaaaaaaa", "ada@acme.example"] {
            assert_eq!(choose(guessable), Err(PasswordError::Guessable), "{guessable}");
        }
        for good in ["ledger walnut copper tram", "登记印章与墨水的故事很长呢吧", &"longer words in a row 7 ".repeat(8)]
        {
            assert_eq!(choose(good), Ok(()), "{good}");
        }
    }
}
