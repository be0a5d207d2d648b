//! Facts in, decision out. Pure: the same facts under the same rules give the same decision, byte for byte.
//!
//! Cedar skips a rule that errs, which could turn a refusal into permission; here any error refuses, with a reason of its
//! own. A use is allowed only when nothing erred, no restriction fired, and the base permit itself admitted it.

use std::cmp::Reverse;

use cedar_policy::{AuthorizationError, Diagnostics, Entities, PolicyId, Request};
use chancery_base::values::{Localized, Sha256Digest};

use super::{
    decision::{Decision, Notice, Obligation, Outcome, POLICY_ERROR, Reason, RefusalCode, Stage, Subject, SubjectKind},
    facts::{Facts, GrantFacts},
    rules::RuleSet,
};

/// Rule named when nothing admitted the use.
pub const NOT_ADMITTED: &str = "not-admitted";

/// A decision with the facts it was made from, grant included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The facts, with the grant that was chosen.
    pub facts: Facts,
    /// The decision.
    pub decision: Decision,
}

/// Judges one use.
#[must_use]
pub fn decide(rules: &RuleSet, facts: &Facts) -> Decision {
    judge(rules, facts).record(rules, facts)
}

/// Judges one use under the best of several grants: the first, in order of their ids, that allows it; else the one that comes
/// nearest to it, so that no reason is told that another grant does away with. Without candidates it is judged without a grant.
#[must_use]
pub fn decide_best(rules: &RuleSet, facts: Facts, candidates: &[GrantFacts]) -> Judgement {
    let mut candidates: Vec<_> = candidates.iter().collect();
    candidates.sort_by_key(|grant| grant.id);
    let mut facts = facts;
    let mut best: Option<(Findings, Option<GrantFacts>)> = None;
    for grant in candidates {
        facts.grant = Some(grant.clone());
        let findings = judge(rules, &facts);
        let is_allowed = findings.is_allowed();
        if is_allowed || best.as_ref().is_none_or(|(best, _)| findings.nearness() > best.nearness()) {
            best = Some((findings, facts.grant.take()));
        }
        if is_allowed {
            break;
        }
    }
    let (findings, grant) = match best {
        Some(found) => found,
        None => {
            facts.grant = None;
            (judge(rules, &facts), None)
        }
    };
    facts.grant = grant;
    let decision = findings.record(rules, &facts);
    Judgement { facts, decision }
}

/// What evaluation found, before it is put on record.
struct Findings {
    reasons: Vec<Reason>,
    shadow: Vec<Reason>,
    obligations: Vec<Obligation>,
    notices: Vec<Notice>,
}

impl Findings {
    const fn is_allowed(&self) -> bool {
        self.reasons.is_empty()
    }

    /// How near a refused use came to being allowed: the further down the stages its deciding reason stands, and then the fewer
    /// reasons there are.
    fn nearness(&self) -> (Option<Stage>, Reverse<usize>) {
        (self.reasons.first().map(|reason| reason.stage), Reverse(self.reasons.len()))
    }

    fn record(self, rules: &RuleSet, facts: &Facts) -> Decision {
        let outcome = if self.is_allowed() {
            Outcome::Allowed { obligations: self.obligations, notices: self.notices }
        } else {
            Outcome::Refused
        };
        Decision {
            outcome,
            reasons: self.reasons,
            shadow: self.shadow,
            policy_digest: rules.digest(),
            facts_digest: facts.digest().unwrap_or_else(|_| undigestible(facts)),
        }
    }
}

/// Stands in for the digest of facts that have no canonical JSON; the decision on them is always a refusal.
fn undigestible(facts: &Facts) -> Sha256Digest {
    Sha256Digest::of(format!("{facts:?}").as_bytes())
}

fn judge(rules: &RuleSet, facts: &Facts) -> Findings {
    let projected = facts.check().map_err(drop).and_then(|()| rules.projection.request(facts).map_err(drop));
    match projected {
        Ok((request, entities)) => evaluate(rules, facts, &request, &entities),
        Err(()) => unjudged(vec![unjudgeable()]),
    }
}

