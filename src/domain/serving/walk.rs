//! The walk of one use, from the caller's question to the settled answer.

use std::sync::Arc;

use chancery_base::{
    crypto::CommitmentKey,
    idempotency::Once,
    problem::{Problem, ProblemKind},
    values::{ModelReference, Purpose, Territory, TokenCount},
};
use chancery_engine::{Classification, Task};
use serde::Serialize;
use serde_json::json;
use tracing::info_span;

use super::{
    desk::Desk,
    judge::{Asked, Judged},
    record::{Recorded, Run, Settled},
    repeat::changed,
    shelf::Shelved,
};
use crate::{
    artifacts::Model,
    licensing::Reservation,
    parties::{Caller, Permission},
};

/// Most texts in one request.
pub const MAX_TEXTS: usize = 2_048;

/// Bytes of text from which on it is decided twice, before the text is cut into tokens and with their number: cutting this much takes
/// some milliseconds, deciding about a tenth of one. Deciding twice about less would cost more than it saves.
const LARGE_BYTES: usize = 4 << 10;

/// What a caller wants done.
#[derive(Debug, Clone)]
pub struct UseRequest {
    /// Who calls.
    pub caller: Caller,
    /// Which model.
    pub model: ModelReference,
    /// What it is for, where the request says so itself.
    pub purpose: Option<Purpose>,
    /// Where it takes place, where the request says so itself.
    pub territory: Option<Territory>,
    /// What to run it on.
    pub inputs: Inputs,
    /// How to do it once.
    pub once: Once,
}

/// What a model is run on.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// What to do with the texts.
    pub task: Task,
    /// The texts.
    pub texts: Vec<String>,
}

impl Inputs {
    /// Bytes of all texts.
    pub(super) fn bytes(&self) -> usize {
        self.texts.iter().map(String::len).sum()
    }
}

/// What a model gives.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// One vector for each text.
    Vectors(Vec<Vec<f32>>),
    /// One label for each text.
    Labels(Vec<Classification>),
}

/// How a use ended.
#[derive(Debug)]
pub enum Outcome {
    /// The model ran and the use is settled.
    Answered(Box<Answered>),
    /// The policy said no; the record says why.
    Refused(Box<Recorded>),
}

/// An answer with its papers.
#[derive(Debug)]
pub struct Answered {
    /// The decision and its place in the log.
    pub recorded: Recorded,
    /// What the model gave.
    pub output: Output,
    /// Tokens of each text.
    pub token_counts: Vec<u32>,
    /// What opens the commitments to input and output. It is kept nowhere, so an answer that is given again has none.
    pub content_key: Option<CommitmentKey>,
}

impl Desk {
    /// Takes one request all the way.
    ///
    /// Errors: the caller may not use models or is a person, a model that is not visible, inputs the model cannot take, an idempotency key of
    /// another request; each is in the audit log. A full queue, or too much text under way (429, nothing recorded), a record that
    /// cannot be made durable (503, nothing answered).
    pub fn infer(&self, request: &UseRequest) -> Result<Outcome, Problem> {
        self.try_infer(request).or_else(|problem| {
            let subject = json!({"model": request.model.to_string()});
            Err(self.recorder().refusal(&request.caller, "use-model", &subject, problem)?)
        })
    }

