//! Precision and recall on the corpus, and that the published table says the same.

use std::collections::BTreeMap;

use crate::personal::{
    Class, Scanner, ScannerConfig, Score,
    corpus::{self, Item},
    evaluate, measured,
    random::Random,
};

/// The seed that rules are improved by.
const OTHER_SEED: u64 = 20_261_127;

/// Classes whose form decides, and what they must reach.
const DECIDED_BY_FORM: [Class; 6] =
    [Class::Email, Class::Card, Class::Iban, Class::ResidentId, Class::CreditCode, Class::IpAddress];
const LEAST: f64 = 0.99;

fn measure() -> BTreeMap<Class, Score> {
    let scanner = Scanner::new(ScannerConfig::default());
    evaluate(&corpus::generate(corpus::SEED, corpus::SIZE), |text| scanner.scan(text))
}

fn permille(share: f64) -> u16 {
    (share * 1000.0).round() as u16
}

#[test]
fn the_table_says_what_is_measured() {
    let scores = measure();
    let mut lines = Vec::new();
    for class in Class::ALL {
        let score = scores.get(&class).copied().unwrap_or_default();
        let (values, precision, recall) =
            (score.found + score.missed, permille(score.precision()), permille(score.recall()));
        println!("{:<16} {precision:>5} {recall:>5} {score:?}", class.name());
        lines.push((class, values, precision, recall));
    }
    let table: Vec<_> = measured::current()
        .classes
        .iter()
        .map(|line| (line.class, line.values, line.precision_permille, line.recall_permille))
        .collect();
    for (class, values, precision, recall) in &lines {
        println!("        measured(Class::{class:?}, {values}, {precision}, {recall}),");
    }
    assert_eq!(table, lines, "write the lines above into `measured.rs`, with today's date");
}

#[test]
fn what_form_decides_is_right_in_99_of_100_cases() {
    let scores = measure();
    for class in DECIDED_BY_FORM {
        let score = scores[&class];
        assert!(score.precision() >= LEAST && score.recall() >= LEAST, "{class:?}: {score:?}");
        assert!(score.found + score.missed >= 100, "{class:?} is hardly in the corpus");
    }
}

#[test]
fn the_corpus_is_the_same_for_the_same_seed_and_its_labels_are_places() {
    let items = corpus::generate(corpus::SEED, 2000);
    assert_eq!(items, corpus::generate(corpus::SEED, 2000));
    assert_ne!(items, corpus::generate(corpus::SEED + 1, 2000));
    for Item { text, labels, .. } in &items {
        assert!(labels.iter().all(|label| text.get(label.start..label.end).is_some_and(|value| !value.is_empty())));
        assert!(labels.windows(2).all(|pair| pair[0].end <= pair[1].start), "{text}");
    }
    let plain = items.iter().filter(|item| item.labels.is_empty()).count();
    assert!((600..1000).contains(&plain), "{plain}");
}

/// Writes the corpus as JSON lines to the path in `CHANCERY_CORPUS`, for other programs to be measured on.
#[test]
#[ignore = "writes a file"]
fn write_corpus() {
    let path = std::env::var("CHANCERY_CORPUS").expect("CHANCERY_CORPUS names the file");
    std::fs::write(path, json_lines(&corpus::generate(corpus::SEED, corpus::SIZE))).unwrap();
}

/// Prints what is wrong, to improve rules by: `CHANCERY_SHOW=name cargo test -p chancery-data show_mistakes -- --ignored --nocapture`.
#[test]
#[ignore = "prints the scanner's mistakes"]
fn show_mistakes() {
    let wanted = std::env::var("CHANCERY_SHOW").unwrap_or_default();
    let scanner = Scanner::new(ScannerConfig::default());
    let meets = |start: usize, end: usize, (from, to): (usize, usize)| start < to && from < end;
    for item in corpus::generate(OTHER_SEED, corpus::SIZE) {
        let findings = scanner.scan(&item.text);
        for label in item.labels.iter().filter(|label| label.class.name().contains(&wanted)) {
            if !findings.iter().any(|f| f.class == label.class && meets(f.start, f.end, (label.start, label.end))) {
                println!("MISSED {:?} `{}` in {:?}", label.class, &item.text[label.start..label.end], item.text);
            }
        }
        for f in findings.iter().filter(|f| f.class.name().contains(&wanted)) {
            if !item.labels.iter().any(|l| l.class == f.class && meets(f.start, f.end, (l.start, l.end))) {
                println!("WRONG {:?} `{}` ({}) in {:?}", f.class, &item.text[f.start..f.end], f.reason, item.text);
            }
        }
    }
}

/// Measures on sentences of others with our values: `CHANCERY_TEMPLATES` names a file with one a line, slots as in `corpus/english.txt`.
#[test]
#[ignore = "wants a file"]
fn measure_on_sentences_of_others() {
    let path = std::env::var("CHANCERY_TEMPLATES").expect("CHANCERY_TEMPLATES names the file");
    let templates = std::fs::read_to_string(path).unwrap();
    let mut random = Random::new(corpus::SEED);
    let items: Vec<Item> = (0..50)
        .flat_map(|_| templates.lines().map(|line| corpus::fill(line, "en", &mut random)).collect::<Vec<_>>())
        .collect();
    let scanner = Scanner::new(ScannerConfig::default());
    for (class, score) in evaluate(&items, |text| scanner.scan(text)) {
        println!("{:<16} {:.3} {:.3} {score:?}", class.name(), score.precision(), score.recall());
    }
    if let Ok(path) = std::env::var("CHANCERY_CORPUS") {
        std::fs::write(path, json_lines(&items)).unwrap();
    }
}

fn json_lines(items: &[Item]) -> String {
    items.iter().map(|item| serde_json::to_string(item).unwrap() + "\n").collect()
}
