//! Identifiers: UUID v7 made by the program (RFC 9562), written with a prefix that names the thing, so that an identifier
//! pasted in the wrong place is refused by its looks.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Invalid, UnixMillis};

/// Where random bytes come from; the assembly hands in the operating system's generator, tests a repeatable one.
///
/// Contract: every call fills the whole slice with bytes fit for keys, or does not return.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);

    /// Ten random bytes and `now` as a UUID v7.
    fn uuid(&self, now: UnixMillis) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        uuid::Builder::from_unix_timestamp_millis(now.as_millis().unsigned_abs(), &random).into_uuid()
    }
}

macro_rules! identifier {
    ($(#[$documentation:meta])* $name:ident, $prefix:literal) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// What every identifier of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes a new identifier; those made later sort later, to the millisecond.
            #[must_use]
            pub fn generate(entropy: &dyn Entropy, now: UnixMillis) -> Self {
                Self(entropy.uuid(now))
            }

            /// The first of all identifiers that can be made at `at`: what is made earlier sorts before it, everything else not.
            #[must_use]
            pub fn first_at(at: UnixMillis) -> Self {
                let millis = at.as_millis().clamp(0, LATEST_MILLIS).unsigned_abs();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid())
            }

            /// When it was made, to the millisecond.
            #[must_use]
            pub fn made_at(&self) -> UnixMillis {
                let mut millis = [0; 8];
                for (byte, stamped) in millis.iter_mut().skip(2).zip(self.0.as_bytes()) {
                    *byte = *stamped;
                }
                UnixMillis::new(i64::from_be_bytes(millis))
            }

            /// The identifier as a UUID, without its prefix.
            #[must_use]
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{self}")
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                parse_uuid(text, concat!($prefix, "_"))
                    .map(Self)
                    .ok_or_else(|| Invalid::new(text, concat!("an identifier starting with `", $prefix, "_`")))
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

/// The last time that a UUID v7 can carry: 48 bits of milliseconds (RFC 9562, section 5.7).
const LATEST_MILLIS: i64 = (1 << 48) - 1;

/// Length of a UUID written without hyphens.
const SIMPLE_LENGTH: usize = 32;

fn parse_uuid(text: &str, prefix: &str) -> Option<Uuid> {
    let simple = text.strip_prefix(prefix)?;
    let canonical = simple.len() == SIMPLE_LENGTH && simple.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if canonical { Uuid::try_parse(simple).ok() } else { None }
}

identifier!(
    /// An organisation: owner, licensee, auditor or the operator.
    PartyId, "party"
);
identifier!(
    /// A key a program presents with each call.
    ApiKeyId, "key"
);
identifier!(
    /// Somebody who works for an organisation and signs in.
    PersonId, "person"
);
identifier!(
    /// An invitation to join an organisation.
    InvitationId, "invitation"
);
identifier!(
    /// A browser that a person signed in with.
    SessionId, "session"
);
identifier!(
    /// A browser that was sent to an identity provider and is to come back.
    FlowId, "flow"
);
identifier!(
    /// An act that a second person has to approve.
    ProposalId, "proposal"
);
identifier!(
    /// A decision that the logs go on under another name.
    RotationId, "rotation"
);
identifier!(
    /// A public key enrolled for signing.
    SigningKeyId, "signer"
);
identifier!(
    /// A model, across its versions.
    ModelId, "model"
);
identifier!(
    /// One registered version of a model.
    VersionId, "version"
);
identifier!(
    /// An upload session.
    UploadId, "upload"
);
identifier!(
    /// A licence offered to, or accepted by, a licensee.
    GrantId, "grant"
);
identifier!(
    /// A licence that somebody asks for.
    AccessRequestId, "request"
);
identifier!(
    /// A hold that freezes a thing.
    HoldId, "hold"
);
identifier!(
    /// A policy decision.
    DecisionId, "decision"
);
identifier!(
    /// A settled use of a model.
    UseId, "use"
);
identifier!(
    /// An address of a party's that is told what happens.
    WebhookId, "webhook"
);
identifier!(
    /// One message to a webhook, however often it is sent.
    DeliveryId, "delivery"
);
identifier!(
    /// A preparation of a data set.
    PreparationId, "preparation"
);
identifier!(
    /// An export that somebody began.
    ExportId, "export"
);
identifier!(
    /// A leaf of the audit or liability log.
    LeafId, "leaf"
);

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;

    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn prefix_names_the_kind() {
        let id = GrantId::generate(&Zeros, UnixMillis::new(1_700_000_000_000));
        let text = id.to_string();
        assert!(text.starts_with("grant_018bcfe5"), "{text}");
        assert_eq!(text.parse(), Ok(id));
        assert!(text.parse::<PartyId>().is_err());
        assert!(text.to_uppercase().parse::<GrantId>().is_err());
    }

    #[test]
    fn later_ids_sort_later() {
        let early = GrantId::generate(&Zeros, UnixMillis::new(1));
        let late = GrantId::generate(&Zeros, UnixMillis::new(2));
        assert!(early < late && early.to_string() < late.to_string());
        assert!(early < GrantId::first_at(UnixMillis::new(2)) && GrantId::first_at(UnixMillis::new(2)) <= late);
    }

    #[test]
    fn a_time_parts_ids_into_before_and_after() {
        let at = |millis| UnixMillis::new(millis);
        let made = GrantId::generate(&Zeros, at(7));
        assert_eq!((made.made_at(), GrantId::first_at(at(9)).made_at()), (at(7), at(9)));
        assert!(GrantId::first_at(at(7)) <= made && made < GrantId::first_at(at(8)));
        assert!(GrantId::first_at(at(i64::MIN)) <= GrantId::first_at(at(0)));
        assert!(GrantId::first_at(at(i64::MAX)) > made);
    }
}
