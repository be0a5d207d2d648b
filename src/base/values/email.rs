//! E-mail addresses, as far as anybody but their own server can judge them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Invalid, is_deceptive};

/// Longest address in octets (RFC 5321, section 4.5.3.1.3, without the angle brackets).
const LONGEST_OCTETS: usize = 254;

/// The address a person signs in with, in lower case. Whether it receives mail is not known here.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Addresses are personal data, so what is printed for debugging does not hold them.
impl fmt::Debug for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Email")
    }
}

impl FromStr for Email {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let address = text.trim().to_lowercase();
        let is_clean = !address.chars().any(|c| c.is_whitespace() || is_deceptive(c) || "<>()[]\\,;:\"".contains(c));
        let parts = address.rsplit_once('@').filter(|(local, domain)| {
            let labels = domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-'));
            !local.is_empty() && !local.contains('@') && labels
        });
        if is_clean && parts.is_some() && address.len() <= LONGEST_OCTETS {
            Ok(Self(address))
        } else {
            Err(Invalid::new(text, "an e-mail address such as name@example.org"))
        }
    }
}

impl TryFrom<String> for Email {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_addresses_and_refuses_what_is_none() {
        for (text, kept) in
            [(" Ada@Example.ORG ", "ada@example.org"), ("a.b+c@x", "a.b+c@x"), ("王@例子.中国", "王@例子.中国")]
        {
            assert_eq!(text.parse::<Email>().unwrap().as_str(), kept);
        }
        for text in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a@b..c",
            "a@-b",
            "a@b\nBcc: c@d",
            "<a@b>",
            &format!("{}@b", "a".repeat(253)),
        ] {
            assert!(text.parse::<Email>().is_err(), "{text:?}");
        }
        assert_eq!(format!("{:?}", "a@b".parse::<Email>().unwrap()), "Email");
    }
}
