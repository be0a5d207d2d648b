//! The road that works: open, send, commit, and what becomes of it.

use chancery_base::{
    idempotency::Once,
    problem::ProblemKind,
    values::{ByteCount, ModelReference, Sha256Digest, UnixMillis},
};
use serde_json::json;

use super::world::{World, files, in_each_world, passport, sign, statement, weights};
use crate::{
    artifacts::{self, VersionStatus, Visibility},
    registration::{CommitOptions, FileState, Reception, find_visible, open_weights},
};

fn reference(text: &str) -> ModelReference {
    text.parse().unwrap()
}

fn with_weights(value: f32) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = files();
    files[1].1 = weights(value);
    files
}

#[test]
fn a_pushed_model_is_there_with_its_files_and_its_leaf() {
    in_each_world(|world| {
        let registered = world.push(&files()).unwrap();
        assert_eq!((registered.model.to_string().as_str(), registered.number), ("acme/minilm", 1));
        let (model, version) =
            world.archive.database.read(|c| find_visible(c, world.zenith.party.id, &reference("acme/minilm"))).unwrap();
        assert_eq!((model.visibility, version.status), (Visibility::Listed, VersionStatus::Registered));
        assert_eq!((version.id, version.manifest_digest), (registered.version, registered.manifest_digest));
        assert_eq!(version.architecture, "text classification");
        let stored = world.archive.database.read(|c| artifacts::files_of(c, version.id)).unwrap();
        let formats: Vec<_> = stored.iter().map(|file| (file.path.as_str(), file.format.as_str())).collect();
        assert_eq!(formats, [("README.md", "text"), ("config.json", "JSON"), ("model.safetensors", "safetensors")]);
        assert_eq!((world.events("upload-opened"), world.events("version-registered")), (1, 1));
        assert_eq!(world.residue(), [1, 3, 3, 1, 1, 3, 0]);

        let opened = open_weights(&world.archive.database, &world.archive.vault, &version).unwrap();
        assert_eq!(opened.find("model.safetensors"), Some(&weights(1.5)[..]));
    });
}

#[test]
fn a_further_version_sends_only_what_changed() {
    in_each_world(|world| {
        world.push(&files()).unwrap();
        let files = with_weights(2.5);
        let session = world.open(&sign(&statement("acme/minilm", &files, passport()), &world.key)).unwrap();
        let states: Vec<_> = session.files.iter().map(|file| file.state).collect();
        assert_eq!(states, [FileState::Held, FileState::Wanted, FileState::Held]);
        let readme = Sha256Digest::of(&files[2].1);
        let held = world.archive.receive(&world.acme, session.upload.id, readme, None).unwrap();
        assert!(matches!(held, Reception::Held));
        world.send(session.upload.id, &files[1].1).unwrap();
        let options =
            CommitOptions { alias: Some("production".parse().unwrap()), visibility: Some(Visibility::Private) };
        let second = world.archive.commit_upload(&world.acme, &world.once(), session.upload.id, options).unwrap();
        assert_eq!(second.number, 2);
        let find = |text: &str| {
            let found = world.archive.database.read(|c| find_visible(c, world.acme.party.id, &reference(text)));
            found.map(|(_, version)| version.number)
        };
        assert_eq!(find("acme/minilm@production"), Ok(2));
        assert_eq!(find("acme/minilm@v1"), Ok(1));
        let hidden = world.archive.database.read(|c| find_visible(c, world.zenith.party.id, &reference("acme/minilm")));
        assert_eq!(hidden.unwrap_err().kind, ProblemKind::NotFound);
        assert_eq!(world.residue(), [2, 6, 4, 2, 1, 4, 0]);
    });
}

#[test]
fn other_parties_neither_see_a_session_nor_profit_from_a_blob() {
    in_each_world(|world| {
        let session = world.open(&sign(&statement("acme/minilm", &files(), passport()), &world.key)).unwrap();
        let id = session.upload.id;
        let (archive, stranger) = (&world.archive, &world.zenith);
        assert_eq!(archive.session(stranger, id).unwrap_err().kind, ProblemKind::NotFound);
        assert_eq!(archive.abandon_upload(stranger, &world.once(), id).unwrap_err().kind, ProblemKind::NotFound);
        let digest = Sha256Digest::of(&files()[0].1);
        assert_eq!(archive.receive(stranger, id, digest, None).err().unwrap().kind, ProblemKind::NotFound);
        let commit = archive.commit_upload(stranger, &world.once(), id, CommitOptions::default());
        assert_eq!(commit.unwrap_err().kind, ProblemKind::NotFound);
    });
}

