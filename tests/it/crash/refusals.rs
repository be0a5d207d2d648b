//! Starts that are refused, because going on would fork a log or lose what is stored: quickly, and saying why.

use std::{fs, time::Duration};

use super::registry::{CALLED, Registry};
use crate::process::{Server, Site};

/// How soon a server that must not run says so.
const LONGEST_START: Duration = Duration::from_secs(2);

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let site = Site::new();
    let mut server = site.start();
    let (took, said) = site.start_refused();
    assert!(said.contains("another server has") && said.contains(site.data.to_str().unwrap()), "{said}");
    assert!(took < LONGEST_START, "only after {took:?}");
    assert!(server.is_running());
    server.kill();
    // The lock went with the process.
    site.start();
}

#[test]
fn a_registry_whose_keys_are_lost_is_refused_until_they_are_back() {
    let (registry, mut server) = Registry::open(Site::new());
    server.kill();
    let (keys, copy) = (registry.site.keys(), registry.site.data.with_extension("copy"));
    fs::rename(&keys, &copy).unwrap();
    for _ in 0..2 {
        let (_, said) = registry.site.start_refused();
        assert!(said.contains("there is no root key in"), "{said}");
        assert!(!keys.exists(), "new keys stand where the old ones were lost");
    }
    fs::rename(&copy, &keys).unwrap();
    works(&registry, &registry.site.start());
}

#[test]
fn a_registry_with_one_foreign_key_is_refused() {
    let (registry, mut server) = Registry::open(Site::new());
    server.kill();
    let stranger = Site::new();
    stranger.start().kill();
    let (root, copy) = (registry.site.keys().join("root.key"), registry.site.data.with_extension("root"));
    fs::rename(&root, &copy).unwrap();
    fs::copy(stranger.keys().join("root.key"), &root).unwrap();
    let (_, said) = registry.site.start_refused();
    assert!(said.contains("restore the folder of keys"), "{said}");
    fs::rename(&copy, &root).unwrap();
    for (name, says) in [
        ("root.key", "there is no root key in"),
        ("audit-checkpoint.pem", "audit log"),
        ("liability-checkpoint.pem", "liability log"),
        ("origin", "belongs to"),
    ] {
        let (key, copy) = (registry.site.keys().join(name), registry.site.data.with_extension("copy"));
        fs::rename(&key, &copy).unwrap();
        let (_, said) = registry.site.start_refused();
        assert!(said.contains(says), "without {name}: {said}");
        fs::rename(&copy, &key).unwrap();
    }
    works(&registry, &registry.site.start());
}

fn works(registry: &Registry, server: &Server) {
    registry.predict(server.address, "I love it", None).unwrap().ok();
    registry.push(server.address, CALLED, "afterwards").unwrap().ok();
}
