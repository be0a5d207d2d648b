//! The passport as a whole: its template, its refusals, its two spellings.

use chancery_base::values::{ArtifactKind, Language, Standing};

use super::*;

/// Values for the fields that the template leaves blank.
const BLANKS: [(&str, &str); 15] = [
    ("name = \"\"", "name = \"MiniLM\""),
    ("summary = \"\"", "summary = \"sentence embeddings\""),
    ("intended_use = []", "intended_use = [\"search\"]"),
    ("modality = []", "modality = [\"text\"]"),
    ("architecture = \"\"", "architecture = \"BERT\""),
    ("contact = \"\"", "contact = \"models@example.org\""),
    ("version = \"\"", "version = \"1\""),
    ("acquisition = \"\"", "acquisition = \"open\""),
    ("licence = \"\"", "licence = \"CC-BY-4.0\""),
    ("geography = []", "geography = [\"DE\"]"),
    ("class = \"\"", "class = \"none\""),
    ("rights_holders = []", "rights_holders = [\"Acme\"]"),
    ("controller = \"\"", "controller = \"Acme\""),
    ("expression = \"\"", "expression = \"MIT\""),
    ("responsible = \"\"", "responsible = \"Acme\""),
];

fn filled(template: &str) -> String {
    BLANKS.iter().fold(template.to_owned(), |text, (blank, value)| text.replace(blank, value))
}

/// The template with its optional fields in use: lines that begin with `#` and no space.
fn everything(template: &str) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(field) if !field.starts_with(' ') => format!("{field}\n"),
        _ => format!("{line}\n"),
    };
    filled(&template.lines().map(line).collect::<String>())
}

fn fields_at_fault(source: &str) -> Vec<String> {
    Passport::parse(source).unwrap_err().list().iter().map(|fault| fault.field.clone()).collect()
}

#[test]
fn the_template_is_refused_naming_every_blank() {
    let blanks = [
        "model.name",
        "model.summary",
        "model.intended_use",
        "model.modality",
        "model.architecture",
        "model.contact",
        "dataset[0].name",
        "dataset[0].version",
        "dataset[0].acquisition",
        "dataset[0].licence",
        "dataset[0].origin.name",
        "dataset[0].origin.geography",
        "dataset[0].privacy.class",
        "copyright.rights_holders",
        "privacy.controller",
        "privacy.contact",
        "licence.expression",
        "liability.responsible",
        "liability.contact",
    ];
    for language in [Language::English, Language::Chinese] {
        assert_eq!(fields_at_fault(template(ArtifactKind::Model, language)), blanks, "{language}");
        let faults = Passport::parse(template(ArtifactKind::Model, language)).unwrap_err();
        for fault in faults.list() {
            let line = template(ArtifactKind::Model, language).lines().nth(fault.position.unwrap().line - 1).unwrap();
            let key = fault.field.rsplit('.').next().unwrap();
            assert!(line.starts_with(key), "{fault} points at `{line}`");
        }
    }
}

#[test]
fn the_filled_template_is_a_passport_and_both_languages_the_same_one() {
    let english = Passport::parse(&filled(template(ArtifactKind::Model, Language::English))).unwrap();
    assert_eq!(Passport::parse(&filled(template(ArtifactKind::Model, Language::Chinese))), Ok(english));
}

#[test]
fn the_template_knows_every_field() {
    for language in [Language::English, Language::Chinese] {
        let passport = Passport::parse(&everything(template(ArtifactKind::Model, language)))
            .unwrap_or_else(|faults| panic!("{faults}"));
        let missing: Vec<_> = passport.facts().into_iter().filter(|fact| fact.standing == Standing::Missing).collect();
        assert_eq!(missing, [], "{language}");
    }
}

#[test]
fn json_and_toml_are_the_same_passport() {
    let passport = Passport::parse(&everything(template(ArtifactKind::Model, Language::English))).unwrap();
    let json = passport.to_canonical_json().unwrap();
    assert_eq!(Passport::parse_json(&json), Ok(passport.clone()));
    assert_eq!(serde_json::from_slice::<Passport>(&json).unwrap(), passport);
    let sparse = Passport::parse(&filled(template(ArtifactKind::Model, Language::English))).unwrap();
    assert_eq!(Passport::parse_json(&sparse.to_canonical_json().unwrap()), Ok(sparse));
}

