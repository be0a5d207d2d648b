//! Second factors: codes of an authenticator (RFC 6238: SHA-1, six digits, thirty seconds, as every such app takes them), and
//! recovery codes for when it is lost.

use std::fmt;

use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use super::{Secret, TokenHash};
use crate::values::{Entropy, Sha256Digest, UnixMillis};

/// Letters of base32 (RFC 4648, section 6).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What an authenticator and the server share; 160 bits (RFC 4226, section 4, R6).
pub struct AuthenticatorSecret(Secret<20>);

impl AuthenticatorSecret {
    /// Draws a new secret.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Secret::generate(entropy))
    }

    /// Copies a stored secret; `None` unless it has 20 bytes.
    #[must_use]
    pub fn copy_from(bytes: &[u8]) -> Option<Self> {
        Secret::copy_from(bytes).map(Self)
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 20] {
        self.0.expose()
    }

    /// The secret in base32, for somebody who types it into an authenticator.
    #[must_use]
    pub fn expose_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(base32(self.0.expose()))
    }

    /// Reads a secret that was shown in base32; `None` when it is none.
    #[must_use]
    pub fn parse_base32(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(20));
        let (mut bits, mut held) = (0_u32, 0_u32);
        for letter in text.bytes() {
            let value = BASE32.iter().position(|known| *known == letter)?;
            bits = (bits << 5) | u32::try_from(value).ok()?;
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.push(u8::try_from((bits >> held) & 255).ok()?);
                bits &= (1 << held) - 1;
            }
        }
        Self::copy_from(&bytes)
    }

    /// The time step that `code` belongs to, if it is right at `now` or a step beside it. A step counts once; the caller
    /// remembers the last.
    #[must_use]
    pub fn step_of(&self, code: &str, now: UnixMillis) -> Option<u64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        self.totp().check(&code, now.as_seconds().unsigned_abs())
    }

    /// The code at `now`, as an authenticator shows it.
    #[must_use]
    pub fn code(&self, now: UnixMillis) -> String {
        self.totp().generate(now.as_seconds().unsigned_abs()).to_string()
    }

    /// The standard's parameters are the builder's own: SHA-1, six digits, thirty seconds, one step of skew.
    fn totp(&self) -> Totp {
        Builder::new().with_secret(self.0.expose().to_vec()).build_noncompliant()
    }
}

impl fmt::Debug for AuthenticatorSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuthenticatorSecret")
    }
}

/// A code to sign in with, once, when the authenticator is lost: 80 random bits in sixteen letters and digits.
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    const BYTES: usize = 10;
    const GROUP: usize = 4;

    /// Draws a new code.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        entropy.fill(bytes.as_mut_slice());
        Self(Zeroizing::new(base32(bytes.as_slice())))
    }

    /// Takes what was typed; spaces, hyphens and case do not matter.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let kept = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase());
        Self(Zeroizing::new(kept.collect()))
    }

    /// The code in groups of four, for its holder, once.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let letters: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> = letters.chunks(Self::GROUP).map(|group| group.iter().collect()).collect();
        Zeroizing::new(groups.join("-"))
    }

    /// What is stored in place of the code.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash::new(Sha256Digest::of(self.0.as_bytes()))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryCode")
    }
}

/// Base32 without padding: five bits a letter.
fn base32(bytes: &[u8]) -> String {
    let (mut bits, mut held, mut text) = (0_u32, 0_u32, String::new());
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            let letter = (bits >> held) & 31;
            text.extend(
                usize::try_from(letter).ok().and_then(|index| BASE32.get(index)).map(|letter| char::from(*letter)),
            );
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        let letter = (bits << (5 - held)) & 31;
        text.extend(usize::try_from(letter).ok().and_then(|index| BASE32.get(index)).map(|letter| char::from(*letter)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Counting;

    /// RFC 6238, appendix B, SHA-1 (the last six of its eight digits).
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = AuthenticatorSecret::copy_from(b"12345678901234567890").unwrap();
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            let now = UnixMillis::new(seconds * 1_000);
            assert_eq!(secret.code(now), code);
            let step = u64::try_from(seconds).unwrap() / 30;
            assert_eq!(secret.step_of(code, now), Some(step));
            assert_eq!(secret.step_of(code, now.plus_millis(30_000)), Some(step));
            assert_eq!(secret.step_of(code, now.plus_millis(90_000)), None);
            assert_eq!(secret.step_of("000000", now), None);
        }
        assert_eq!(*secret.expose_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(secret.step_of(" 287 082 ", UnixMillis::new(59_000)), Some(1));
        let read = AuthenticatorSecret::parse_base32(&secret.expose_base32()).unwrap();
        assert_eq!(read.expose(), secret.expose());
        assert!(
            ["", "GEZD", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq"]
                .iter()
                .all(|text| AuthenticatorSecret::parse_base32(text).is_none())
        );
    }

    #[test]
    fn recovery_codes_are_taken_as_people_type_them() {
        let code = RecoveryCode::generate(&Counting::default());
        let shown = code.expose();
        assert_eq!((shown.len(), shown.matches('-').count()), (19, 3));
        for typed in [shown.to_lowercase(), shown.replace('-', " "), shown.replace('-', "")] {
            assert!(RecoveryCode::typed(&typed).hash().matches(&code.hash()));
        }
        assert!(!RecoveryCode::typed("AAAA").hash().matches(&code.hash()));
    }

    /// RFC 4648, section 10, without padding.
    #[test]
    fn base32_is_that_of_the_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }
}
