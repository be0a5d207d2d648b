//! Deciding again from what was stored. The answer is equal, different or not replayable, never a guess.

use chancery_base::values::Sha256Digest;

use super::{
    decide::decide,
    decision::{Decision, Outcome},
    facts::Facts,
    rules::RuleSet,
};

/// What deciding again gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// The same decision, in every part.
    Equal,
    /// Another decision: the record, or the program, was changed.
    Different(Box<Difference>),
    /// It cannot be decided again.
    NotReplayable(NotReplayable),
}

/// How a replayed decision differs from the recorded one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Parts of the decision that differ: `outcome`, `obligations`, `notices`, `reasons`, `shadow`, `facts_digest`.
    pub parts: Vec<&'static str>,
    /// What was decided this time.
    pub replayed: Decision,
}

/// Why a decision cannot be made again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReplayable {
    /// The facts were erased.
    #[error("the facts of this decision were erased; its record stands without them")]
    FactsErased,
    /// What is stored as facts is not the text that was decided from.
    #[error("the stored facts have digest {found}, not the recorded {recorded}; the record was altered or cut short")]
    FactsAltered {
        /// Digest in the decision.
        recorded: Sha256Digest,
        /// Digest of what is stored.
        found: Sha256Digest,
    },
    /// The facts were written by another version of the program.
    #[error("the stored facts cannot be read by this version: {cause}; replay with the version that wrote them")]
    FactsUnreadable {
        /// What the reader said.
        cause: String,
    },
    /// The rules at hand are not the ones that decided.
    #[error("the rules at hand have digest {found}, the decision was made by {recorded}; load that policy set")]
    OtherRules {
        /// Digest in the decision.
        recorded: Sha256Digest,
        /// Digest of the rules at hand.
        found: Sha256Digest,
    },
}

/// Decides again from stored facts (canonical JSON; `None` where they were erased) and compares.
#[must_use]
pub fn replay(rules: &RuleSet, facts_json: Option<&str>, recorded: &Decision) -> Replay {
    if rules.digest() != recorded.policy_digest {
        let (recorded, found) = (recorded.policy_digest, rules.digest());
        return Replay::NotReplayable(NotReplayable::OtherRules { recorded, found });
    }
    match facts_of(facts_json, recorded) {
        Ok(facts) => compare(recorded, decide(rules, &facts)),
        Err(why) => Replay::NotReplayable(why),
    }
}

/// The facts that were decided from, if what is stored still is what `recorded` was made from.
pub(super) fn facts_of(facts_json: Option<&str>, recorded: &Decision) -> Result<Facts, NotReplayable> {
    let facts_json = facts_json.ok_or(NotReplayable::FactsErased)?;
    let found = Sha256Digest::of(facts_json.as_bytes());
    if found != recorded.facts_digest {
        return Err(NotReplayable::FactsAltered { recorded: recorded.facts_digest, found });
    }
    serde_json::from_str(facts_json).map_err(|cause| NotReplayable::FactsUnreadable { cause: cause.to_string() })
}

fn compare(recorded: &Decision, replayed: Decision) -> Replay {
    let (recorded_terms, replayed_terms) = (terms(&recorded.outcome), terms(&replayed.outcome));
    let parts = [
        ("outcome", recorded.is_allowed() == replayed.is_allowed()),
        ("obligations", recorded_terms.map(|terms| terms.0) == replayed_terms.map(|terms| terms.0)),
        ("notices", recorded_terms.map(|terms| terms.1) == replayed_terms.map(|terms| terms.1)),
        ("reasons", recorded.reasons == replayed.reasons),
        ("shadow", recorded.shadow == replayed.shadow),
        ("facts_digest", recorded.facts_digest == replayed.facts_digest),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|(_, is_equal)| !is_equal).map(|(part, _)| part).collect();
    if parts.is_empty() { Replay::Equal } else { Replay::Different(Box::new(Difference { parts, replayed })) }
}

type Terms<'decision> = (&'decision [super::decision::Obligation], &'decision [super::decision::Notice]);

fn terms(outcome: &Outcome) -> Option<Terms<'_>> {
    match outcome {
        Outcome::Allowed { obligations, notices } => Some((obligations, notices)),
        Outcome::Refused => None,
    }
}
