//! What a leaf says in public, and what opens it.
//!
//! The public entry is a version byte and a commitment (HMAC-SHA-256 under 32 random bytes, the *salt*, over the payload as
//! canonical JSON). Salt and payload are the opening; entitled parties get it, and destroying it erases what was said while
//! every proof stays good. Nothing about a person, a prompt or a file is ever in the entry itself.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeStruct};
use serde_json::Value;

use super::merkle::TreeHash;
use crate::{
    crypto::{Commitment, CommitmentKey, JsonError, canonical_value},
    values::Invalid,
};

/// Version of the entry's form.
const VERSION: u8 = 0x01;

/// The public half of a leaf: 33 bytes, written as standard base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Entry(Commitment);

impl Entry {
    /// Length in bytes.
    pub const LENGTH: usize = 1 + Commitment::LENGTH;

    /// The bytes as logged.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[VERSION], self.0.as_bytes().as_slice()].concat()
    }

    /// The hash of the leaf that holds this entry.
    #[must_use]
    pub fn leaf_hash(&self) -> TreeHash {
        TreeHash::of_leaf(&self.to_bytes())
    }
}

impl TryFrom<&[u8]> for Entry {
    type Error = Invalid;

    fn try_from(bytes: &[u8]) -> Result<Self, Invalid> {
        match bytes.split_first() {
            Some((&VERSION, commitment)) => commitment.try_into().ok(),
            _ => None,
        }
        .map(|commitment| Self(Commitment::from_bytes(commitment)))
        .ok_or_else(|| Invalid::new("(bytes)", "a log entry (version 1 and a commitment of 32 bytes)"))
    }
}

impl TryFrom<String> for Entry {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let bytes = STANDARD.decode(&text).map_err(|_| Invalid::new(&text, "a log entry in base64"))?;
        Self::try_from(bytes.as_slice())
    }
}

impl From<Entry> for String {
    fn from(entry: Entry) -> Self {
        STANDARD.encode(entry.to_bytes())
    }
}

/// The secret half of a leaf. As JSON: `{"salt": 64 hexadecimal digits, "payload": …}`.
#[derive(PartialEq, Eq)]
pub struct Opening {
    salt: CommitmentKey,
    payload: Value,
    /// INVARIANT: the payload as canonical JSON.
    canonical: String,
}

impl Opening {
    /// An opening that commits to `payload` under `salt`, which is used for nothing else.
    ///
    /// # Errors
    /// [`JsonError`] when the payload holds what canonical JSON cannot express.
    pub fn new(salt: CommitmentKey, payload: &impl Serialize) -> Result<Self, JsonError> {
        let malformed = |reason: String| JsonError::Malformed { reason };
        let payload = serde_json::to_value(payload).map_err(|error| malformed(error.to_string()))?;
        let canonical = String::from_utf8(canonical_value(&payload)?).map_err(|error| malformed(error.to_string()))?;
        Ok(Self { salt, payload, canonical })
    }

    /// What was said.
    #[must_use]
    pub const fn payload(&self) -> &Value {
        &self.payload
    }

    /// The payload as the bytes that were committed to.
    #[must_use]
    pub fn canonical_payload(&self) -> &str {
        &self.canonical
    }

    pub(super) const fn salt(&self) -> &CommitmentKey {
        &self.salt
    }

    /// The entry this opens.
    #[must_use]
    pub fn entry(&self) -> Entry {
        Entry(self.salt.commit(self.canonical.as_bytes()))
    }

    /// Whether this opens `entry`.
    #[must_use]
    pub fn opens(&self, entry: &Entry) -> bool {
        entry.0.opens_with(&self.salt, self.canonical.as_bytes())
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Opening")
    }
}

impl Serialize for Opening {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Opening", 2)?;
        object.serialize_field("salt", self.salt.expose_hex().as_str())?;
        object.serialize_field("payload", &self.payload)?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Opening {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Halves {
            salt: String,
            payload: Value,
        }
        let halves = Halves::deserialize(deserializer)?;
        let salt = halves.salt.parse().map_err(D::Error::custom)?;
        Self::new(salt, &halves.payload).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn opening(salt: u8, payload: &Value) -> Opening {
        Opening::new(CommitmentKey::copy_from(&[salt; 32]).unwrap(), payload).unwrap()
    }

    #[test]
    fn only_the_same_salt_and_payload_open_an_entry() {
        let ours = opening(1, &json!({"kind": "use", "tokens": 3}));
        let entry = ours.entry();
        assert!(ours.opens(&entry));
        assert!(opening(1, &json!({"tokens": 3, "kind": "use"})).opens(&entry), "order of members means nothing");
        assert!(!opening(1, &json!({"kind": "use", "tokens": 4})).opens(&entry));
        assert!(!opening(2, &json!({"kind": "use", "tokens": 3})).opens(&entry));
        assert_eq!(format!("{ours:?}"), "Opening");
    }

    #[test]
    fn entries_have_one_form() {
        let entry = opening(1, &json!({})).entry();
        let bytes = entry.to_bytes();
        assert_eq!((bytes.len(), bytes[0]), (Entry::LENGTH, 1));
        assert_eq!(Entry::try_from(bytes.as_slice()), Ok(entry));
        assert!(Entry::try_from(&bytes[..32]).is_err());
        assert!(Entry::try_from([&bytes[..], &[0]].concat().as_slice()).is_err());
        assert!(Entry::try_from([&[2], &bytes[1..]].concat().as_slice()).is_err());
        assert!(Entry::try_from(&[][..]).is_err());
    }

    #[test]
    fn openings_travel_as_json() {
        let ours = opening(1, &json!({"text": "é\u{1}", "list": [1, 2.5, null]}));
        let text = serde_json::to_string(&ours).unwrap();
        let read: Opening = serde_json::from_str(&text).unwrap();
        assert!(read == ours && read.opens(&ours.entry()));
        assert!(serde_json::from_str::<Opening>(r#"{"salt":"00","payload":{}}"#).is_err());
        assert!(serde_json::from_str::<Opening>(r#"{"payload":{}}"#).is_err());
    }
}
