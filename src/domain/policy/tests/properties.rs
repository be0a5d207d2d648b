//! What must hold of every use and every set of rules.

use std::sync::LazyLock;

use chancery_base::values::{Localized, TokenCount, UnixMillis};
use proptest::prelude::*;

use super::{builtin, ordinary};
use crate::passport::Right;
use crate::policy::{
    Change, Contrast, Facts, PolicySources, Replay, RuleMode, RuleSet, contrast, decide,
    facts::{
        GrantStatus, LicenceCause, LicenceEffect, ModelStatus, Payment, PrivacyClass, Quota, Scope, Signature, Stated,
        Visibility, Work, WorkKind,
    },
    replay,
};

static BUILTIN: LazyLock<RuleSet> = LazyLock::new(builtin);

/// Conditions of one more forbid; each may fire on some facts, some may overflow.
const ADDED: [&str; 5] = [
    "context.now > 1795478400000",
    "resource.version == 2",
    "context has purpose && context.purpose like \"res*\"",
    "context.estimatedTokens * 4611686018427387904 > 0",
    "resource has licence && resource.licence.silent.contains(\"commercial\")",
];

static WIDER: LazyLock<Vec<RuleSet>> = LazyLock::new(|| ADDED.iter().map(|condition| wider(condition)).collect());

/// The same with the one more forbid in shadow.
static TRIED: LazyLock<Vec<RuleSet>> = LazyLock::new(|| {
    let tried = |rules: &RuleSet| RuleSet::from_sources(rules.with_mode("added", RuleMode::Shadow).unwrap()).unwrap();
    WIDER.iter().map(tried).collect()
});

fn wider(condition: &str) -> RuleSet {
    let text = format!(
        "@id(\"added\") @stage(\"4\") @code(\"use_not_permitted\") @status(\"403\") @subject(\"model\") @clause(\"x\") @source(\"x\") \
         @reason(\"x\") @reason_zh(\"x\") @next(\"x\") @next_zh(\"x\") forbid (principal, action, resource) when {{ {condition} }};"
    );
    let mut sources = PolicySources::builtin();
    sources.files.insert("added.cedar".to_owned(), text);
    RuleSet::from_sources(sources).unwrap()
}

fn one_of<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    proptest::sample::select(values.to_vec())
}

fn causes() -> impl Strategy<Value = Vec<LicenceCause>> {
    proptest::collection::vec(one_of(&effects()).prop_map(cause), 0..3)
}

fn effects() -> Vec<LicenceEffect> {
    let condition = Localized::new("on a condition", "有条件");
    let (evidence, holder) = ("contract 7".to_owned(), "somebody".to_owned());
    vec![
        LicenceEffect::Forbidden(Right::Commercial),
        LicenceEffect::Forbidden(Right::Distil),
        LicenceEffect::Silent(Right::Commercial),
        LicenceEffect::Silent(Right::Train),
        LicenceEffect::Conditional { condition, right: Right::Serve },
        LicenceEffect::Reserved,
        LicenceEffect::Unread,
        LicenceEffect::Missing,
        LicenceEffect::FieldOfUse,
        LicenceEffect::PurposeForbidden("research".parse().unwrap()),
        LicenceEffect::TerritoryForbidden("FR".parse().unwrap()),
        LicenceEffect::Permission { evidence, holder, right: Right::Train },
        LicenceEffect::AttributionRequired("by somebody".to_owned()),
    ]
}

fn cause(effect: LicenceEffect) -> LicenceCause {
    let work = Work { kind: WorkKind::Dataset, name: "data".to_owned() };
    LicenceCause { work, licence: "LicenseRef-Test".to_owned(), clause: "section 1".to_owned(), effect }
}

/// Facts in which few things are wrong, so that both outcomes occur.
fn any_facts() -> impl Strategy<Value = Facts> {
    let rarely = || proptest::bool::weighted(0.1);
    let things = (rarely(), rarely(), rarely(), rarely(), rarely(), rarely(), rarely());
    let terms = (
        one_of(&[Payment::Free, Payment::Unrecorded]),
        one_of(&["research", "commercial-service", "social-scoring"]),
        one_of(&["DE", "FR", "US"]),
        causes(),
        one_of(&[1, 100, 1_000, u64::MAX]),
        rarely(),
    );
    (things, terms).prop_map(|((owner, unsigned, paused, hidden, sensitive, unknown, unlicensed), terms)| {
        let (payment, purpose, territory, causes, tokens, revoked) = terms;
        let mut facts = ordinary();
        facts.caller.is_owner = owner;
        facts.key.purpose = Some(Stated::declared(purpose.parse().unwrap()));
        facts.key.territory = Some(Stated::declared(territory.parse().unwrap()));
        if unsigned {
            facts.model.signature = Signature::KeyRevoked;
        }
        facts.licence.as_mut().unwrap().causes = causes;
        let grant = facts.grant.as_mut().unwrap();
        (grant.payment, grant.quota) = (payment, Quota::Remaining(TokenCount(tokens)));
        if tokens == 1_000 {
            (grant.purposes, grant.territories) = (Scope::Any, Scope::Any);
        }
        if revoked {
            grant.status = GrantStatus::Revoked;
        }
        if paused {
            facts.model.status = ModelStatus::Suspended;
        }
        if hidden {
            facts.model.visibility = Visibility::Private;
        }
        if sensitive {
            facts.privacy.as_mut().unwrap()[0].class = Some(PrivacyClass::SpecialCategory);
        }
        if unknown {
            facts.provenance = None;
        }
        if unlicensed {
            facts.grant = None;
        }
        facts
    })
}

