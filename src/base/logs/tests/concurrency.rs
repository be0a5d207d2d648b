//! Several writers and several sequencers on one database.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use super::*;

/// How long a test waits for the sequencers before it fails.
const PATIENCE: Duration = Duration::from_secs(60);

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn published_size(database: &Database) -> u64 {
    let last = database.read(|connection| stored::last_checkpoint(connection, LOG)).unwrap();
    last.map_or(0, |(checkpoint, ..)| checkpoint.size)
}

#[test]
fn two_servers_write_one_log_without_fork_or_gap() {
    const WRITERS: u64 = 4;
    const ACTS: u64 = 60;
    const LEAVES_PER_ACT: u64 = 5;
    on_each_database(|place| {
        let clock = Arc::new(SetClock(AtomicI64::new(START.as_millis())));
        let servers = [(); 2].map(|()| place.open());
        let sequencers = servers.each_ref().map(|database| {
            Sequencer::start(database.clone(), Arc::new(place.identity()), Arc::clone(&clock) as _).unwrap()
        });
        let appended: Vec<AppendedLeaf> = std::thread::scope(|scope| {
            let writers = (0..WRITERS).map(|writer| {
                let database = &servers[writer as usize % servers.len()];
                scope.spawn(move || {
                    (0..ACTS).flat_map(|_| append_leaves(database, LEAVES_PER_ACT, START)).collect::<Vec<_>>()
                })
            });
            let writers: Vec<_> = writers.collect();
            // A follower meanwhile sees a log that only ever grows.
            let mut remembered: Option<Checkpoint> = None;
            while !writers.iter().all(|writer| writer.is_finished()) {
                if let Some(remembered) = &remembered {
                    follow_log(&source(&servers[0]), &[place.identity().verifier()], remembered).unwrap();
                }
                if published_size(&servers[1]) > 0 {
                    let known = verify_log(&source(&servers[1]), &[place.identity().verifier()]);
                    // The log may have grown while it was read; it must never be found wrong.
                    remembered = Some(known.unwrap().checkpoint().clone());
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        });
        let total = WRITERS * ACTS * LEAVES_PER_ACT;
        wait_until("every leaf is published", || published_size(&servers[0]) == total);
        assert!(sequencers.iter().all(Sequencer::is_healthy));
        drop(sequencers);

        assert_eq!(verified(&servers[1], &place.identity()).unwrap().checkpoint().size, total);
        let receipts = appended.iter().map(|leaf| receipt_of(&servers[0], leaf.id).unwrap());
        let indexes: BTreeSet<_> = receipts
            .map(|receipt| {
                receipt.verify(&[place.identity().verifier()]).unwrap();
                receipt.index
            })
            .collect();
        assert_eq!(indexes, (0..total).collect());
    });
}

#[test]
fn a_sequencer_recovers_when_the_cause_of_its_failure_is_gone() {
    on_each_database(|place| {
        let clock = Arc::new(SetClock(AtomicI64::new(START.as_millis())));
        let database = place.open();
        let sequencer =
            Sequencer::start(database.clone(), Arc::new(place.identity()), Arc::clone(&clock) as _).unwrap();
        append_leaves(&database, 3, START);
        wait_until("three leaves are published", || published_size(&database) == 3);
        let (file, away) = (place.folder.path().join("audit-checkpoint.last"), place.folder.path().join("away"));
        std::fs::rename(&file, &away).unwrap();
        std::fs::create_dir(&file).unwrap();
        append_leaves(&database, 1, START);
        wait_until("the failure shows", || !sequencer.is_healthy());
        assert_eq!(published_size(&database), 3);
        std::fs::remove_dir(&file).unwrap();
        std::fs::rename(&away, &file).unwrap();
        wait_until("four leaves are published", || published_size(&database) == 4);
        wait_until("it is healthy again", || sequencer.is_healthy());
    });
}

#[test]
fn a_sequencer_that_did_not_wait_is_refused() {
    on_each_database(|place| {
        let (database, _, _) = published_log(place, 3);
        let advance = |size, epoch| {
            let root = TreeHash::of_leaf(b"fork");
            let old = rows::State { size, epoch, ..database.read(|connection| rows::state(connection, LOG)).unwrap() };
            database.act(move |tx| Ok(rows::advance(tx, LOG, &old, size + 1, root)?)).unwrap()
        };
        assert!(!advance(2, 1), "another size");
        assert!(!advance(3, 0), "another epoch");
        assert!(advance(3, 1));
    });
}
