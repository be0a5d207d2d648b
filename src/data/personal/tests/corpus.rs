//! Precision and recall on the corpus.

use crate::personal::{
    Confidence, Scanner, ScannerConfig, corpus, evaluate,
};

/// Prints what is wrong in the corpus, to improve rules by: `CHANCERY_SHOW=name cargo test -p chancery-data show -- --ignored --nocapture`.
#[test]
#[ignore = "prints the scanner's mistakes"]
fn show_mistakes() {
    let wanted = std::env::var("CHANCERY_SHOW").unwrap_or_default();
    let scanner = Scanner::new(ScannerConfig::default());
    for item in corpus::generate(corpus::SEED, corpus::SIZE) {
        let findings = scanner.scan(&item.text);
        let is_hit = |start: usize, end: usize, (other_start, other_end): (usize, usize)| start < other_end && other_start < end;
        for label in item.labels.iter().filter(|label| label.class.name().contains(&wanted)) {
            if !findings.iter().any(|f| f.class == label.class && is_hit(f.start, f.end, (label.start, label.end))) {
                println!("MISSED {:?} `{}` in {:?}", label.class, &item.text[label.start..label.end], item.text);
            }
        }
        for f in findings.iter().filter(|f| f.class.name().contains(&wanted)) {
            if !item.labels.iter().any(|l| l.class == f.class && is_hit(f.start, f.end, (l.start, l.end))) {
                println!("WRONG {:?} `{}` ({}) in {:?}", f.class, &item.text[f.start..f.end], f.reason, item.text);
            }
        }
    }
}

#[test]
fn print_scores() {
    let items = corpus::generate(corpus::SEED, corpus::SIZE);
    for at_least in [Confidence::Possible, Confidence::Likely, Confidence::Certain] {
        let scanner = Scanner::new(ScannerConfig { at_least, ..ScannerConfig::default() });
        println!("{at_least:?}");
        for (class, score) in evaluate(&items, |text| scanner.scan(text)) {
            println!("{:<16} {:.3} {:.3} {score:?}", class.name(), score.precision(), score.recall());
        }
    }
}
