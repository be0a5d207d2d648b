//! Every bad input that concerns registration: the answer says what is wrong, nothing is left behind, the log is told.

use chancery_base::{
    crypto::{Envelope, Statement},
    problem::{Problem, ProblemKind},
    values::{ByteCount, Sha256Digest, SigningKeyId},
};
use serde_json::{Value, json};

use crate::parties::Actor;

use super::world::{World, files, in_each_world, passport, sign, statement};

/// Sends `json` as an envelope; whatever comes of it, nothing must be left and the refusal must be in the log.
fn refused_json(world: &World, json: &[u8]) -> Problem {
    let problem = world.archive.open_upload(&world.acme, &world.once(), json).unwrap_err();
    assert_eq!(world.residue(), [0; 7], "{problem}");
    assert_eq!(world.refusals("open-upload", problem.kind.slug()), 1, "{problem}");
    problem
}

fn refused(world: &World, envelope: &Envelope) -> Problem {
    refused_json(world, envelope.to_json().as_bytes())
}

/// What a good statement is answered after `from` became `to` in its text, signed as it then is.
fn refused_changed(from: &str, to: &str) -> Problem {
    let problem = std::cell::Cell::new(None);
    in_each_world(|world| {
        let text = statement("acme/minilm", &files(), passport());
        assert!(text.contains(from), "{from} is not in {text}");
        problem.set(Some(refused(world, &sign(&text.replacen(from, to, 1), &world.key))));
    });
    problem.into_inner().unwrap()
}

#[test]
fn a_wrong_signature() {
    in_each_world(|world| {
        let good = sign(&statement("acme/minilm", &files(), passport()), &world.key).to_json();
        let mut envelope: Value = serde_json::from_str(&good).unwrap();
        let other = sign("{}", &world.key).to_json();
        envelope["signatures"] = serde_json::from_str::<Value>(&other).unwrap()["signatures"].clone();
        let problem = refused_json(world, envelope.to_string().as_bytes());
        assert_eq!(problem.kind, ProblemKind::BadSignature);
    });
}

#[test]
fn unknown_proposed_and_revoked_keys() {
    in_each_world(|world| {
        let text = statement("acme/minilm", &files(), passport());
        let (stranger, proposed) = (world.another_key(), world.another_key());
        let id = SigningKeyId::generate(&*world.archive.entropy, world.archive.clock.now());
        world.enrol(id, &proposed, None);
        let id = world.key_id;
        world.archive.revoke_signing_key(&world.acme, &world.once(), id).unwrap();
        for (key, words) in
            [(&stranger, "no signature is by a trusted key"), (&proposed, "not approved"), (&world.key, "revoked")]
        {
            let problem = world.open(&sign(&text, key)).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::BadSignature, "{problem}");
            assert!(problem.detail.contains(words), "{problem}");
        }
        assert_eq!(world.refusals("open-upload", "bad-signature"), 3);
        assert_eq!(world.residue(), [0; 7]);
    });
}

#[test]
fn a_key_revoked_between_opening_and_commit() {
    in_each_world(|world| {
        let session = world.open(&sign(&statement("acme/minilm", &files(), passport()), &world.key)).unwrap();
        files().iter().for_each(|(_, bytes)| world.send(session.upload.id, bytes).unwrap());
        world.archive.revoke_signing_key(&world.acme, &world.once(), world.key_id).unwrap();
        assert_eq!(world.commit(session.upload.id).unwrap_err().kind, ProblemKind::BadSignature);
        assert_eq!(world.refusals("commit-upload", "bad-signature"), 1);
        assert_eq!(world.residue()[3..5], [0, 0]);
    });
}

#[test]
fn file_names_that_leave_the_model_or_collide() {
    for (from, to) in [
        ("\"path\":\"README.md\"", "\"path\":\"../README.md\""),
        ("\"path\":\"README.md\"", "\"path\":\"READ\\u0000ME.md\""),
        ("\"path\":\"README.md\"", "\"path\":\"/README.md\""),
    ] {
        assert_eq!(refused_changed(from, to).kind, ProblemKind::BadRequest, "{to}");
    }
    in_each_world(|world| {
        let text = statement("acme/minilm", &files(), passport()).replace("README.md", "CONFIG.json");
        let problem = refused(world, &sign(&text, &world.key));
        assert!(problem.detail.contains("upper and lower case"), "{problem}");
    });
}

