//! The header of age v1 (C2SP `age.md`) for one X25519 recipient: put before a sealed payload, stock `age -d` opens it.
//!
//! A licensed delivery is sealed anew under a fresh [`FileKey`], and that key goes to the licensee's own age key. The key at
//! rest is never put in a header. Reading headers is left to `age`.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use bech32::{Bech32, primitives::decode::CheckedHrpstring};
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit};
use curve25519_dalek::montgomery::MontgomeryPoint;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{FileKey, Secret, seal::derive_key};
use crate::values::Entropy;

/// Why text is not a recipient we seal for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// Not bech32 with the prefix `age` and 32 bytes.
    #[error("not an age recipient; give the line that starts with `age1` from the output of `age-keygen`")]
    Malformed,
    /// A point of small order, for which anybody can compute the shared secret.
    #[error("the age recipient is a weak point that anybody could open for; make a new key with `age-keygen`")]
    Weak,
}

/// A public X25519 key, written as `age1…`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgeRecipient(MontgomeryPoint);

impl AgeRecipient {
    const PREFIX: &'static str = "age";
    /// What separates the derived key from every other use of the shared secret.
    const INFO: &'static [u8] = b"age-encryption.org/v1/X25519";

    /// The header that hands `key` to this recipient; the payload sealed under `key` follows it.
    #[must_use]
    pub fn header(&self, key: &FileKey, entropy: &dyn Entropy) -> String {
        let (share, wrapped) = self.wrap(key, &Secret::generate(entropy));
        let (share, wrapped) = (STANDARD_NO_PAD.encode(share), STANDARD_NO_PAD.encode(wrapped));
        let signed = format!("age-encryption.org/v1\n-> X25519 {share}\n{wrapped}\n---");
        let mac = STANDARD_NO_PAD.encode(header_mac(key, signed.as_bytes()));
        format!("{signed} {mac}\n")
    }

    /// The ephemeral share, and the file key encrypted to the secret it shares with the recipient.
    fn wrap(&self, key: &FileKey, ephemeral: &Secret<32>) -> ([u8; 32], [u8; FileKey::LENGTH + 16]) {
        let share = MontgomeryPoint::mul_base_clamped(*ephemeral.expose()).to_bytes();
        let shared = Zeroizing::new(self.0.mul_clamped(*ephemeral.expose()).to_bytes());
        let salt = [share, self.0.to_bytes()].concat();
        let wrapping_key = derive_key(shared.as_slice(), Some(&salt), Self::INFO);
        (share, encrypt_once(&wrapping_key, key))
    }
}

impl fmt::Display for AgeRecipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = bech32::Hrp::parse(Self::PREFIX).map_err(|_| fmt::Error)?;
        bech32::encode_to_fmt::<Bech32, _>(formatter, prefix, self.0.as_bytes()).map_err(|_| fmt::Error)
    }
}

impl fmt::Debug for AgeRecipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

impl FromStr for AgeRecipient {
    type Err = RecipientError;

    /// Reads the lower-case spelling that `age-keygen` prints.
    fn from_str(text: &str) -> Result<Self, RecipientError> {
        let decoded = CheckedHrpstring::new::<Bech32>(text).map_err(|_| RecipientError::Malformed)?;
        let bytes: Vec<u8> = decoded.byte_iter().collect();
        let recipient = Self(MontgomeryPoint(bytes.try_into().map_err(|_| RecipientError::Malformed)?));
        if recipient.to_string() != text {
            return Err(RecipientError::Malformed);
        }
        // Any clamped scalar takes a point of small order to zero, and no other point.
        let product = recipient.0.mul_clamped([1; 32]).to_bytes();
        if bool::from(product.ct_eq(&[0; 32])) { Err(RecipientError::Weak) } else { Ok(recipient) }
    }
}

impl TryFrom<String> for AgeRecipient {
    type Error = RecipientError;

    fn try_from(text: String) -> Result<Self, RecipientError> {
        text.parse()
    }
}

impl From<AgeRecipient> for String {
    fn from(recipient: AgeRecipient) -> Self {
        recipient.to_string()
    }
}

/// ChaCha20-Poly1305 with a zero nonce: right only because `wrapping_key` is used once.
#[expect(clippy::expect_used, reason = "the cipher only refuses messages beyond 256 GiB")]
fn encrypt_once(wrapping_key: &Secret<32>, key: &FileKey) -> [u8; FileKey::LENGTH + 16] {
    let mut wrapped = [0; FileKey::LENGTH + 16];
    let (body, tag) = wrapped.split_at_mut(FileKey::LENGTH);
    body.copy_from_slice(key.expose());
    let cipher = ChaCha20Poly1305::new(wrapping_key.expose().into());
    let sealed = cipher.encrypt_inout_detached(&[0; 12].into(), &[], body.into());
    tag.copy_from_slice(&sealed.expect("a file key has 16 bytes"));
    wrapped
}

