//! A grant as the server tells it, and its terms as this program reads them.
//!
//! Clauses are rendered here from the terms themselves: what is signed is their digest, so what is shown must be them too,
//! not a text that came beside them.

use chancery_base::values::{GrantId, ModelName, Sha256Digest};
use chancery_domain::licensing::Terms;
use serde::Deserialize;

use crate::cli::{
    error::{CliError, Exit},
    message::say,
    words::Words,
};

/// What stands for a number of tokens that is not limited.
pub const UNLIMITED: &str = "∞";

/// A grant.
#[derive(Debug, Deserialize)]
pub struct GrantView {
    /// The grant.
    pub id: GrantId,
    /// What it is a licence to.
    pub model: ModelName,
    /// Offered, accepted, revoked, …
    pub status: String,
    /// Its terms.
    pub terms: Terms,
    /// What the server says their digest is.
    pub terms_digest: Sha256Digest,
    /// What has been used of it.
    pub quota: Option<QuotaView>,
}

/// How much of a grant has been used.
#[derive(Debug, Deserialize)]
pub struct QuotaView {
    /// Tokens granted; absent where they are not limited.
    pub tokens: Option<u64>,
    /// Tokens used and settled.
    pub settled: u64,
}

impl GrantView {
    /// The grant with its numbered terms, told to a person.
    #[must_use]
    pub fn prose(&self, words: &Words) -> String {
        let about = words.say(&say!(
            "grant",
            id = self.id,
            model = self.model,
            status = words.named("state", &self.status),
            digest = self.terms_digest,
        ));
        let clauses = self.terms.render(words.language());
        let clauses = clauses.iter().map(|clause| format!("  {}. {}: {}\n", clause.number, clause.title, clause.text));
        let used = self.quota.as_ref().map(|quota| {
            let granted = quota.tokens.map_or_else(|| UNLIMITED.to_owned(), |tokens| tokens.to_string());
            words.say(&say!("grant-used", settled = quota.settled, granted = granted))
        });
        format!("{about}\n{}{}", clauses.collect::<String>(), used.unwrap_or_default())
    }

    /// The digest of the terms, recomputed.
    ///
    /// # Errors
    /// [`CliError::Local`] with [`Exit::Invalid`] if the server says another.
    pub fn checked_digest(&self) -> Result<Sha256Digest, CliError> {
        let found = self.terms.digest().map_err(|error| CliError::failure(say!("value", cause = error)))?;
        if found == self.terms_digest {
            Ok(found)
        } else {
            let message = say!("grant-digest", id = self.id, found = found, said = self.terms_digest);
            Err(CliError::Local(Exit::Invalid, message))
        }
    }
}
