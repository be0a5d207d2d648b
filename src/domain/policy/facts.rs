//! What a decision is made from: a plain snapshot, gathered before judgement and stored with the decision, so that the
//! decision can be replayed without the database.
//!
//! Nothing here reads anything. A fact that may be unknown is an `Option`, and `None` means *unknown*, never *no limit*;
//! where "no limit" exists it has a variant of its own ([`Scope::Any`], [`Quota::Unlimited`]). Rules refuse what is unknown.
//! The digest of a snapshot is the SHA-256 of its canonical JSON (RFC 8785), for which the fields of every structure here
//! stand in alphabetical order.

use chancery_base::{
    crypto::LARGEST_EXACT_INTEGER,
    values::{HoldId, ModelName, Purpose, Sha256Digest, Slug, Standing, Territory, TokenCount, UnixMillis},
};
use serde::{Deserialize, Serialize};

pub use super::grant_facts::{GrantFacts, GrantStatus, Payment, Quota, Scope};
pub use super::licence_facts::{LicenceCause, LicenceEffect, LicenceFacts, Work, WorkKind};

/// Everything one decision may look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What the caller wants to do.
    pub action: Action,
    /// Who asks.
    pub caller: CallerFacts,
    /// The grant this decision is made under; `None` when the caller holds none.
    pub grant: Option<GrantFacts>,
    /// What the caller's API key says by default.
    pub key: KeyFacts,
    /// What the licences of the lineage say together about this use; `None` when it could not be worked out.
    pub licence: Option<LicenceFacts>,
    /// The model version asked for.
    pub model: ModelFacts,
    /// The moment of the decision.
    pub now: UnixMillis,
    /// Personal data in every data set and external model of the lineage; `None` when it could not be assessed.
    pub privacy: Option<Vec<WorkPrivacy>>,
    /// What the passport fails to say about the origin of the data; `None` when it could not be assessed.
    pub provenance: Option<ProvenanceFacts>,
    /// What this one request says.
    pub request: RequestFacts,
}

/// What can be asked for; its name is the Cedar action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Run the model on an input.
    Use,
}

/// The calling party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallerFacts {
    /// Whether the party owns the model, and so needs no grant.
    pub is_owner: bool,
    /// The party's name.
    pub party: Slug,
}

/// Defaults carried by the API key; a request may repeat them, not leave them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFacts {
    /// What uses with this key are for.
    pub purpose: Option<Stated<Purpose>>,
    /// Where uses with this key take place.
    pub territory: Option<Stated<Territory>>,
}

/// A value and who stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated<T> {
    /// How it came to be known.
    pub standing: Standing,
    /// The value.
    pub value: T,
}

impl<T> Stated<T> {
    /// A value that somebody said.
    pub const fn declared(value: T) -> Self {
        Self { value, standing: Standing::Declared }
    }

    /// The value, unless nobody stands behind it.
    pub fn known(&self) -> Option<&T> {
        (self.standing != Standing::Missing).then_some(&self.value)
    }
}

/// What one request asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestFacts {
    /// Most tokens the request can cost.
    pub estimated_tokens: TokenCount,
    /// What it is for, where the request says so itself.
    pub purpose: Option<Purpose>,
    /// Where it takes place, where the request says so itself.
    pub territory: Option<Territory>,
}

/// The model version asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFacts {
    /// Digest of the version's manifest.
    pub digest: Sha256Digest,
    /// Holds in force on the model.
    pub holds: Vec<HoldFacts>,
    /// The model's full name.
    pub name: ModelName,
    /// What stands behind the owner's signature over the manifest, which was verified at registration.
    pub signature: Signature,
    /// Where the version stands in its life.
    pub status: ModelStatus,
    /// Number of the version.
    pub version: u32,
    /// Who may know that the model exists.
    pub visibility: Visibility,
}

/// What stands behind a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// A key that speaks for the owner.
    Trusted,
    /// A key that the owner revoked since: it may have been in other hands, so nothing it signed counts.
    KeyRevoked,
    /// No key that ever spoke for the owner.
    Untrusted,
}

/// Where a model version stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelStatus {
    /// Registered and in use.
    Registered,
    /// Paused by its owner or the operator.
    Suspended,
    /// Taken back for good.
    Withdrawn,
}

/// Who may know that a model exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// Everybody.
    Listed,
    /// Its owner and the parties to its grants.
    Private,
}

/// A hold in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldFacts {
    /// Who demanded it.
    pub authority: String,
    /// The hold.
    pub id: HoldId,
    /// Whether it follows a legal demand: a court order, a regulator's order, a sanctions list, a takedown notice.
    pub is_legal_demand: bool,
    /// Why it was placed.
    pub reason: String,
}