/// HMAC-SHA-256 over the header up to and including `---`; it also ties the header to the file key.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn header_mac(key: &FileKey, signed: &[u8]) -> [u8; 32] {
    let mac_key = key.derive(None, b"header");
    let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(mac_key.expose()).expect("any length of key");
    mac.chain_update(signed).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use age::secrecy::ExposeSecret;

    use super::{
        super::{CHUNK_LENGTH, Opener, PayloadNonce, seal_bytes},
        *,
    };
    use crate::values::{ByteCount, Counting};

    fn delivery(recipient: &str, plain: &[u8]) -> Vec<u8> {
        let entropy = Counting::default();
        let key = FileKey::generate(&entropy);
        let header = recipient.parse::<AgeRecipient>().unwrap().header(&key, &entropy);
        let payload = seal_bytes(&key, &PayloadNonce::generate(&entropy), plain).unwrap();
        [header.into_bytes(), payload].concat()
    }

    #[test]
    fn age_crate_opens_what_we_seal() {
        let identity = age::x25519::Identity::generate();
        for length in [0, 1, CHUNK_LENGTH, 3 * CHUNK_LENGTH + 17, 16 * CHUNK_LENGTH] {
            let plain: Vec<u8> = (0..length).map(|index| (index % 253) as u8).collect();
            let sealed = delivery(&identity.to_public().to_string(), &plain);
            assert!(age::decrypt(&identity, &sealed).unwrap() == plain, "{length}");
        }
    }

    #[test]
    fn changed_headers_are_noticed_by_age() {
        let identity = age::x25519::Identity::generate();
        let sealed = delivery(&identity.to_public().to_string(), b"weights");
        for position in (25..200).step_by(7) {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(age::decrypt(&identity, &changed).is_err(), "{position}");
        }
    }

    #[test]
    fn we_open_the_payload_the_age_crate_seals() {
        /// Recovers the file key from the header age writes, with the identity's secret.
        fn file_key(header: &str, identity: &age::x25519::Identity) -> FileKey {
            let text = identity.to_string().expose_secret().to_lowercase();
            let secret = CheckedHrpstring::new::<Bech32>(&text).unwrap().byte_iter().collect::<Vec<u8>>();
            let mut lines = header.lines().skip_while(|line| !line.starts_with("-> X25519 "));
            let share = lines.next().unwrap().trim_start_matches("-> X25519 ");
            let share: [u8; 32] = STANDARD_NO_PAD.decode(share).unwrap().try_into().unwrap();
            let mut wrapped = STANDARD_NO_PAD.decode(lines.next().unwrap()).unwrap();
            let secret: [u8; 32] = secret.try_into().unwrap();
            let shared = MontgomeryPoint(share).mul_clamped(secret).to_bytes();
            let salt = [share, MontgomeryPoint::mul_base_clamped(secret).to_bytes()].concat();
            let key = derive_key(&shared, Some(&salt), AgeRecipient::INFO);
            let cipher = ChaCha20Poly1305::new(key.expose().into());
            let (body, tag) = wrapped.split_at_mut(16);
            let tag = chacha20poly1305::Tag::try_from(&*tag).unwrap();
            cipher.decrypt_inout_detached(&[0; 12].into(), &[], (&mut *body).into(), &tag).unwrap();
            FileKey::copy_from(body).unwrap()
        }

        let identity = age::x25519::Identity::generate();
        let plain: Vec<u8> = (0..2 * CHUNK_LENGTH + 99).map(|index| (index % 249) as u8).collect();
        let sealed = age::encrypt(&identity.to_public(), &plain).unwrap();
        let mac_line = sealed.windows(5).position(|window| window == b"\n--- ").unwrap();
        let end = mac_line + 1 + sealed[mac_line + 1..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let key = file_key(std::str::from_utf8(&sealed[..end]).unwrap(), &identity);
        let payload = &sealed[end..];
        let opener = Opener::new(&key, payload, ByteCount(payload.len() as u64)).unwrap();
        assert!(*opener.read_all(2).unwrap() == plain);
    }

    #[test]
    fn oracle_age_binary_opens_what_we_seal() {
        let Some(program) = crate::required::required("CHANCERY_AGE") else { return };
        let identity = age::x25519::Identity::generate();
        let mut identity_file = tempfile::NamedTempFile::new().unwrap();
        writeln!(identity_file, "{}", identity.to_string().expose_secret()).unwrap();
        let plain: Vec<u8> = (0..5 * CHUNK_LENGTH + 3).map(|index| (index % 241) as u8).collect();
        let mut sealed_file = tempfile::NamedTempFile::new().unwrap();
        sealed_file.write_all(&delivery(&identity.to_public().to_string(), &plain)).unwrap();
        let mut command = std::process::Command::new(program);
        let output = command.arg("-d").arg("-i").arg(identity_file.path()).arg(sealed_file.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut opened = Vec::new();
        output.stdout.as_slice().read_to_end(&mut opened).unwrap();
        assert!(opened == plain);
    }

    #[test]
    fn recipients_have_one_spelling_and_are_not_weak() {
        let text = age::x25519::Identity::generate().to_public().to_string();
        assert_eq!(text.parse::<AgeRecipient>().unwrap().to_string(), text);
        let slipped = format!("{}{}", text.split_at(text.len() - 1).0, if text.ends_with('q') { 'p' } else { 'q' });
        let foreign = bech32::encode::<Bech32>(bech32::Hrp::parse("bc").unwrap(), &[9; 32]).unwrap();
        let short = bech32::encode::<Bech32>(bech32::Hrp::parse("age").unwrap(), &[9; 31]).unwrap();
        for refused in [text.to_uppercase(), slipped, foreign, short, String::new(), "age1".to_owned()] {
            assert_eq!(refused.parse::<AgeRecipient>(), Err(RecipientError::Malformed), "{refused}");
        }
        for weak in [AgeRecipient(MontgomeryPoint([0; 32])), AgeRecipient(MontgomeryPoint(one()))] {
            assert_eq!(weak.to_string().parse::<AgeRecipient>(), Err(RecipientError::Weak));
        }
    }

    fn one() -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[0] = 1;
        bytes
    }
}
