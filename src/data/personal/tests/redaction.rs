//! Redaction: nothing that was to be replaced is left, twice is the same as once, and nothing panics.

use proptest::prelude::*;

use crate::personal::{Class, Plan, Redaction, Redactor, Scanner, ScannerConfig, corpus};

const KEY: [u8; 32] = [7; 32];
const WAYS: [Redaction; 4] = [Redaction::Mask, Redaction::Token, Redaction::Surrogate, Redaction::Drop];

fn scanner() -> Scanner {
    Scanner::new(ScannerConfig::default())
}

fn redactor(redaction: Redaction) -> Redactor {
    Redactor::new(scanner(), Plan::all(redaction), &KEY)
}

fn assert_redacts(text: &str) {
    for way in WAYS {
        let mut redactor = redactor(way);
        let once = redactor.redact(text);
        let twice = redactor.redact(&once.text);
        assert_eq!(twice.text, once.text, "{way:?} of {text:?}");
        assert!(twice.counts.is_empty(), "{way:?} of {text:?}: {:?}", twice.counts);
        let left = scanner().scan(&once.text);
        if way == Redaction::Surrogate {
            let originals: Vec<&str> = scanner().scan(text).iter().map(|f| &text[f.start..f.end]).collect();
            let is_original = |value: &str| originals.contains(&value) && !is_reserved(value);
            assert!(!left.iter().any(|f| is_original(&once.text[f.start..f.end])), "{text:?} became {:?}", once.text);
        } else {
            assert!(left.is_empty(), "{way:?} left {left:?} in {:?} of {text:?}", once.text);
        }
    }
}

/// Values that are nobody's are left by surrogates.
fn is_reserved(value: &str) -> bool {
    value.contains("example")
        || value.contains("0.")
        || value.contains("555")
        || value.contains("2001:db8")
        || value.starts_with("000")
}

#[test]
fn nothing_is_left_of_the_corpus() {
    for item in corpus::generate(corpus::SEED, 3000) {
        assert_redacts(&item.text);
    }
}

#[test]
fn surrogates_have_the_form_of_what_they_replace() {
    let cases = [
        (Class::Card, "5555-5555-5555-4444"),
        (Class::Card, "378282246310005"),
        (Class::ResidentId, "11010519491231002X"),
        (Class::CreditCode, "91330100799655058B"),
        (Class::Iban, "DE89 3704 0044 0532 0130 00"),
        (Class::Iban, "GB29NWBK60161331926819"),
        (Class::Email, "ada@gmail.com"),
        (Class::Phone, "+1 415 555 2671"),
        (Class::Phone, "+86 138 0013 8000"),
        (Class::IpAddress, "81.2.69.142"),
        (Class::IpAddress, "2a02:8071::1"),
    ];
    for (class, value) in cases {
        let redacted = redactor(Redaction::Surrogate).redact(value);
        assert_ne!(redacted.text, value);
        let findings = scanner().scan(&redacted.text);
        assert_eq!(findings.len(), 1, "{value} became {}", redacted.text);
        let whole = (findings[0].class, findings[0].start, findings[0].end);
        assert_eq!(whole, (class, 0, redacted.text.len()), "{value} became {}", redacted.text);
        if matches!(class, Class::Card | Class::Iban) {
            assert_eq!(redacted.text.len(), value.len());
        }
    }
}

#[test]
fn the_same_value_is_replaced_by_the_same_however_it_is_written() {
    for way in [Redaction::Token, Redaction::Surrogate] {
        let mut redactor = redactor(way);
        let mut one = |text: &str| redactor.redact(text).text.replace(['-', ' '], "");
        assert_eq!(one("5555-5555-5555-4444"), one("5555 5555 5555 4444"));
        assert_eq!(one("Ada@gmail.com"), one("ada@gmail.com"));
        assert_ne!(one("ada@gmail.com"), one("bob@gmail.com"));
    }
}

#[test]
fn classes_and_keys_give_other_tokens() {
    let token =
        |key: u8| Redactor::new(scanner(), Plan::all(Redaction::Token), &[key; 32]).redact("ada@gmail.com").text;
    assert_eq!(token(1), token(1));
    assert_ne!(token(1), token(2));
    let mut redactor = redactor(Redaction::Token);
    let (phone, record) = (redactor.redact("+4917112345678").text, redactor.redact("MRN 4917112345678").text);
    assert_ne!(phone.rsplit('_').next(), record.rsplit('_').next());
}

#[test]
fn what_the_plan_leaves_out_stays() {
    let plan = Plan::all(Redaction::Drop).without(Class::Email);
    let redacted = Redactor::new(scanner(), plan, &KEY).redact("ada@gmail.com or +49 171 1234567");
    assert_eq!(redacted.text, "ada@gmail.com or ");
    assert_eq!(redacted.counts.into_iter().collect::<Vec<_>>(), [(Class::Phone, 1)]);
}

#[test]
fn the_word_in_a_mask_says_nothing_of_what_stands_beside_it() {
    let text = "[PHONE] 0221 4710815 and 4111\u{0}111111111111";
    assert_eq!(redactor(Redaction::Mask).redact(text).text, "[PHONE] 0221 4710815 and [CARD]");
}

/// Pieces that personal data is made of, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("4111 1111 1111 1111".to_owned()),
        Just("ada@gmail.com".to_owned()),
        Just("13800138000".to_owned()),
        Just("姓名：王小明".to_owned()),
        Just("Dear Mr Byron,".to_owned()),
        Just("password: hunter2secret".to_owned()),
        Just("https://u:p4ss@10.0.0.1/".to_owned()),
        Just("DE89370400440532013000".to_owned()),
        Just("phone ".to_owned()),
        Just("\u{200b}".to_owned()),
        Just("[NAME]".to_owned()),
        Just("born 1.2.1980".to_owned()),
        "[0-9]{1,12}",
        "[-+ .:/@()，。]{1,2}",
        "\\PC{0,4}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_redacted(text in "\\PC{0,200}") {
        assert_redacts(&text);
    }

    #[test]
    fn any_mixture_can_be_redacted(text in pieces()) {
        assert_redacts(&text);
    }

    #[test]
    fn cells_of_any_column_can_be_redacted(column in "(name|passport|phone|date of birth|地址|ssn|x)", text in pieces()) {
        for way in WAYS {
            let mut redactor = redactor(way);
            let once = redactor.redact_cell(&column, &text);
            prop_assert_eq!(&redactor.redact_cell(&column, &once.text).text, &once.text);
        }
    }

    #[test]
    fn findings_are_in_order_apart_and_on_boundaries(text in pieces(), column in "[a-z_]{0,12}") {
        let (findings, flags) = scanner().scan_and_flag(&column, &text);
        prop_assert!(findings.iter().all(|f| text.get(f.start..f.end).is_some_and(|value| !value.is_empty())));
        prop_assert!(findings.windows(2).all(|pair| pair[0].end <= pair[1].start));
        prop_assert!(flags.iter().all(|f| text.get(f.start..f.end).is_some()));
    }
}
