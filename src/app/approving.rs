//! Acts that may need a second person: done, or proposed, and carried out once somebody approved. Each kind of proposal is an act.

use chancery_base::{
    idempotency::Once,
    problem::{Problem, ProblemKind},
    values::{PersonId, ProposalId},
};
use chancery_domain::{
    approvals::{ApprovalRules, Proposal, ProposalKind},
    destroying::{Destruction, NewDestruction},
    granting::{Changed, NewOffer},
    membership::{self, Acted, NewProposal, PersonChange, PersonProposal},
    parties::Caller,
    rotating::{self, NewRotation, Rotation},
    serving::{Rulebook, RulesDraft},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::App;

impl App {
    /// Offers a grant, or proposes to.
    ///
    /// Errors: those of [`membership::act_or_propose`].
    pub fn offer(&self, caller: &Caller, once: &Once, new: NewOffer) -> Result<Acted<Changed>, Problem> {
        let with = Some(new.licensee.clone());
        let proposal = NewProposal { with, ..proposal(ProposalKind::GrantOffer, &new)? };
        self.act_or_propose(caller, once, proposal, || self.registrar.offer(caller, once, new))
    }

    /// Puts other rules in force, or proposes to.
    ///
    /// Errors: as [`App::offer`].
    pub fn change_rules(&self, caller: &Caller, once: &Once, draft: RulesDraft) -> Result<Acted<Rulebook>, Problem> {
        let proposal = proposal(ProposalKind::PolicyChange, &draft)?;
        self.act_or_propose(caller, once, proposal, || self.desk.change_rules(caller, once, draft))
    }

    /// Gives a person another role, or proposes to.
    ///
    /// Errors: as [`App::offer`].
    pub fn change_person(
        &self,
        caller: &Caller,
        once: &Once,
        person: PersonId,
        change: PersonChange,
    ) -> Result<Acted<()>, Problem> {
        let subject = PersonProposal { person, change: change.clone() };
        let proposal = proposal(ProposalKind::PersonChange, &subject)?;
        let act = || membership::change_person(&self.office, caller, once, person, change);
        self.act_or_propose(caller, once, proposal, act)
    }

    /// Destroys the keys of a version, or proposes to.
    ///
    /// Errors: as [`App::offer`].
    pub fn destroy(&self, caller: &Caller, once: &Once, new: &NewDestruction) -> Result<Acted<Destruction>, Problem> {
        let proposal = proposal(ProposalKind::KeyDestruction, new)?;
        self.act_or_propose(caller, once, proposal, || self.destroy_now(caller, once, new))
    }

    fn destroy_now(&self, caller: &Caller, once: &Once, new: &NewDestruction) -> Result<Destruction, Problem> {
        let destroyed = self.destroyer.destroy(caller, once, new)?;
        self.desk.forget(destroyed.version);
        Ok(destroyed)
    }

    /// Orders that the logs go on under another name, or proposes to.
    ///
    /// Errors: as [`App::offer`].
    pub fn order_rotation(&self, caller: &Caller, once: &Once, new: &NewRotation) -> Result<Acted<Rotation>, Problem> {
        let proposal = proposal(ProposalKind::LogRotation, new)?;
        self.act_or_propose(caller, once, proposal, || rotating::order(&self.office, caller, once, new))
    }

    /// Sets what needs two people, or proposes to.
    ///
    /// Errors: as [`App::offer`].
    pub fn set_approval_rules(&self, caller: &Caller, once: &Once, rules: ApprovalRules) -> Result<Acted<()>, Problem> {
        let proposal = proposal(ProposalKind::ApprovalRules, &rules)?;
        let act = || membership::set_approval_rules(&self.office, caller, once, rules);
        self.act_or_propose(caller, once, proposal, act)
    }

    fn act_or_propose<T>(
        &self,
        caller: &Caller,
        once: &Once,
        new: NewProposal,
        act: impl FnOnce() -> Result<T, Problem>,
    ) -> Result<Acted<T>, Problem> {
        membership::act_or_propose(&self.office, caller, once, new, act)
    }

    /// Approves a proposal and carries it out, in one transaction and with the authority of whoever proposed it.
    ///
    /// Errors: those of [`membership::agree`]; those of the act, and then the proposal stays as it was.
    pub fn approve(&self, caller: &Caller, once: &Once, id: ProposalId) -> Result<Proposal, Problem> {
        // What was done before cannot be agreed to again: it is approved by now.
        let earlier: Option<Value> = self.database.read(|connection| once.remembered(connection))?;
        if earlier.is_some() {
            return membership::find_proposal(&self.office, caller, id);
        }
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
            ProposalKind::KeyDestruction => {
                self.destroy_now(&pair, once, &subject(&proposal)?)?;
            }
            ProposalKind::LogRotation => {
                rotating::order(&self.office, &pair, once, &subject(&proposal)?)?;
            }
            ProposalKind::PersonChange => {
                let PersonProposal { person, change } = subject(&proposal)?;
                membership::change_person(&self.office, &pair, once, person, change)?;
            }
        }
        membership::find_proposal(&self.office, caller, id)
    }
}

/// An act as it is proposed.
fn proposal(kind: ProposalKind, subject: &impl Serialize) -> Result<NewProposal, Problem> {
    Ok(NewProposal { kind, subject: serde_json::to_value(subject).map_err(Problem::internal)?, with: None })
}

/// What the act is given. It was proposed by a person as a form or a document, and is judged now.
fn subject<T: DeserializeOwned>(proposal: &Proposal) -> Result<T, Problem> {
    serde_json::from_value(proposal.subject.clone()).map_err(|error| {
        let detail = format!("what was proposed is not understood: {error}; decline it and propose it anew");
        Problem::new(ProblemKind::Unprocessable, detail)
    })
}
