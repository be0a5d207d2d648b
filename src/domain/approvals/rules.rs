//! Which acts of a party need a second person, and the proof that one agreed.

use chancery_base::{
    db::Tx,
    logs,
    problem::{Problem, ProblemKind},
    values::{TokenCount, UnixMillis},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Proposal, ProposalKind, ProposalState, rows};
use crate::parties::{self, Actor, Approval, Caller, Permission};

/// What the leaf is called that says what was proposed.
pub const PROPOSED: &str = "proposed";

/// What needs two people at a party; nothing where nothing is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApprovalRules {
    /// Offers with which a licensee would hold more tokens of a model than this, or as many as it wants. What it holds already counts,
    /// so that many small offers are not a way around.
    pub grants_above_tokens: Option<TokenCount>,
    /// Changes of the rules in force.
    pub policies: bool,
    /// Destroying the keys of versions.
    pub key_destruction: bool,
    /// Letting the logs go on under another name.
    pub log_rotation: bool,
}

impl ApprovalRules {
    /// Whether anything needs two people, and so the rules themselves.
    #[must_use]
    pub const fn is_anything(&self) -> bool {
        self.grants_above_tokens.is_some() || self.policies || self.key_destruction || self.log_rotation
    }

    /// Whether an offer does with which a licensee would hold `quota` tokens; `None` is as many as it wants.
    #[must_use]
    pub fn covers_grant(&self, quota: Option<TokenCount>) -> bool {
        self.grants_above_tokens.is_some_and(|limit| quota.is_none_or(|quota| quota > limit))
    }
}

/// Refuses an act that `is_needed` says needs a second person, unless the caller brings that person's agreement; the proposal that
/// was agreed to is then marked as carried out. Asked in the transaction that carries the act out.
///
/// Errors: [`ProblemKind::ApprovalNeeded`]; the proposal was decided meanwhile, has run out or is of another kind; one of the two
/// has left, or may not do their part any more.
pub fn require(
    tx: &mut Tx<'_>,
    caller: &Caller,
    kind: ProposalKind,
    now: UnixMillis,
    is_needed: impl FnOnce(&ApprovalRules) -> bool,
) -> Result<Option<Proposal>, Problem> {
    if let Some(approval) = caller.approval() {
        return settle(tx, caller, kind, approval, now).map(Some);
    }
    if is_needed(&rows::rules_of(tx, caller.party.id)?) { Err(approval_needed(caller, kind)) } else { Ok(None) }
}

fn approval_needed(caller: &Caller, kind: ProposalKind) -> Problem {
    let detail = match caller.by {
        Actor::Key(_) => format!(
            "your organisation wants two people for this, and a key is nobody; sign in and propose it as `{kind}`, and have another person approve it"
        ),
        Actor::Person(_) | Actor::Pair(..) => {
            format!(
                "your organisation wants two people for this; propose it as `{kind}`, and have another person approve it"
            )
        }
    };
    Problem::new(ProblemKind::ApprovalNeeded, detail)
}

fn settle(
    tx: &mut Tx<'_>,
    caller: &Caller,
    kind: ProposalKind,
    approval: Approval,
    now: UnixMillis,
) -> Result<Proposal, Problem> {
    let conflict = |detail: &str| Problem::new(ProblemKind::Conflict, detail);
    let Approval { proposal, by } = approval;
    let proposal = rows::find_proposal(tx, caller.party.id, proposal)?
        .filter(|proposal| proposal.kind == kind && proposal.is_open(now))
        .ok_or_else(|| conflict("this proposal was decided meanwhile or has run out; look at it again"))?;
    // Either may have been taken out or given another role since they asked.
    for (person, permission) in [(proposal.proposed_by, kind.permission()), (by, Permission::Approve)] {
        let found = parties::find_person(tx, caller.party.id, person)?;
        if !found.is_some_and(|person| person.is_active(now) && person.role.may(permission)) {
            return Err(conflict(
                "whoever proposed this or agrees to it has left or may not do so any more; somebody else has to propose it",
            ));
        }
    }
    if proposal.proposed_by == by {
        return Err(conflict("whoever proposed this cannot agree to it; another person has to"));
    }
    require_as_logged(tx, &proposal)?;
    if !rows::decide_proposal(tx, proposal.id, ProposalState::Approved, by, None, now)? {
        return Err(conflict("this proposal was decided meanwhile; look at it again"));
    }
    Ok(proposal)
}

/// Refuses to carry out something else than the log says was proposed, or for somebody else: rows can be changed, it cannot.
fn require_as_logged(tx: &mut Tx<'_>, proposal: &Proposal) -> Result<(), Problem> {
    let opening = proposal.leaf.map(|leaf| logs::proven_opening(tx, leaf, proposal.party)).transpose();
    let opening = opening.map_err(Problem::internal)?.flatten();
    let is_as_logged = opening.is_some_and(|opening| {
        let said = opening.payload();
        said["type"] == PROPOSED
            && said["person"] == json!(proposal.proposed_by)
            && said["details"] == proposal.details()
    });
    if is_as_logged {
        return Ok(());
    }
    tracing::error!(proposal.id = %proposal.id, "a proposal is not what the log says was proposed");
    let detail = "this is not what the log says was proposed: somebody changed it in the database; decline it, and tell the operator";
    Err(Problem::new(ProblemKind::Conflict, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_covers_what_is_above_it_and_what_has_none() {
        let rules = ApprovalRules { grants_above_tokens: Some(TokenCount(1_000)), ..ApprovalRules::default() };
        for (quota, covered) in [(Some(1_000), false), (Some(1_001), true), (None, true)] {
            assert_eq!(rules.covers_grant(quota.map(TokenCount)), covered, "{quota:?}");
        }
        let destruction = ApprovalRules { key_destruction: true, ..ApprovalRules::default() };
        let rotation = ApprovalRules { log_rotation: true, ..ApprovalRules::default() };
        assert!([rules, destruction, rotation].iter().all(ApprovalRules::is_anything));
        assert!(!ApprovalRules::default().is_anything());
        assert!(!ApprovalRules::default().covers_grant(None));
    }
}
