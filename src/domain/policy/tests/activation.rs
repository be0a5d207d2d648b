//! Planted mistakes: none of them may come into force.

use crate::policy::{PolicyError, PolicySources, RuleSet};

const GOOD: &str = r#"
@id("planted")
@stage("4")
@code("use_not_permitted")
@status("403")
@subject("model")
@clause("hours")
@source("example")
@reason("model `{model}` is for evenings")
@reason_zh("模型 `{model}` 仅限晚间使用")
@next("ask {owner}")
@next_zh("请询问 {owner}")
forbid (principal, action, resource)
when { context.now > 0 };
"#;

/// The built-in rules and one more file.
fn with(text: &str) -> Result<RuleSet, PolicyError> {
    let mut sources = PolicySources::builtin();
    sources.files.insert("planted.cedar".to_owned(), text.to_owned());
    RuleSet::from_sources(sources)
}

fn without_line(start: &str) -> String {
    let kept = GOOD.lines().filter(|line| !line.starts_with(start));
    kept.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_complete_rule_comes_into_force() {
    let rules = with(GOOD).unwrap();
    assert!(rules.restrictions().contains(&("planted", false)));
    assert_ne!(rules.digest(), RuleSet::builtin().unwrap().digest());
}

#[test]
fn every_annotation_is_needed() {
    for annotation in
        ["stage", "code", "status", "subject", "clause", "source", "reason", "reason_zh", "next", "next_zh"]
    {
        match with(&without_line(&format!("@{annotation}("))).unwrap_err() {
            PolicyError::MissingAnnotation { annotation: missing, rule, file } => {
                assert_eq!((missing, rule.as_str(), file.as_str()), (annotation, "planted", "planted.cedar"));
            }
            other => panic!("{annotation}: {other}"),
        }
    }
    assert!(matches!(with(&without_line("@id(")), Err(PolicyError::Unnamed { .. })));
    assert!(matches!(
        with(&GOOD.replace("hours", "  ")),
        Err(PolicyError::MissingAnnotation { annotation: "clause", .. })
    ));
}

#[test]
fn annotations_must_mean_something() {
    for (from, to, annotation) in [
        ("@stage(\"4\")", "@stage(\"6\")", "stage"),
        ("@stage(\"4\")", "@stage(\"grant\")", "stage"),
        ("use_not_permitted", "not_allowed", "code"),
        ("@status(\"403\")", "@status(\"451\")", "status"),
        ("@subject(\"model\")", "@subject(\"weather\")", "subject"),
        ("@stage(\"4\")", "@stage(\"4\") @mode(\"dark\")", "mode"),
    ] {
        match with(&GOOD.replace(from, to)).map(drop).unwrap_err() {
            PolicyError::BadAnnotation { annotation: found, .. } => assert_eq!(found, annotation),
            other => panic!("{to}: {other}"),
        }
    }
    let misspelt = GOOD.replace("@stage", "@sources(\"x\")\n@stage");
    assert!(
        matches!(with(&misspelt), Err(PolicyError::UnknownAnnotation { annotation, .. }) if annotation == "sources")
    );
}

#[test]
fn texts_must_be_fillable() {
    assert!(matches!(
        with(&GOOD.replace("{owner}\")", "{nobody}\")")),
        Err(PolicyError::Text { annotation: "next", .. })
    ));
    assert!(matches!(
        with(&GOOD.replace("`{model}` is", "`{model` is")),
        Err(PolicyError::Text { annotation: "reason", .. })
    ));
    assert!(matches!(
        with(&GOOD.replace("`{model}` is", "`{work}` is")),
        Err(PolicyError::Misplaced { annotation: "reason", .. })
    ));
}

#[test]
fn names_are_used_once() {
    assert!(matches!(with(&GOOD.repeat(2)), Err(PolicyError::Duplicate { rule, .. }) if rule == "planted"));
    assert!(matches!(with(&GOOD.replace("planted", "grant-revoked")), Err(PolicyError::Duplicate { .. })));
}

#[test]
fn obligations_must_be_implemented() {
    let planted = r#"@id("planted") @obligation("watermark") permit (principal, action, resource);"#;
    match with(planted).map(drop).unwrap_err() {
        PolicyError::UnknownObligation { obligation, implemented, .. } => {
            assert_eq!((obligation.as_str(), implemented.as_str()), ("watermark", "attribution"));
        }
        other => panic!("{other}"),
    }
}

#[test]
fn one_permit_admits_and_it_has_no_condition() {
    let second = r#"@id("planted") permit (principal, action, resource);"#;
    assert!(matches!(with(second), Err(PolicyError::BasePermit { found: 2 })));
    let mut sources = PolicySources::builtin();
    let base = sources.files.get_mut("base.cedar").unwrap();
    *base = base.replace("action == Action::\"use\", resource);", "action, resource) when { resource.version > 0 };");
    assert!(matches!(RuleSet::from_sources(sources.clone()), Err(PolicyError::ConditionalBase { .. })));
    sources.files.remove("base.cedar");
    assert!(matches!(RuleSet::from_sources(sources), Err(PolicyError::BasePermit { found: 0 })));
}

#[test]
fn rules_must_fit_the_schema() {
    for (condition, fault) in [
        ("resource.colour == \"red\"", "an attribute the schema does not know"),
        ("resource.licence.limitsUse", "a fact that may be missing, read without asking"),
        ("context.grant.payment == \"free\"", "a grant that may be missing, read without asking"),
        ("context.now > \"0\"", "a comparison of unlike things"),
        ("resource.status == 3", "an equality that can never hold"),
        ("ip(context.purpose).isLoopback()", "a function the program does not have"),
    ] {
        let refused = with(&GOOD.replace("context.now > 0", condition)).map(drop);
        assert!(
            matches!(refused, Err(PolicyError::Invalid { .. } | PolicyError::Syntax { .. })),
            "{fault}: {refused:?}"
        );
    }
}

#[test]
fn syntax_slots_and_schema_are_checked() {
    assert!(
        matches!(with("forbid (principal, action"), Err(PolicyError::Syntax { file, .. }) if file == "planted.cedar")
    );
    let slotted = GOOD.replace("forbid (principal,", "forbid (principal == ?principal,");
    assert!(matches!(with(&slotted), Err(PolicyError::Slots { .. })));
    let mut sources = PolicySources::builtin();
    sources.schema.push_str("entity Party;");
    assert!(matches!(RuleSet::from_sources(sources), Err(PolicyError::Schema { .. })));
}

#[test]
fn a_schema_must_fit_the_facts() {
    for (from, to) in [
        ("    signature: String,", ""),
        ("    signature: String,", "    colour: String,\n    signature: String,"),
        ("legalDemands: Set<String>", "legalDemands: Set<Long>"),
        ("incomplete: Set<String>", "incomplete: Set<Long>"),
        ("forbiddenTerritories: Set<String>", "forbiddenTerritories: Set<Bool>"),
        ("territory?: String", "territory: String"),
        ("provenance?: {", "provenance: {"),
        ("now: Long", "now: Long, weather: String"),
    ] {
        let sources = PolicySources::builtin();
        let schema = sources.schema.replace(from, to);
        assert_ne!(schema, sources.schema, "{from}");
        // Rules that the altered schema would break stand aside, so that the schema itself is what is found at fault.
        let files = sources
            .files
            .into_iter()
            .filter(|(file, _)| file == "base.cedar")
            .map(|(file, text)| (file, first_rule(&text)));
        let altered = PolicySources { schema, files: files.collect(), shadow: sources.shadow };
        assert!(matches!(RuleSet::from_sources(altered), Err(PolicyError::Schema { .. })), "{to}");
    }
}

fn first_rule(text: &str) -> String {
    text.split_inclusive(';').take(1).collect()
}

#[test]
fn only_restrictions_run_in_shadow() {
    for rule in ["no-such-rule", "base", "attribution"] {
        let sources = PolicySources::builtin().with_shadow([rule.to_owned()]);
        assert!(matches!(RuleSet::from_sources(sources), Err(PolicyError::UnknownShadow { .. })), "{rule}");
    }
}

#[test]
fn a_directory_that_is_not_there_is_said_to_be_unreadable() {
    assert!(matches!(RuleSet::load("/nonexistent".as_ref()), Err(PolicyError::Unreadable { .. })));
}

#[test]
fn the_list_of_non_commercial_purposes_is_the_same_everywhere() {
    let sources = PolicySources::builtin();
    let lists: Vec<_> =
        sources.files.values().flat_map(|text| text.lines()).filter(|line| line.contains("\"personal\"]")).collect();
    assert_eq!(lists.len(), 3);
    assert!(lists.iter().all(|line| line.trim_start().trim_end() == lists[0].trim()), "{lists:#?}");
}
