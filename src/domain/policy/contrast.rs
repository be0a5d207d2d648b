//! A recorded decision held against other rules than those that made it: what would have come of the same facts.
//!
//! Decisions are compared by what they mean to the caller: allowed or not, by which rules, about what, with which
//! obligations and notices. How a rule words its finding, and what runs in shadow, is not compared. The facts hold the one
//! grant that was chosen when the decision was made; whether other rules would have chosen another cannot be told.

use serde::Serialize;

use super::{
    decide::decide,
    decision::{Decision, Outcome, Subject},
    replay::{NotReplayable, facts_of},
    rules::RuleSet,
};

/// What other rules make of a recorded decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The same.
    Equal,
    /// It was allowed and would be refused.
    NewlyRefused,
    /// It was refused and would be allowed.
    NewlyAllowed,
    /// It was refused and would be, for other reasons.
    RefusedOtherwise,
    /// It was allowed and would be, with other obligations or notices.
    AllowedOtherwise,
    /// It cannot be decided again.
    NotReplayable,
}

impl Change {
    /// The change as programs name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::NewlyRefused => "newly-refused",
            Self::NewlyAllowed => "newly-allowed",
            Self::RefusedOtherwise => "refused-otherwise",
            Self::AllowedOtherwise => "allowed-otherwise",
            Self::NotReplayable => "not-replayable",
        }
    }
}

/// A recorded decision against other rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contrast {
    /// What would have come of it.
    pub change: Change,
    /// The first rule that finds something under one set and not under the other; for what cannot be decided again, why.
    pub cause: Option<String>,
}

/// Decides again under `draft` from `facts_json` (`None` once erased) and compares with `recorded`.
#[must_use]
pub fn contrast(draft: &RuleSet, facts_json: Option<&str>, recorded: &Decision) -> Contrast {
    let facts = match facts_of(facts_json, recorded) {
        Ok(facts) => facts,
        Err(reason) => return Contrast { change: Change::NotReplayable, cause: Some(slug(&reason).to_owned()) },
    };
    let drafted = decide(draft, &facts);
    let cause = first_difference(&findings(recorded), &findings(&drafted));
    let change = match (recorded.is_allowed(), drafted.is_allowed()) {
        (true, false) => Change::NewlyRefused,
        (false, true) => Change::NewlyAllowed,
        (_, _) if cause.is_none() => Change::Equal,
        (false, false) => Change::RefusedOtherwise,
        (true, true) => Change::AllowedOtherwise,
    };
    Contrast { change, cause }
}

/// Something that a rule found: the rule, what it is about, and the text that an obligation asks for. Reasons come before
/// obligations and notices, in the order in which they decide.
type Finding<'decision> = (&'decision str, &'decision Subject, &'decision str);

fn findings(decision: &Decision) -> Vec<Finding<'_>> {
    let reasons = decision.reasons.iter().map(|reason| (reason.raised_by(), &reason.subject, ""));
    let (obligations, notices) = match &decision.outcome {
        Outcome::Allowed { obligations, notices } => (obligations.as_slice(), notices.as_slice()),
        Outcome::Refused => Default::default(),
    };
    let obligations = obligations.iter().map(|found| (found.rule.as_str(), &found.subject, found.text.as_str()));
    let notices = notices.iter().map(|found| (found.rule.as_str(), &found.subject, ""));
    reasons.chain(obligations).chain(notices).collect()
}

/// The rule of the first finding that stands on one side only. A use that is refused has no obligations, so that what a new
/// refusal finds comes before what it does away with.
fn first_difference(recorded: &[Finding<'_>], drafted: &[Finding<'_>]) -> Option<String> {
    let new = drafted.iter().find(|finding| !recorded.contains(finding));
    let gone = || recorded.iter().find(|finding| !drafted.contains(finding));
    new.or_else(gone).map(|(rule, ..)| (*rule).to_owned())
}

const fn slug(reason: &NotReplayable) -> &'static str {
    match reason {
        NotReplayable::FactsErased => "facts-erased",
        NotReplayable::FactsAltered { .. } => "facts-altered",
        NotReplayable::FactsUnreadable { .. } => "facts-unreadable",
        NotReplayable::OtherRules { .. } => "other-rules",
    }
}