proptest! {
    #[test]
    fn one_more_forbid_never_turns_a_refusal_into_permission(facts in any_facts()) {
        let before = decide(&BUILTIN, &facts).is_allowed();
        for rules in WIDER.iter() {
            prop_assert!(before || !decide(rules, &facts).is_allowed());
        }
    }

    #[test]
    fn one_more_licence_never_turns_a_refusal_into_permission(facts in any_facts(), effect in one_of(&effects())) {
        let before = decide(&BUILTIN, &facts);
        let mut wider = facts;
        wider.licence.as_mut().unwrap().causes.push(cause(effect));
        let after = decide(&BUILTIN, &wider);
        prop_assert!(before.is_allowed() || !after.is_allowed());
        for reason in &before.reasons {
            prop_assert!(after.reasons.iter().any(|other| other.rule == reason.rule), "{} is gone", reason.rule);
        }
    }

    #[test]
    fn a_fact_that_goes_missing_never_turns_a_refusal_into_permission(facts in any_facts(), missing in 0_u8..5) {
        let before = decide(&BUILTIN, &facts).is_allowed();
        let mut poorer = facts;
        match missing {
            0 => poorer.provenance = None,
            1 => poorer.privacy = None,
            2 => poorer.licence = None,
            3 => poorer.key.purpose = None,
            _ => poorer.key.territory = None,
        }
        let after = decide(&BUILTIN, &poorer);
        prop_assert!(!after.is_allowed(), "allowed before: {before}");
    }

    #[test]
    fn every_decision_is_explained_ordered_and_replayable(facts in any_facts()) {
        let decision = decide(&BUILTIN, &facts);
        prop_assert_eq!(decision.is_allowed(), decision.reasons.is_empty());
        prop_assert!(decision.reasons.is_sorted_by_key(|reason| (reason.stage, reason.rule.clone())));
        for reason in &decision.reasons {
            prop_assert_eq!(reason.status, reason.code.status());
            let texts = [&reason.message.en, &reason.message.zh, &reason.next_step.en, &reason.next_step.zh];
            prop_assert!(texts.iter().all(|text| !text.is_empty() && !text.contains(['{', '}'])), "{:?}", texts);
        }
        if let Ok(stored) = facts.canonical_json() {
            prop_assert_eq!(replay(&BUILTIN, Some(&stored), &decision), Replay::Equal);
        }
    }

    #[test]
    fn rules_held_against_themselves_change_nothing(facts in any_facts()) {
        let Ok(stored) = facts.canonical_json() else { return Ok(()) };
        for rules in WIDER.iter() {
            let held = contrast(rules, Some(&stored), &decide(rules, &facts));
            prop_assert_eq!(held, Contrast { change: Change::Equal, cause: None });
        }
    }

    #[test]
    fn one_more_forbid_changes_what_it_found_in_shadow(facts in any_facts()) {
        let Ok(stored) = facts.canonical_json() else { return Ok(()) };
        for (tried, draft) in TRIED.iter().zip(WIDER.iter()) {
            let recorded = decide(tried, &facts);
            let found = recorded.shadow.iter().any(|reason| reason.raised_by() == "added");
            let held = contrast(draft, Some(&stored), &recorded);
            let expected = match (found, recorded.is_allowed()) {
                (false, _) => Change::Equal,
                (true, true) => Change::NewlyRefused,
                (true, false) => Change::RefusedOtherwise,
            };
            prop_assert_eq!((held.change, held.cause), (expected, found.then(|| "added".to_owned())));
        }
    }

    #[test]
    fn time_only_ends_grants(days in -100_i64..100) {
        let mut facts = ordinary();
        facts.now = facts.now.plus_days(days);
        let grant = facts.grant.clone().unwrap();
        let in_term = facts.now >= grant.not_before && grant.not_after.is_none_or(|end: UnixMillis| facts.now < end);
        prop_assert_eq!(decide(&BUILTIN, &facts).is_allowed(), in_term);
    }
}