#[test]
fn an_idempotency_key_registers_once() {
    in_each_world(|world| {
        let once = Once { key: Some("push-1".parse().unwrap()), ..world.once() };
        let envelope = sign(&statement("acme/minilm", &files(), passport()), &world.key).to_json();
        let open = || world.archive.open_upload(&world.acme, &once, envelope.as_bytes()).unwrap().upload.id;
        let upload = open();
        assert_eq!(open(), upload);
        files().iter().for_each(|(_, bytes)| world.send(upload, bytes).unwrap());
        let once = Once { key: Some("commit-1".parse().unwrap()), ..world.once() };
        let commit = || world.archive.commit_upload(&world.acme, &once, upload, CommitOptions::default());
        let first = commit().unwrap();
        assert_eq!(commit(), Ok(first));
        assert_eq!(world.events("version-registered"), 1);
        let again = world.commit(upload);
        assert_eq!(again.unwrap_err().kind, ProblemKind::Conflict);
        let reopened = world.open(&chancery_base::crypto::Envelope::parse(envelope.as_bytes()).unwrap());
        assert_eq!(reopened.unwrap_err().kind, ProblemKind::Conflict, "the same manifest makes no second version");
    });
}

#[test]
fn what_is_abandoned_or_forgotten_is_swept_away() {
    in_each_world(|world| {
        let open = |value| {
            let files = with_weights(value);
            let session = world.open(&sign(&statement("acme/minilm", &files, passport()), &world.key)).unwrap();
            files.iter().for_each(|(_, bytes)| world.send(session.upload.id, bytes).unwrap());
            session.upload.id
        };
        let (first, second) = (open(1.0), open(2.0));
        assert_eq!(world.residue(), [2, 6, 4, 0, 0, 4, 0]);
        world.archive.abandon_upload(&world.acme, &world.once(), first).unwrap();
        assert_eq!(world.residue(), [1, 3, 3, 0, 0, 3, 0], "what the other upload needs stays");
        assert_eq!(world.archive.sweep_uploads(), Ok(0));
        world.wait(UnixMillis::PER_DAY);
        assert_eq!(world.commit(second).unwrap_err().kind, ProblemKind::Conflict);
        assert_eq!(world.archive.sweep_uploads(), Ok(1));
        assert_eq!(world.residue(), [0; 7]);
        assert_eq!((world.events("upload-abandoned"), world.events("upload-expired")), (1, 1));
    });
}

#[test]
fn a_file_without_a_row_is_gone_after_the_start() {
    in_each_world(|world| {
        world.push(&files()).unwrap();
        let archive = &world.archive;
        let orphan = chancery_base::intake::take_in(
            &*archive.vault.store,
            &*archive.entropy,
            chancery_base::intake::Expectation::AtMost(ByteCount(10)),
            &mut &b"orphan"[..],
        );
        orphan.unwrap();
        assert_eq!(world.residue()[5], 4);
        let orphans = archive.orphans().unwrap();
        assert_eq!(orphans.len(), 1);
        archive.remove_orphans(&orphans, archive.clock.now()).unwrap();
        assert!(archive.orphans().unwrap().is_empty());
        assert_eq!(world.residue()[5], 3);
    });
}

#[test]
fn parents_are_resolved_among_what_the_owner_can_see() {
    in_each_world(|world| {
        world.push(&files()).unwrap();
        let mut child = passport();
        child["parent"] = json!([{"activity": "finetune", "model": "acme/minilm@v1"}]);
        let files = with_weights(3.0);
        let session = world.open(&sign(&statement("acme/tuned", &files, child.clone()), &world.key)).unwrap();
        files.iter().for_each(|(_, bytes)| world.send(session.upload.id, bytes).unwrap());
        let registered = world.commit(session.upload.id).unwrap();
        let parents = world.archive.database.read(|c| artifacts::parents_of(c, registered.version)).unwrap();
        assert_eq!(parents.len(), 1);
        assert_eq!(parents[0].activity, "finetune");

        child["parent"][0]["model"] = json!("zenith/secret@v1");
        let refused = world.open(&sign(&statement("acme/tuned", &files, child), &world.key)).unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (ProblemKind::BadPassport, Some("parent[0].model")));
        assert_eq!(world.refusals("open-upload", "bad-passport"), 1);
    });
}

