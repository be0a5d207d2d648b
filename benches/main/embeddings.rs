//! Gated embeddings over HTTP with 16 clients against the same engine without gate and log.

use std::time::{Duration, Instant};

use chancery_engine::{Architecture, Engine, EngineConfig, EngineHandle, LoadModel, ModelFiles};

use super::{
    Measured, manifests, median,
    registry::{Member, Registry},
};

const CLIENTS: usize = 16;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(5);
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
    call(&registry, &licensee, &ureq::Agent::new_with_defaults());
    let ratios = (0..ROUNDS).map(|_| gated(&registry, &licensee) / bare(&engine)).collect();
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

fn gated(registry: &Registry, licensee: &Member) -> f64 {
    let agent =
        ureq::Agent::new_with_config(ureq::Agent::config_builder().max_idle_connections_per_host(CLIENTS).build());
    per_second(|| call(registry, licensee, &agent))
}

fn call(registry: &Registry, licensee: &Member, agent: &ureq::Agent) {
    let body = serde_json::json!({"model": "acme/minilm", "input": TEXT, "encoding_format": "base64"});
    let answer = agent
        .post(format!("{}/v1/embeddings", registry.address))
        .header("authorization", format!("Bearer {}", licensee.token))
        .send_json(&body);
    answer.unwrap().body_mut().read_to_vec().unwrap();
}

fn bare(engine: &EngineHandle) -> f64 {
    per_second(|| {
        engine.embed("minilm", &[TEXT.to_owned()]).unwrap();
    })
}