#[test]
fn subjects_that_say_something_else_than_the_predicate() {
    let digest = Sha256Digest::of(b"# A model\n").to_string();
    let problem = refused_changed(&digest, &Sha256Digest::of(b"another").to_string());
    assert_eq!(problem.kind, ProblemKind::BadRequest);
}

#[test]
fn a_model_of_another_owner() {
    let problem = refused_changed("\"model\":\"acme/minilm\"", "\"model\":\"zenith/minilm\"");
    assert_eq!((problem.kind, problem.field.as_deref()), (ProblemKind::Forbidden, Some("model")));
}

#[test]
fn a_passport_that_lacks_a_field_is_told_which() {
    in_each_world(|world| {
        let mut incomplete = passport();
        incomplete["privacy"]["controller"].take();
        let problem = refused(world, &sign(&statement("acme/minilm", &files(), incomplete), &world.key));
        assert_eq!((problem.kind, problem.field.as_deref()), (ProblemKind::BadPassport, Some("privacy.controller")));
    });
}

#[test]
fn oversize_deep_and_repeating_json() {
    in_each_world(|world| {
        let large = vec![b' '; Envelope::LARGEST + 1];
        assert_eq!(refused_json(world, &large).kind, ProblemKind::TooLarge);
    });
    in_each_world(|world| {
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        assert_eq!(refused_json(world, deep.as_bytes()).kind, ProblemKind::BadRequest);
    });
    in_each_world(|world| {
        let nested = format!("{{\"_type\":\"{}\",\"x\":{}1{}}}", Statement::TYPE, "[".repeat(500), "]".repeat(500));
        assert_eq!(refused(world, &sign(&nested, &world.key)).kind, ProblemKind::BadRequest);
    });
    let repeated = refused_changed("\"predicateType\"", "\"predicateType\":\"x\",\"predicateType\"");
    assert_eq!(repeated.kind, ProblemKind::BadRequest);
    let huge = refused_changed("\"size\":10", "\"size\":9007199254740991");
    assert_eq!(huge.kind, ProblemKind::TooLarge);
}

/// An upload of `files`, opened.
fn open(world: &World, files: &[(&str, Vec<u8>)]) -> chancery_base::values::UploadId {
    world.open(&sign(&statement("acme/minilm", files, passport()), &world.key)).unwrap().upload.id
}

#[test]
fn other_or_fewer_or_more_bytes_than_were_signed() {
    in_each_world(|world| {
        let upload = open(world, &files());
        let readme = &files()[2].1;
        let digest = Sha256Digest::of(readme);
        for bytes in [&b"# A mOdel\n"[..], &readme[..5], b"", &[&readme[..], b"!"].concat()] {
            let sent = world.archive.receive_from(&world.acme, upload, digest, &mut &*bytes);
            assert_eq!(sent.unwrap_err().kind, ProblemKind::DigestMismatch);
        }
        let announced = world.archive.receive(&world.acme, upload, digest, Some(ByteCount(9)));
        assert_eq!(announced.err().unwrap().kind, ProblemKind::DigestMismatch);
        let unknown = world.archive.receive(&world.acme, upload, Sha256Digest::of(b"other"), None);
        assert_eq!(unknown.err().unwrap().kind, ProblemKind::NotFound);
        assert_eq!(world.refusals("send-file", "digest-mismatch"), 5);
        assert_eq!(world.residue(), [1, 0, 0, 0, 0, 0, 0]);
        let early = world.commit(upload).unwrap_err();
        assert_eq!(early.kind, ProblemKind::Conflict);
        world.send(upload, readme).unwrap();
    });
}

