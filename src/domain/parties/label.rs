//! Short texts that people give to things so that they recognise them.

use std::{fmt, str::FromStr};

use chancery_base::values::{Invalid, is_deceptive};
use serde::{Deserialize, Serialize};

/// Longest label, in characters.
const LABEL_CHARACTERS: usize = 120;

/// One line of text for people: an organisation's title, what a key is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

impl Label {
    /// The label as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Label {
    /// The label of what has none.
    #[must_use]
    pub fn nameless() -> Self {
        Self("—".to_owned())
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Label {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_line = !text.trim().is_empty() && text.trim() == text && !text.chars().any(is_deceptive);
        if is_line && text.chars().count() <= LABEL_CHARACTERS {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(text, "one line of 1 to 120 visible characters without spaces around it"))
        }
    }
}

impl TryFrom<String> for Label {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_of_some_length() {
        for text in ["Acme", "Müller & Töchter GmbH", "词表公司"] {
            assert!(text.parse::<Label>().is_ok(), "{text}");
        }
        for text in ["", " ", " a", "a\nb", "a\0", "a\u{202e}b", &"a".repeat(121)] {
            assert!(text.parse::<Label>().is_err(), "{text:?}");
        }
    }
}
