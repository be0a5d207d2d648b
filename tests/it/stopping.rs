//! Stopping a server: it says so, finishes what was begun, signs what was recorded, and ends well; told twice, at once.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use crate::{
    client::Client,
    crash::registry::{CALLED, Registry},
    process::Site,
};

/// Well within what running requests are given.
const SOON: Duration = Duration::from_secs(20);
const BODY: &str = r#"{"inputs":["I love it"]}"#;

fn path() -> String {
    format!("/api/v1/models/{CALLED}/predict")
}

/// The health of the server once it is not good any more.
fn unready(client: &Client) -> String {
    let began = Instant::now();
    loop {
        let answer = client.attempt("GET", "/readyz", &[], b"").unwrap();
        if answer.status != 200 {
            return answer.problem(503, "log-unavailable");
        }
        assert!(began.elapsed() < SOON, "the server calls itself ready");
    }
}

#[test]
fn a_server_that_is_told_to_stop_finishes_what_was_begun() {
    let (registry, mut server) = Registry::open(Site::new());
    let caller = registry.caller.at(server.address);
    // Leaves that were just appended wait for their place.
    registry.predict(server.address, "I love it", None).unwrap().ok();
    let (mut stream, rest) = caller.half_a_post(&path(), BODY);
    std::thread::sleep(Duration::from_millis(100));
    server.terminate();
    assert!(unready(&caller).contains("being stopped"));
    // The notice is over, and nobody is let in any more.
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(caller.attempt("GET", "/readyz", &[], b"").is_err());
    assert!(server.is_running(), "a request still runs");
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(server.ended_within(SOON).code(), Some(0));
    let said = registry.site.said();
    assert!(said.contains("stopping") && said.contains("stopped"), "{said}");
    assert_eq!(registry.number("SELECT count(*) AS number FROM uses"), 3);
    let unsigned = "SELECT count(*) AS number FROM log_leaves WHERE position IS NULL OR position >= \
                    (SELECT MAX(size) FROM log_checkpoints WHERE log_checkpoints.log = log_leaves.log)";
    assert_eq!(registry.number(unsigned), 0, "every leaf has its place below a checkpoint");
}

#[test]
fn connections_that_nobody_uses_do_not_keep_a_server_from_stopping() {
    let site = Site::new();
    let mut server = site.start();
    let operator = server.operator.clone().unwrap();
    operator.get("/readyz").expect(200);
    let began = Instant::now();
    server.terminate();
    assert_eq!(server.ended_within(SOON).code(), Some(0));
    println!("stopped after {} ms", began.elapsed().as_millis());
    drop(operator);
}

#[test]
fn a_second_signal_ends_a_server_at_once() {
    let (registry, mut server) = Registry::open(Site::new());
    let caller = registry.caller.at(server.address);
    let (_stream, _rest) = caller.half_a_post(&path(), BODY);
    server.terminate();
    assert!(unready(&caller).contains("being stopped"));
    server.terminate();
    assert_eq!(server.ended_within(Duration::from_secs(2)).code(), Some(1));
    registry.site.start();
}
