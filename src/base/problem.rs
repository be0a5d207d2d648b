//! Every way a request can fail: one table of slug, status and title (RFC 9457).
//!
//! A policy refusal is not here: it is a value, and its record commits. What is here ends a request without an outcome.

use std::fmt;

macro_rules! kinds {
    ($($(#[$documentation:meta])* $kind:ident = $status:literal, $slug:literal, $title:literal;)+) => {
        /// A kind of problem; its slug is the last segment of the problem type's address.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind {
            $($(#[$documentation])* $kind,)+
        }

        impl ProblemKind {
            /// All kinds, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// HTTP status code.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$kind => $status,)+ }
            }

            /// Stable name, part of the problem type's address.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$kind => $slug,)+ }
            }

            /// Short English title, the same for every occurrence.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)+ }
            }
        }
    };
}

kinds! {
    /// A body, query or path that cannot be read as what it should be.
    BadRequest = 400, "bad-request", "Request not understood";
    /// No API key, or one that is unknown, expired or revoked.
    Unauthenticated = 401, "invalid-api-key", "API key missing or not valid";
    /// Somebody who cannot be signed in so; which part is wrong is not said.
    SignInRefused = 401, "sign-in-refused", "Sign-in refused";
    /// The key is good but not for this.
    Forbidden = 403, "forbidden", "Not permitted for this key";
    /// A second person of the caller's organisation has to agree first.
    ApprovalNeeded = 403, "approval-needed", "A second person has to agree";
    /// Not there, or not for the caller to see.
    NotFound = 404, "not-found", "Not found";
    /// It was there, and what opens it was destroyed.
    Destroyed = 410, "destroyed", "Its keys were destroyed";
    /// The path exists, the verb does not.
    MethodNotAllowed = 405, "method-not-allowed", "Method not allowed here";
    /// The state of things does not admit this act.
    Conflict = 409, "conflict", "Conflicts with the current state";
    /// The idempotency key was used before with another request body.
    IdempotencyMismatch = 422, "idempotency-mismatch", "Idempotency key reused with a different request";
    /// Bytes that do not match the digest or length that was announced.
    DigestMismatch = 422, "digest-mismatch", "Bytes do not match the announced digest";
    /// A signature that does not verify, or whose key is unknown, weak or revoked.
    BadSignature = 422, "bad-signature", "Signature not accepted";
    /// A file whose format is refused.
    RefusedFormat = 422, "refused-format", "File format refused";
    /// A passport that lacks or misstates something.
    BadPassport = 422, "bad-passport", "Passport not accepted";
    /// A well-formed request that breaks a rule of its own fields.
    Unprocessable = 422, "unprocessable", "Request breaks a rule";
    /// A body, header or field over its limit.
    TooLarge = 413, "too-large", "Larger than allowed";
    /// The engine's queue is full; nothing was recorded.
    Overloaded = 429, "overloaded", "Too many requests at the moment";
    /// More requests than this key, party or address may make in a second; nothing was recorded.
    RateLimited = 429, "rate-limit-exceeded", "Too many requests in a second";
    /// Who is to say who somebody is does not answer, or not as it should.
    ProviderUnavailable = 503, "provider-unavailable", "Sign-in provider cannot be used";
    /// Policy facts or rules could not be evaluated.
    PolicyUnavailable = 503, "policy-unavailable", "Policy could not be evaluated";
    /// The record could not be made durable, so nothing was done.
    LogUnavailable = 503, "log-unavailable", "Record could not be written";
    /// No room to store more.
    StorageFull = 507, "storage-full", "Storage is full";
    /// Our fault.
    Internal = 500, "internal", "Internal error";
}

impl ProblemKind {
    /// Whether an attempt to change something that ends so goes on record: the caller is at fault, also when it named what is
    /// not there or another tenant's. Coming at a bad time is no such attempt.
    #[must_use]
    pub const fn goes_on_record(self) -> bool {
        !matches!(
            self,
            Self::Overloaded
                | Self::RateLimited
                | Self::ProviderUnavailable
                | Self::PolicyUnavailable
                | Self::LogUnavailable
                | Self::StorageFull
                | Self::Internal
        )
    }
}

/// One failed request: what kind, and a sentence for the person who made it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// The kind, which fixes status and title.
    pub kind: ProblemKind,
    /// What happened and what to do next; lower case, no full stop. Never a cause on the server's side.
    pub detail: String,
    /// The field or parameter at fault, where there is one.
    pub field: Option<String>,
    /// Whether the attempt that ended so is in the audit log already.
    pub is_on_record: bool,
}

impl Problem {
    /// A problem of `kind`; `detail` ends with the next step.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), field: None, is_on_record: false }
    }

    /// Names the field or parameter at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Whether the attempt that ended so still has to be written down.
    #[must_use]
    pub const fn is_owed(&self) -> bool {
        self.kind.goes_on_record() && !self.is_on_record
    }

    /// What is not there, or not for the caller: both answer the same.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemKind::NotFound, format!("no such {what}, or it is not visible to this key; check the name"))
    }

    /// Our own failure: the cause is logged here, once, and does not reach the caller.
    pub fn internal(cause: impl fmt::Display) -> Self {
        tracing::error!(error.cause = %cause, "request failed on our side");
        Self::new(
            ProblemKind::Internal,
            "the server failed; try again, and tell the operator the request id if it persists",
        )
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(formatter, "{field}: {}", self.detail),
            None => formatter.write_str(&self.detail),
        }
    }
}

impl From<crate::values::Invalid> for Problem {
    fn from(invalid: crate::values::Invalid) -> Self {
        Self::new(ProblemKind::BadRequest, invalid.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn slugs_are_unique() {
        let slugs: BTreeSet<_> = ProblemKind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), ProblemKind::ALL.len());
    }
}
