//! Durable acts with a log entry each: many per commit against one per commit, 64 callers.

use std::time::{Duration, Instant};

use chancery::app::{SystemClock, SystemEntropy};
use chancery_base::{
    db::{Batching, Database, Location},
    logs::{self, LogName, NewLeaf},
    values::Clock,
};

use super::{Measured, median};

const CALLERS: usize = 64;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);

pub fn measure() -> Vec<Measured> {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str, acts_per_commit| {
        let location = Location::Sqlite(folder.path().join(name));
        Database::open_with(&location, Batching { workers: 1, acts_per_commit }).unwrap()
    };
    let (grouped, alone) =
        (open("grouped.db", Batching::of(&Location::Sqlite("".into())).acts_per_commit), open("alone.db", 1));
    let ratios = (0..ROUNDS).map(|_| rate(&grouped) / rate(&alone)).collect();
    vec![Measured {
        work: "durable acts with a log entry each, per second, 64 callers",
        peer: "the same acts with one commit each",
        ratio: median(ratios),
        goal: 10.0,
        floor: 3.0,
    }]
}

/// Acts per second.
fn rate(database: &Database) -> f64 {
    let started = Instant::now();
    let done: usize = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(|| acts_until(database, started + ROUND))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    });
    done as f64 / started.elapsed().as_secs_f64()
}

fn acts_until(database: &Database, end: Instant) -> usize {
    let mut done = 0;
    while Instant::now() < end {
        let payload = serde_json::json!({"type": "measured", "number": done});
        let leaf = NewLeaf::new(LogName::Audit, &payload, vec![], &SystemEntropy, SystemClock.now()).unwrap();
        let acted = database.act(move |tx| {
            logs::append(tx, &leaf);
            Ok(())
        });
        acted.unwrap();
        done += 1;
    }
    done
}
