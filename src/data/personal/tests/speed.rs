//! How fast a scan is: `cargo test --release -p chancery-data speed -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use crate::personal::{Scanner, ScannerConfig, corpus};

const PROSE: &str = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, \
    it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season of Darkness, it was \
    the spring of hope, it was the winter of despair, we had everything before us, we had nothing before us. There were 12 of them \
    in 1775, and Mr. Lorry had a letter for each.\n";

/// The processor time of this thread, which other programs do not lengthen; the time of the clock where Linux does not tell it.
fn processor_time(work: impl FnOnce()) -> Duration {
    let spent = || -> Option<u64> {
        std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
    };
    let (started, before) = (Instant::now(), spent());
    work();
    match (before, spent()) {
        (Some(before), Some(after)) => Duration::from_nanos(after - before),
        _ => started.elapsed(),
    }
}

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
            let mut findings = 0;
            let time = processor_time(|| {
                if whole {
                    findings = scanner.scan(&text).len();
                } else {
                    text.lines().for_each(|line| findings += scanner.scan_and_flag("", line).0.len());
                }
            });
            let rate = text.len() as f64 / 1e6 / time.as_secs_f64();
            println!("{rate:8.1} MB/s  {name}, {}: {findings}", if whole { "whole" } else { "by line, with flags" });
        }
    }
}

#[test]
fn time_is_linear_in_what_is_hard() {
    let scanner = Scanner::new(ScannerConfig::default());
    for piece in [
        "a@",
        "1 ",
        "1.",
        "4111-",
        "aaaa:",
        "http://a:",
        "Mr. A ",
        "号1",
        "12.",
        "姓名",
        "-----BEGIN PRIVATE KEY-----A",
        "(at)",
        "é",
        "Aa <",
        "Mary ",
        "secret=",
        "she has asthma ",
        "Mr Abe has asthma. ",
    ] {
        let time = |count: usize| {
            let text = piece.repeat(count / piece.len());
            let started = Instant::now();
            scanner.scan_and_flag("", &text);
            started.elapsed().as_secs_f64()
        };
        // A shared machine may stumble once, not three times.
        let is_linear = || {
            let (small, large) = (time(20_000).max(0.002), time(160_000));
            large < small * 8.0 * 4.0
        };
        assert!((0..3).any(|_| is_linear()), "{piece:?} takes more than linear time");
    }
}

#[test]
#[ignore = "a measurement"]
fn megabytes_a_second_by_class() {
    let items = corpus::generate(corpus::SEED, corpus::SIZE);
    let text: String = items.iter().map(|item| item.text.clone() + "\n").collect::<String>().repeat(3);
    for text in [PROSE.repeat(20_000), text] {
        for class in crate::personal::Class::ALL {
            let scanner = Scanner::new(ScannerConfig { classes: [class].into(), ..ScannerConfig::default() });
            let time = processor_time(|| drop(scanner.scan(&text)));
            println!("{:8.1} MB/s  {}", text.len() as f64 / 1e6 / time.as_secs_f64(), class.name());
        }
    }
}
