//! PEM files of Ed25519 keys (RFC 8410), byte for byte as `openssl genpkey -algorithm ed25519` writes them.
//!
//! An Ed25519 key's DER is a fixed prefix and 32 bytes, so no DER parser is needed. Attributes, encrypted keys and the
//! PKCS#8 version that repeats the public key are refused.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// What a PEM file of ours may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// PKCS#8 (RFC 5958) `OneAsymmetricKey` version 1 around a 32-byte seed.
    Private,
    /// `SubjectPublicKeyInfo` (RFC 5280) around a 32-byte point.
    Public,
}

impl Kind {
    const fn label(self) -> &'static str {
        match self {
            Self::Private => "PRIVATE KEY",
            Self::Public => "PUBLIC KEY",
        }
    }

    /// DER of everything before the 32 bytes; 1.3.101.112 is Ed25519's object identifier.
    const fn prefix(self) -> &'static [u8] {
        match self {
            Self::Private => &[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20],
            Self::Public => &[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0],
        }
    }
}

/// Writes `key` as a PEM file.
pub(super) fn write(kind: Kind, key: &[u8; 32]) -> Zeroizing<String> {
    let der = Zeroizing::new([kind.prefix(), key].concat());
    // INVARIANT: both kinds take at most 64 base64 characters, one line of PEM.
    let body = Zeroizing::new(STANDARD.encode(&*der));
    let label = kind.label();
    Zeroizing::new(format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", *body))
}

/// Reads the 32 bytes out of a PEM file of `kind`; `None` if it is anything else. Text around the block is not allowed.
pub(super) fn read(kind: Kind, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let label = kind.label();
    let begun = text.trim().strip_prefix(&format!("-----BEGIN {label}-----"))?;
    let body = begun.strip_suffix(&format!("-----END {label}-----"))?.trim();
    let der = Zeroizing::new(STANDARD.decode(body).ok()?);
    let key = der.strip_prefix(kind.prefix())?;
    (key.len() == 32).then(|| Zeroizing::new(key.to_vec()))
}
