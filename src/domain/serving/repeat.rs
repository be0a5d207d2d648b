//! Answering again: a request that was settled before is answered by running the model again, because outputs are not kept and
//! models are deterministic. Nothing is metered twice, and nothing passes that would be refused now.

use chancery_base::problem::{Problem, ProblemKind};

use super::{
    desk::Desk,
    judge::Asked,
    record::Remembered,
    rows,
    standing::Standing,
    walk::{Answered, Outcome, UseRequest},
};
use crate::{artifacts, registration};

impl Desk {
    /// What is remembered of this request, if it was decided before.
    ///
    /// Errors: its idempotency key came with another request.
    pub(super) fn remembered(&self, request: &UseRequest) -> Result<Option<Remembered>, Problem> {
        if request.once.key.is_none() {
            return Ok(None);
        }
        self.database.read(|connection| request.once.remembered(connection))
    }

    /// Gives the outcome again: a refusal as it was; an answer by the version that was judged then, if it is still allowed now.
    ///
    /// Errors: as [`Desk::infer`].
    pub(super) fn repeat(&self, request: &UseRequest, remembered: Remembered) -> Result<Outcome, Problem> {
        if !remembered.decision.is_allowed() {
            return Ok(Outcome::Refused(Box::new(self.promised_again(remembered)?)));
        }
        let _permit = self.permits.take(request.caller.party.id, request.inputs.bytes())?;
        let asked = self.ask_again(request, &remembered)?;
        let judged = self.judge(&asked)?;
        if !judged.decision.is_allowed() {
            return self.refuse_anew(request, &asked, &judged).map(Outcome::Refused);
        }
        self.load(&asked)?;
        let ready = self.pool.prepare(asked.version(), &request.inputs)?;
        let (output, token_counts) = self.pool.run(ready)?;
        let (standing, now) = (Standing::of(&asked, &judged)?, self.clock.now());
        // Nothing is written, so there is nothing to lock either.
        if !self.database.read(|connection| standing.still_holds(connection, "", now))? {
            return self.refuse_repetition(request, &remembered);
        }
        let recorded = self.promised_again(remembered)?;
        Ok(Outcome::Answered(Box::new(Answered { recorded, output, token_counts, content_key: None })))
    }

    /// The same question about the version that was judged then, wherever the reference leads now. Its tokens were metered, so
    /// none are asked for.
    fn ask_again(&self, request: &UseRequest, remembered: &Remembered) -> Result<Asked, Problem> {
        let party = request.caller.party.id;
        self.database.read(|connection| {
            let missing = || Problem::not_found("model version");
            let decision = rows::find_decision(connection, remembered.id, party)?.ok_or_else(missing)?;
            let model = artifacts::find_model_by_id(connection, decision.model)?.ok_or_else(missing)?;
            if !registration::is_visible(connection, party, &model)? {
                return Err(missing());
            }
            let epoch = artifacts::version_epoch(connection, decision.version)?.ok_or_else(missing)?;
            let shelved = self.shelf.of(connection, decision.version, epoch)?;
            Ok(Asked::about(request, model, shelved))
        })
    }

    /// Something changed while the model ran again: the new state decides.
    fn refuse_repetition(&self, request: &UseRequest, remembered: &Remembered) -> Result<Outcome, Problem> {
        let asked = self.ask_again(request, remembered)?;
        let judged = self.judge(&asked)?;
        if judged.decision.is_allowed() {
            return Err(changed());
        }
        self.refuse_anew(request, &asked, &judged).map(Outcome::Refused)
    }
}

/// What a caller is told when something moved under its call and would still be allowed.
pub(super) fn changed() -> Problem {
    Problem::new(ProblemKind::Overloaded, "grant, key, rules or model changed during the call; call again")
}
