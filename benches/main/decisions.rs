//! Decisions per second with 10 000 grants in the registry against 10.

use std::time::{Duration, Instant};

use chancery_base::values::TokenCount;
use chancery_domain::serving::PreviewRequest;

use super::{
    Measured, median,
    registry::{Member, Registry},
};

const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(1);

pub fn measure() -> Vec<Measured> {
    let (few, few_caller) = registry_with(10);
    let (many, many_caller) = registry_with(10_000);
    let ratios = (0..ROUNDS).map(|_| rate(&many, &many_caller) / rate(&few, &few_caller)).collect();
    vec![Measured {
        work: "decisions/s with 10 000 grants",
        peer: "with 10",
        ratio: median(ratios),
        goal: 0.95,
        floor: 0.8,
    }]
}

/// A registry with that many grants on one model, each to a party of its own, and one of those parties.
fn registry_with(grants: usize) -> (Registry, Member) {
    let registry = Registry::open();
    let owner = registry.member("acme");
    registry.enrol(&owner);
    let trained = chancery_engine::train_classifier(
        &chancery_engine::TrainingSet {
            examples: ["good", "bad"].iter().cycle().take(20).map(|l| ((*l).to_owned(), (*l).to_owned())).collect(),
        },
        &chancery_engine::TrainingConfig::default(),
    );
    registry.register(&owner, "acme/model", &trained.unwrap().files);
    let threads = 16;
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (registry, owner) = (&registry, &owner);
            scope.spawn(move || {
                for number in (thread..grants - 1).step_by(threads) {
                    let licensee = registry.member(&format!("licensee-{number}"));
                    registry.enrol(&licensee);
                    registry.grant(owner, &licensee, "acme/model");
                }
            });
        }
    });
    let caller = registry.member("caller");
    registry.enrol(&caller);
    registry.grant(&owner, &caller, "acme/model");
    (registry, caller)
}

fn rate(registry: &Registry, member: &Member) -> f64 {
    let request = PreviewRequest {
        caller: member.caller.clone(),
        model: "acme/model".parse().unwrap(),
        purpose: None,
        territory: None,
        tokens: TokenCount(1),
    };
    let (started, mut done) = (Instant::now(), 0_u32);
    while started.elapsed() < ROUND {
        let preview = registry.app.desk.preview(&request).unwrap();
        assert!(preview.decision.is_allowed());
        done += 1;
    }
    f64::from(done) / started.elapsed().as_secs_f64()
}
