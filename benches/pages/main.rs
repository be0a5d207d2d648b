//! `scripts/bench pages`: how long pages take in a large registry, and how much longer than in a small one.
//!
//! The large one holds 100 000 models and 10 million entries of the audit log, the small one a hundredth of each. Both are asked in
//! turn by one browser that somebody signed in with. It needs about 15 GiB of disk and half an hour, most of it to fill the registries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a bench"
)]

mod browser;
mod filling;
#[allow(dead_code, reason = "other benchmarks run a model that is read from a folder")]
#[path = "../../tests/support/manifests.rs"]
mod manifests;
#[path = "../support/registry.rs"]
mod registry;
#[path = "../support/statistics.rs"]
mod statistics;

use browser::Browser;
use filling::{Filled, Size};
use statistics::{median, quantile};

/// How often each page is asked for, of each registry.
const ROUNDS: usize = 300;
/// Longest that the server may take for 99 of 100 pages, in milliseconds.
const LONGEST_MS: f64 = 30.0;
/// How many times as long a page may take in the large registry.
const LARGEST_RATIO: f64 = 1.5;

const SMALL: Size = Size { models: 1_000, decisions: 5_000, leaves: 100_000 };
const LARGE: Size = Size { models: 100_000, decisions: 500_000, leaves: 10_000_000 };

fn main() {
    let is_json = std::env::args().any(|argument| argument == "--json");
    let (small, large) = (Filled::with(SMALL), Filled::with(LARGE));
    let (of_small, of_large) = (Browser::signed_in(&small), Browser::signed_in(&large));
    for (page, small, large) in
        of_small.pages().into_iter().zip(of_large.pages()).map(|(small, large)| (small.0, small.1, large.1))
    {
        let rounds = (0..ROUNDS).map(|_| (of_small.milliseconds(&small), of_large.milliseconds(&large)));
        let (small, large): (Vec<f64>, Vec<f64>) = rounds.unzip();
        print(page, is_json, quantile(large.clone(), 0.99), median(large) / median(small));
    }
}

fn print(page: &str, is_json: bool, p99: f64, ratio: f64) {
    if is_json {
        let line = serde_json::json!({
            "work": format!("page {page}"), "p99_ms": p99, "longest_ms": LONGEST_MS, "ratio": ratio, "better": "lower",
            "largest_ratio": LARGEST_RATIO,
        });
        println!("{line}");
    } else {
        let verdict = if p99 <= LONGEST_MS && ratio <= LARGEST_RATIO { "goal" } else { "ABOVE" };
        println!("{p99:>8.1} ms  {ratio:>6.2}  {verdict:<5}  {page}");
    }
}
