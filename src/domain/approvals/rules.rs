//! Which acts of a party need a second person, and the proof that one agreed.

use chancery_base::{
    db::{AnyConnection, Tx},
    problem::{Problem, ProblemKind},
    values::{TokenCount, UnixMillis},
};
use serde::{Deserialize, Serialize};

use super::{ProposalKind, ProposalState, rows};
use crate::parties::Caller;

/// What needs two people at a party; nothing where nothing is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApprovalRules {
    /// Offers of more tokens than this, and of as many as the licensee wants.
    pub grants_above_tokens: Option<TokenCount>,
    /// Changes of the rules in force.
    pub policies: bool,
}

impl ApprovalRules {
    /// Whether anything needs two people, and so the rules themselves.
    #[must_use]
    pub const fn is_anything(&self) -> bool {
        self.grants_above_tokens.is_some() || self.policies
    }

    /// Whether an offer of `quota` tokens does; `None` is as many as the licensee wants.
    #[must_use]
    pub fn covers_grant(&self, quota: Option<TokenCount>) -> bool {
        self.grants_above_tokens.is_some_and(|limit| quota.is_none_or(|quota| quota > limit))
    }
}

/// Refuses an act that `is_needed` says needs a second person, unless the caller brings that person's agreement to it.
///
/// Errors: [`ProblemKind::ApprovalNeeded`].
pub fn require(
    connection: &mut AnyConnection,
    caller: &Caller,
    kind: ProposalKind,
    is_needed: impl FnOnce(&ApprovalRules) -> bool,
) -> Result<(), Problem> {
    if caller.approval().is_some() || !is_needed(&rows::rules_of(connection, caller.party.id)?) {
        return Ok(());
    }
    let detail = format!(
        "your organisation wants two people for this; sign in and propose it as `{kind}`, and have another person approve it"
    );
    Err(Problem::new(ProblemKind::ApprovalNeeded, detail))
}

/// Marks the proposal whose approval the caller brings as carried out, in the transaction that carries it out.
///
/// Errors: it was decided meanwhile, has run out, or is of another kind.
pub fn settle(tx: &mut Tx<'_>, caller: &Caller, kind: ProposalKind, now: UnixMillis) -> Result<(), Problem> {
    let Some(approval) = caller.approval() else { return Ok(()) };
    let proposal = rows::find_proposal(tx, caller.party.id, approval.proposal)?;
    let is_good = proposal.is_some_and(|proposal| proposal.kind == kind && proposal.is_open(now));
    if is_good && rows::decide_proposal(tx, approval.proposal, ProposalState::Approved, approval.by, None, now)? {
        return Ok(());
    }
    Err(Problem::new(ProblemKind::Conflict, "this proposal was decided meanwhile or has run out; look at it again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_covers_what_is_above_it_and_what_has_none() {
        let rules = ApprovalRules { grants_above_tokens: Some(TokenCount(1_000)), policies: false };
        for (quota, covered) in [(Some(1_000), false), (Some(1_001), true), (None, true)] {
            assert_eq!(rules.covers_grant(quota.map(TokenCount)), covered, "{quota:?}");
        }
        assert!(rules.is_anything() && !ApprovalRules::default().is_anything());
        assert!(!ApprovalRules::default().covers_grant(None));
    }
}
