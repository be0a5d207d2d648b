//! Whatever is changed, where it is stored or on its way, is caught and named.

use std::collections::BTreeMap;

use super::*;

/// Files as an outsider holds them.
#[derive(Clone)]
struct Files(BTreeMap<String, Vec<u8>>);

impl LogSource for Files {
    fn log(&self) -> LogName {
        LOG
    }

    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(self.0.get(path).cloned())
    }
}

/// Remembers every file that verification asks for.
struct Recording<'a>(&'a StoredSource, std::cell::RefCell<BTreeMap<String, Vec<u8>>>);

impl LogSource for Recording<'_> {
    fn log(&self) -> LogName {
        self.0.log()
    }

    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let bytes = self.0.fetch(path)?;
        self.1.borrow_mut().extend(bytes.clone().map(|bytes| (path.to_owned(), bytes)));
        Ok(bytes)
    }
}

#[test]
fn any_byte_changed_in_any_file_is_caught() {
    // The files are the same whatever they are stored in.
    let place = Place::on_sqlite();
    let (database, identity, _) = published_log(&place, 600);
    let stored = source(&database);
    let recording = Recording(&stored, std::cell::RefCell::default());
    verify_log(&recording, &[identity.verifier()]).unwrap();
    let files = Files(recording.1.into_inner());
    let names: Vec<_> = files.0.keys().map(String::as_str).collect();
    let expected = [
        "checkpoint",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/88",
    ];
    assert_eq!(names, expected);

    for (path, bytes) in &files.0 {
        // A step prime to the length of hashes and entries visits every offset inside them.
        for index in (0..bytes.len()).step_by(61) {
            let mut altered = files.clone();
            altered.0.get_mut(path).unwrap()[index] ^= 1 << (index % 8);
            let found = verify_log(&altered, &[identity.verifier()]).unwrap_err();
            // A checkpoint may be cut into something that is no note at all; whatever a checkpoint covers may not.
            assert!(path == "checkpoint" || found.is_verdict(), "{path} byte {index}: {found}");
            let tile: u64 = path.get(path.len() - 3..).and_then(|digits| digits.parse().ok()).unwrap_or(2);
            let item = |length: usize| tile * 256 + (index / length) as u64;
            match path.as_str() {
                path if path.starts_with("tile/0/") => assert_eq!(found, VerifyError::Entry { index: item(32) }),
                path if path.starts_with("tile/entries/") && index % 35 > 1 => {
                    assert_eq!(found, VerifyError::Entry { index: item(35) });
                }
                "tile/1/000.p/2" => assert!(matches!(found, VerifyError::Tile { .. }), "{found}"),
                _ => {}
            }
        }
        let mut missing = files.clone();
        missing.0.remove(path);
        let found = verify_log(&missing, &[identity.verifier()]).unwrap_err();
        match path.as_str() {
            "checkpoint" => assert!(!found.is_verdict(), "{found}"),
            _ => assert_eq!(found, VerifyError::Missing { path: path.clone() }),
        }
    }
}

/// Whether an error names what was changed.
type Finding = fn(&VerifyError) -> bool;

