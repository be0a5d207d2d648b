//! Texts one by one: what must be found in them, and what must not.

use crate::personal::{Class, Confidence, Scanner, ScannerConfig};

fn found(text: &str) -> Vec<(Class, String)> {
    let findings = Scanner::new(ScannerConfig::default()).scan(text);
    findings.iter().map(|finding| (finding.class, text[finding.start..finding.end].to_owned())).collect()
}

fn assert_finds(text: &str, expected: &[(Class, &str)]) {
    let expected: Vec<_> = expected.iter().map(|&(class, value)| (class, value.to_owned())).collect();
    assert_eq!(found(text), expected, "{text}");
}

#[test]
fn finds_published_examples() {
    use Class::*;
    let cases: &[(&str, Class, &str)] = &[
        ("Write to ada@example.org.", Email, "ada@example.org"),
        ("Konto DE89 3704 0044 0532 0130 00, bitte", Iban, "DE89 3704 0044 0532 0130 00"),
        ("iban gb29nwbk60161331926819.", Iban, "gb29nwbk60161331926819"),
        ("4111 1111 1111 1111 exp 12/29", Card, "4111 1111 1111 1111"),
        ("amex 3782-822463-10005", Card, "3782-822463-10005"),
        ("号码11010519491231002x有效", ResidentId, "11010519491231002x"),
        ("代码91330100799655058B。", CreditCode, "91330100799655058B"),
        ("NHS no. 943 476 5919", MedicalRecord, "943 476 5919"),
        ("SSN 536-90-4399", SocialSecurity, "536-90-4399"),
        ("from 2001:db8::1: refused", IpAddress, "2001:db8::1"),
        ("http://203.0.113.7:8080/x", IpAddress, "203.0.113.7"),
        ("call +44 (0)20 7946 0018 now", Phone, "+44 (0)20 7946 0018"),
        ("(202) 555-0143", Phone, "(202) 555-0143"),
        ("拨打138-0013-8000", Phone, "138-0013-8000"),
        ("Reisepass-Nr. C01X00T47", Passport, "C01X00T47"),
        ("北纬39.9度，东经116.4度", Coordinates, "北纬39.9度，东经116.4度"),
        ("geboren am 12.03.1985 in Bonn", BirthDate, "12.03.1985"),
        ("aws AKIAIOSFODNN7QWERTYU", Secret, "AKIAIOSFODNN7QWERTYU"),
        ("postgres://app:h4xx0r@db:5432/x", Secret, "postgres://app:h4xx0r@db:5432"),
        ("yours sincerely,\nGrace Hopper\n", Name, "Grace Hopper"),
        ("尊敬的欧阳明先生", Name, "欧阳明"),
        ("wohnt Lindenweg 12, 53115 Bonn", Address, "Lindenweg 12, 53115 Bonn"),
        ("住在上海市徐汇区中山路12号", Address, "上海市徐汇区中山路12号"),
    ];
    for &(text, class, value) in cases {
        assert_finds(text, &[(class, value)]);
    }
}

#[test]
fn finds_nothing_in_what_only_looks_like_it() {
    let cases = [
        "4111 1111 1111 1112",
        "DE88370400440532013000",
        "110105194912310021",
        "1111010519491231002X",
        "11010519491231002X1",
        "914403001922038217",
        "Version 1.2.3.4 and 1.2.3.4.5",
        "Chrome/120.0.6099.109",
        "127.0.0.1 and 0.0.0.0 and ::1",
        "std::fmt::Result, a::b, 12:30:45",
        "icon@2x.png git@github.com:a/b.git root@localhost @ada",
        "1712345678901",
        "订单13812345678已取消",
        "$1,299.00 on 2024-03-04",
        "000-12-3456 666-12-3456 900-12-3456 078-05-1120",
        "password: ******** and api_key = \"your_api_key\"",
        "Dear Customer, dear Sir or Madam,",
        "客户方面表示满意",
        "The adventure of Mr. and Mrs.",
        "weights 0.12345, 0.23456, 0.34567",
        "",
    ];
    for text in cases {
        assert_finds(text, &[]);
    }
}

#[test]
fn reads_full_width_forms_and_what_has_no_width() {
    use Class::*;
    assert_finds("卡号４１１１１１１１１１１１１１１１。", &[(Card, "４１１１１１１１１１１１１１１１")]);
    assert_finds("4111\u{200b}1111\u{200d}1111\u{feff}1111", &[(Card, "4111\u{200b}1111\u{200d}1111\u{feff}1111")]);
    assert_finds("ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ", &[(Email, "ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ")]);
    assert_finds("4111\u{a0}1111\u{a0}1111\u{a0}1111", &[(Card, "4111\u{a0}1111\u{a0}1111\u{a0}1111")]);
    assert_finds("4111\u{2011}1111\u{2011}1111\u{2011}1111", &[(Card, "4111\u{2011}1111\u{2011}1111\u{2011}1111")]);
    assert_finds("\u{200b}ada@example.org\u{200b}", &[(Email, "ada@example.org")]);
}

#[test]
fn the_name_of_a_column_counts() {
    let scanner = Scanner::new(ScannerConfig::default());
    let classes = |column, text| scanner.scan_cell(column, text).iter().map(|found| found.class).collect::<Vec<_>>();
    assert_eq!(classes("passport_no", "C01X00T47"), [Class::Passport]);
    assert_eq!(classes("dateOfBirth", "12.03.1985"), [Class::BirthDate]);
    assert_eq!(classes("full name", "Grace Hopper"), [Class::Name]);
    assert_eq!(classes("姓名", "王小明"), [Class::Name]);
    assert_eq!(classes("mobile", "0171 2345678"), [Class::Phone]);
    assert_eq!(classes("colour", "C01X00T47"), []);
}

#[test]
fn weak_findings_are_handed_on_only_when_asked_for() {
    let text = "fax machine part 0221 4710815";
    let possible = Scanner::new(ScannerConfig { at_least: Confidence::Possible, ..ScannerConfig::default() });
    assert!(Scanner::new(ScannerConfig::default()).scan(text).is_empty());
    assert_eq!(possible.scan(text).len(), 1);
}

#[test]
fn looks_only_for_the_classes_asked_for() {
    let config = ScannerConfig { classes: [Class::Email].into(), ..ScannerConfig::default() };
    let findings = Scanner::new(config).scan("Mr Byron, ada@example.org, 4111 1111 1111 1111");
    assert_eq!(findings.iter().map(|finding| finding.class).collect::<Vec<_>>(), [Class::Email]);
}

#[test]
fn is_shared_between_threads() {
    fn is_shareable<T: Clone + Send + Sync + 'static>() {}
    is_shareable::<Scanner>();
}
