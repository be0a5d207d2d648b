use chancery_base::values::Language;

use super::{builtin, ordinary};
use crate::passport::Right;
use crate::policy::{
    Facts, PolicySources, RuleSet, decide, explain,
    facts::{LicenceCause, LicenceEffect, Payment, ProvenanceGap, Signature, Work, WorkKind, WorkPrivacy},
};

fn non_commercial() -> Facts {
    let mut facts = ordinary();
    facts.licence.as_mut().unwrap().causes.push(LicenceCause {
        work: Work { kind: WorkKind::Dataset, name: "reviews-nc".to_owned() },
        licence: "CC-BY-NC-4.0".to_owned(),
        clause: "section 2(a)(1)".to_owned(),
        effect: LicenceEffect::Forbidden(Right::Commercial),
    });
    facts
}

/// What would change the answer, as (change, rule that would still refuse).
fn repairs(facts: &Facts) -> Vec<(String, Option<String>)> {
    let rules = builtin();
    let explanation = explain(&rules, facts, &decide(&rules, facts));
    explanation.what_would_change_it.into_iter().map(|repair| (repair.change.en, repair.then_refused_by)).collect()
}

#[test]
fn leaving_the_data_set_out_would_change_the_answer() {
    assert_eq!(repairs(&non_commercial()), [("a version made without data set `reviews-nc`".to_owned(), None)]);
}

/// Gaps, personal data and licences of one data set are one thing to leave out.
#[test]
fn a_data_set_has_one_name_whatever_is_wrong_with_it() {
    let mut facts = non_commercial();
    let work = Work { kind: WorkKind::Dataset, name: "reviews-nc".to_owned() };
    let gap = ProvenanceGap { missing: vec!["origin".to_owned()], work: work.clone() };
    facts.provenance.as_mut().unwrap().gaps.push(gap);
    let unsaid = WorkPrivacy { class: None, deployment_basis: None, special_condition: None, work };
    facts.privacy.as_mut().unwrap().push(unsaid);
    assert_eq!(repairs(&facts), [("a version made without data set `reviews-nc`".to_owned(), None)]);
}

#[test]
fn another_purpose_helps_only_without_a_price() {
    let mut facts = non_commercial();
    facts.grant.as_mut().unwrap().payment = Payment::Free;
    let found = repairs(&facts);
    assert!(found.contains(&("purpose `research`".to_owned(), None)), "{found:?}");
}

#[test]
fn a_change_that_only_moves_the_refusal_names_what_refuses_next() {
    let mut facts = non_commercial();
    facts.model.signature = Signature::KeyRevoked;
    let found = repairs(&facts);
    let change = "the version signed anew with a key that speaks for its owner".to_owned();
    assert_eq!(found, [(change, Some("licence-non-commercial-paid".to_owned()))]);
}

#[test]
fn an_allowed_use_needs_no_change() {
    assert!(repairs(&ordinary()).is_empty());
}

#[test]
fn the_text_names_every_rule_and_its_finding() {
    let rules = RuleSet::from_sources(PolicySources::builtin().with_shadow(["grant-version".to_owned()])).unwrap();
    let mut facts = non_commercial();
    facts.model.version = 3;
    let explanation = explain(&rules, &facts, &decide(&rules, &facts));
    let (english, chinese) = (explanation.to_text(Language::English), explanation.to_text(Language::Chinese));
    for (rule, _) in rules.restrictions() {
        assert!(english.contains(rule) && chinese.contains(rule), "{rule}");
    }
    assert!(english.starts_with("refused: licence-non-commercial-paid\n"), "{english}");
    assert!(english.contains("grant-version: would refuse (in shadow, not enforced)"), "{english}");
    assert!(english.contains("clause: CC-BY-NC-4.0 section 2(a)(1) (CC-BY-NC-4.0)"), "{english}");
    assert!(english.contains("a version made without data set `reviews-nc` → allowed"), "{english}");
    assert!(
        chinese.starts_with("拒绝: ") && chinese.contains("使用不含数据集 `reviews-nc` 的版本 → 允许"),
        "{chinese}"
    );
}