#[test]
fn changed_rows_are_named() {
    let changes: [(&'static str, Finding); 7] = [
        (
            "UPDATE log_leaves SET entry = (SELECT entry FROM log_leaves WHERE position = 1) WHERE position = 400",
            |found| *found == VerifyError::Entry { index: 400 },
        ),
        (
            "UPDATE log_leaves SET leaf_hash = (SELECT leaf_hash FROM log_leaves WHERE position = 1) WHERE position = 599",
            |found| *found == VerifyError::Entry { index: 599 },
        ),
        // Both changed so that they agree: the tile above tells.
        (
            "UPDATE log_leaves SET entry = (SELECT entry FROM log_leaves WHERE position = 1), \
             leaf_hash = (SELECT leaf_hash FROM log_leaves WHERE position = 1) WHERE position = 300",
            |found| matches!(found, VerifyError::Tile { first: 256, last: 511, .. }),
        ),
        // The same at the right edge, where there is no tile above: the signed root tells.
        (
            "UPDATE log_leaves SET entry = (SELECT entry FROM log_leaves WHERE position = 1), \
             leaf_hash = (SELECT leaf_hash FROM log_leaves WHERE position = 1) WHERE position = 599",
            |found| *found == VerifyError::Root { size: 600 },
        ),
        (
            "UPDATE log_tile_hashes SET hash = (SELECT leaf_hash FROM log_leaves WHERE position = 1) WHERE position = 1",
            |found| matches!(found, VerifyError::Tile { first: 256, last: 511, .. }),
        ),
        (
            "UPDATE log_leaves SET position = NULL WHERE position = 450",
            |found| matches!(found, VerifyError::Missing { path } if path.ends_with("/001")),
        ),
        ("UPDATE log_checkpoints SET note = replace(note, '600', '599')", |found| {
            matches!(found, VerifyError::Checkpoint(_))
        }),
    ];
    for (statement, is_named) in changes {
        on_each_database(|place| {
            let (database, identity, _) = published_log(place, 600);
            tamper(&database, statement);
            let found = verified(&database, &identity).unwrap_err();
            assert!(is_named(&found), "{statement}: {found}");
        });
    }
}

#[test]
fn altered_entries_are_never_signed() {
    let swap = "UPDATE log_leaves SET entry = (SELECT entry FROM log_leaves ORDER BY id LIMIT 1) \
                WHERE id = (SELECT max(id) FROM log_leaves)";
    on_each_database(|place| {
        // Before they have a place.
        let (database, identity, _) = published_log(place, 5);
        append_leaves(&database, 2, START.plus_millis(1));
        tamper(&database, swap);
        let refused = sequence_all(&database);
        assert!(refused.is_err());
        assert_eq!(verified(&database, &identity).unwrap().checkpoint().size, 5);
    });
    on_each_database(|place| {
        // Between the sequencer's commit and the signature.
        let (database, identity, _) = published_log(place, 5);
        append_leaves(&database, 2, START.plus_millis(1));
        sequence_all(&database).unwrap();
        tamper(&database, swap);
        let refused = publish(&database, &identity, START).unwrap_err();
        assert!(matches!(&refused, LogError::Altered { what, .. } if what.starts_with("entry 6 ")), "{refused}");
        assert_eq!(verified(&database, &identity).unwrap().checkpoint().size, 5);
    });
}

#[test]
fn no_receipt_is_issued_that_would_not_verify() {
    on_each_database(|place| {
        let (database, _, leaves) = published_log(place, 300);
        tamper(
            &database,
            "UPDATE log_leaves SET leaf_hash = (SELECT leaf_hash FROM log_leaves WHERE position = 1) WHERE position = 7",
        );
        let refused = leaves.iter().filter(|leaf| database.read(|connection| receipt(connection, leaf.id)).is_err());
        assert!(refused.count() > 250);
    });
}

/// Shows the files of one log where another is asked for.
struct Disguised(StoredSource, LogName);

impl LogSource for Disguised {
    fn log(&self) -> LogName {
        self.1
    }

    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        self.0.fetch(path)
    }
}

#[test]
fn one_log_is_not_taken_for_another() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 3);
        let disguised = Disguised(source(&database), LogName::Liability);
        let expected = VerifyError::NotTheLog { log: LogName::Liability, origin: identity.origin().clone() };
        assert_eq!(verify_log(&disguised, &[identity.verifier()]), Err(expected.clone()));
        let remembered = verified(&database, &identity).unwrap().checkpoint().clone();
        assert_eq!(follow_log(&disguised, &[identity.verifier()], &remembered), Err(expected.clone()));
        assert!(expected.is_verdict());
    });
}

#[test]
fn a_page_in_place_of_a_checkpoint_says_nothing_about_the_log() {
    let page = Files(BTreeMap::from([("checkpoint".to_owned(), b"<html>not found</html>".to_vec())]));
    on_each_database(|place| {
        let (_, identity, _) = published_log(place, 1);
        let found = verify_log(&page, &[identity.verifier()]).unwrap_err();
        assert!(!found.is_verdict(), "{found}");
    });
}
