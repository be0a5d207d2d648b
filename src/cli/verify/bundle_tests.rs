//! A bundle made here: good, tampered with, by a stranger, about something else.

use chancery_base::{
    crypto::{CommitmentKey, SigningKey},
    logs::{Checkpoint, NoteSigner, Opening, Receipt, TreeHash, TrustedSigner},
    values::{ArtifactKind, Entropy},
};
use chancery_domain::artifacts::ManifestFile;
use serde_json::json;

use super::*;
use crate::{
    app::SystemEntropy,
    cli::{output::Format, verdict::Verdict, words},
};

/// An owner, a log with one entry in it, and a registration.
struct World {
    owner: SigningKey,
    log: NoteSigner,
    manifest: Manifest,
}

impl World {
    fn new() -> Self {
        let log = NoteSigner::new("example.org/audit".parse().unwrap(), SigningKey::generate(&SystemEntropy));
        Self { owner: SigningKey::generate(&SystemEntropy), log, manifest: manifest("acme/minilm", b"weights") }
    }

    fn trust(&self) -> Trust {
        let signers = vec![TrustedSigner { name: "acme".to_owned(), key: self.owner.verifying_key() }];
        Trust { logs: vec![self.log.verifier().clone()], promises: Vec::new(), signers }
    }

    /// The bundle as a server would give it.
    fn bundle(&self) -> Value {
        let envelope = self.manifest.to_statement().unwrap().sign(&self.owner).unwrap();
        let digest = Sha256Digest::of(envelope.unverified_payload());
        json!({
            "signed_manifest": serde_json::from_str::<Value>(&envelope.to_json()).unwrap(),
            "signer": { "public_key": self.owner.verifying_key(), "fingerprint": self.owner.verifying_key().fingerprint() },
            "receipt": self.receipt(&self.record("version-registered", &digest, 3)),
        })
    }

    /// An entry of the audit log as the server writes it.
    fn record(&self, event: &str, manifest: &Sha256Digest, version: u32) -> Value {
        json!({
            "type": event, "at": 1_795_000_000_000_i64, "by": "acme", "key": "key_1", "details": {
                "model": self.manifest.name(), "version": version, "version_id": "version_1", "upload": "upload_1",
                "manifest_digest": manifest, "signing_key": "signer_1", "architecture": "bert", "alias": null,
                "visibility": "listed", "parents": [],
            },
        })
    }

    /// The digest of what the owner signed.
    fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(&self.manifest.to_statement().unwrap().to_canonical_json().unwrap())
    }

    /// A good bundle with another receipt.
    fn with_record(&self, payload: &Value) -> Value {
        let mut bundle = self.bundle();
        bundle["receipt"] = self.receipt(payload);
        bundle
    }

    fn receipt(&self, payload: &Value) -> Value {
        let mut salt = [0; 32];
        SystemEntropy.fill(&mut salt);
        let opening = Opening::new(CommitmentKey::copy_from(&salt).unwrap(), payload).unwrap();
        let entry = opening.entry().to_bytes();
        let origin = self.log.verifier().name().to_string().parse().unwrap();
        let checkpoint = Checkpoint { origin, size: 1, root: TreeHash::of_leaf(&entry) };
        let checkpoint = checkpoint.sign(&self.log).unwrap().to_string();
        let proof = Receipt { entry, index: 0, hashes: Vec::new(), checkpoint };
        json!({ "leaf": "leaf_1", "log": "audit", "opening": opening, "proof": proof.to_string() })
    }
}

fn manifest(model: &str, bytes: &[u8]) -> Manifest {
    let (path, size) = ("model.safetensors".parse().unwrap(), chancery_base::values::ByteCount(bytes.len() as u64));
    let file = ManifestFile { path, size, sha256: Sha256Digest::of(bytes) };
    Manifest::new(ArtifactKind::Model, model.parse().unwrap(), vec![file], serde_json::Map::new()).unwrap()
}

fn findings(bundle: &Value, trust: &Trust, folder: Option<&Path>) -> Findings {
    let output = Output::new(Format::Json, words::in_language(chancery_base::values::Language::English));
    let mut findings = Findings::default();
    let bundle: Bundle = serde_json::from_value(bundle.clone()).unwrap();
    bundle.check(Some(&"acme/minilm@v3".parse().unwrap()), trust, folder, &output, &mut findings);
    findings
}

fn verdict(bundle: &Value, trust: &Trust) -> Verdict {
    findings(bundle, trust, None).verdict()
}

