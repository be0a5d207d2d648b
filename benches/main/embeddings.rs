//! Gated embeddings with 16 clients against the same engine without gate and log.
//!
//! Both sides are asked over HTTP by the same clients with the same bodies and answer the same vectors, so that the ratio shows what
//! the gate and the log cost, not what HTTP costs.

use std::time::{Duration, Instant};

use chancery_engine::{Architecture, Engine, EngineConfig, LoadModel, ModelFiles};

use super::{Measured, bare::BareServer, manifests, median, registry::Registry};

const CLIENTS: usize = 16;
/// Many short rounds: what else runs on the machine then weighs on both sides of a ratio alike.
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_secs(2);
const TEXT: &str =
    "a sentence of about twenty words that says nothing much but is long enough to be worth an embedding";

pub fn measure() -> Vec<Measured> {
    let folder = std::env::var("CHANCERY_MINILM").expect("CHANCERY_MINILM is not set; `scripts/bench` sets it");
    let registry = Registry::open();
    let (owner, licensee) = (registry.member("acme"), registry.member("globex"));
    registry.enrol(&owner);
    registry.enrol(&licensee);
    let files = manifests::minilm_in(&folder);
    registry.register(&owner, "acme/minilm", &files);
    registry.grant(&owner, &licensee, "acme/minilm");
    let engine = Engine::start(EngineConfig::default()).unwrap();
    let files: ModelFiles = files.into_iter().collect();
    engine
        .load(LoadModel { key: "minilm".to_owned(), architecture: Architecture::BertSentenceEncoder, files })
        .unwrap();
    let bare = BareServer::open(engine, "minilm");
    let (gated, bare) = (|| rate(&registry.address, &licensee.token), || rate(&bare.address, &licensee.token));
    // The first call loads the model.
    call(&ureq::Agent::new_with_defaults(), &registry.address, &licensee.token);
    let ratios = (0..ROUNDS).map(|_| gated() / bare()).collect();
    vec![Measured {
        work: "gated embeddings, 16 clients",
        peer: "same engine without gate and log",
        ratio: median(ratios),
        goal: 0.95,
        floor: 0.85,
    }]
}

fn per_second(call: impl Fn() + Sync) -> f64 {
    let started = Instant::now();
    let done: usize = std::thread::scope(|scope| {
        let client = || {
            let mut done = 0;
            while started.elapsed() < ROUND {
                call();
                done += 1;
            }
            done
        };
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    done as f64 / started.elapsed().as_secs_f64()
}

/// Calls per second of all clients together.
fn rate(address: &str, token: &str) -> f64 {
    let agent =
        ureq::Agent::new_with_config(ureq::Agent::config_builder().max_idle_connections_per_host(CLIENTS).build());
    per_second(|| call(&agent, address, token))
}

fn call(agent: &ureq::Agent, address: &str, token: &str) {
    let body = serde_json::json!({"model": "acme/minilm", "input": TEXT, "encoding_format": "base64"});
    let answer = agent
        .post(format!("{address}/v1/embeddings"))
        .header("authorization", format!("Bearer {token}"))
        .send_json(&body);
    answer.unwrap().body_mut().read_to_vec().unwrap();
}
