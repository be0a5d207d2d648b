//! `scripts/bench main`: the main road against what it is made of, as ratios inside one run.
//!
//! Both sides of a ratio alternate and their medians are compared, because machines are shared and noisy. Nothing here is a
//! test: a slow machine fails nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a bench"
)]

mod acts;
mod bare;
mod decisions;
mod embeddings;
#[path = "../../tests/support/manifests.rs"]
mod manifests;
#[path = "../support/registry.rs"]
mod registry;
#[path = "../support/statistics.rs"]
mod statistics;
mod upload;

use std::time::{Duration, Instant};

use statistics::median;

/// One line of the result.
struct Measured {
    work: &'static str,
    peer: &'static str,
    /// How many times as fast as the peer.
    ratio: f64,
    goal: f64,
    floor: f64,
}

fn main() {
    let is_json = std::env::args().any(|argument| argument == "--json");
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    type Measure = fn() -> Vec<Measured>;
    let works: [(&str, Measure); 4] = [
        ("upload", upload::measure),
        ("embeddings", embeddings::measure),
        ("decisions", decisions::measure),
        ("acts", acts::measure),
    ];
    for (name, measure) in works {
        if only.as_deref().is_none_or(|only| only == name) {
            measure().iter().for_each(|measured| measured.print(is_json));
        }
    }
}

impl Measured {
    fn print(&self, is_json: bool) {
        let Self { work, peer, ratio, goal, floor } = self;
        if is_json {
            let line = serde_json::json!({
                "work": work, "peer": peer, "ratio": ratio, "better": "higher", "goal": goal, "floor": floor,
            });
            println!("{line}");
        } else {
            let verdict = if ratio >= goal {
                "goal"
            } else if ratio >= floor {
                "floor"
            } else {
                "BELOW"
            };
            println!("{ratio:>8.2}  {verdict:<5}  {work}  ÷  {peer}  (goal {goal}, floor {floor})");
        }
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn seconds(rounds: &[Duration]) -> f64 {
    median(rounds.iter().map(Duration::as_secs_f64).collect())
}
