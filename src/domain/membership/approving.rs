//! Two people: proposing, declining, and deciding what needs a second person. Carrying out what was approved is the act's own.

use chancery_base::{
    idempotency::{Done, Once},
    logs,
    problem::{Problem, ProblemKind},
    values::{PAGE_ITEMS, ProposalId},
};
use serde_json::{Value, json};

use super::Office;
use crate::{
    approvals::{self, ApprovalRules, Proposal, ProposalKind, ProposalState},
    parties::{self, Actor, Approval, Caller, Permission, Person},
};

/// Longest reason for declining, in characters.
const REASON_CHARACTERS: usize = 500;
/// People who could agree, that a party must have before anything needs two: one proposes, another agrees.
const FEWEST_APPROVERS: usize = 2;

/// Proposes an act to a second person of the caller's party.
///
/// Errors: a program calls; the caller may not do the act itself.
pub fn propose(
    office: &Office,
    caller: &Caller,
    once: &Once,
    kind: ProposalKind,
    subject: Value,
) -> Result<ProposalId, Problem> {
    let proposed = office.try_propose(caller, once, kind, subject);
    office.recorder().recorded(caller, "propose", &json!({"kind": kind}), proposed)
}

/// A page of the proposals of the caller's party, newest first, older than `before`.
///
/// Errors: those of the database.
pub fn list_proposals(office: &Office, caller: &Caller, before: Option<ProposalId>) -> Result<Vec<Proposal>, Problem> {
    let party = caller.party.id;
    office.database.read(|connection| Ok(approvals::proposals_of(connection, party, before, PAGE_ITEMS)?))
}

/// A proposal of the caller's party.
///
/// Errors: no such proposal.
pub fn find_proposal(office: &Office, caller: &Caller, id: ProposalId) -> Result<Proposal, Problem> {
    let found = office.database.read(|connection| approvals::find_proposal(connection, caller.party.id, id))?;
    found.ok_or_else(|| Problem::not_found("proposal"))
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

/// What needs two people at the caller's party.
///
/// Errors: those of the database.
pub fn approval_rules(office: &Office, caller: &Caller) -> Result<ApprovalRules, Problem> {
    office.database.read(|connection| Ok(approvals::rules_of(connection, caller.party.id)?))
}

/// Sets what needs two people at the caller's party. Once anything does, so does this.
///
/// Errors: the caller may not administer its party; it has fewer people who could agree than that needs; a second person is
/// needed.
pub fn set_approval_rules(office: &Office, caller: &Caller, once: &Once, rules: ApprovalRules) -> Result<(), Problem> {
    let set = office.try_set_rules(caller, once, rules);
    office.recorder().recorded(caller, "set-approval-rules", &json!({"rules": rules}), set)
}

impl Office {
    fn try_propose(
        &self,
        caller: &Caller,
        once: &Once,
        kind: ProposalKind,
        subject: Value,
    ) -> Result<ProposalId, Problem> {
        let person = caller.person()?.id;
        caller.require(match kind {
            ProposalKind::GrantOffer | ProposalKind::ApprovalRules => Permission::Administer,
            ProposalKind::PolicyChange => Permission::Operate,
        })?;
        let now = self.clock.now();
        let proposal = Proposal {
            id: ProposalId::generate(&*self.entropy, now),
            party: caller.party.id,
            kind,
            subject,
            proposed_by: person,
            created_at: now,
            expires_at: now.plus_days(Proposal::DAYS),
            state: ProposalState::Open,
            decided_by: None,
            decided_at: None,
            reason: None,
        };
        let details = json!({"proposal": proposal.id, "kind": kind, "subject": proposal.subject});
        let leaf = self.recorder().leaf("proposed", caller, &[], &details)?;
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

    fn try_decline(&self, caller: &Caller, once: &Once, id: ProposalId, reason: &str) -> Result<(), Problem> {
        let person = caller.person()?.id;
        let proposal = find_proposal(self, caller, id)?;
        let is_own = proposal.proposed_by == person;
        let state = if is_own { ProposalState::Withdrawn } else { ProposalState::Declined };
        if !is_own {
            caller.require(Permission::Approve)?;
        }
        let reason = reason.trim().to_owned();
        if (!is_own && reason.is_empty()) || reason.chars().count() > REASON_CHARACTERS {
            let detail = format!("say why in at most {REASON_CHARACTERS} characters; whoever proposed it reads it");
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("reason"));
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
        let proposer = proposer.filter(|person| person.is_active(now)).ok_or_else(|| {
            let detail = "whoever proposed this has left the organisation; somebody else has to propose it";
            Problem::new(ProblemKind::Conflict, detail)
        })?;
        let approval = Approval { proposal: id, by: approver };
        Ok((proposal, Caller { party: caller.party.clone(), by: Actor::Pair(proposer, approval) }))
    }

    fn try_set_rules(&self, caller: &Caller, once: &Once, rules: ApprovalRules) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        let party = caller.party.id;
        let needs = |rules: &ApprovalRules| rules.is_anything();
        self.database.read(|connection| {
            approvals::require(connection, caller, ProposalKind::ApprovalRules, needs)?;
            let people = parties::people_of(connection, party)?;
            if rules.is_anything() { require_approvers(&people, self.clock.now()) } else { Ok(()) }
        })?;
        let leaf = self.recorder().leaf("approval-rules-set", caller, &[], &json!({"rules": rules}))?;
        let (caller, now, once) = (caller.clone(), self.clock.now(), once.clone());
        let done: Done<()> = self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                approvals::settle(tx, &caller, ProposalKind::ApprovalRules, now)?;
                approvals::set_rules(tx, party, &rules)?;
                logs::append(tx, &leaf);
                Ok(())
            })
        })?;
        done.into_inner();
        Ok(())
    }
}

/// Refuses a party with too few people who can agree to anything.
pub(super) fn require_approvers(people: &[Person], now: chancery_base::values::UnixMillis) -> Result<(), Problem> {
    let could =
        |person: &&Person| person.is_active(now) && person.expires_at.is_none() && person.role.may(Permission::Approve);
    if people.iter().filter(could).count() >= FEWEST_APPROVERS {
        return Ok(());
    }
    let detail =
        "where two people are needed, two must be there who can agree: owners or approvers; invite another first";
    Err(Problem::new(ProblemKind::Conflict, detail))
}

fn decided() -> Problem {
    Problem::new(ProblemKind::Conflict, "this proposal was decided already or has run out; look at it again")
}
