//! Gathering: everything judgement needs to know about one use, read in one go.
//!
//! Reading is here and judging is in `decide`, so that a decision can be made again from what was read.

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{Purpose, Slug, Territory, TokenCount, UnixMillis},
};

use super::{
    accepted::AcceptedGrants,
    claims::Claims,
    facts::{
        Action, CallerFacts, Facts, GrantFacts, GrantStatus, HoldFacts, KeyFacts, ModelFacts, ModelStatus, Payment,
        Quota, RequestFacts, Scope, Signature, Stated, Visibility,
    },
};
use crate::{
    artifacts::{self, Model, Version, VersionStatus},
    holds,
    licensing::{self, Grant, HeldGrant, QuotaState, TerritoryScope},
    parties::{self, Caller, KeyStatus},
};

/// One use that is asked about.
pub struct Question<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// The model.
    pub model: &'a Model,
    /// The version.
    pub version: &'a Version,
    /// What the request itself says it is for.
    pub purpose: Option<Purpose>,
    /// Where the request itself says it takes place.
    pub territory: Option<Territory>,
    /// Most tokens it can cost.
    pub tokens: TokenCount,
    /// When.
    pub now: UnixMillis,
}

/// Facts without a grant, and the grants that may be tried with them, in the fixed order of their age.
pub struct Gathered {
    /// Everything but the grant.
    pub facts: Facts,
    /// Each grant the caller holds on the model, with the epoch it was read at.
    pub grants: Vec<(GrantFacts, i64)>,
}

/// Reads the facts of one use.
///
/// Errors: the database cannot be read; a grant is not what its licensee signed; never a missing fact, which is left open for the rules to refuse.
pub fn gather(
    connection: &mut AnyConnection,
    question: &Question<'_>,
    claims: &Claims,
    accepted: &AcceptedGrants,
) -> Result<Gathered, Problem> {
    let held = Grant::held(connection, question.caller.party.id, question.model.id)?;
    held.iter().try_for_each(|held| accepted.require(connection, held, &question.model.name))?;
    let asked_for = question.territory.as_ref().or(question.caller.territory());
    let licensor = &question.model.name.owner;
    let grants = held
        .iter()
        .map(|HeldGrant { grant, quota, .. }| (grant_facts(grant, licensor, asked_for, *quota), grant.epoch));
    let grants = grants.collect();
    let facts = Facts {
        now: question.now,
        action: Action::Use,
        caller: CallerFacts {
            party: question.caller.party.slug.clone(),
            is_owner: question.model.owner == question.caller.party.id,
        },
        key: KeyFacts {
            purpose: question.caller.purpose().cloned().map(Stated::declared),
            territory: question.caller.territory().cloned().map(Stated::declared),
        },
        request: RequestFacts {
            estimated_tokens: question.tokens,
            purpose: question.purpose.clone(),
            territory: question.territory.clone(),
        },
        model: model_facts(connection, question)?,
        provenance: claims.provenance.clone(),
        privacy: claims.privacy.clone(),
        licence: claims.licence.clone(),
        grant: None,
    };
    Ok(Gathered { facts, grants })
}

fn model_facts(connection: &mut AnyConnection, question: &Question<'_>) -> Result<ModelFacts, Problem> {
    let (model, version) = (question.model, question.version);
    // The signature was verified when the version was registered. Revoking its key says that the key may have been in
    // other hands, then as well, so the signature stops counting until the version is signed anew.
    let signature = match parties::signing_key_status(connection, version.signing_key)? {
        Some(KeyStatus::Approved) => Signature::Trusted,
        Some(KeyStatus::Revoked) => Signature::KeyRevoked,
        Some(KeyStatus::Proposed) | None => Signature::Untrusted,
    };
    let holds = holds::active_holds(connection, model.id)?.into_iter().map(|hold| HoldFacts {
        id: hold.id,
        reason: hold.reason.to_string(),
        authority: hold.authority.to_string(),
        is_legal_demand: hold.is_legal_demand,
    });
    Ok(ModelFacts {
        name: model.name.clone(),
        version: version.number,
        digest: version.manifest_digest,
        signature,
        status: match version.status {
            VersionStatus::Registered => ModelStatus::Registered,
            VersionStatus::Suspended => ModelStatus::Suspended,
            VersionStatus::Withdrawn | VersionStatus::Destroyed => ModelStatus::Withdrawn,
        },
        visibility: match model.visibility {
            artifacts::Visibility::Listed => Visibility::Listed,
            artifacts::Visibility::Private => Visibility::Private,
        },
        holds: holds.collect(),
    })
}

/// A grant as judgement sees it when a use in `asked_for` is asked about.
#[must_use]
pub fn grant_facts(
    grant: &Grant,
    licensor: &Slug,
    asked_for: Option<&Territory>,
    quota: Option<QuotaState>,
) -> GrantFacts {
    let terms = &grant.terms;
    GrantFacts {
        id: grant.id,
        licensor: licensor.clone(),
        status: match grant.status {
            licensing::GrantStatus::Offered => GrantStatus::Offered,
            licensing::GrantStatus::Accepted => GrantStatus::Accepted,
            licensing::GrantStatus::Revoked | licensing::GrantStatus::Declined => GrantStatus::Revoked,
        },
        terms_digest: grant.terms_digest,
        payment: if terms.price.is_paid() { Payment::Unrecorded } else { Payment::Free },
        purposes: Scope::Only(terms.purposes.iter().cloned().collect()),
        territories: territories(&terms.territory, asked_for),
        versions: if terms.versions.is_empty() {
            Scope::Any
        } else {
            Scope::Only(terms.versions.iter().copied().collect())
        },
        not_before: terms.term.start,
        not_after: terms.term.end,
        // What running calls have set aside may come back, so it does not exhaust a quota: the reservation finds out.
        quota: quota.map_or(Quota::Unlimited, |state| Quota::Remaining(state.unsettled())),
    }
}

/// Where a grant is good, seen from the territory asked for. "Everywhere but there" has no list of its own: an excluded or
/// unknown territory meets an empty one.
fn territories(scope: &TerritoryScope, asked_for: Option<&Territory>) -> Scope<Territory> {
    if !scope.included.is_empty() {
        return Scope::Only(scope.included.difference(&scope.excluded).cloned().collect());
    }
    let is_open = scope.excluded.is_empty() || asked_for.is_some_and(|territory| scope.contains(territory));
    if is_open { Scope::Any } else { Scope::Only(Vec::new()) }
}
