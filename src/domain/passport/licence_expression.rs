//! Licences as SPDX expressions.

use std::{fmt, str::FromStr};

use chancery_base::values::Invalid;
use serde::{Deserialize, Serialize};

/// Longest expression, in bytes: thirty or so licences.
const EXPRESSION_BYTES: usize = 1_024;
const EXPECTED: &str =
    "an SPDX licence expression such as CC-BY-4.0 or LicenseRef-Name; leave the line out if the licence is not known";

/// A valid SPDX licence expression (SPDX 3.0, Annex B), kept as written: `CC-BY-NC-4.0 OR LicenseRef-Commercial`.
///
/// Names that are not on the SPDX list are written `LicenseRef-…`. Tags of model hubs such as `llama3.1` are not
/// expressions; `licensing` knows what they stand for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LicenceExpression(String);

impl LicenceExpression {
    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LicenceExpression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for LicenceExpression {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() <= EXPRESSION_BYTES && spdx::Expression::parse(text).is_ok() {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(text, EXPECTED))
        }
    }
}

impl TryFrom<String> for LicenceExpression {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<LicenceExpression> for String {
    fn from(expression: LicenceExpression) -> Self {
        expression.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_spdx_list_and_references_but_no_hub_tags() {
        for text in ["MIT", "CC-BY-NC-4.0 OR LicenseRef-Commercial", "Apache-2.0 AND (MIT OR LicenseRef-Llama-3.1)"] {
            assert!(text.parse::<LicenceExpression>().is_ok(), "{text}");
        }
        for text in ["", "CC BY", "llama3.1", "MIT OR", "MIT, Apache-2.0"] {
            assert!(text.parse::<LicenceExpression>().is_err(), "{text}");
        }
        assert!("(".repeat(2_000).parse::<LicenceExpression>().is_err());
    }
}
