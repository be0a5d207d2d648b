//! Two people: proposing, declining, and finding the two who carry out what was agreed to. Carrying it out is the act's own.

use std::collections::HashMap;

use chancery_base::{
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::{PAGE_ITEMS, PartyId, PersonId, ProposalId, Slug},
};
use serde_json::{Value, json};

use super::Office;
use crate::{
    approvals::{self, Proposal, ProposalKind, ProposalSearch, ProposalStanding, ProposalState},
    documents::require_remark,
    parties::{self, Actor, Approval, Caller, Label, Permission, RecordSight},
};

/// An act to be proposed.
#[derive(Debug, Clone)]
pub struct NewProposal {
    /// Which act.
    pub kind: ProposalKind,
    /// What the act is given.
    pub subject: Value,
    /// Which other party it is with.
    pub with: Option<Slug>,
}

/// What became of an act that may need a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted<T> {
    /// It needed none, and is done.
    Done(T),
    /// It waits for one.
    Proposed(ProposalId),
}

/// Does an act, or proposes it where it needs a second person and a person asks for it.
///
/// Errors: those of the act; those of [`propose`]; a program asks for what needs a second person.
pub fn act_or_propose<T>(
    office: &Office,
    caller: &Caller,
    once: &Once,
    new: NewProposal,
    act: impl FnOnce() -> Result<T, Problem>,
) -> Result<Acted<T>, Problem> {
    // What was proposed before stays a proposal, also where the act would need nobody by now.
    let earlier: Option<Value> = office.database.read(|connection| once.remembered(connection))?;
    if let Some(Ok(id)) = earlier.map(serde_json::from_value) {
        return Ok(Acted::Proposed(id));
    }
    match (act(), &caller.by) {
        (Err(problem), Actor::Person(_)) if problem.kind == ProblemKind::ApprovalNeeded => {
            propose(office, caller, once, new).map(Acted::Proposed)
        }
        (acted, _) => acted.map(Acted::Done),
    }
}

/// Proposes an act to a second person of the caller's party.
///
/// Errors: a program calls; the caller may not do the act itself.
pub fn propose(office: &Office, caller: &Caller, once: &Once, new: NewProposal) -> Result<ProposalId, Problem> {
    let kind = new.kind;
    let proposed = office.try_propose(caller, once, new);
    office.recorder().recorded(caller, "propose", &json!({"kind": kind}), proposed)
}

/// A page of the proposals of the caller's party that the caller may see, newest first, older than `before`.
///
/// Errors: a program whose role may not export; those of the database.
pub fn list_proposals(
    office: &Office,
    caller: &Caller,
    standing: Option<ProposalStanding>,
    before: Option<ProposalId>,
) -> Result<Vec<Proposal>, Problem> {
    let now = office.clock.now();
    office.database.read(|connection| {
        let sight = RecordSight::of_reader(connection, caller)?;
        let search = ProposalSearch { sight, standing, now, before, limit: PAGE_ITEMS };
        Ok(approvals::proposals_of(connection, &search)?)
    })
}

/// What the people of the caller's party are called, those who left as well: for whoever reads what they did.
///
/// Errors: those of the database.
pub fn names(office: &Office, caller: &Caller) -> Result<HashMap<PersonId, Label>, Problem> {
    let people = office.database.read(|connection| parties::people_of(connection, caller.party.id))?;
    Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
}

/// A proposal of the caller's party.
///
/// Errors: no such proposal, or not the caller's to see.
pub fn find_proposal(office: &Office, caller: &Caller, id: ProposalId) -> Result<Proposal, Problem> {
    office.database.read(|connection| {
        let sight = RecordSight::of(connection, caller)?;
        let found = approvals::find_proposal(connection, caller.party.id, id)?;
        let seen = found.filter(|proposal| sight.covers(proposal.created_at, proposal.with.as_slice()));
        seen.ok_or_else(|| Problem::not_found("proposal"))
    })
}

/// Declines a proposal, or takes one's own back.
///
/// Errors: a program calls; somebody who may not approve and did not propose it; decided already; no reason.
pub fn decline(office: &Office, caller: &Caller, once: &Once, id: ProposalId, reason: &str) -> Result<(), Problem> {
    let declined = office.try_decline(caller, once, id, reason);
    office.recorder().recorded(caller, "decline-proposal", &json!({"proposal": id}), declined)
}

