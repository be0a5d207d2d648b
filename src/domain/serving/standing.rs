//! What a decision rested on and must still find when its use is settled: the same key, grant, version, model, signing key and
//! rules, and a term that has not ended meanwhile.

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{ApiKeyId, GrantId, Sha256Digest, UnixMillis, VersionId},
};

use super::{
    judge::{Asked, Judged},
    rows,
};
use crate::{parties::KeyStatus, policy::facts::Signature};

/// What a decision rested on.
pub(super) struct Standing {
    key: ApiKeyId,
    grant: Option<(GrantId, i64)>,
    term_end: Option<UnixMillis>,
    version: VersionId,
    version_epoch: u64,
    model_epoch: i64,
    is_signed: bool,
    policy: Sha256Digest,
}

impl Standing {
    /// Errors: a person asked, who uses no models.
    pub(super) fn of(asked: &Asked, judged: &Judged) -> Result<Self, Problem> {
        Ok(Self {
            key: asked.caller.key()?.id,
            grant: judged.grant().zip(judged.grant_epoch),
            term_end: judged.facts.grant.as_ref().and_then(|grant| grant.not_after),
            version: asked.version().id,
            version_epoch: asked.version().epoch,
            model_epoch: asked.model.epoch,
            is_signed: judged.facts.model.signature == Signature::Trusted,
            policy: judged.rules.digest(),
        })
    }

    /// Whether all of it is still so at `now`; `row_lock` keeps it so until the transaction ends.
    pub(super) fn still_holds(
        &self,
        connection: &mut AnyConnection,
        row_lock: &'static str,
        now: UnixMillis,
    ) -> Result<bool, Problem> {
        let grant = self.grant.map(|(grant, _)| grant);
        let Some(found) = rows::standing_now(connection, self.key, self.version, grant, row_lock)? else {
            return Ok(false);
        };
        let is_past = |end: Option<UnixMillis>| end.is_some_and(|end| end <= now);
        Ok(found.key_revoked_at.is_none()
            && !is_past(found.key_expires_at)
            && !is_past(self.term_end)
            && found.grant_epoch == self.grant.map(|(_, epoch)| epoch)
            && u64::try_from(found.version_epoch).is_ok_and(|epoch| epoch == self.version_epoch)
            && found.model_epoch == self.model_epoch
            && (found.signing_key_status == KeyStatus::Approved.code()) == self.is_signed
            && found.policy_digest == self.policy)
    }
}

#[cfg(test)]
mod tests;
