//! Several servers: on one PostgreSQL they write one log; on one data directory there is only ever one.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use chancery_base::logs::{LogName, Trust, verify_log};
use serde_json::{Value, json};

use crate::{
    client::{Client, Lost, PATIENCE, Served},
    database::{numbers, only_on_postgres},
    fixtures::TERMS,
    organisation::{Organisation, text},
    process::{Server, Site},
};

/// Calls on each server, and parties admitted on each, by each of its callers.
const ROUNDS: usize = 12;

/// Two server processes on one database, with a model that may be used.
struct Pair {
    servers: [Server; 2],
    operator: Client,
    acme: Organisation,
    globex: Organisation,
    grant: String,
    /// The licensee's program.
    program: Client,
    site: Site,
}

impl Pair {
    fn start() -> Self {
        let site = Site::new();
        let first = site.start();
        let second = site.beside("second").start();
        let operator = first.operator.clone().unwrap();
        let (acme, globex) = (Organisation::join(&operator, "acme"), Organisation::join(&operator, "globex"));
        acme.push_reviews();
        let grant = acme.grant("acme/reviews", &globex, TERMS);
        let program = globex.program("commercial-service", "DE");
        Self { servers: [first, second], operator, acme, globex, grant, program, site }
    }

    fn addresses(&self) -> [SocketAddr; 2] {
        self.servers.each_ref().map(|server| server.address)
    }

    /// Demands that every leaf has its place in one log, that the log holds no more than these uses and nothing twice, and
    /// that whoever of `asked` is asked says the same.
    fn assert_one_log(&self, uses: &[Value], asked: &[SocketAddr]) {
        for answer in uses {
            for at in asked {
                self.program.at(*at).receipt(&answer["receipt"]);
                self.program.at(*at).receipt(&answer["chancery"]["liability_receipt"]);
            }
        }
        let written = |log: LogName| {
            let query = format!("SELECT count(*) AS number FROM log_leaves WHERE log = '{log}'");
            numbers(&self.site.database, &query)[0] as u64
        };
        let trusts: Vec<String> =
            asked.iter().map(|at| String::from_utf8(self.operator.at(*at).get("/log/trust").bytes).unwrap()).collect();
        let trust: Trust = trusts[0].parse().unwrap();
        assert!(trusts.iter().all(|other| *other == trusts[0]), "replicas share their keys");
        for log in LogName::ALL {
            let sizes: Vec<u64> = asked.iter().map(|at| self.settled_size(*at, log, written(log), &trust)).collect();
            assert!(sizes.iter().all(|size| *size == written(log)), "{log}: {sizes:?} of {} leaves", written(log));
        }
        let recorded = numbers(&self.site.database, "SELECT count(*) AS number FROM uses")[0] as u64;
        assert_eq!(written(LogName::Liability), recorded, "one liability leaf a use");
        let tokens: u64 =
            numbers(&self.site.database, "SELECT tokens AS number FROM uses").iter().map(|n| *n as u64).sum();
        for at in asked {
            let quota = self.acme.client.at(*at).get(&format!("/api/v1/grants/{}", self.grant)).expect(200);
            assert_eq!(quota["quota"]["settled"], tokens, "{quota}");
        }
    }

