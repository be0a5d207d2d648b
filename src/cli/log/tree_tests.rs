//! A log in memory, whole and with one thing wrong.

use std::{cell::RefCell, collections::BTreeMap, convert::Infallible};

use chancery_base::logs::{encode_entries, encode_hashes};

use super::*;

type Files = BTreeMap<String, Vec<u8>>;

fn entry(index: u64) -> Vec<u8> {
    let mut entry = vec![1];
    entry.extend([0; 24]);
    entry.extend(index.to_be_bytes());
    entry
}

/// Every tile and bundle of a log of `size` entries, and its checkpoint.
fn log(size: u64) -> (Checkpoint, Files) {
    let entries: Vec<_> = (0..size).map(entry).collect();
    let mut levels = vec![entries.iter().map(|entry| TreeHash::of_leaf(entry)).collect::<Vec<_>>()];
    let mut frontier = Frontier::default();
    for leaf in levels[0].clone() {
        frontier.append(leaf, |completed| {
            levels.resize(levels.len().max(usize::from(completed.level) + 1), Vec::new());
            levels[usize::from(completed.level)].push(completed.hash);
        });
    }
    let mut files = Files::new();
    for index in 0..size.div_ceil(TILE_WIDTH) {
        let bundle = Tile::in_tree(Contents::Entries, index, size).unwrap();
        let first = (index * TILE_WIDTH) as usize;
        let items = &entries[first..first + bundle.width() as usize];
        files.insert(bundle.to_string(), encode_entries(items).unwrap());
    }
    for (level, hashes) in levels.iter().enumerate() {
        for (index, tile_hashes) in hashes.chunks(TILE_WIDTH as usize).enumerate() {
            let contents = Contents::Hashes { level: level as u8 };
            let tile = Tile::in_tree(contents, index as u64, size).unwrap();
            files.insert(tile.to_string(), encode_hashes(tile_hashes));
        }
    }
    let checkpoint = Checkpoint { origin: "example.org/audit".parse().unwrap(), size, root: frontier.root().unwrap() };
    (checkpoint, files)
}

fn judge(checkpoint: &Checkpoint, files: &Files) -> Verified {
    let fetched = RefCell::new(Vec::new());
    let fetch = |tile: &Tile| {
        fetched.borrow_mut().push(tile.to_string());
        Ok::<_, Infallible>(files.get(&tile.to_string()).cloned().unwrap_or_default())
    };
    let verdict = verify(checkpoint, fetch, |_| ()).unwrap_or_else(|never| match never {});
    let mut fetched = fetched.into_inner();
    fetched.sort();
    let once = fetched.windows(2).all(|pair| pair[0] != pair[1]);
    assert!(once, "nothing is fetched twice");
    if verdict.is_ok() {
        assert_eq!(fetched.len(), files.len(), "everything is fetched");
    }
    verdict
}

#[test]
fn sound_logs_of_every_shape_are_accepted() {
    for size in [0, 1, 2, 255, 256, 257, 512, 700] {
        let (checkpoint, files) = log(size);
        assert_eq!(judge(&checkpoint, &files), Ok(()), "{size}");
    }
}

#[test]
fn a_log_large_enough_for_three_levels() {
    let (checkpoint, files) = log(65_536 + 300);
    assert!(files.contains_key("tile/1/000") && files.contains_key("tile/2/000.p/1"));
    assert_eq!(judge(&checkpoint, &files), Ok(()));
    let mut tampered = files;
    tampered.get_mut("tile/1/000").unwrap()[40] ^= 1;
    assert_eq!(judge(&checkpoint, &tampered), Err(TreeFault::Tile { tile: "tile/1/000".to_owned() }));
}

#[test]
fn every_changed_byte_is_noticed_and_its_place_named() {
    let (checkpoint, files) = log(300);
    for (path, bytes) in &files {
        for position in (0..bytes.len()).step_by(97) {
            let mut tampered = files.clone();
            tampered.get_mut(path).unwrap()[position] ^= 0x20;
            assert!(judge(&checkpoint, &tampered).is_err(), "{path} at {position}");
        }
    }
    let mut tampered = files;
    // The 258th entry, in the second bundle: two bytes of length, then the version.
    let bundle = tampered.get_mut("tile/entries/001.p/44").unwrap();
    bundle[(257 - 256) * 35 + 2 + 20] ^= 1;
    assert_eq!(judge(&checkpoint, &tampered), Err(TreeFault::Entry { index: 257 }));
}

#[test]
fn missing_tiles_other_roots_and_rewritten_entries_are_faults() {
    let (checkpoint, files) = log(300);
    let mut short = files.clone();
    short.remove("tile/entries/001.p/44");
    assert_eq!(judge(&checkpoint, &short), Err(TreeFault::Malformed { tile: "tile/entries/001.p/44".to_owned() }));
    // Rewritten consistently, all but the checkpoint.
    let other = Checkpoint { root: TreeHash::of_leaf(b"other"), ..checkpoint.clone() };
    assert_eq!(judge(&other, &files), Err(TreeFault::Root { found: Some(checkpoint.root) }));
}
