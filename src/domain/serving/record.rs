//! Recording: the one act in which a use is settled, and the one in which a refusal is written down.
//!
//! Leaves are made before the act, promises signed after it: no promise exists of a leaf that may not have been written.

use chancery_base::{
    crypto::{Commitment, CommitmentKey},
    db::Tx,
    idempotency::{Done, Once},
    logs::{self, AppendedLeaf},
    problem::Problem,
    values::{DecisionId, Entropy, LeafId, UseId},
};
use serde::{Deserialize, Serialize};

use super::{
    desk::Desk,
    entry::Entry,
    judge::{Asked, Judged},
    rows::{self, Use},
    standing::Standing,
    walk::{Inputs, Output, UseRequest},
};
use crate::{
    licensing::Reservation,
    policy::{Decision, RefusalCode},
};

/// What is remembered of a use under its idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Remembered {
    pub id: DecisionId,
    pub decision: Decision,
    pub leaf: LeafId,
    pub liability_leaf: Option<LeafId>,
}

/// A decision with its place in the log.
#[derive(Debug, Clone)]
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
    /// The same request was settled meanwhile; nothing was written.
    Before(Box<Remembered>),
    /// Something the decision rested on changed; nothing was written.
    Stale,
}

/// What a run left behind to be recorded.
pub(super) struct Run {
    pub content_key: CommitmentKey,
    pub input: Commitment,
    pub output: Commitment,
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
    /// Writes a refusal down, once for the request. That nothing could be judged is not remembered: the next attempt may be.
    pub(super) fn refuse(
        &self,
        request: &UseRequest,
        asked: &Asked,
        judged: &Judged,
    ) -> Result<Box<Recorded>, Problem> {
        let is_judged = judged.decision.deciding().is_some_and(|reason| reason.code != RefusalCode::PolicyUnavailable);
        match self.write_refusal(request, is_judged, asked, judged)? {
            Settled::Before(remembered) if !remembered.decision.is_allowed() => {
                self.promised_again(*remembered).map(Box::new)
            }
            // The same request was allowed and settled meanwhile; now it is refused, and that is another decision.
            Settled::Before(_) | Settled::Stale => self.refuse_anew(request, asked, judged),
            Settled::Done(recorded) => Ok(recorded),
        }
    }

    /// Writes down the refusal of a request whose idempotency key stands for another outcome.
    pub(super) fn refuse_anew(
        &self,
        request: &UseRequest,
        asked: &Asked,
        judged: &Judged,
    ) -> Result<Box<Recorded>, Problem> {
        match self.write_refusal(request, false, asked, judged)? {
            Settled::Done(recorded) => Ok(recorded),
            Settled::Before(_) | Settled::Stale => Err(Problem::internal("a new refusal was remembered from before")),
        }
    }

    fn write_refusal(
        &self,
        request: &UseRequest,
        is_remembered: bool,
        asked: &Asked,
        judged: &Judged,
    ) -> Result<Settled, Problem> {
        let key = request.once.key.clone().filter(|_| is_remembered);
        let once = Once { key, ..request.once.clone() };
        let entry = self.entry(asked, judged, None)?;
        let (appended, remembered) = (entry.leaf.appended(), remembered(&entry, judged, None));
        let now = self.clock.now();
        let done = self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                entry.write(tx)?;
                Ok(remembered)
            })
        })?;
        self.told(done, &appended)
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
        let now = self.clock.now();
        let entry = self.entry(asked, judged, Some(run))?;
        let liability = self.liability_leaf(asked, judged, run, entry.decision.id, now)?;
        let (appended, remembered) = (entry.leaf.appended(), remembered(&entry, judged, Some(liability.id())));
        let settled = Use {
            id: UseId::generate(&*self.entropy, now),
            decision: entry.decision.id,
            grant: judged.grant(),
            version: asked.version().id,
            caller: asked.caller.party.id,
            tokens: asked.tokens,
            liability_leaf: liability.id(),
            settled_at: now,
        };
        let standing = Standing::of(asked, judged)?;
        let settlement = reservation.as_ref().map(Reservation::settlement);
        let once = request.once.clone();
        let done = self.database.act(move |tx| {
            let row_lock = tx.row_lock();
            if !standing.still_holds(tx, row_lock, now)? {
                return Ok(None);
            }
            let act = |tx: &mut Tx<'_>| {
                if let Some(settlement) = &settlement {
                    settlement.post(tx, now)?;
                }
                entry.write(tx)?;
                rows::insert_use(tx, &settled)?;
                logs::append(tx, &liability);
                Ok(remembered)
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
            reservation.settled(now);
        }
        self.told(done, &appended)
    }

    /// After a failed settlement nobody knows what the database holds of our lease; the next call leases anew.
    fn forget_lost_lease(&self, judged: &Judged) {
        if let Some(grant) = judged.metered_grant() {
            self.quota.forget(grant);
        }
    }

    fn told(&self, done: Done<Remembered>, leaf: &AppendedLeaf) -> Result<Settled, Problem> {
        Ok(match done {
            Done::Now(remembered) => Settled::Done(Box::new(self.promised(remembered, leaf)?)),
            Done::Before(remembered) => Settled::Before(Box::new(remembered)),
        })
    }

    /// What the caller is told of an entry that is durable.
    fn promised(&self, remembered: Remembered, leaf: &AppendedLeaf) -> Result<Recorded, Problem> {
        let Remembered { id, decision, leaf: leaf_id, liability_leaf } = remembered;
        let promise = self.audit.promise(leaf).map_err(Problem::internal)?.to_string();
        Ok(Recorded { id, decision, leaf: leaf_id, liability_leaf, promise })
    }

    /// What the caller is told of an entry that was durable before; the same leaf always gets the same promise.
    pub(super) fn promised_again(&self, remembered: Remembered) -> Result<Recorded, Problem> {
        let leaf = self.database.read(|connection| logs::leaf(connection, remembered.leaf))?;
        let leaf = leaf.ok_or_else(|| Problem::internal("the leaf of a remembered decision is missing"))?;
        self.promised(remembered, &leaf)
    }
}

fn remembered(entry: &Entry, judged: &Judged, liability_leaf: Option<LeafId>) -> Remembered {
    Remembered { id: entry.decision.id, decision: judged.decision.clone(), leaf: entry.leaf.id(), liability_leaf }
}
