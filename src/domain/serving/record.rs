//! Recording: the one act in which a use is settled, and the one in which a refusal is written down.
//!
//! Leaves are made and promises signed before the act; neither leaves the server unless it commits.

use chancery_base::{
    crypto::{Commitment, CommitmentKey},
    db::{AnyConnection, Tx},
    idempotency::Done,
    logs::{self, LogName, NewLeaf},
    problem::Problem,
    values::{
        ApiKeyId, DecisionId, Entropy, GrantId, LeafId, ModelId, PartyId, UnixMillis, UseId, VersionId, encode_hex,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    desk::Desk,
    judge::{Asked, Judged},
    rows::{self, RecordedDecision, Use},
    walk::{Inputs, Output, UseRequest},
};
use crate::{
    artifacts, holds,
    licensing::{Grant, Reservation},
    parties,
    passport::Passport,
    policy::Decision,
};

/// A decision with its place in the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Recorded {
    /// The decision's identifier.
    pub id: DecisionId,
    /// The decision.
    pub decision: Decision,
    /// Its leaf in the audit log.
    pub leaf: LeafId,
    /// The leaf of the use in the liability log, for an allowed one.
    pub liability_leaf: Option<LeafId>,
    /// The signed promise that the audit leaf will be in the log; a signed note.
    pub promise: String,
}

/// What came of settling.
pub(super) enum Settled {
    /// The use is recorded.
    Done(Box<Recorded>),
    /// Key, grant, version, holds or rules changed since the decision; nothing was written.
    Stale,
}

/// What a run left behind to be recorded.
pub(super) struct Run {
    pub content_key: CommitmentKey,
    input: Commitment,
    output: Commitment,
}

impl Run {
    /// Commits to what went in and what came out.
    pub(super) fn new(entropy: &dyn Entropy, request: &UseRequest, output: &Output) -> Result<Self, Problem> {
        let content_key = CommitmentKey::generate(entropy);
        let Inputs { texts, .. } = &request.inputs;
        let input = content_key.commit(&serde_json::to_vec(texts).map_err(Problem::internal)?);
        let output = content_key.commit(&serde_json::to_vec(output).map_err(Problem::internal)?);
        Ok(Self { content_key, input, output })
    }
}

impl Desk {
    /// Writes a refusal down.
    pub(super) fn refuse(
        &self,
        request: &UseRequest,
        asked: &Asked,
        judged: &Judged,
    ) -> Result<Box<Recorded>, Problem> {
        let entry = self.entry(asked, judged, None)?;
        let once = request.once.clone();
        let now = self.clock.now();
        let recorded = self.recorded(&entry, judged, None)?;
        let done = self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                entry.write(tx)?;
                Ok(recorded)
            })
        })?;
        Ok(Box::new(done.into_inner()))
    }

    /// Settles an allowed use: quota, use, decision and both leaves, or nothing.
    pub(super) fn settle(
        &self,
        request: &UseRequest,
        asked: &Asked,
        judged: &Judged,
        run: &Run,
        reservation: Option<Reservation>,
    ) -> Result<Settled, Problem> {
        if self.rules().digest() != judged.rules.digest() {
            return Ok(Settled::Stale);
        }
        let now = self.clock.now();
        let entry = self.entry(asked, judged, Some(run))?;
        let liability = self.liability_leaf(asked, judged, run, entry.decision.id, now)?;
        let recorded = self.recorded(&entry, judged, Some(liability.id()))?;
        let settled = Use {
            id: UseId::generate(&*self.entropy, now),
            decision: entry.decision.id,
            grant: judged.grant(),
            version: asked.version.id,
            caller: asked.caller.party.id,
            tokens: asked.tokens,
            liability_leaf: liability.id(),
            settled_at: now,
        };
        let standing = Standing::of(asked, judged);
        let settlement = reservation.as_ref().map(Reservation::settlement);
        let once = request.once.clone();
        let done = self.database.act(move |tx| {
            if !standing.still_holds(tx, now)? {
                return Ok(None);
            }
            let act = |tx: &mut Tx<'_>| {
                if let Some(settlement) = &settlement {
                    settlement.post(tx, now)?;
                }
                entry.write(tx)?;
                rows::insert_use(tx, &settled)?;
                logs::append(tx, &liability)?;
                Ok(recorded)
            };
            once.run(tx, now, act).map(Some)
        });
        let done = match done {
            Err(problem) => {
                self.forget_lost_lease(judged);
                return Err(problem);
            }
            Ok(None) => return Ok(Settled::Stale),
            Ok(Some(done)) => done,
        };
        if let (Done::Now(_), Some(reservation)) = (&done, reservation) {
            reservation.settled();
        }
        Ok(Settled::Done(Box::new(done.into_inner())))
    }

    /// After a failed settlement nobody knows what the database holds of our lease; the next call leases anew.
    fn forget_lost_lease(&self, judged: &Judged) {
        if let Some(grant) = judged.metered_grant() {
            self.quota.forget(grant);
        }
    }

    /// What the caller will be told. The promise is signed here and leaves the server only after the commit.
    fn recorded(&self, entry: &Entry, judged: &Judged, liability_leaf: Option<LeafId>) -> Result<Recorded, Problem> {
        Ok(Recorded {
            id: entry.decision.id,
            decision: judged.decision.clone(),
            leaf: entry.leaf.id(),
            liability_leaf,
            promise: self.audit.promise(&entry.leaf.appended()).map_err(Problem::internal)?.to_string(),
        })
    }

    /// The decision's row and leaf.
    fn entry(&self, asked: &Asked, judged: &Judged, run: Option<&Run>) -> Result<Entry, Problem> {
        let now = self.clock.now();
        let id = DecisionId::generate(&*self.entropy, now);
        let payload = decision_payload(id, asked, judged, run, now);
        let leaf =
            NewLeaf::new(LogName::Audit, &payload, readers(asked), &*self.entropy, now).map_err(Problem::internal)?;
        let decision = RecordedDecision {
            id,
            caller: asked.caller.party.id,
            owner: asked.model.owner,
            model: asked.model.id,
            version: asked.version.id,
            grant: judged.grant(),
            is_allowed: judged.decision.is_allowed(),
            deciding_rule: judged.decision.deciding().map(|reason| reason.rule.clone()),
            policy_digest: judged.decision.policy_digest,
            facts: judged.facts.canonical_json().map_err(Problem::internal)?,
            decision: serde_json::to_string(&judged.decision).map_err(Problem::internal)?,
            leaf: leaf.id(),
            decided_at: now,
        };
        Ok(Entry { decision, leaf })
    }

    /// What the liability log says of a use: who answers, under which terms, for what.
    fn liability_leaf(
        &self,
        asked: &Asked,
        judged: &Judged,
        run: &Run,
        decision: DecisionId,
        now: UnixMillis,
    ) -> Result<NewLeaf, Problem> {
        let passport = Passport::parse_json(asked.version.passport.as_bytes()).map_err(Problem::internal)?;
        let grant = judged.facts.grant.as_ref();
        let payload = json!({
            "type": "use",
            "decision": decision,
            "at": now,
            "licensee": asked.caller.party.slug,
            "owner": asked.model.name.owner,
            "model": asked.model.name,
            "version": asked.version.number,
            "manifest_digest": asked.version.manifest_digest,
            "grant": grant.map(|grant| grant.id),
            "terms_digest": grant.map(|grant| grant.terms_digest),
            "purpose": judged.facts.purpose(),
            "territory": judged.facts.territory(),
            "tokens": asked.tokens,
            "liability": passport.liability,
            "input_commitment": encode_hex(run.input.as_bytes()),
            "output_commitment": encode_hex(run.output.as_bytes()),
        });
        NewLeaf::new(LogName::Liability, &payload, readers(asked), &*self.entropy, now).map_err(Problem::internal)
    }
}