/// The proposal and the caller that carries it out: whoever proposed it, with the agreement of `caller`.
///
/// Errors: a program calls; somebody who may not approve, or who proposed it; decided already or run out; its proposer is gone.
pub fn agree(office: &Office, caller: &Caller, id: ProposalId) -> Result<(Proposal, Caller), Problem> {
    let agreed = office.try_agree(caller, id);
    office.recorder().recorded(caller, "approve-proposal", &json!({"proposal": id}), agreed)
}

impl Office {
    fn try_propose(&self, caller: &Caller, once: &Once, new: NewProposal) -> Result<ProposalId, Problem> {
        let NewProposal { kind, subject, with } = new;
        let person = caller.person()?.id;
        caller.require(kind.permission())?;
        let with = with.map(|slug| self.party_named(&slug)).transpose()?;
        let now = self.clock.now();
        let mut proposal = Proposal {
            id: ProposalId::generate(&*self.entropy, now),
            party: caller.party.id,
            kind,
            subject,
            with,
            proposed_by: person,
            created_at: now,
            expires_at: now.plus_days(Proposal::DAYS),
            state: ProposalState::Open,
            decided_by: None,
            decided_at: None,
            reason: None,
            leaf: None,
        };
        let leaf = self.recorder().leaf(approvals::PROPOSED, caller, &[], &proposal.details())?;
        proposal.leaf = Some(leaf.id());
        let once = once.clone();
        let done = self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                approvals::insert_proposal(tx, &proposal)?;
                logs::append(tx, &leaf);
                Ok(proposal.id)
            })
        })?;
        Ok(done.into_inner())
    }

    fn party_named(&self, slug: &Slug) -> Result<PartyId, Problem> {
        let party = self.database.read(|connection| parties::find_party_by_slug(connection, slug))?;
        Ok(party.ok_or_else(|| Problem::not_found("party"))?.id)
    }

    fn try_decline(&self, caller: &Caller, once: &Once, id: ProposalId, reason: &str) -> Result<(), Problem> {
        let person = caller.person()?.id;
        let proposal = find_proposal(self, caller, id)?;
        let is_own = proposal.proposed_by == person;
        let state = if is_own { ProposalState::Withdrawn } else { ProposalState::Declined };
        if !is_own {
            caller.require(Permission::Approve)?;
        }
        let reason = reason.trim().to_owned();
        if !(is_own && reason.is_empty()) {
            require_remark("reason", &reason)?;
        }
        let details = json!({"proposal": id, "state": state, "reason": reason});
        let leaf = self.recorder().leaf("proposal-decided", caller, &[], &details)?;
        let (now, once) = (self.clock.now(), once.clone());
        self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                let reason = Some(reason.as_str()).filter(|reason| !reason.is_empty());
                if !approvals::decide_proposal(tx, id, state, person, reason, now)? {
                    return Err(decided());
                }
                logs::append(tx, &leaf);
                Ok(())
            })
        })?;
        Ok(())
    }

    fn try_agree(&self, caller: &Caller, id: ProposalId) -> Result<(Proposal, Caller), Problem> {
        let approver = caller.person()?.id;
        caller.require(Permission::Approve)?;
        let proposal = find_proposal(self, caller, id)?;
        if proposal.proposed_by == approver {
            let detail = "you proposed this yourself; another person has to approve it";
            return Err(Problem::new(ProblemKind::Forbidden, detail));
        }
        let now = self.clock.now();
        if !proposal.is_open(now) {
            return Err(decided());
        }
        let (party, by) = (caller.party.id, proposal.proposed_by);
        let proposer = self.database.read(|connection| parties::find_person(connection, party, by))?;
        let may = proposal.kind.permission();
        let proposer = proposer.filter(|person| person.is_active(now) && person.role.may(may)).ok_or_else(|| {
            let detail = "whoever proposed this has left or may not do it any more; somebody else has to propose it";
            Problem::new(ProblemKind::Conflict, detail)
        })?;
        let approval = Approval { proposal: id, by: approver };
        Ok((proposal, Caller { party: caller.party.clone(), by: Actor::Pair(proposer, approval) }))
    }
}

fn decided() -> Problem {
    Problem::new(ProblemKind::Conflict, "this proposal was decided already or has run out; look at it again")
}
