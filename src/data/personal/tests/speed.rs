//! How fast a scan is: `cargo test --release -p chancery-data speed -- --ignored --nocapture`.

use std::time::Instant;

use crate::personal::{Scanner, ScannerConfig, corpus};

const PROSE: &str = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, \
    it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season of Darkness, it was \
    the spring of hope, it was the winter of despair, we had everything before us, we had nothing before us. There were 12 of them \
    in 1775, and Mr. Lorry had a letter for each.\n";

#[test]
#[ignore = "a measurement"]
fn megabytes_a_second() {
    let scanner = Scanner::new(ScannerConfig::default());
    let items = corpus::generate(corpus::SEED, corpus::SIZE);
    let of = |language: &str| -> String {
        items.iter().filter(|item| item.language == language).map(|item| item.text.clone() + "\n").collect()
    };
    let kinds = [
        ("English prose", PROSE.repeat(20_000)),
        ("English corpus, dense with personal data", of("en").repeat(10)),
        ("Chinese corpus, dense with personal data", of("zh").repeat(10)),
        ("digits only", "1234567890 ".repeat(200_000)),
        ("at signs only", "a@".repeat(1_000_000)),
    ];
    for (name, text) in kinds {
        for whole in [true, false] {
            let started = Instant::now();
            let mut findings = 0;
            if whole {
                findings = scanner.scan(&text).len();
            } else {
                text.lines().for_each(|line| findings += scanner.scan_and_flag("", line).0.len());
            }
            let rate = text.len() as f64 / 1e6 / started.elapsed().as_secs_f64();
            println!("{rate:8.1} MB/s  {name}, {}: {findings}", if whole { "whole" } else { "by line, with flags" });
        }
    }
}

#[test]
fn time_is_linear_in_what_is_hard() {
    let scanner = Scanner::new(ScannerConfig::default());
    for piece in ["a@", "1 ", "1.", "4111-", "aaaa:", "http://a:", "Mr. A ", "号1", "12.", "姓名", "-----BEGIN PRIVATE KEY-----A", "(at)", "é", "Aa <"] {
        let time = |count: usize| {
            let text = piece.repeat(count / piece.len());
            let started = Instant::now();
            scanner.scan_and_flag("", &text);
            started.elapsed().as_secs_f64()
        };
        time(10_000);
        let (small, large) = (time(50_000).max(0.002), time(400_000));
        assert!(large < small * 8.0 * 4.0, "{piece:?}: {small} s, then {large} s for eight times as much");
    }
}