#[test]
fn status_and_holds_change_by_the_right_hands_only() {
    in_each_world(|world: &World| {
        world.push(&files()).unwrap();
        let (archive, target, once) = (&world.archive, reference("acme/minilm@v1"), world.once());
        let foreign = archive.change_status(&world.zenith, &once, &target, VersionStatus::Suspended);
        assert_eq!(foreign.unwrap_err().kind, ProblemKind::Forbidden);
        let (suspended, _) = archive.change_status(&world.acme, &once, &target, VersionStatus::Suspended).unwrap();
        assert_eq!((suspended.status, suspended.epoch), (VersionStatus::Suspended, 2));
        archive.change_status(&world.acme, &once, &target, VersionStatus::Withdrawn).unwrap();
        let back = archive.change_status(&world.acme, &once, &target, VersionStatus::Registered);
        assert_eq!(back.unwrap_err().kind, ProblemKind::Conflict);

        let hold = crate::registration::NewHold {
            authority: "Landgericht Beispielstadt".to_owned(),
            reason: "preliminary injunction".to_owned(),
            legal_demand: true,
        };
        let refused = archive.place_hold(&world.acme, &once, &target.model, &hold);
        assert_eq!(refused.unwrap_err().kind, ProblemKind::Forbidden);
        let (placed, _) = archive.place_hold(&world.operator, &once, &target.model, &hold).unwrap();
        archive.release_hold(&world.operator, &once, placed).unwrap();
        let leaves = world.count("log_leaves");
        archive.release_hold(&world.operator, &once, placed).unwrap();
        assert_eq!(world.count("log_leaves"), leaves, "a hold ends once");
        assert_eq!((world.events("hold-placed"), world.events("hold-released")), (1, 1));
        assert_eq!(world.events("version-status-changed"), 2);
    });
}

#[test]
fn a_stored_file_that_was_changed_is_sent_again_before_it_is_reused() {
    in_each_world(|world| {
        world.push(&files()).unwrap();
        for file in world.sealed_files() {
            let mut bytes = std::fs::read(&file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(&file, bytes).unwrap();
        }
        world.wait(1);
        let mut changed = files();
        changed[1].1 = weights(2.5);
        let session = world.open(&sign(&statement("acme/minilm", &changed, passport()), &world.key)).unwrap();
        let states =
            |session: &crate::registration::Session| session.files.iter().map(|file| file.state).collect::<Vec<_>>();
        let id = session.upload.id;
        assert_eq!(states(&session), [FileState::Held, FileState::Wanted, FileState::Held]);
        world.send(id, &changed[1].1).unwrap();
        let refused = world.commit(id).unwrap_err();
        assert_eq!(refused.kind, ProblemKind::Conflict, "{refused:?}");
        assert_eq!(world.events("tampering-found"), 1);
        let session = world.archive.session(&world.acme, id).unwrap();
        assert_eq!(states(&session), [FileState::Wanted, FileState::Held, FileState::Wanted]);
        for (_, bytes) in &changed {
            world.send(id, bytes).unwrap();
        }
        world.commit(id).unwrap();
        let (model, version) = world
            .archive
            .database
            .read(|c| find_visible(c, world.acme.party.id, &reference("acme/minilm@v2")))
            .unwrap();
        assert!(world.archive.check_version(&world.acme, &model, &version).unwrap().is_valid());

        // From now on the sound one is reused.
        world.wait(1);
        changed[1].1 = weights(3.5);
        let session = world.open(&sign(&statement("acme/minilm", &changed, passport()), &world.key)).unwrap();
        world.send(session.upload.id, &changed[1].1).unwrap();
        world.commit(session.upload.id).unwrap();
    });
}
