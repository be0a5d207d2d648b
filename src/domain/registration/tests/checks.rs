//! Stored bytes that are no longer what was signed: found, named, logged, never run.

use std::{fs, path::Path};

use chancery_base::{problem::ProblemKind, values::ModelReference};

use super::world::{World, files, in_each_world};
use crate::{
    artifacts::{Model, Version},
    registration::{CheckReport, FileVerdict, find_visible, open_weights},
};

fn registered(world: &World) -> (Model, Version) {
    world.push(&files()).unwrap();
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
