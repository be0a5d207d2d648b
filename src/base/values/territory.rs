//! Where and what for: ISO 3166-1 alpha-2 territories and purpose codes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Invalid;

macro_rules! code {
    ($(#[$documentation:meta])* $name:ident, $valid:ident, $expected:literal) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                if $valid(text) { Ok(Self(text.to_owned())) } else { Err(Invalid::new(text, $expected)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }
    };
}

code!(
    /// A country or area as its ISO 3166-1 alpha-2 code, such as `DE`. The form is checked, not membership of the list,
    /// which changes over time; a territory nobody licensed matches no grant.
    Territory,
    is_territory,
    "an ISO 3166-1 alpha-2 territory such as DE"
);
code!(
    /// What a use is for, as a short code such as `research` or `commercial-service`; grants list the codes they allow.
    Purpose,
    is_purpose,
    "a purpose code: 1 to 64 lower-case letters, digits and hyphens, such as commercial-service"
);

impl Purpose {
    /// Codes that everybody knows: those that no licence counts as commercial (`policies/licence.cedar`), and the commonest that do.
    /// Organisations may agree on others.
    pub const KNOWN: [&'static str; 6] =
        ["commercial-service", "internal-analysis", "research", "education", "evaluation", "personal"];
}

fn is_territory(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Longest purpose code, in bytes.
const PURPOSE_BYTES: usize = 64;

fn is_purpose(text: &str) -> bool {
    (1..=PURPOSE_BYTES).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}
