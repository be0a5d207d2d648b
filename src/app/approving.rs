//! Carrying out what a second person approved: each kind of proposal is an act.

use chancery_base::{
    idempotency::Once,
    problem::{Problem, ProblemKind},
    values::ProposalId,
};
use chancery_domain::{
    approvals::{Proposal, ProposalKind},
    membership,
    parties::Caller,
};
use serde::de::DeserializeOwned;

use super::App;

impl App {
    /// Approves a proposal and carries it out, in one transaction and with the authority of whoever proposed it.
    ///
    /// Errors: those of [`membership::agree`]; those of the act, and then the proposal stays as it was.
    pub fn approve(&self, caller: &Caller, once: &Once, id: ProposalId) -> Result<Proposal, Problem> {
        let (proposal, pair) = membership::agree(&self.office, caller, id)?;
        match proposal.kind {
            ProposalKind::GrantOffer => {
                self.registrar.offer(&pair, once, subject(&proposal)?)?;
            }
            ProposalKind::ApprovalRules => {
                membership::set_approval_rules(&self.office, &pair, once, subject(&proposal)?)?;
            }
            ProposalKind::PolicyChange => {
                self.desk.change_rules(&pair, once, subject(&proposal)?)?;
            }
        }
        membership::find_proposal(&self.office, caller, id)
    }
}

/// What the act is given. It was proposed by a person as a form or a document, and is judged now.
fn subject<T: DeserializeOwned>(proposal: &Proposal) -> Result<T, Problem> {
    serde_json::from_value(proposal.subject.clone()).map_err(|error| {
        let detail = format!("what was proposed is not understood: {error}; decline it and propose it anew");
        Problem::new(ProblemKind::Unprocessable, detail)
    })
}
