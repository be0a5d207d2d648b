//! What would have changed the answer: the facts with one thing put right, and the decision made again.
//!
//! Only single changes that somebody could make are tried, and only those are reported that would have allowed the use or
//! brought it further. They are computed, not promised: facts may have changed since.

use chancery_base::values::{Localized, TokenCount};
use serde::{Deserialize, Serialize};

use super::{
    decide::decide,
    decision::{Decision, Stage},
    facts::{Facts, GrantFacts, GrantStatus, ModelStatus, Payment, Quota, Scope, Signature, Stated, Work, WorkKind},
    rules::RuleSet,
};

/// One change, and what the decision would have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repair {
    /// What would have been different.
    pub change: Localized,
    /// The rule that would still have refused; `None` when the use would have been allowed.
    pub then_refused_by: Option<String>,
}

/// Changes that would have allowed the use, or brought it to a later stage; those that allow it first.
pub(super) fn repairs(rules: &RuleSet, facts: &Facts, decision: &Decision) -> Vec<Repair> {
    let Some(stage) = decision.deciding().map(|reason| reason.stage) else { return Vec::new() };
    let tried = candidates(facts).into_iter().map(|(change, facts)| (change, decide(rules, &facts)));
    let helpful = tried.filter(|(_, after)| reaches(after).is_none_or(|reached| reached > stage));
    let mut repairs: Vec<_> = helpful
        .map(|(change, after)| Repair { change, then_refused_by: after.deciding().map(|reason| reason.rule.clone()) })
        .collect();
    repairs.sort_by_key(|repair| repair.then_refused_by.is_some());
    repairs
}

fn reaches(decision: &Decision) -> Option<Stage> {
    decision.deciding().map(|reason| reason.stage)
}

type Candidate = (Localized, Facts);

fn candidates(facts: &Facts) -> Vec<Candidate> {
    [of_model(facts), of_data(facts), of_circumstances(facts), of_grant(facts)].into_iter().flatten().collect()
}

fn changed(facts: &Facts, change: Localized, edit: impl FnOnce(&mut Facts)) -> Candidate {
    let mut facts = facts.clone();
    edit(&mut facts);
    (change, facts)
}

fn of_model(facts: &Facts) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    if !facts.model.holds.is_empty() {
        let change = Localized::new("every hold on the model released", "解除对该模型的所有封存和冻结");
        candidates.push(changed(facts, change, |facts| facts.model.holds.clear()));
    }
    if facts.model.status == ModelStatus::Suspended {
        let change = Localized::new("the version resumed", "恢复该版本");
        candidates.push(changed(facts, change, |facts| facts.model.status = ModelStatus::Registered));
    }
    if facts.model.signature != Signature::Trusted {
        let change = Localized::new(
            "the version signed anew with a key that speaks for its owner",
            "由所有者以有效密钥重新签署",
        );
        candidates.push(changed(facts, change, |facts| facts.model.signature = Signature::Trusted));
    }
    candidates
}

/// The same model made without one data set.
fn of_data(facts: &Facts) -> Vec<Candidate> {
    let without = |dataset: &Work| {
        let name = &dataset.name;
        let change = Localized::new(
            format!("a version made without data set `{name}`"),
            format!("使用不含数据集 `{name}` 的版本"),
        );
        changed(facts, change, |facts| remove(facts, dataset))
    };
    datasets(facts).iter().map(without).collect()
}

/// Data sets named in the facts, each once, in order.
fn datasets(facts: &Facts) -> Vec<Work> {
    let gaps = facts.provenance.iter().flat_map(|known| &known.gaps).map(|gap| &gap.work);
    let classified = facts.privacy.iter().flatten().map(|privacy| &privacy.work);
    let licensed = facts.licence.iter().flat_map(|licence| &licence.causes).map(|cause| &cause.work);
    let works = gaps.chain(classified).chain(licensed);
    let mut datasets: Vec<_> = works.filter(|work| work.kind == WorkKind::Dataset).cloned().collect();
    datasets.sort_unstable();
    datasets.dedup();
    datasets
}

fn remove(facts: &mut Facts, work: &Work) {
    if let Some(provenance) = &mut facts.provenance {
        provenance.gaps.retain(|gap| gap.work != *work);
    }
    if let Some(privacy) = &mut facts.privacy {
        privacy.retain(|privacy| privacy.work != *work);
    }
    if let Some(licence) = &mut facts.licence {
        *licence = licence.without(work);
    }
}

/// The same use for another purpose or in another territory, as far as the grant covers them.
fn of_circumstances(facts: &Facts) -> Vec<Candidate> {
    let Some(grant) = &facts.grant else { return Vec::new() };
    let others = covered(&grant.purposes).iter().filter(|purpose| facts.purpose() != Some(purpose));
    let purposes = others.map(|purpose| {
        let change = Localized::new(format!("purpose `{purpose}`"), format!("用途为 `{purpose}`"));
        changed(facts, change, |facts| {
            facts.request.purpose = None;
            facts.key.purpose = Some(Stated::declared(purpose.clone()));
        })
    });
    let others = covered(&grant.territories).iter().filter(|territory| facts.territory() != Some(territory));
    let territories = others.map(|territory| {
        let change = Localized::new(format!("use in {territory}"), format!("在 {territory} 使用"));
        changed(facts, change, |facts| {
            facts.request.territory = None;
            facts.key.territory = Some(Stated::declared(territory.clone()));
        })
    });
    purposes.chain(territories).collect()
}

fn covered<T>(scope: &Scope<T>) -> &[T] {
    match scope {
        Scope::Any => &[],
        Scope::Only(values) => values,
    }
}

fn of_grant(facts: &Facts) -> Vec<Candidate> {
    let Some(grant) = &facts.grant else { return Vec::new() };
    let on_grant = |change: Localized, edit: &dyn Fn(&mut GrantFacts)| {
        changed(facts, change, |facts| facts.grant.iter_mut().for_each(edit))
    };
    let mut candidates = Vec::new();
    if grant.status == GrantStatus::Offered {
        let change = Localized::new("the grant accepted", "接受该授权");
        candidates.push(on_grant(change, &|grant| grant.status = GrantStatus::Accepted));
    }
    if grant.payment != Payment::Free {
        let change = Localized::new("a grant without a price", "改用无偿授权");
        candidates.push(on_grant(change, &|grant| grant.payment = Payment::Free));
    }
    if grant.not_after.is_some_and(|end| facts.now >= end) {
        let change = Localized::new("the grant renewed", "续展该授权");
        candidates.push(on_grant(change, &|grant| grant.not_after = None));
    }
    candidates.extend(smaller_request(facts));
    candidates
}

fn smaller_request(facts: &Facts) -> Option<Candidate> {
    let Quota::Remaining(remaining) = facts.grant.as_ref()?.quota else { return None };
    let is_over = facts.request.estimated_tokens > remaining;
    let change =
        Localized::new(format!("a request of at most {remaining} tokens"), format!("请求不超过 {remaining} 个词元"));
    (is_over && remaining > TokenCount(0))
        .then(|| changed(facts, change, |facts| facts.request.estimated_tokens = remaining))
}
