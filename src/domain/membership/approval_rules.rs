//! What needs two people at a party, and that there are two.

use chancery_base::{
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::UnixMillis,
};
use serde_json::json;

use super::Office;
use crate::{
    approvals::{self, ApprovalRules, ProposalKind},
    parties::{self, Caller, Permission, Person},
};

/// People who could agree, that a party must have before anything needs two: one proposes, another agrees.
const FEWEST_APPROVERS: usize = 2;

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
    fn try_set_rules(&self, caller: &Caller, once: &Once, rules: ApprovalRules) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        let party = caller.party.id;
        let leaf = self.recorder().leaf("approval-rules-set", caller, &[], &json!({"rules": rules}))?;
        let (caller, now, once) = (caller.clone(), self.clock.now(), once.clone());
        self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                parties::lock_party(tx, party)?;
                approvals::require(tx, &caller, ProposalKind::ApprovalRules, now, ApprovalRules::is_anything)?;
                if rules.is_anything() {
                    require_approvers(&parties::people_of(tx, party)?, now)?;
                }
                approvals::set_rules(tx, party, &rules)?;
                logs::append(tx, &leaf);
                Ok(())
            })
        })?;
        Ok(())
    }
}

/// Refuses a party with too few people who can agree to anything.
pub(super) fn require_approvers(people: &[Person], now: UnixMillis) -> Result<(), Problem> {
    let could =
        |person: &&Person| person.is_active(now) && person.expires_at.is_none() && person.role.may(Permission::Approve);
    if people.iter().filter(could).count() >= FEWEST_APPROVERS {
        return Ok(());
    }
    let detail =
        "where two people are needed, two must be there who can agree: owners or approvers; invite another first";
    Err(Problem::new(ProblemKind::Conflict, detail))
}
