//! Names of blobs: 128 random bits, so that a name says nothing and two never meet.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::values::{Entropy, Invalid, decode_hex, encode_hex};

/// The name of a blob; written as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobName([u8; 16]);

impl BlobName {
    /// Draws a new name.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// The first two digits and the other thirty: directory and file, so that no directory grows large.
    pub(super) fn shelf_and_file(self) -> (String, String) {
        let [shelf, file @ ..] = self.0;
        (encode_hex(&[shelf]), encode_hex(&file))
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&encode_hex(&self.0))
    }
}

impl fmt::Debug for BlobName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "blob:{self}")
    }
}

impl FromStr for BlobName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bytes = decode_hex(text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| Invalid::new(text, "a blob name (32 lower-case hexadecimal digits)"))
    }
}

impl TryFrom<String> for BlobName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<BlobName> for String {
    fn from(name: BlobName) -> Self {
        name.to_string()
    }
}
