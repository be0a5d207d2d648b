//! Who came back, as the provider says.

use std::fmt;

use openidconnect::{
    EndUserEmail, EndUserName, LocalizedClaim,
    core::{CoreIdTokenClaims, CoreUserInfoClaims},
};

/// Method by which somebody was authenticated with several factors (RFC 8176, section 2).
const SEVERAL_FACTORS: &str = "mfa";

/// Somebody, as a provider knows them. Issuer and subject together are the identity; all else may change.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// Whom it means: unique at the provider and never given to anybody else (OpenID Connect Core 1.0, section 2).
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the provider made sure that the address is theirs.
    pub is_email_verified: bool,
    /// What they are called.
    pub name: Option<String>,
    /// Whether the provider says that it asked for several factors.
    pub has_several_factors: bool,
}

impl Identity {
    pub(super) fn from_token(issuer: &str, claims: &CoreIdTokenClaims) -> Self {
        let methods = claims.auth_method_refs();
        Self {
            issuer: issuer.to_owned(),
            subject: claims.subject().to_string(),
            email: claims.email().map(text_of_email),
            is_email_verified: claims.email_verified().unwrap_or_default(),
            name: claims.name().and_then(text_of_name),
            has_several_factors: methods
                .is_some_and(|methods| methods.iter().any(|method| method.as_str() == SEVERAL_FACTORS)),
        }
    }

    /// The same with what the provider tells about its user when asked.
    pub(super) fn with(self, claims: &CoreUserInfoClaims) -> Self {
        Self {
            email: claims.email().map(text_of_email),
            is_email_verified: claims.email_verified().unwrap_or_default(),
            name: claims.name().and_then(text_of_name).or(self.name),
            ..self
        }
    }
}

/// Who somebody is at a provider is personal data, so what is printed for debugging does not hold it.
impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Identity")
    }
}

fn text_of_email(email: &EndUserEmail) -> String {
    email.to_string()
}

fn text_of_name(name: &LocalizedClaim<EndUserName>) -> Option<String> {
    name.get(None).map(|name| name.to_string())
}