    /// The size of the verified log once it holds `leaves`; entries may still wait for their checkpoint.
    fn settled_size(&self, at: SocketAddr, log: LogName, leaves: u64, trust: &Trust) -> u64 {
        let served = Served { client: self.operator.at(at), log };
        let started = Instant::now();
        loop {
            let size = verify_log(&served, &trust.log_keys()).unwrap().checkpoint().size;
            if size >= leaves || started.elapsed() > PATIENCE {
                return size;
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

#[test]
fn two_servers_write_one_log_on_postgres() {
    if !only_on_postgres() {
        return;
    }
    let pair = Pair::start();
    let [first, second] = pair.addresses();
    let callers = [first, second, first, second];
    let answers: Vec<Value> = thread::scope(|scope| {
        let run = |(number, at): (usize, &SocketAddr)| {
            let (program, operator) = (pair.program.at(*at), pair.operator.at(*at));
            scope.spawn(move || (0..ROUNDS).map(|round| join_and_call(&program, &operator, number, round)).collect())
        };
        let running: Vec<thread::ScopedJoinHandle<'_, Vec<Value>>> = callers.iter().enumerate().map(run).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(answers.len(), callers.len() * ROUNDS);
    pair.assert_one_log(&answers, &[first, second]);
    let recorded = numbers(&pair.site.database, "SELECT count(*) AS number FROM uses")[0];
    assert_eq!(recorded, answers.len() as i64, "as many uses as were answered");
}

/// Admits a party and uses the model; the answer to the use.
fn join_and_call(program: &Client, operator: &Client, number: usize, round: usize) -> Value {
    let slug = format!("party-{number}-{round}");
    let joined = operator.post("/api/v1/parties", &json!({"slug": slug, "title": slug})).expect(201);
    assert!(text(&joined["api_key"]["token"]).starts_with("chy_"));
    program.predict("acme/reviews", "works").expect(200)
}

#[test]
fn one_server_goes_on_when_the_other_is_killed_on_postgres() {
    if !only_on_postgres() {
        return;
    }
    let mut pair = Pair::start();
    let [survivor, victim] = pair.addresses();
    let (stop, done) = (AtomicBool::new(false), [const { AtomicUsize::new(0) }; 2]);
    let wait_for = |what: &str, count: &AtomicUsize, more: usize| {
        let (started, before) = (Instant::now(), count.load(Ordering::Acquire));
        while count.load(Ordering::Acquire) < before + more {
            assert!(started.elapsed() < PATIENCE, "{what}");
            thread::sleep(Duration::from_millis(10));
        }
    };
    let program = pair.program.clone();
    let answers: Vec<Value> = thread::scope(|scope| {
        let call_until_stopped = |at: SocketAddr, done: &AtomicUsize| {
            let program = program.at(at);
            let mut answers = Vec::new();
            while !stop.load(Ordering::Acquire) {
                let path = "/api/v1/models/acme/reviews/predict";
                match program.attempt_post(path, br#"{"inputs":["works"]}"#, None) {
                    Ok(answer) => answers.push(answer.expect(200)),
                    Err(Lost) => break,
                }
                done.fetch_add(1, Ordering::Release);
            }
            answers
        };
        let running: Vec<_> = [(survivor, 0), (victim, 1), (survivor, 0), (victim, 1)]
            .map(|(at, number)| (at, &done[number]))
            .map(|(at, done)| scope.spawn(move || call_until_stopped(at, done)))
            .into();
        wait_for("both serve", &done[1], ROUNDS);
        pair.servers[1].kill();
        wait_for("the other goes on", &done[0], 2 * ROUNDS);
        stop.store(true, Ordering::Release);
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    pair.assert_one_log(&answers, &[survivor]);
    // A call whose answer the kill cut off may have been recorded; nothing that was answered is missing.
    let recorded = numbers(&pair.site.database, "SELECT count(*) AS number FROM uses")[0] as usize;
    assert!((answers.len()..=answers.len() + 2).contains(&recorded), "{recorded} of {}", answers.len());
    let again = pair.site.beside("second").start();
    pair.program.at(again.address).predict("acme/reviews", "works").expect(200);
}

#[test]
fn what_one_server_revokes_the_other_refuses_on_postgres() {
    if !only_on_postgres() {
        return;
    }
    let pair = Pair::start();
    let there = pair.globex.program("commercial-service", "DE").at(pair.servers[1].address);
    there.predict("acme/reviews", "x").expect(200);
    pair.acme.client.post(&format!("/api/v1/grants/{}/revoke", pair.grant), &json!({"reason": "over"})).expect(200);
    assert_eq!(there.predict("acme/reviews", "x").status, 403);
}

#[test]
fn rules_changed_on_one_server_decide_on_the_other_on_postgres() {
    if !only_on_postgres() {
        return;
    }
    let pair = Pair::start();
    let [_, second] = pair.addresses();
    // Nobody granted it anything.
    let initech = Organisation::join(&pair.operator, "initech");
    let there = initech.program("commercial-service", "DE").at(second);
    let change = |body: Value| pair.operator.post("/api/v1/policies", &body).expect(200);
    let tried = change(json!({"rule": "grant-missing", "mode": "shadow"}));
    there.predict("acme/reviews", "x").expect(200);
    assert_eq!(pair.operator.at(second).get("/api/v1/policies").expect(200)["digest"], tried["digest"]);
    change(json!({"rule": "grant-missing", "mode": "enforced"}));
    assert_eq!(there.predict("acme/reviews", "x").status, 403);
}
