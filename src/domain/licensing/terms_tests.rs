//! Terms: what is read, what is refused, what the digest covers.

use super::{
    super::sample::{FULL, OPEN},
    *,
};

#[test]
fn json_and_toml_are_the_same_terms() {
    for source in [FULL, OPEN] {
        let terms = Terms::parse(source).unwrap();
        let json = terms.to_canonical_json().unwrap();
        assert_eq!(Terms::parse_json(&json), Ok(terms.clone()));
        assert_eq!(serde_json::from_slice::<Terms>(&json).unwrap(), terms);
    }
}

#[test]
fn the_digest_covers_every_clause_and_no_spelling() {
    let digest = |source: &str| Terms::parse(source).unwrap().digest().unwrap();
    let respelled =
        FULL.replace("[2, 1]", "[1, 2, 2]").replace("\"FR\", \"DE\"", "\"DE\", \"FR\"").replace("0.02", "0.020");
    assert!(Terms::parse(&respelled).is_err(), "a third decimal is no amount of euros");
    assert_eq!(digest(FULL), digest(&respelled.replace("0.020", "0.02")));
    for (genuine, altered) in [
        ("\"research\", ", ""),
        ("1000000", "1000001"),
        ("Acme MiniLM", "Acme"),
        ("10000.00", "10000.01"),
        ("[2, 1]", "[2]"),
        ("Berlin", "Bonn"),
        ("b855", "b856"),
        ("\"FR\", ", ""),
        ("2026-12-01", "2026-12-02"),
        ("2027-12-01", "2027-12-02"),
        ("per-1000-tokens", "flat"),
        ("0.02 EUR", "0.02 USD"),
    ] {
        assert_ne!(digest(FULL), digest(&FULL.replace(genuine, altered)), "{altered}");
    }
}

#[test]
fn the_digest_is_recomputable_with_other_tools() {
    let terms = Terms::parse(OPEN).unwrap();
    let json = r#"{"attribution":null,"governing_law":"Germany","legal_text_digest":null,"liability_cap":null,"price":{"amount":null,"model":"free"},"purposes":["research"],"quota_tokens":null,"term":{"end":null,"start":"2026-12-01T00:00:00.000Z"},"terms":1,"territory":{"excluded":[],"included":[]},"versions":[]}"#;
    assert_eq!(String::from_utf8(terms.to_canonical_json().unwrap()).unwrap(), json);
    assert_eq!(terms.digest().unwrap(), Sha256Digest::of(format!("chancery.terms.v1\n{json}").as_bytes()));
}

#[test]
fn impossible_terms_are_refused_by_field_and_line() {
    for (genuine, wrong, field, line) in [
        ("[\"research\", \"commercial-service\"]", "[]", "purposes", 2),
        ("\"research\"", "\"Research!\"", "purposes[0]", 2),
        ("1000000", "0", "quota_tokens", 3),
        ("10000.00 EUR", "10000.00", "liability_cap", 5),
        ("[2, 1]", "[0]", "versions[0]", 6),
        ("governing_law = \"Germany; courts of Berlin\"", "", "governing_law", 1),
        ("\"FR\", \"DE\"]", "\"FR\", \"DE\"]\nexcluded = [\"DE\"]", "territory.excluded", 11),
        ("2027-12-01T", "2026-12-01T", "term.end", 13),
        ("0.02 EUR", "-0.02 EUR", "price.amount", 16),
        ("0.02 EUR", "0.00 EUR", "price.amount", 16),
        ("per-1000-tokens", "free", "price.amount", 16),
        ("per-1000-tokens", "monthly", "price.model", 15),
        ("attribution", "atribution", "atribution", 4),
    ] {
        let faults = Terms::parse(&FULL.replacen(genuine, wrong, 1)).unwrap_err();
        let found: Vec<_> = faults.list().iter().map(|f| (f.field.as_str(), f.position.unwrap().line)).collect();
        assert_eq!(found, [(field, line)], "{wrong}");
    }
}

#[test]
fn scopes_hold_at_their_edges() {
    let terms = Terms::parse(FULL).unwrap();
    let (start, end) = (terms.term.start, terms.term.end.unwrap());
    for (moment, within) in [(start.plus_millis(-1), false), (start, true), (end.plus_millis(-1), true), (end, false)] {
        assert_eq!(terms.term.contains(moment), within, "{moment}");
    }
    let scope = TerritoryScope { included: BTreeSet::new(), excluded: BTreeSet::from(["US".parse().unwrap()]) };
    assert!(scope.contains(&"DE".parse().unwrap()) && !scope.contains(&"US".parse().unwrap()));
}
