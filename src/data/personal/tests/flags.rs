//! Special categories and children, only where a person is spoken of.

use crate::personal::{Category, Scanner, ScannerConfig};

fn flagged(text: &str) -> Vec<(Category, String)> {
    let (_, flags) = Scanner::new(ScannerConfig::default()).scan_and_flag("", text);
    flags.iter().map(|flag| (flag.category, text[flag.start..flag.end].to_owned())).collect()
}

#[test]
fn flags_what_is_said_of_a_person() {
    let cases = [
        ("The patient has diabetes.", Category::Health, "diabetes"),
        ("患者确诊糖尿病", Category::Health, "确诊"),
        ("My neighbour says she is a Muslim.", Category::Religion, "Muslim"),
        ("该员工是工会会员", Category::Union, "工会会员"),
        ("He voted for the other side", Category::Politics, "voted for"),
        ("她的民族是回族", Category::Ethnicity, "民族"),
        ("his fingerprint was stored", Category::Biometric, "fingerprint"),
        ("a DNA test of the applicant", Category::Genetic, "DNA test"),
        ("Mr Hopper, who is gay", Category::Orientation, "gay"),
        ("a 12-year-old girl", Category::Minor, "12-year-old"),
        ("孩子今年6岁", Category::Minor, "6岁"),
    ];
    for (text, category, term) in cases {
        assert!(flagged(text).contains(&(category, term.to_owned())), "{text}: {:?}", flagged(text));
    }
}

#[test]
fn flags_nothing_where_nobody_is_spoken_of() {
    for text in [
        "Diabetes research got more money.",
        "The mosque was built in 1560.",
        "基因组研究进展",
        "a 25-year-old whisky",
        "机龄26岁",
    ] {
        assert!(flagged(text).is_empty(), "{text}: {:?}", flagged(text));
    }
}

#[test]
fn finds_the_same_with_and_without_flags() {
    let text = "Dr Hopper (ada@example.org) has asthma.";
    let scanner = Scanner::new(ScannerConfig::default());
    assert_eq!(scanner.scan_and_flag("", text).0, scanner.scan(text));
}
