//! Stored bytes that are no longer what was signed: found, named, logged, never run.

use std::{fs, path::Path};

use chancery_base::{
    problem::ProblemKind,
    values::{ModelReference, Sha256Digest},
};

use super::world::{World, files, in_each_world, weights};
use crate::{
    artifacts::{Model, Version},
    registration::{CheckReport, FileVerdict, find_visible, open_weights},
};

fn registered(world: &World) -> (Model, Version) {
    world.push(&files()).unwrap();
    newest(world)
}

/// The newest version, as its rows say now.
fn newest(world: &World) -> (Model, Version) {
    let reference: ModelReference = "acme/minilm".parse().unwrap();
    world.archive.database.read(|c| find_visible(c, world.acme.party.id, &reference)).unwrap()
}

fn check(world: &World, (model, version): &(Model, Version)) -> CheckReport {
    world.archive.check_version(&world.acme, model, version).unwrap()
}

fn bad_files(report: &CheckReport) -> usize {
    report.files.iter().filter(|file| file.verdict != FileVerdict::Valid).count()
}

fn flip_a_byte(file: &Path, index: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[index] ^= 1;
    fs::write(file, bytes).unwrap();
}

#[test]
fn an_untouched_version_is_valid() {
    in_each_world(|world| {
        let version = registered(world);
        assert!(check(world, &version).is_valid());
        assert_eq!(world.events("tampering-found"), 0);
    });
}

#[test]
fn a_flipped_byte_in_any_file_is_caught() {
    in_each_world(|world| {
        let version = registered(world);
        let mut refused = 0;
        for (count, file) in world.sealed_files().iter().enumerate() {
            let length = fs::read(file).unwrap().len();
            flip_a_byte(file, length / 2);
            let report = check(world, &version);
            assert_eq!(bad_files(&report), 1, "{report:?}");
            if let Err(problem) = open_weights(&world.archive.database, &world.archive.vault, &version.1) {
                assert_eq!(problem.kind, ProblemKind::DigestMismatch);
                refused += 1;
            }
            flip_a_byte(file, length / 2);
            assert_eq!(world.events("tampering-found"), count + 1);
        }
        assert_eq!(refused, 2, "configuration and weights; the model runs without its README");
        assert!(check(world, &version).is_valid());
    });
}

#[test]
fn cut_swapped_and_missing_files_are_caught() {
    in_each_world(|world| {
        let version = registered(world);
        let sealed = world.sealed_files();
        let originals: Vec<_> = sealed.iter().map(|file| fs::read(file).unwrap()).collect();
        fs::write(&sealed[0], &originals[0][..originals[0].len() - 1]).unwrap();
        assert_eq!(bad_files(&check(world, &version)), 1);
        fs::write(&sealed[0], &originals[1]).unwrap();
        fs::write(&sealed[1], &originals[0]).unwrap();
        assert_eq!(bad_files(&check(world, &version)), 2);
        fs::write(&sealed[0], &originals[0]).unwrap();
        fs::remove_file(&sealed[1]).unwrap();
        let report = check(world, &version);
        assert_eq!(report.files.iter().filter(|file| file.verdict == FileVerdict::Missing).count(), 1);
        sealed.iter().for_each(|file| drop(fs::remove_file(file)));
        let refused = open_weights(&world.archive.database, &world.archive.vault, &version.1);
        assert_eq!(refused.unwrap_err().kind, ProblemKind::DigestMismatch);
    });
}

#[test]
fn a_changed_manifest_is_caught() {
    in_each_world(|world| {
        let (model, mut version) = registered(world);
        version.signed_manifest = version.signed_manifest.replacen("\"payload\":\"e", "\"payload\":\"f", 1);
        assert!(!world.archive.check_version(&world.acme, &model, &version).unwrap().is_manifest_valid);
        assert_eq!(world.events("tampering-found"), 1);
    });
}

fn verdict_of(report: &CheckReport, path: &str) -> FileVerdict {
    report.files.iter().find(|file| file.path.as_str() == path).unwrap().verdict.clone()
}

/// Whether the newest version is found wrong and not run.
fn is_caught(world: &World) -> CheckReport {
    let version = newest(world);
    let report = check(world, &version);
    assert!(!report.is_valid(), "{report:?}");
    let refused = open_weights(&world.archive.database, &world.archive.vault, &version.1);
    assert_eq!(refused.unwrap_err().kind, ProblemKind::DigestMismatch);
    report
}

#[test]
fn a_row_that_leads_to_other_bytes_is_caught() {
    in_each_world(|world| {
        let other = [files()[0].clone(), ("model.safetensors", weights(2.5))];
        world.push(&other).unwrap();
        registered(world);
        // Digest, size and blob of the first version's weights in the row of the second's: the rows agree with each other.
        let first = "(SELECT {} FROM version_files AS f JOIN versions AS v ON v.id = f.version_id \
                     WHERE v.number = 1 AND f.path = 'model.safetensors')";
        let columns =
            ["sha256", "blob_id"].map(|column| format!("{column} = {}", first.replace("{}", &format!("f.{column}"))));
        world.alter(&format!(
            "UPDATE version_files SET {} WHERE path = 'model.safetensors' \
             AND version_id = (SELECT id FROM versions WHERE number = 2)",
            columns.join(", ")
        ));
        let report = is_caught(world);
        let found = Sha256Digest::of(&other[1].1);
        assert_eq!(verdict_of(&report, "model.safetensors"), FileVerdict::Differs { found });
        assert!(report.is_manifest_valid);
        assert_eq!(world.events("tampering-found"), 1);
    });
}

#[test]
fn rows_that_are_gone_new_or_changed_are_caught() {
    in_each_world(|world| {
        registered(world);
        world.alter("UPDATE version_files SET size = size + 1 WHERE path = 'config.json'");
        let report = check(world, &newest(world));
        assert_eq!(verdict_of(&report, "config.json"), FileVerdict::Tampered);
        world.alter("UPDATE version_files SET path = 'other.json' WHERE path = 'config.json'");
        let report = is_caught(world);
        assert_eq!(verdict_of(&report, "config.json"), FileVerdict::Missing);
        assert_eq!(verdict_of(&report, "other.json"), FileVerdict::Tampered);
    });
}

#[test]
fn a_passport_other_than_the_signed_one_is_caught() {
    in_each_world(|world| {
        registered(world);
        world.alter("UPDATE versions SET passport = replace(passport, 'CC-BY-4.0', 'CC0-1.0')");
        assert!(!is_caught(world).is_manifest_valid);
    });
}

#[test]
fn a_statement_signed_by_another_partys_key_is_caught() {
    in_each_world(|world| {
        registered(world);
        world.alter("UPDATE signing_keys SET party_id = (SELECT id FROM parties WHERE slug = 'zenith')");
        assert!(!is_caught(world).is_manifest_valid);
    });
}

#[test]
fn a_damaged_key_of_a_blob_is_tampering_and_no_failure_of_ours() {
    in_each_world(|world| {
        registered(world);
        for damage in [
            "substr(envelope, 1, 10)",
            "substr(envelope, 1, 0)",
            "(SELECT wrapped FROM tenant_keys ORDER BY party_id LIMIT 1)",
        ] {
            world.alter(&format!("UPDATE blobs SET envelope = {damage}"));
            let report = is_caught(world);
            assert_eq!(verdict_of(&report, "README.md"), FileVerdict::Tampered, "{damage}");
        }
    });
}
