use chancery_base::values::{Sha256Digest, TokenCount, UnixMillis};

use super::{builtin, ordinary};
use crate::passport::Right;
use crate::policy::{
    Decision, NotReplayable, Outcome, PolicySources, Replay, RuleSet, decide, decide_best,
    facts::{
        GrantFacts, GrantStatus, LicenceCause, LicenceEffect, ModelStatus, Payment, Quota, Signature, Work, WorkKind,
    },
    replay,
};

fn grants(statuses: &[GrantStatus]) -> Vec<GrantFacts> {
    let grant = ordinary().grant.unwrap();
    let numbered = statuses.iter().zip(1..);
    numbered
        .map(|(status, number)| GrantFacts {
            id: format!("grant_{number:032x}").parse().unwrap(),
            status: *status,
            ..grant.clone()
        })
        .collect()
}

fn deciding(decision: &Decision) -> &str {
    decision.deciding().map_or("", |reason| &reason.rule)
}

#[test]
fn a_refusal_reads_well_in_both_languages() {
    let mut facts = ordinary();
    facts.licence.as_mut().unwrap().causes.push(LicenceCause {
        work: Work { kind: WorkKind::Dataset, name: "reviews-nc".to_owned() },
        licence: "CC-BY-NC-4.0".to_owned(),
        clause: "section 2(a)(1)".to_owned(),
        effect: LicenceEffect::Forbidden(Right::Commercial),
    });
    insta::assert_json_snapshot!(decide(&builtin(), &facts).deciding(), @r#"
    {
      "rule": "licence-non-commercial-paid",
      "stage": 3,
      "clause": "CC-BY-NC-4.0 section 2(a)(1)",
      "source": "CC-BY-NC-4.0",
      "status": 403,
      "code": "use_not_permitted",
      "message": {
        "en": "data set `reviews-nc` behind model `acme/sentiment` is licensed under CC-BY-NC-4.0, which forbids commercial use (section 2(a)(1)), and grant grant_019a0000000070008000000000000001 has a price",
        "zh": "模型 `acme/sentiment` 所用数据集 `reviews-nc`采用 CC-BY-NC-4.0 许可，其条款 section 2(a)(1) 禁止商业使用，而授权 grant_019a0000000070008000000000000001 是有偿的"
      },
      "next_step": {
        "en": "ask acme for a version made without data set `reviews-nc`, or for a commercial licence from its rights holder",
        "zh": "请向 acme 索取不含数据集 `reviews-nc`的版本，或从其权利人处取得商业许可"
      },
      "subject": {
        "kind": "dataset",
        "name": "reviews-nc"
      }
    }
    "#);
}

#[test]
fn decisions_survive_storage() {
    let mut facts = ordinary();
    for payment in [Payment::Free, Payment::Unrecorded] {
        facts.grant.as_mut().unwrap().payment = payment;
        let decision = decide(&builtin(), &facts);
        let stored = serde_json::to_string(&decision).unwrap();
        assert_eq!(serde_json::from_str::<Decision>(&stored).unwrap(), decision);
        assert_eq!(decision.facts_digest, facts.digest().unwrap());
        assert_eq!(decision.facts_digest, Sha256Digest::of(facts.canonical_json().unwrap().as_bytes()));
    }
}

#[test]
fn the_first_grant_that_allows_is_chosen_whatever_the_order_of_candidates() {
    let mut candidates = grants(&[GrantStatus::Revoked, GrantStatus::Accepted, GrantStatus::Accepted]);
    for _ in 0..candidates.len() {
        candidates.rotate_left(1);
        let judgement = decide_best(&builtin(), ordinary(), &candidates);
        assert!(judgement.decision.is_allowed());
        assert!(judgement.facts.grant.as_ref().unwrap().id.to_string().ends_with('2'));
        assert_eq!(judgement.decision, decide(&builtin(), &judgement.facts));
    }
}

#[test]
fn among_grants_that_refuse_the_one_that_gets_furthest_is_recorded() {
    let mut candidates = grants(&[GrantStatus::Revoked, GrantStatus::Accepted, GrantStatus::Offered]);
    candidates[1].quota = Quota::Remaining(TokenCount(0));
    let judgement = decide_best(&builtin(), ordinary(), &candidates);
    assert_eq!(deciding(&judgement.decision), "quota-exceeded");
    assert_eq!(judgement.facts.grant, Some(candidates[1].clone()));
}

#[test]
fn no_reason_is_told_that_another_grant_does_away_with() {
    let mut candidates = grants(&[GrantStatus::Offered, GrantStatus::Accepted]);
    let mut facts = ordinary();
    facts.model.status = ModelStatus::Suspended;
    for _ in 0..candidates.len() {
        candidates.rotate_left(1);
        let judgement = decide_best(&builtin(), facts.clone(), &candidates);
        let rules: Vec<&str> = judgement.decision.reasons.iter().map(|reason| reason.rule.as_str()).collect();
        assert_eq!(rules, ["model-suspended"]);
    }
}

#[test]
fn without_candidates_a_use_is_judged_without_a_grant() {
    let judgement = decide_best(&builtin(), ordinary(), &[]);
    assert_eq!(deciding(&judgement.decision), "grant-missing");
    assert_eq!(judgement.facts.grant, None);
}

#[test]
fn without_a_base_permit_for_the_action_nothing_is_admitted() {
    // A base permit whose scope no longer matches stands in for one that is missing at decision time.
    let mut sources = PolicySources::builtin();
    let base = sources.files.get_mut("base.cedar").unwrap();
    *base = base.replace(
        "permit (principal, action == Action::\"use\", resource)",
        "permit (principal == Party::\"nobody\", action, resource)",
    );
    let mut facts = ordinary();
    facts.licence.as_mut().unwrap().causes.push(LicenceCause {
        work: Work { kind: WorkKind::Dataset, name: "reviews-open".to_owned() },
        licence: "CC-BY-4.0".to_owned(),
        clause: "section 3(a)(1)".to_owned(),
        effect: LicenceEffect::AttributionRequired("by the open review project".to_owned()),
    });
    // The attribution rule is a permit and fires; it must not admit.
    let decision = decide(&RuleSet::from_sources(sources).unwrap(), &facts);
    assert_eq!((decision.is_allowed(), deciding(&decision)), (false, "not-admitted"));
}

#[test]
fn obligations_carry_the_text_to_pass_on() {
    let mut facts = ordinary();
    facts.licence.as_mut().unwrap().causes.push(LicenceCause {
        work: Work { kind: WorkKind::Dataset, name: "reviews-open".to_owned() },
        licence: "CC-BY-4.0".to_owned(),
        clause: "section 3(a)(1)".to_owned(),
        effect: LicenceEffect::AttributionRequired("by the open review project".to_owned()),
    });
    let Outcome::Allowed { obligations, notices } = decide(&builtin(), &facts).outcome else { panic!("refused") };
    assert_eq!((obligations.len(), notices.len()), (1, 0));
    assert_eq!(obligations[0].text, "by the open review project");
}

#[test]
fn what_a_passport_says_cannot_forge_a_line_of_a_reason() {
    let mut facts = ordinary();
    facts.privacy.as_mut().unwrap()[0].class = None;
    facts.privacy.as_mut().unwrap()[0].work.name = "x`\nallowed\u{202e}{model}".to_owned();
    let decision = decide(&builtin(), &facts);
    let message = &decision.deciding().unwrap().message;
    assert!(!message.en.contains(['\n', '\u{202e}']) && message.en.contains("{model}"), "{}", message.en);
}

#[test]
fn replays_what_was_stored() {
    let rules = builtin();
    let mut facts = ordinary();
    facts.model.signature = Signature::KeyRevoked;
    let (stored, decision) = (facts.canonical_json().unwrap(), decide(&rules, &facts));
    assert_eq!(replay(&rules, Some(&stored), &decision), Replay::Equal);

    let mut forged = decision.clone();
    forged.outcome = Outcome::Allowed { obligations: Vec::new(), notices: Vec::new() };
    forged.reasons.clear();
    let Replay::Different(difference) = replay(&rules, Some(&stored), &forged) else { panic!("not noticed") };
    assert_eq!(difference.parts, ["outcome", "obligations", "notices", "reasons"]);
    assert_eq!(difference.replayed, decision);
}

#[test]
fn says_why_it_cannot_replay() {
    let rules = builtin();
    let facts = ordinary();
    let (stored, decision) = (facts.canonical_json().unwrap(), decide(&rules, &facts));
    let not_replayable = |facts: Option<&str>, rules: &RuleSet| match replay(rules, facts, &decision) {
        Replay::NotReplayable(why) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(not_replayable(None, &rules), NotReplayable::FactsErased);
    let altered = stored.replace("\"trusted\"", "\"key-revoked\"");
    assert!(matches!(not_replayable(Some(&altered), &rules), NotReplayable::FactsAltered { .. }));
    let others = PolicySources::builtin().with_shadow(["grant-revoked".to_owned()]);
    let others = RuleSet::from_sources(others).unwrap();
    assert!(matches!(not_replayable(Some(&stored), &others), NotReplayable::OtherRules { .. }));

    let mut unreadable = decision.clone();
    unreadable.facts_digest = Sha256Digest::of(b"{}");
    assert!(matches!(
        replay(&rules, Some("{}"), &unreadable),
        Replay::NotReplayable(NotReplayable::FactsUnreadable { .. })
    ));
}

#[test]
fn moments_beyond_what_json_keeps_refuse() {
    let mut facts = ordinary();
    facts.now = UnixMillis::new(i64::MAX);
    let decision = decide(&builtin(), &facts);
    assert_eq!((deciding(&decision), decision.deciding().unwrap().status), ("policy-error", 503));
    assert!(facts.canonical_json().is_err());
}
