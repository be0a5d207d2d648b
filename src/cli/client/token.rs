//! The API key a command presents: read from the command line or the environment, never printed.

use std::{convert::Infallible, fmt, str::FromStr};

use chancery_base::crypto::{ApiToken, TokenError};
use zeroize::Zeroizing;

use crate::cli::{
    error::{CliError, Exit},
    message::say,
};

/// An API key as it was given; what it looks like is checked when it is first needed, so that an error of the command
/// line cannot repeat it.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// The same key, once it can be one.
    ///
    /// # Errors
    /// [`CliError::Local`] for what is no API key; the text is not repeated.
    pub fn checked(&self) -> Result<Self, CliError> {
        let text = self.0.trim();
        match ApiToken::parse(text) {
            Ok(_) => Ok(Self(Zeroizing::new(text.to_owned()))),
            Err(TokenError::Malformed) => Err(CliError::Local(Exit::Unauthenticated, say!("token-malformed"))),
            Err(TokenError::Mistyped) => Err(CliError::Local(Exit::Unauthenticated, say!("token-mistyped"))),
        }
    }

    /// Whether nothing was given, as by a variable that is set to nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// The value of the `Authorization` header.
    #[must_use]
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.0.as_str())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token")
    }
}

impl FromStr for Token {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_repeats_a_key() {
        let token: Token = "sk-secret".parse().unwrap();
        let error = token.checked().unwrap_err();
        assert_eq!(error.exit(), Exit::Unauthenticated);
        assert!(!format!("{token:?} {error:?} {error}").contains("secret"));
    }
}