#[test]
fn json_is_held_to_the_same_rules() {
    let passport = Passport::parse(&filled(template(ArtifactKind::Model, Language::English))).unwrap();
    let json = String::from_utf8(passport.to_canonical_json().unwrap()).unwrap();
    for (genuine, forged, field) in [
        ("\"passport\":1", "\"passport\":2", "passport"),
        ("\"architecture\":\"BERT\"", "\"architecture\":null", "model.architecture"),
        ("\"architecture\":\"BERT\"", "\"architecture\":[\"BERT\"]", "model.architecture"),
        ("\"class\":\"none\"", "\"class\":\"nothing\"", "dataset[0].privacy.class"),
        ("\"passport\":1", "\"passport\":1,\"note\":\"x\"", "note"),
    ] {
        let faults = Passport::parse_json(json.replace(genuine, forged).as_bytes()).unwrap_err();
        assert_eq!(faults.list().iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), [field], "{forged}");
    }
    for malformed in ["", "[]", "null", "{\"passport\":1,\"passport\":1}", "{\"passport\":1"] {
        assert!(Passport::parse_json(malformed.as_bytes()).is_err(), "{malformed}");
    }
    let deep = "[".repeat(100_000);
    assert!(Passport::parse_json(deep.as_bytes()).is_err());
    assert!(Passport::parse_json(&vec![b' '; 300_000]).is_err());
}

#[test]
fn faults_say_line_expectation_and_find() {
    let source = filled(template(ArtifactKind::Model, Language::English))
        .replace("licence = \"CC-BY-4.0\"", "license = \"CC BY\"");
    let faults = Passport::parse(&source).unwrap_err();
    let line = source.lines().position(|line| line.starts_with("license")).unwrap() + 1;
    let text = faults.to_string();
    assert!(text.contains(&format!("line {line}, column 1: `dataset[0].license`")), "{text}");
    assert!(text.contains("did you mean `licence`?"), "{text}");
}

#[test]
fn rules_between_fields_hold() {
    let whole = everything(template(ArtifactKind::Model, Language::English));
    for (genuine, wrong, field) in [
        ("until = 2025-12-31", "until = 2024-12-31", "dataset[0].collected.until"),
        ("external = \"example/base-model\"", "model = \"acme/base@v1\"", "parent[0].digest"),
        ("external = \"example/base-model\"", "model = \"acme/base\"", "parent[0].model"),
        ("activity = \"finetune\"", "activity = \"collect\"", "parent[0].activity"),
        ("cap = \"10000.00 EUR\"", "cap = \"-1.00 EUR\"", "liability.cap"),
        ("languages = [\"en\", \"zh-Hans\"]", "languages = [\"en\", \"\"]", "dataset[0].languages[1]"),
    ] {
        assert!(whole.contains(genuine), "{genuine}");
        let fields = fields_at_fault(&whole.replace(genuine, wrong));
        assert!(fields.iter().any(|name| name == field), "{wrong}: {fields:?}");
    }
    assert_eq!(fields_at_fault("passport = 1\ndataset = []").first().map(String::as_str), Some("model"));
}

#[test]
fn facts_tell_declared_from_missing() {
    let facts = Passport::parse(&filled(template(ArtifactKind::Model, Language::English))).unwrap().facts();
    let fact = |field: &str| facts.iter().find(|fact| fact.field == field).unwrap();
    assert_eq!(fact("dataset[0].licence").value.as_deref(), Some("CC-BY-4.0"));
    assert_eq!(fact("dataset[0].licence").standing, Standing::Declared);
    assert_eq!(fact("dataset[0].digest").standing, Standing::Missing);
    assert_eq!(fact("dataset[0].privacy.lawful_basis.deployment").standing, Standing::Missing);
    assert_eq!(fact("liability.insurance").standing, Standing::Missing);
}