/// What is known about the origin of the data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceFacts {
    /// Works whose passport entry lacks something; empty when nothing is missing.
    pub gaps: Vec<ProvenanceGap>,
}

/// A data set or external model whose origin is not fully told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceGap {
    /// The passport fields that are missing, such as `licence` or `origin`.
    pub missing: Vec<String>,
    /// The work.
    pub work: Work,
}

/// Personal data in a data set, or behind an external model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkPrivacy {
    /// What kind of personal data it holds; `None` when nobody said.
    pub class: Option<PrivacyClass>,
    /// Lawful basis for the deployment phase (GDPR article 6(1)), as declared; `None` when missing.
    pub deployment_basis: Option<String>,
    /// Condition for special categories in the deployment phase (GDPR article 9(2)), as declared; `None` when missing.
    pub special_condition: Option<String>,
    /// The work.
    pub work: Work,
}

impl WorkPrivacy {
    /// Whether it holds personal data without a lawful basis for deployment; special categories need one too.
    #[must_use]
    pub fn lacks_basis(&self) -> bool {
        let is_personal = matches!(self.class, Some(PrivacyClass::Personal | PrivacyClass::SpecialCategory));
        is_personal && !is_stated(self.deployment_basis.as_deref())
    }

    /// Whether it holds special categories without a condition for deployment.
    #[must_use]
    pub fn lacks_condition(&self) -> bool {
        self.class == Some(PrivacyClass::SpecialCategory) && !is_stated(self.special_condition.as_deref())
    }
}

/// Blank text states nothing.
fn is_stated(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

/// What kind of personal data a work holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrivacyClass {
    /// None.
    None,
    /// Personal data (GDPR article 4(1)).
    Personal,
    /// Special categories of personal data (GDPR article 9(1)).
    SpecialCategory,
}

/// A snapshot that cannot be stored or judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// A number that readers of JSON would not agree on (RFC 8785, 3.2.2.3).
    #[error("fact `{field}` is out of range; keep numbers between -(2^53 - 1) and 2^53 - 1")]
    OutOfRange {
        /// Where it stands.
        field: &'static str,
    },
    /// The snapshot could not be written as JSON.
    #[error("facts cannot be written as canonical JSON; report this as a defect")]
    Unwritable,
}

impl Facts {
    /// What the use is for: what the request says, else what the key says.
    #[must_use]
    pub fn purpose(&self) -> Option<&Purpose> {
        self.request.purpose.as_ref().or_else(|| self.key.purpose.as_ref().and_then(Stated::known))
    }

    /// Where the use takes place: what the request says, else what the key says.
    #[must_use]
    pub fn territory(&self) -> Option<&Territory> {
        self.request.territory.as_ref().or_else(|| self.key.territory.as_ref().and_then(Stated::known))
    }

    /// The snapshot as canonical JSON: what is stored and hashed.
    ///
    /// Errors when a number cannot be kept exactly.
    pub fn canonical_json(&self) -> Result<String, FactsError> {
        self.check()?;
        // INVARIANT: fields stand in alphabetical order and numbers are exact integers, so what serde writes is canonical.
        // Sorting an arbitrary document costs seven times as much, on every decision.
        serde_json::to_string(self).map_err(|_| FactsError::Unwritable)
    }

    /// SHA-256 of the canonical JSON.
    ///
    /// Errors when a number cannot be kept exactly.
    pub fn digest(&self) -> Result<Sha256Digest, FactsError> {
        Ok(Sha256Digest::of(self.canonical_json()?.as_bytes()))
    }

    /// Whether every number can be kept exactly; errors name the one that cannot.
    pub fn check(&self) -> Result<(), FactsError> {
        let grant = self.grant.as_ref();
        let remaining = match grant.map(|grant| grant.quota) {
            Some(Quota::Remaining(tokens)) => Some(tokens),
            Some(Quota::Unlimited) | None => None,
        };
        let checked = [
            ("now", Some(self.now.as_millis())),
            ("request.estimated_tokens", Some(number(self.request.estimated_tokens))),
            ("grant.quota", remaining.map(number)),
            ("grant.not_before", grant.map(|grant| grant.not_before.as_millis())),
            ("grant.not_after", grant.and_then(|grant| grant.not_after).map(UnixMillis::as_millis)),
        ];
        let is_exact = |number: i64| (-LARGEST_EXACT_INTEGER..=LARGEST_EXACT_INTEGER).contains(&number);
        match checked.iter().find(|(_, number)| number.is_some_and(|number| !is_exact(number))) {
            Some((field, _)) => Err(FactsError::OutOfRange { field }),
            None => Ok(()),
        }
    }
}

/// A count as a signed number; what does not fit is held at the end of the range, which the check refuses.
fn number(tokens: TokenCount) -> i64 {
    i64::try_from(tokens.0).unwrap_or(i64::MAX)
}
