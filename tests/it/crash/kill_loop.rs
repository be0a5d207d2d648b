//! The loop: start, let clients work for a random short time, kill -9, start again; now and then audit everything.

use std::{
    env,
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use chancery::app::SystemEntropy;
use chancery_base::values::Entropy;
use serde_json::Value;

use super::{
    audit::{Acknowledged, Auditor, blobs},
    registry::{GROWING, Registry},
};
use crate::{
    client::{Answer, Lost},
    process::{Server, Site},
};

/// Kills unless `CHANCERY_CRASH_LOOPS` says otherwise.
const LOOPS: u64 = 100;
/// Kills between two audits.
const LOOPS_PER_AUDIT: u64 = 10;
/// Shortest and longest time that clients have before the kill, in milliseconds.
const WORK_MS: (u64, u64) = (60, 250);

/// A call whose answer may have been lost: repeated after the restart under the same key, it must not count twice.
struct Unanswered {
    text: String,
    key: String,
}

/// What the clients do and what they were told.
struct Clients<'a> {
    registry: &'a Registry,
    told: Mutex<Acknowledged>,
    unanswered: Mutex<Vec<Unanswered>>,
    count: AtomicU64,
}

#[test]
fn kill_minus_nine_loses_nothing_acknowledged() {
    let loops = env::var("CHANCERY_CRASH_LOOPS").map_or(LOOPS, |text| text.parse().unwrap());
    let (registry, mut server) = Registry::open(Site::new());
    let clients = Clients::of(&registry);
    let mut auditor = Auditor::default();
    let (mut starting, mut retried) = (Duration::ZERO, 0);
    for kill in 1..=loops {
        clients.work_until_killed(&mut server);
        let began = Instant::now();
        server = registry.site.start();
        starting += began.elapsed();
        if kill % LOOPS_PER_AUDIT == 0 || kill == loops {
            blobs(&registry);
            retried += clients.repeat_unanswered(server.address);
            auditor.audit(&registry, &server, &clients.told.lock().unwrap());
        }
    }
    clients.every_use_counted_once();
    assert!(!registry.site.said().contains("panicked"), "{}", registry.site.said());
    let told = clients.told.lock().unwrap();
    println!(
        "{loops} kills: {} versions, {} uses ({retried} of them repeated after a kill) and {} grants acknowledged and found \
         again; {} log leaves verified; {} ms a start",
        told.versions.len(),
        told.uses.len(),
        told.grants.len(),
        auditor.leaves,
        starting.as_millis() / u128::from(loops.max(1))
    );
    assert!(!told.versions.is_empty() && !told.uses.is_empty(), "the clients got nothing done");
}

impl<'a> Clients<'a> {
    fn of(registry: &'a Registry) -> Self {
        let (told, unanswered) = (Mutex::default(), Mutex::default());
        Self { registry, told, unanswered, count: AtomicU64::new(0) }
    }

    /// Lets all clients work for a random time and kills the server under them.
    fn work_until_killed(&self, server: &mut Server) {
        let stop = AtomicBool::new(false);
        let at = server.address;
        let until_stopped = |act: fn(&Self, SocketAddr) -> Result<(), Lost>| {
            loop {
                if stop.load(Ordering::Acquire) || act(self, at).is_err() {
                    break;
                }
            }
        };
        thread::scope(|scope| {
            for act in [Self::push, Self::grant, Self::predict, Self::predict] {
                scope.spawn(move || until_stopped(act));
            }
            thread::sleep(random_pause());
            server.kill();
            stop.store(true, Ordering::Release);
        });
    }

    fn push(&self, at: SocketAddr) -> Result<(), Lost> {
        let note = format!("draft {}", self.number());
        let registered = self.registry.push(at, GROWING, &note)?;
        self.remember(registered, |told, view| told.versions.push(view))
    }

    fn grant(&self, at: SocketAddr) -> Result<(), Lost> {
        let accepted = self.registry.grant(at, GROWING)?;
        self.remember(accepted, |told, view| told.grants.push(view))
    }

    fn predict(&self, at: SocketAddr) -> Result<(), Lost> {
        let number = self.number();
        let call = Unanswered { text: format!("I love number {number}"), key: format!("call-{number}") };
        self.call(at, call)
    }

    fn call(&self, at: SocketAddr, call: Unanswered) -> Result<(), Lost> {
        match self.registry.predict(at, &call.text, Some(&call.key)) {
            Ok(answer) if answer.is_success() => self.remember(answer, |told, view| told.uses.push(view)),
            Ok(answer) => panic!("a call was not allowed: {answer}"),
            Err(Lost) => {
                self.unanswered.lock().unwrap().push(call);
                Err(Lost)
            }
        }
    }

    /// Repeats what may or may not have happened; answers how many calls that were.
    fn repeat_unanswered(&self, at: SocketAddr) -> usize {
        let calls = std::mem::take(&mut *self.unanswered.lock().unwrap());
        let count = calls.len();
        calls.into_iter().for_each(|call| self.call(at, call).unwrap());
        count
    }

    /// Every call was repeated until it was answered, so the books must hold exactly what the answers said.
    fn every_use_counted_once(&self) {
        let told = self.told.lock().unwrap();
        let first =
            "SELECT CAST(COALESCE(SUM(tokens), 0) AS BIGINT) AS number FROM uses WHERE id = (SELECT MIN(id) FROM uses)";
        let tokens: i64 = told.uses.iter().map(|used| used["usage"]["tokens"].as_i64().unwrap()).sum();
        let settled = "SELECT CAST(SUM(settled_tokens) AS BIGINT) AS number FROM quotas";
        // The registry's opening called once itself.
        assert_eq!(self.registry.number(settled), tokens + self.registry.number(first));
    }

    fn remember(&self, answer: Answer, keep: impl FnOnce(&mut Acknowledged, Value)) -> Result<(), Lost> {
        keep(&mut self.told.lock().unwrap(), answer.ok().body);
        Ok(())
    }

    fn number(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }
}

fn random_pause() -> Duration {
    let mut bytes = [0; 8];
    SystemEntropy.fill(&mut bytes);
    let (shortest, longest) = WORK_MS;
    Duration::from_millis(shortest + u64::from_le_bytes(bytes) % (longest - shortest))
}
