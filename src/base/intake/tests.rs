//! What an intake promises, and that it leaves nothing behind when it refuses. The last test measures.

use std::{
    io::{Cursor, Write},
    path::Path,
    time::Instant,
};

use super::*;
use crate::{
    crypto::sealed_length,
    store::{BlobReader, BlobWriter, LocalStore},
    values::{Counting, UnixMillis},
};

const MEBIBYTE: usize = 1 << 20;

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index % 251) as u8).collect()
}

fn announced(plain: &[u8]) -> Expectation {
    Expectation::Announced { digest: Sha256Digest::of(plain), length: ByteCount(plain.len() as u64) }
}

/// Files left anywhere under `directory`.
fn files(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

#[test]
fn what_goes_in_comes_out_and_is_not_on_the_disk() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    let entropy = Counting::default();
    for length in [0, 1, 65_536, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 9 * MEBIBYTE, 12 * MEBIBYTE + 7] {
        let plain = bytes(length);
        let stored = take_in(&store, &entropy, announced(&plain), &mut Cursor::new(&plain)).unwrap();
        assert_eq!((stored.digest, stored.length), (Sha256Digest::of(&plain), ByteCount(length as u64)));
        assert_eq!(stored.sealed_length, sealed_length(stored.length));
        let opener = open_blob(&store, stored.name, &stored.key).unwrap();
        assert!(*opener.read_all(2).unwrap() == plain, "{length}");
        let mut sealed = vec![0; usize::try_from(stored.sealed_length.0).unwrap()];
        store.open(stored.name).unwrap().read_exact_at(&mut sealed, 0).unwrap();
        assert!(length < 32 || !sealed.windows(32).any(|window| window == &plain[..32]), "{length}");
    }
}

#[test]
fn pieces_of_any_size_make_the_same_blob() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    let plain = bytes(3 * MEBIBYTE + 11);
    for piece in [1000, 65_535, 81_920, 3 * MEBIBYTE] {
        let mut intake = Intake::start(&store, &Counting::default(), announced(&plain)).unwrap();
        for part in plain.chunks(piece) {
            let mut left = part;
            while !left.is_empty() {
                let taken = intake.try_push(left).unwrap();
                left = &left[taken..];
            }
        }
        let stored = intake.finish().unwrap();
        assert!(*open_blob(&store, stored.name, &stored.key).unwrap().read_all(1).unwrap() == plain, "{piece}");
        store.delete(stored.name).unwrap();
    }
}

#[test]
fn other_bytes_than_announced_leave_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    let entropy = Counting::default();
    let plain = bytes(2 * MEBIBYTE);
    let mut flipped = plain.clone();
    flipped[MEBIBYTE] ^= 1;
    let attempt = |sent: &[u8]| take_in(&store, &entropy, announced(&plain), &mut Cursor::new(sent));
    assert!(matches!(attempt(&flipped), Err(IntakeError::DigestMismatch { .. })));
    assert!(matches!(attempt(&plain[1..]), Err(IntakeError::TooShort { .. })));
    assert!(matches!(attempt(&[]), Err(IntakeError::TooShort { found: 0, .. })));
    assert!(matches!(attempt(&[&plain[..], &[0]].concat()), Err(IntakeError::TooLong { .. })));
    assert_eq!(files(directory.path()), 0);
    let most = Expectation::AtMost(ByteCount(plain.len() as u64 - 1));
    let refused = take_in(&store, &entropy, most, &mut Cursor::new(&plain));
    assert!(matches!(refused, Err(IntakeError::TooLong { .. })));
    assert_eq!(files(directory.path()), 0);
}

#[test]
fn abandoned_intakes_leave_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    let mut intake = Intake::start(&store, &Counting::default(), announced(&bytes(9 * MEBIBYTE))).unwrap();
    intake.push(&bytes(5 * MEBIBYTE)).unwrap();
    assert_eq!(files(directory.path()), 1);
    drop(intake);
    assert_eq!(files(directory.path()), 0);
}

#[test]
fn failing_sources_are_told_from_failing_stores() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    let refused = take_in(&store, &Counting::default(), announced(b"bytes"), &mut Broken);
    assert!(matches!(refused, Err(IntakeError::Source(_))));
    assert_eq!(files(directory.path()), 0);
}

/// A store that is full after some bytes.
struct Small(u64);

struct SmallWriter(u64);

impl BlobStore for Small {
    fn begin(&self, _: BlobName) -> Result<Box<dyn BlobWriter>, StoreError> {
        Ok(Box::new(SmallWriter(self.0)))
    }
    fn open(&self, name: BlobName) -> Result<Box<dyn BlobReader>, StoreError> {
        Err(StoreError::Absent { name })
    }
    fn delete(&self, name: BlobName) -> Result<(), StoreError> {
        Err(StoreError::Absent { name })
    }
    fn names(&self) -> Result<Vec<BlobName>, StoreError> {
        Ok(Vec::new())
    }
    fn sweep(&self, _: UnixMillis) -> Result<usize, StoreError> {
        Ok(0)
    }
}

impl BlobWriter for SmallWriter {
    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.0 = self.0.checked_sub(bytes.len() as u64).ok_or(StoreError::Full)?;
        Ok(())
    }
    fn finish(self: Box<Self>) -> Result<ByteCount, StoreError> {
        Err(StoreError::Full)
    }
}

#[test]
fn full_stores_are_reported_from_whichever_thread_finds_out() {
    let plain = bytes(20 * MEBIBYTE);
    for room in [0, 10, 3 * MEBIBYTE as u64, 19 * MEBIBYTE as u64, 30 * MEBIBYTE as u64] {
        let refused = take_in(&Small(room), &Counting::default(), announced(&plain), &mut Cursor::new(&plain));
        assert!(matches!(refused, Err(IntakeError::Store(StoreError::Full))), "{room}: {refused:?}");
    }
}

/// Run in release: durable intake against the slower of hashing alone and a synced write alone, alternating.
#[test]
#[ignore = "measures; run with --release --ignored and a free machine"]
fn measure_intake_against_its_slower_half() {
    let directory = tempfile::tempdir_in(std::env::var("CHANCERY_MEASURE_DIR").unwrap_or_else(|_| ".".into())).unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    let plain = bytes(1 << 30);
    let expectation = announced(&plain);
    let entropy = Counting::default();
    let timed = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    let mut ratios = Vec::new();
    for round in 0..7 {
        let hash = timed(&mut || assert_ne!(Sha256Digest::of(&plain), Sha256Digest::of(b"")));
        let write = timed(&mut || {
            let path = directory.path().join("peer");
            let mut file = std::fs::File::create(&path).unwrap();
            plain.chunks(MEBIBYTE).for_each(|part| file.write_all(part).unwrap());
            file.sync_all().unwrap();
        });
        std::fs::remove_file(directory.path().join("peer")).unwrap();
        let mut finishing = 0.0;
        let intake = timed(&mut || {
            let mut intake = Intake::start(&store, &entropy, expectation).unwrap();
            plain.chunks(80 << 10).for_each(|part| intake.push(part).unwrap());
            let started = Instant::now();
            let stored = intake.finish().unwrap();
            finishing = started.elapsed().as_secs_f64();
            store.delete(stored.name).unwrap();
        });
        ratios.push(hash.max(write) / intake);
        eprintln!(
            "round {round}: hash {hash:.2} s, synced write {write:.2} s, intake {intake:.2} s (end {finishing:.2} s)"
        );
    }
    ratios.sort_by(f64::total_cmp);
    eprintln!("median ratio {:.2}", ratios[ratios.len() / 2]);
}