#[test]
fn only_pinned_keys_make_a_bundle_valid() {
    let world = World::new();
    let (bundle, trust) = (world.bundle(), world.trust());
    assert_eq!(verdict(&bundle, &trust), Verdict::Valid, "{:?}", findings(&bundle, &trust, None));
    assert_eq!(verdict(&bundle, &Trust::default()), Verdict::Unchecked, "a key inside the bundle proves nothing");
    assert_eq!(verdict(&bundle, &Trust { signers: Vec::new(), ..world.trust() }), Verdict::Unchecked);
    assert_eq!(verdict(&bundle, &Trust { logs: Vec::new(), ..world.trust() }), Verdict::Unchecked);
    let mut for_another = world.trust();
    for_another.signers[0].name = "globex".to_owned();
    assert_eq!(verdict(&bundle, &for_another), Verdict::Unchecked, "a key of another party does not speak for acme");
}

#[test]
fn a_changed_manifest_is_invalid_whoever_is_pinned() {
    let world = World::new();
    let mut bundle = world.bundle();
    let other = manifest("acme/minilm", b"other weights").to_statement().unwrap().sign(&world.owner).unwrap();
    let other: Value = serde_json::from_str(&other.to_json()).unwrap();
    bundle["signed_manifest"]["payload"] = other["payload"].clone();
    assert_eq!(verdict(&bundle, &world.trust()), Verdict::Invalid);
    assert_eq!(verdict(&bundle, &Trust::default()), Verdict::Invalid, "not even the key that came along verifies");
    bundle["signed_manifest"] = json!({ "payload": "AAAA" });
    assert_eq!(verdict(&bundle, &world.trust()), Verdict::Invalid);
}

#[test]
fn a_stranger_who_signs_everything_again_gets_no_further_than_unchecked() {
    let (world, stranger) = (World::new(), World::new());
    assert_eq!(verdict(&stranger.bundle(), &world.trust()), Verdict::Unchecked);
}

#[test]
fn the_record_must_be_of_this_manifest_and_this_model() {
    let world = World::new();
    let another = world.record("version-registered", &Sha256Digest::of(b"another"), 3);
    assert_eq!(verdict(&world.with_record(&another), &world.trust()), Verdict::Invalid);
    let mut of_another_model = world.record("version-registered", &world.digest(), 3);
    of_another_model["details"]["model"] = json!("acme/other");
    assert_eq!(verdict(&world.with_record(&of_another_model), &world.trust()), Verdict::Invalid);
    let mut bundle = world.bundle();
    bundle["receipt"]["opening"]["payload"]["type"] = json!("withdrawn");
    assert_eq!(verdict(&bundle, &world.trust()), Verdict::Invalid, "the opening no longer opens the entry");
    let other = World { manifest: manifest("acme/other", b"weights"), ..World::new() };
    assert_eq!(verdict(&other.bundle(), &other.trust()), Verdict::Invalid, "another model than asked for");
    let mut bundle = world.bundle();
    bundle["receipt"] = Value::Null;
    assert_eq!(verdict(&bundle, &world.trust()), Verdict::Unchecked);
}

#[test]
fn an_entry_that_only_mentions_the_manifest_is_no_registration() {
    let world = World::new();
    for event in ["upload-opened", "attempt-refused", "tampering-found"] {
        let bundle = world.with_record(&world.record(event, &world.digest(), 3));
        assert_eq!(verdict(&bundle, &world.trust()), Verdict::Invalid, "{event}");
    }
    let outside = json!({ "type": "version-registered", "manifest_digest": world.digest(), "details": {} });
    assert_eq!(verdict(&world.with_record(&outside), &world.trust()), Verdict::Invalid);
}

#[test]
fn another_version_of_the_model_is_not_the_one_asked_for() {
    let world = World::new();
    let first = world.with_record(&world.record("version-registered", &world.digest(), 1));
    assert_eq!(verdict(&first, &world.trust()), Verdict::Invalid);
    let found = serde_json::from_value::<Bundle>(first).unwrap();
    assert_eq!(found.number(), Some(1));
}

#[test]
fn a_record_in_another_log_is_no_registration() {
    let liability = NoteSigner::new("example.org/liability".parse().unwrap(), SigningKey::generate(&SystemEntropy));
    let world = World { log: liability, ..World::new() };
    assert_eq!(verdict(&world.bundle(), &world.trust()), Verdict::Invalid);
}

#[test]
fn files_are_compared_with_what_was_signed() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.safetensors");
    let verdict = || findings(&world.bundle(), &world.trust(), Some(folder.path())).verdict();
    assert_eq!(verdict(), Verdict::Unchecked, "an empty folder");
    std::fs::write(&file, b"weights").unwrap();
    assert_eq!(verdict(), Verdict::Valid);
    std::fs::write(folder.path().join("extra.bin"), b"x").unwrap();
    assert_eq!(verdict(), Verdict::Invalid, "a file that was not signed");
    std::fs::remove_file(folder.path().join("extra.bin")).unwrap();
    std::fs::write(&file, b"weighty").unwrap();
    assert_eq!(verdict(), Verdict::Invalid, "a changed file");
}
