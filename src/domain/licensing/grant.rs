//! Grants: terms offered by a licensor, accepted by a licensee's signature over their digest, revocable by the licensor.

use std::{fmt, str::FromStr};

use chancery_base::{
    db::{AnyConnection, Tx},
    problem::{Problem, ProblemKind},
    values::{GrantId, Invalid, ModelId, PartyId, Sha256Digest, UnixMillis},
};

use super::{low_rows, quota::QuotaState, rows, terms::Terms};

/// Where a grant stands. Whether its term has begun or ended is for judgement, which knows the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantStatus {
    /// Offered by the licensor, not yet signed by the licensee.
    Offered,
    /// Accepted by the licensee's signature.
    Accepted,
    /// Taken back by the licensor.
    Revoked,
    /// Not wanted by the licensee.
    Declined,
}

impl GrantStatus {
    /// The status as stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Declined => "declined",
        }
    }
}

impl fmt::Display for GrantStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for GrantStatus {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        [Self::Offered, Self::Accepted, Self::Revoked, Self::Declined]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| Invalid::new(text, "a grant status: offered, accepted, revoked or declined"))
    }
}

/// One grant.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its identifier.
    pub id: GrantId,
    /// The model it covers.
    pub model: ModelId,
    /// Who grants.
    pub licensor: PartyId,
    /// Who may use.
    pub licensee: PartyId,
    /// What was agreed.
    pub terms: Terms,
    /// Digest of the terms, which the licensee signs.
    pub terms_digest: Sha256Digest,
    /// Where it stands.
    pub status: GrantStatus,
    /// The licensee's signed acceptance, a DSSE envelope.
    pub acceptance: Option<String>,
    /// When it was offered.
    pub offered_at: UnixMillis,
    /// When it was accepted.
    pub accepted_at: Option<UnixMillis>,
    /// When it was revoked or declined.
    pub revoked_at: Option<UnixMillis>,
    /// Why, in the words of who did.
    pub revocation_reason: Option<String>,
    /// Moves at each change of state; a use is settled only under the epoch it was judged under.
    pub epoch: i64,
}

/// A grant as judgement reads it.
#[derive(Debug, Clone)]
pub struct HeldGrant {
    /// The grant.
    pub grant: Grant,
    /// Its quota, where it has one.
    pub quota: Option<QuotaState>,
    /// Digest of what is stored of it, but for where it stands and what was used: what was verified once stays so while this does.
    pub row_digest: Sha256Digest,
}

impl Grant {
    /// Stores a new offer.
    pub fn offer(tx: &mut Tx<'_>, grant: &Self) -> Result<(), Problem> {
        let terms = serde_json::to_string(&grant.terms).map_err(Problem::internal)?;
        Ok(rows::insert(tx, grant, &terms)?)
    }

    /// The grant `id`, if `party` gave or holds it.
    ///
    /// Errors: not there, or not the party's to see.
    pub fn find_for(connection: &mut AnyConnection, id: GrantId, party: PartyId) -> Result<Self, Problem> {
        rows::find(connection, id)?
            .filter(|grant| grant.licensor == party || grant.licensee == party)
            .ok_or_else(|| Problem::not_found("grant"))
    }

    /// Grants of `licensee` on `model` with the quota of those that have one, oldest first.
    pub fn held(connection: &mut AnyConnection, licensee: PartyId, model: ModelId) -> Result<Vec<HeldGrant>, Problem> {
        Ok(rows::held(connection, licensee, model)?)
    }

    /// At most `limit` grants on `model`, of one licensee or of all, newest first, older than `before`.
    pub fn on_model(
        connection: &mut AnyConnection,
        model: ModelId,
        licensee: Option<PartyId>,
        before: Option<GrantId>,
        limit: u32,
    ) -> Result<Vec<Self>, Problem> {
        Ok(rows::on_model(connection, model, licensee, before, limit)?)
    }

    /// At most `limit` grants of whose quota four fifths are used, which nobody was told yet.
    pub fn running_low_untold(connection: &mut AnyConnection, limit: u32) -> Result<Vec<Self>, Problem> {
        Ok(low_rows::untold(connection, limit)?)
    }

    /// At most `limit` accepted grants that `party` gave or holds and whose quota runs low, the last told first.
    pub fn running_low(connection: &mut AnyConnection, party: PartyId, limit: u32) -> Result<Vec<Self>, Problem> {
        Ok(low_rows::low(connection, party, limit)?)
    }

    /// Whether `licensee` may see `model` because it was offered a grant on it.
    pub fn was_offered(connection: &mut AnyConnection, licensee: PartyId, model: ModelId) -> Result<bool, Problem> {
        Ok(rows::was_offered(connection, licensee, model)?)
    }

    /// Models that `licensee` may see because it was offered a grant on them.
    pub fn models_of_licensee(connection: &mut AnyConnection, licensee: PartyId) -> Result<Vec<ModelId>, Problem> {
        Ok(rows::models_of_licensee(connection, licensee)?)
    }

    /// Records the licensee's signed acceptance.
    ///
    /// Errors: the grant is not an open offer.
    pub fn accept(tx: &mut Tx<'_>, id: GrantId, acceptance: &str, now: UnixMillis) -> Result<(), Problem> {
        if rows::accept(tx, id, acceptance, now)? {
            Ok(())
        } else {
            Err(Problem::new(
                ProblemKind::Conflict,
                "this grant is no longer an open offer; ask the licensor for a new one",
            ))
        }
    }

    /// Notes that the licensee does not want what it was offered.
    ///
    /// Errors: it is no longer an open offer.
    pub fn decline(tx: &mut Tx<'_>, id: GrantId, reason: &str, now: UnixMillis) -> Result<(), Problem> {
        if rows::decline(tx, id, reason, now)? {
            Ok(())
        } else {
            let detail = "this is no longer an open offer: it was accepted, declined or revoked; look at it again";
            Err(Problem::new(ProblemKind::Conflict, detail))
        }
    }

    /// Takes the grant back. What was used before stays lawful.
    ///
    /// Errors: it was revoked already.
    pub fn revoke(tx: &mut Tx<'_>, id: GrantId, reason: &str, now: UnixMillis) -> Result<(), Problem> {
        if rows::revoke(tx, id, reason, now)? {
            Ok(())
        } else {
            Err(Problem::new(
                ProblemKind::Conflict,
                "this grant was revoked or declined already; nothing is left to do",
            ))
        }
    }

    /// The epoch of the grant `id` now.
    pub fn epoch_now(connection: &mut AnyConnection, id: GrantId) -> Result<Option<i64>, Problem> {
        Ok(rows::epoch(connection, id)?)
    }
}