fn evaluate(rules: &RuleSet, facts: &Facts, request: &Request, entities: &Entities) -> Findings {
    let response = rules.authorizer.is_authorized(request, &rules.enforced, entities);
    let fired: Vec<_> = response.diagnostics().reason().collect();
    let reasons = refusals(rules, facts, response.diagnostics());
    let shadow = in_shadow(rules, facts, request, entities);
    if !reasons.is_empty() {
        return Findings { shadow, ..unjudged(reasons) };
    }
    // INVARIANT: only the base permit admits; conditions alone, or a permit of another kind, never do.
    if !fired.contains(&&rules.base) {
        return Findings { shadow, ..unjudged(vec![not_admitted()]) };
    }
    let mut obligations: Vec<_> =
        conditions(rules, &fired).flat_map(|condition| condition.obligations(facts)).collect();
    let mut notices: Vec<_> = conditions(rules, &fired).flat_map(|condition| condition.notices(facts)).collect();
    obligations
        .sort_by(|one, other| (&one.rule, &one.subject, &one.text).cmp(&(&other.rule, &other.subject, &other.text)));
    notices.sort_by(|one, other| {
        (&one.rule, &one.subject, &one.clause).cmp(&(&other.rule, &other.subject, &other.clause))
    });
    Findings { reasons, shadow, obligations, notices }
}

fn conditions<'rules>(
    rules: &'rules RuleSet,
    fired: &[&PolicyId],
) -> impl Iterator<Item = &'rules super::rule::Condition> {
    fired.iter().filter_map(|id| rules.conditions.get(*id))
}

fn unjudged(reasons: Vec<Reason>) -> Findings {
    Findings { reasons, shadow: Vec::new(), obligations: Vec::new(), notices: Vec::new() }
}

/// What rules in shadow would have refused; their errors are recorded like refusals.
fn in_shadow(rules: &RuleSet, facts: &Facts, request: &Request, entities: &Entities) -> Vec<Reason> {
    if rules.shadow.is_empty() {
        return Vec::new();
    }
    let response = rules.authorizer.is_authorized(request, &rules.shadow, entities);
    refusals(rules, facts, response.diagnostics())
}

/// Reasons of the restrictions that fired and of the rules that erred, deciding one first: lowest stage, then rule.
fn refusals(rules: &RuleSet, facts: &Facts, diagnostics: &Diagnostics) -> Vec<Reason> {
    let fired = diagnostics.reason().filter_map(|id| rules.restrictions.get(id));
    let mut reasons: Vec<_> = fired.flat_map(|restriction| restriction.reasons(facts)).collect();
    reasons
        .extend(diagnostics.errors().map(|AuthorizationError::PolicyEvaluationError(error)| erred(error.policy_id())));
    reasons.sort_by(|one, other| order(one).cmp(&order(other)));
    reasons
}

fn order(reason: &Reason) -> (Stage, &str, &Subject, &str) {
    (reason.stage, &reason.rule, &reason.subject, &reason.clause)
}

fn erred(rule: &PolicyId) -> Reason {
    let rule: &str = rule.as_ref();
    of_evaluation(
        POLICY_ERROR,
        Localized::new(
            format!("rule `{rule}` could not be evaluated, so the use is refused"),
            format!("规则 `{rule}` 无法求值，因此拒绝使用"),
        ),
        Subject { kind: SubjectKind::Rule, name: rule.to_owned() },
    )
}

fn unjudgeable() -> Reason {
    of_evaluation(
        POLICY_ERROR,
        Localized::new(
            "the facts of this use are beyond what rules can be evaluated on, so the use is refused",
            "本次使用的事实超出规则可求值的范围，因此拒绝使用",
        ),
        Subject { kind: SubjectKind::Rule, name: "facts".to_owned() },
    )
}

fn not_admitted() -> Reason {
    of_evaluation(
        NOT_ADMITTED,
        Localized::new("no rule admits this use, so it is refused", "没有规则准许本次使用，因此予以拒绝"),
        Subject { kind: SubjectKind::Rule, name: "base".to_owned() },
    )
}

fn of_evaluation(rule: &str, message: Localized, subject: Subject) -> Reason {
    Reason {
        rule: rule.to_owned(),
        stage: Stage::Admission,
        clause: "fail closed".to_owned(),
        source: "rule of this registry".to_owned(),
        status: RefusalCode::PolicyUnavailable.status(),
        code: RefusalCode::PolicyUnavailable,
        message,
        next_step: Localized::new(
            "tell the operator which rule it was, and try again later",
            "请将该规则告知运营方，稍后再试",
        ),
        subject,
    }
}