/// Pushes the small model with `path` holding `bytes`, which must be refused when committed and leave nothing.
fn refused_file(path: &'static str, bytes: &[u8]) -> Problem {
    let problem = std::cell::Cell::new(None);
    in_each_world(|world| {
        let mut files = files();
        files.retain(|(kept, _)| *kept != path);
        files.push((path, bytes.to_vec()));
        let refused = world.push(&files).unwrap_err();
        assert_eq!(refused.kind, ProblemKind::RefusedFormat, "{path}: {refused}");
        assert_eq!(world.refusals("commit-upload", "refused-format"), 1);
        assert_eq!(world.residue(), [0; 7], "{path}");
        problem.set(Some(refused));
    });
    problem.into_inner().unwrap()
}

#[test]
fn a_pickle_under_any_name() {
    let pickle = b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.";
    for path in ["model.safetensors", "pytorch_model.bin", "README.md", "vocab.txt"] {
        let problem = refused_file(path, pickle);
        assert_eq!(problem.field.as_deref(), Some(path));
        assert!(problem.detail.contains("pickle"), "{problem}");
    }
}

#[test]
fn a_malformed_safetensors_header() {
    let header = |length: u64, text: &str| [&length.to_le_bytes()[..], text.as_bytes()].concat();
    for bytes in [
        header(2, "{}trailing"),
        header(54, r#"{"w":{"dtype":"F32","shape":[9],"data_offsets":[0,4]}}1234"#),
        header(u64::MAX, "{\"w\":{}}"),
        header(400, "{\"w\":{}}"),
    ] {
        assert_eq!(refused_file("model.safetensors", &bytes).field.as_deref(), Some("model.safetensors"));
    }
}

#[test]
fn a_configuration_that_no_loader_knows() {
    for configuration in [
        &br#"{"architectures":["LlamaForCausalLM"]}"#[..],
        br#"{"model_type":"bert","auto_map":{"AutoModel":"x.Y"}}"#,
        b"{",
    ] {
        refused_file("config.json", configuration);
    }
    in_each_world(|world| {
        let without: Vec<_> = files().into_iter().filter(|(path, _)| *path != "config.json").collect();
        assert_eq!(world.push(&without).unwrap_err().kind, ProblemKind::RefusedFormat);
        assert_eq!(world.residue(), [0; 7]);
    });
}

#[test]
fn a_model_that_cannot_run() {
    let header = r#"{"classifier.bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"classifier.weight":{"dtype":"F32","shape":[1,3],"data_offsets":[12,24]}}"#;
    let weights = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &[0; 24]].concat();
    let problem = refused_file("model.safetensors", &weights);
    assert_eq!(problem.field.as_deref(), Some("model.safetensors"));
    assert!(problem.detail.contains("classifier.weight"), "{problem}");
    let configuration = br#"{"architectures":["ChanceryTextClassifier"],"model_type":"chancery-text-classifier",
        "format_version":1,"buckets":0,"labels":["bad","good"]}"#;
    let problem = refused_file("config.json", configuration);
    assert_eq!(problem.field.as_deref(), Some("config.json"));
    in_each_world(|world| {
        let without: Vec<_> = files().into_iter().filter(|(path, _)| *path != "model.safetensors").collect();
        let problem = world.push(&without).unwrap_err();
        assert_eq!((problem.kind, problem.field.as_deref()), (ProblemKind::RefusedFormat, Some("model.safetensors")));
        assert_eq!(world.residue(), [0; 7]);
    });
}

#[test]
fn a_key_that_may_not_push() {
    in_each_world(|world| {
        let mut member = world.acme.clone();
        if let Actor::Key(key) = &mut member.by {
            key.role = crate::parties::Role::Member;
        }
        let envelope = sign(&statement("acme/minilm", &files(), passport()), &world.key).to_json();
        let refused = world.archive.open_upload(&member, &world.once(), envelope.as_bytes()).unwrap_err();
        assert_eq!(refused.kind, ProblemKind::Forbidden);
        assert_eq!(world.refusals("open-upload", "forbidden"), 1);
        assert_eq!(world.residue(), [0; 7]);
    });
}

#[test]
fn a_statement_of_something_else() {
    in_each_world(|world| {
        let other = json!({
            "_type": Statement::TYPE,
            "subject": [{"name": "a", "digest": {"sha256": Sha256Digest::of(b"a")}}],
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": {},
        });
        assert_eq!(refused(world, &sign(&other.to_string(), &world.key)).kind, ProblemKind::BadRequest);
    });
}