    fn try_infer(&self, request: &UseRequest) -> Result<Outcome, Problem> {
        request.caller.require(Permission::Use)?;
        request.caller.key()?;
        check_inputs(&request.inputs)?;
        if let Some(remembered) = self.remembered(request)? {
            return self.repeat(request, remembered);
        }
        let bytes = request.inputs.bytes();
        let permit = self.permits.take(request.caller.party.id, bytes)?;
        let mut asked = self.ask(request)?;
        if bytes > LARGE_BYTES || !self.pool.holds(asked.version()) {
            // A refused caller must not make the server open a model, nor read much.
            let judged = self.judge(&asked)?;
            if !judged.decision.is_allowed() {
                return self.refuse(request, &asked, &judged).map(Outcome::Refused);
            }
            self.load(&asked)?;
        }
        let ready = self.pool.prepare(asked.version(), &request.inputs)?;
        asked.tokens = ready.tokens();
        let judged = self.judge(&asked)?;
        let reservation = match self.admit(&asked, &judged)? {
            Admission::Admitted(reservation) => reservation,
            Admission::Short(judged) => return self.refuse(request, &asked, &judged).map(Outcome::Refused),
        };
        let (output, token_counts) = info_span!("engine").in_scope(|| self.pool.run(ready))?;
        drop(permit);
        let run = Run::new(&*self.entropy, request, &output)?;
        match self.settle(request, &asked, &judged, &run, reservation)? {
            Settled::Done(recorded) => Ok(Outcome::Answered(Box::new(Answered {
                recorded: *recorded,
                output,
                token_counts,
                content_key: Some(run.content_key),
            }))),
            Settled::Before(remembered) => self.repeat(request, *remembered),
            Settled::Stale => self.refuse_changed(request),
        }
    }

    fn ask(&self, request: &UseRequest) -> Result<Asked, Problem> {
        let (model, shelved) = self.find(&request.caller, &request.model)?;
        Ok(Asked::about(request, model, shelved))
    }

    /// Opens the version's files into memory, unless they are there.
    pub(super) fn load(&self, asked: &Asked) -> Result<(), Problem> {
        self.pool.load(asked.version(), || self.open_weights(asked.version()))
    }

    /// Reserves what an allowed use may cost; a quota that fell short meanwhile turns the decision.
    fn admit(&self, asked: &Asked, judged: &Judged) -> Result<Admission, Problem> {
        if !judged.decision.is_allowed() {
            return Ok(Admission::Short(Box::new(judged.clone())));
        }
        let Some(grant) = judged.metered_grant() else { return Ok(Admission::Admitted(None)) };
        match self.quota.reserve(&self.database, grant, asked.tokens, self.clock.now())? {
            Some(reservation) => Ok(Admission::Admitted(Some(reservation))),
            None => {
                // Another process was faster; what is left now decides.
                let judged = self.judge(asked)?;
                if judged.decision.is_allowed() {
                    return Err(Problem::new(
                        ProblemKind::Overloaded,
                        "the rest of this quota is set aside for calls that are running; try again in a moment",
                    ));
                }
                Ok(Admission::Short(Box::new(judged)))
            }
        }
    }

    /// Something the decision rested on changed while the model ran: the new state decides, and nothing is answered.
    fn refuse_changed(&self, request: &UseRequest) -> Result<Outcome, Problem> {
        let asked = self.ask(request)?;
        let judged = self.judge(&asked)?;
        if judged.decision.is_allowed() {
            return Err(changed());
        }
        self.refuse(request, &asked, &judged).map(Outcome::Refused)
    }
}

impl Asked {
    /// The question of `request` about this version, before its tokens are counted.
    pub(super) fn about(request: &UseRequest, model: Model, shelved: Arc<Shelved>) -> Self {
        Self {
            caller: request.caller.clone(),
            model,
            shelved,
            purpose: request.purpose.clone(),
            territory: request.territory.clone(),
            tokens: TokenCount::default(),
        }
    }
}

enum Admission {
    Admitted(Option<Reservation>),
    Short(Box<Judged>),
}

fn check_inputs(inputs: &Inputs) -> Result<(), Problem> {
    if inputs.texts.is_empty() {
        return Err(Problem::new(ProblemKind::BadRequest, "there is no input text; give at least one").at("input"));
    }
    if inputs.texts.len() > MAX_TEXTS {
        return Err(Problem::new(
            ProblemKind::TooLarge,
            format!("{} texts were given where at most {MAX_TEXTS} are taken at once; split them", inputs.texts.len()),
        )
        .at("input"));
    }
    Ok(())
}