/// Who may open what is written about a use: the caller and the owner.
fn readers(asked: &Asked) -> Vec<PartyId> {
    vec![asked.caller.party.id, asked.model.owner]
}

fn decision_payload(id: DecisionId, asked: &Asked, judged: &Judged, run: Option<&Run>, now: UnixMillis) -> Value {
    let decision = &judged.decision;
    json!({
        "type": "decision",
        "decision": id,
        "at": now,
        "action": "use",
        "caller": asked.caller.party.slug,
        "key": asked.caller.key.id,
        "owner": asked.model.name.owner,
        "model": asked.model.name,
        "version": asked.version.number,
        "manifest_digest": asked.version.manifest_digest,
        "grant": judged.grant(),
        "outcome": if decision.is_allowed() { "allowed" } else { "refused" },
        "rule": decision.deciding().map(|reason| &reason.rule),
        "clause": decision.deciding().map(|reason| &reason.clause),
        "shadow": decision.shadow.iter().map(|reason| &reason.rule).collect::<Vec<_>>(),
        "purpose": judged.facts.purpose(),
        "territory": judged.facts.territory(),
        "tokens": asked.tokens,
        "policy_digest": decision.policy_digest,
        "facts_digest": decision.facts_digest,
        "input_commitment": run.map(|run| encode_hex(run.input.as_bytes())),
        "output_commitment": run.map(|run| encode_hex(run.output.as_bytes())),
    })
}

/// A decision's row and its leaf, ready to be written.
struct Entry {
    decision: RecordedDecision,
    leaf: NewLeaf,
}

impl Entry {
    fn write(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        rows::insert_decision(tx, &self.decision)?;
        logs::append(tx, &self.leaf)?;
        Ok(())
    }
}

/// What a decision rested on and must still find when it is settled.
struct Standing {
    key: ApiKeyId,
    grant: Option<(GrantId, i64)>,
    model: ModelId,
    version: VersionId,
    version_epoch: u64,
    holds: usize,
}

impl Standing {
    fn of(asked: &Asked, judged: &Judged) -> Self {
        Self {
            key: asked.caller.key.id,
            grant: judged.grant().zip(judged.grant_epoch),
            model: asked.model.id,
            version: asked.version.id,
            version_epoch: asked.version.epoch,
            holds: judged.facts.model.holds.len(),
        }
    }

    fn still_holds(&self, connection: &mut AnyConnection, now: UnixMillis) -> Result<bool, Problem> {
        let key = parties::find_api_key(connection, self.key)?;
        let key_is_good = key.is_some_and(|key| key.is_good(now));
        let grant_is_same = match self.grant {
            Some((grant, epoch)) => Grant::epoch_now(connection, grant)? == Some(epoch),
            None => true,
        };
        let version = artifacts::find_version_by_id(connection, self.version)?;
        let version_is_same = version.is_some_and(|version| version.epoch == self.version_epoch);
        let holds_are_same = holds::active_holds(connection, self.model)?.len() == self.holds;
        Ok(key_is_good && grant_is_same && version_is_same && holds_are_same)
    }
}

/// Whether the quota of a grant says what its settled uses add up to.
pub fn quota_matches_uses(connection: &mut AnyConnection, grant: &Grant) -> Result<bool, Problem> {
    let used = rows::tokens_used(connection, grant.id)?;
    let quota = crate::licensing::quota_of(connection, grant.id)?;
    Ok(quota.is_none_or(|quota| quota.settled == used && quota.settled.0 + quota.leased.0 <= quota.quota.0))
}
