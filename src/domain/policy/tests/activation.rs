//! Planted mistakes: none of them may come into force.

use crate::policy::{ModeError, PolicyError, PolicySources, RuleMode, RuleSet};

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
        let altered = PolicySources::new(schema, files.collect());
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
        assert!(matches!(RuleSet::from_sources(sources), Err(PolicyError::UnknownMoved { .. })), "{rule}");
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

#[test]
fn rules_move_from_mode_to_mode_and_back() {
    let builtin = RuleSet::builtin().unwrap();
    let mode_of = |rules: &RuleSet| rules.listing().iter().find(|rule| rule.id == "grant-missing").unwrap().mode;
    let moved = |rules: &RuleSet, mode| RuleSet::from_sources(rules.with_mode("grant-missing", mode).unwrap()).unwrap();
    assert!(matches!(builtin.with_mode("grant-missing", RuleMode::Enforced), Err(ModeError::Already { .. })));
    assert!(matches!(builtin.with_mode("grant-missing", RuleMode::Dropped), Err(ModeError::StillEnforced { .. })));
    let shadow = moved(&builtin, RuleMode::Shadow);
    assert_eq!(mode_of(&shadow), RuleMode::Shadow);
    let dropped = moved(&shadow, RuleMode::Dropped);
    assert_eq!(mode_of(&dropped), RuleMode::Dropped);
    assert!(dropped.restrictions().iter().all(|(rule, _)| *rule != "grant-missing"));
    let tried_again = moved(&dropped, RuleMode::Shadow);
    assert_eq!(tried_again.digest(), shadow.digest());
    assert_eq!(moved(&tried_again, RuleMode::Enforced).digest(), builtin.digest(), "nothing is left of it");
}

#[test]
fn a_rule_that_is_shadow_by_its_text_can_be_promoted() {
    let rules = with(&GOOD.replace("@stage", "@mode(\"shadow\")\n@stage")).unwrap();
    assert!(rules.restrictions().contains(&("planted", true)));
    let promoted = RuleSet::from_sources(rules.with_mode("planted", RuleMode::Enforced).unwrap()).unwrap();
    assert!(promoted.restrictions().contains(&("planted", false)));
    // The same directory again keeps what was decided, and says no more than it must.
    let again = RuleSet::from_sources(rules.carrying_over(promoted.sources(), &[]).unwrap()).unwrap();
    assert_eq!(again.digest(), promoted.digest());
    let plain = with(GOOD).unwrap();
    assert_eq!(&plain.carrying_over(promoted.sources(), &[]).unwrap(), plain.sources());
    let without = RuleSet::builtin().unwrap();
    assert_eq!(&without.carrying_over(promoted.sources(), &[]).unwrap(), without.sources());
}

#[test]
fn a_rule_that_is_not_there_is_told_with_the_nearest() {
    let builtin = RuleSet::builtin().unwrap();
    let told = |rule: &str| builtin.with_mode(rule, RuleMode::Shadow).unwrap_err().to_string();
    assert_eq!(told("grant-mising"), "`grant-mising` is no rule that refuses; did you mean `grant-missing`?");
    assert_eq!(told("xyzzy"), "`xyzzy` is no rule that refuses; see `chancery policy list`");
    assert!(told(&"x".repeat(1 << 20)).len() < 200);
    assert!(told("base").contains("no rule that refuses"), "the base permit has no mode");
}

#[test]
fn names_texts_and_numbers_have_a_limit() {
    for name in ["Planted", "planted rule", "planted/rule", &"x".repeat(65)] {
        let refused = with(&GOOD.replace("planted", name)).map(drop);
        assert!(matches!(refused, Err(PolicyError::BadAnnotation { annotation: "id", .. })), "{name}: {refused:?}");
    }
    let long = format!("// {}\n{GOOD}", "x".repeat(1 << 20));
    assert!(matches!(with(&long), Err(PolicyError::TooLarge { .. })));
    let many: String = (0..1_000).map(|number| GOOD.replace("planted", &format!("planted-{number}"))).collect();
    assert!(matches!(with(&many), Err(PolicyError::TooManyRules { .. })));
}

/// What nests as deep as a statement may, in each way that the grammar offers, is judged as it is when it nests little. Threads
/// of the server have 2 MiB of stack; the test asks for three quarters of that.
#[test]
fn what_nests_is_judged_on_three_quarters_of_a_stack_or_refused_before() {
    let judged = |(open, middle, close): (&str, &str, &str), count: usize| {
        let condition = format!("{}{middle}{}", open.repeat(count), close.repeat(count));
        with(&GOOD.replace("context.now > 0", &condition)).map(drop)
    };
    let shapes: [((&str, &str, &str), usize); 10] = [
        (("(", "true", ")"), 12),
        (("[", "1", "]"), 12),
        (("{a:", "1", "}"), 12),
        (("context.isOwner&&", "true", ""), 50),
        (("context.isOwner||", "1", ""), 50),
        (("1+", "1", ""), 400),
        (("", "context", ".a"), 400),
        (("", "context", "[\"a\"]"), 250),
        (("if context.isOwner then ", "1", " else 2"), 8),
        (("if context.isOwner then (true && (", "1", ")) else true"), 7),
    ];
    let judge_all = move || {
        for (shape, most) in shapes {
            let few = judged(shape, 2);
            let is_invalid = matches!(few, Err(PolicyError::Invalid { .. }));
            assert_eq!(is_invalid, shape.1 != "true", "{few:?}");
            let many = judged(shape, most);
            assert_eq!(matches!(many, Err(PolicyError::Invalid { .. })), is_invalid, "{shape:?}: {many:?}");
            assert!(matches!(judged(shape, 5_000), Err(PolicyError::TooDeep { .. })), "{shape:?}");
        }
        for count in [12, 190, 100_000] {
            let mut sources = PolicySources::builtin();
            sources.schema = format!("entity Deep {{ a: {}Long{} }};", "Set<".repeat(count), ">".repeat(count));
            assert!(RuleSet::from_sources(sources).is_err());
        }
    };
    std::thread::Builder::new().stack_size(3 << 19).spawn(judge_all).unwrap().join().unwrap();
}

#[test]
fn a_directory_is_read_within_the_same_limits() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| std::fs::write(folder.path().join(name), text).unwrap();
    assert!(matches!(PolicySources::read(folder.path()), Err(PolicyError::Unreadable { .. })), "no schema");
    write("schema.cedarschema", b"");
    assert!(matches!(PolicySources::read(folder.path()), Err(PolicyError::NoRules { .. })));
    write("huge.cedar", "é".repeat(1 << 20).as_bytes());
    assert!(matches!(PolicySources::read(folder.path()), Err(PolicyError::TooLarge { .. })));
    write("huge.cedar", b"\xff");
    assert!(matches!(PolicySources::read(folder.path()), Err(PolicyError::Unreadable { .. })), "not UTF-8");
}
