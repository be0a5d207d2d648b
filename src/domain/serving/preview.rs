//! "May I?": the same facts and the same rules, without a run, a use or a record.

use chancery_base::{
    problem::Problem,
    values::{ModelReference, Purpose, Territory, TokenCount},
};

use super::{desk::Desk, judge::Asked};
use crate::{
    parties::{Caller, Permission},
    policy::{Decision, Facts},
};

/// A use that is asked about without being made.
#[derive(Debug, Clone)]
pub struct PreviewRequest {
    /// Who asks.
    pub caller: Caller,
    /// Which model.
    pub model: ModelReference,
    /// What for.
    pub purpose: Option<Purpose>,
    /// Where.
    pub territory: Option<Territory>,
    /// How many tokens.
    pub tokens: TokenCount,
}

/// What would be decided now.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The decision.
    pub decision: Decision,
    /// What it would rest on.
    pub facts: Facts,
}

impl Desk {
    /// Decides as [`Desk::infer`] would, and leaves no trace.
    ///
    /// Errors: the caller may not use models; a model that does not exist or is not visible to the caller.
    pub fn preview(&self, request: &PreviewRequest) -> Result<Preview, Problem> {
        request.caller.require(Permission::Use)?;
        let (model, shelved) = self.find(&request.caller, &request.model)?;
        let asked = Asked {
            caller: request.caller.clone(),
            model,
            shelved,
            purpose: request.purpose.clone(),
            territory: request.territory.clone(),
            tokens: request.tokens,
        };
        let judged = self.judge(&asked)?;
        Ok(Preview { decision: judged.decision, facts: judged.facts })
    }
}
