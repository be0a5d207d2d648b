//! Appending, sequencing, publishing, starting again.

use super::*;
use crate::problem::ProblemKind;

#[test]
fn an_act_that_fails_leaves_no_leaf() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 3);
        let leaf = new_leaf(3, START);
        let refused: Result<(), _> = database.act(move |tx| {
            append(tx, &leaf);
            Err(Problem::new(ProblemKind::Conflict, "no"))
        });
        assert_eq!(refused.unwrap_err().kind, ProblemKind::Conflict);
        let sequenced = sequence_all(&database).unwrap();
        assert_eq!((sequenced.leaves, sequenced.size), (0, 3));
        assert_eq!(verified(&database, &identity).unwrap().checkpoint().size, 3);
    });
}

#[test]
fn sequencing_in_any_portions_gives_the_same_kind_of_tree() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 0);
        let leaves = append_leaves(&database, 1_100, START);
        for limit in [1, 254, 1, 1, 255, 256, 300, 32] {
            let placed = database.act(move |tx| Ok(sequence(tx, LOG, limit)?)).unwrap();
            assert_eq!(placed.leaves, limit);
            assert!(publish(&database, &identity, START).unwrap());
            assert_eq!(verified(&database, &identity).unwrap().checkpoint().size, placed.size);
        }
        for leaf in leaves.iter().step_by(13) {
            assert!(receipt_of(&database, leaf.id).unwrap().verify(&[identity.verifier()]).is_ok());
        }
    });
}

#[test]
fn a_checkpoint_is_signed_when_the_log_grew_whatever_the_clock_says() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 2);
        assert!(!publish(&database, &identity, START.plus_days(1)).unwrap());
        // The clock was ahead when the first leaves were signed, and has been set right.
        let corrected = START.plus_days(-365);
        append_leaves(&database, 1, corrected);
        sequence_all(&database).unwrap();
        assert!(publish(&database, &identity, corrected).unwrap());
        assert_eq!(verified(&database, &identity).unwrap().checkpoint().size, 3);
    });
}

#[test]
fn a_log_opens_with_its_own_identity_only() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 5);
        identity.open(&database).unwrap();
        let other = place.identity_of(LOG, 2).open(&database).unwrap_err();
        assert!(matches!(other, LogError::OtherIdentity { .. }), "{other}");
        assert!(sequence_of_unopened(&database));
    });
}

fn sequence_of_unopened(database: &Database) -> bool {
    database.act(|tx| Ok(matches!(sequence(tx, LogName::Liability, 1), Err(LogError::NotOpened { .. })))).unwrap()
}

#[test]
fn one_key_cannot_sign_checkpoints_and_promises() {
    let key = || SigningKey::from_seed(&Secret::copy_from(&[1; 32]).unwrap());
    let last_signed = LastSigned::in_folder(std::path::Path::new("."), LOG);
    assert!(LogIdentity::new(LOG, "example.com/audit".parse().unwrap(), key(), key(), last_signed).is_err());
}

#[test]
fn what_was_published_must_be_continued() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 5);
        let published = verified(&database, &identity).unwrap().checkpoint().clone();
        let continues = |published: &Checkpoint| {
            database.read(|connection| stored::check_continues(connection, LOG, published)).map_err(|error| match error
            {
                LogError::RolledBack { published, stored, .. } => (published, stored),
                other => panic!("{other}"),
            })
        };
        assert_eq!(continues(&published), Ok(()));
        assert_eq!(continues(&Checkpoint { size: 6, ..published.clone() }), Err((6, 5)));
        assert_eq!(continues(&Checkpoint { size: 4, ..published.clone() }), Err((4, 5)));
        assert_eq!(continues(&Checkpoint { origin: "example.com/x".parse().unwrap(), ..published }), Err((5, 5)));
    });
}

const TABLES: [&str; 5] = ["log_openings", "log_readers", "log_leaves", "log_tile_hashes", "log_checkpoints"];

/// Runs `statement` for every table of the logs, its name put in for `TABLE_NAME`.
fn for_each_table(database: &Database, statement: &'static str) {
    let run = move |tx: &mut Tx<'_>| {
        for table in TABLES.iter().chain(&["log_state"]) {
            let changed = sql_query(statement.replace("TABLE_NAME", table)).execute(&mut **tx);
            changed.map_err(crate::db::Error::from)?;
        }
        Ok(())
    };
    database.act(run).unwrap();
}

fn back_up(database: &Database) {
    for_each_table(database, "CREATE TABLE backup_TABLE_NAME AS SELECT * FROM TABLE_NAME");
}

fn restore(database: &Database) {
    for_each_table(database, "DELETE FROM TABLE_NAME");
    let run = move |tx: &mut Tx<'_>| {
        for table in TABLES.iter().chain(&["log_state"]).rev() {
            let restored = sql_query(format!("INSERT INTO {table} SELECT * FROM backup_{table}")).execute(&mut **tx);
            restored.map_err(crate::db::Error::from)?;
        }
        Ok(())
    };
    database.act(run).unwrap();
}

fn is_rolled_back<T>(result: Result<T, LogError>) -> bool {
    matches!(result, Err(LogError::RolledBack { .. }))
}

#[test]
fn a_restored_backup_does_not_sign() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 5);
        back_up(&database);
        append_leaves(&database, 2, START);
        sequence_all(&database).unwrap();
        publish(&database, &identity, START).unwrap();

        restore(&database);
        assert_eq!(verified(&database, &identity).unwrap().checkpoint().size, 5, "the backup is whole in itself");
        assert!(is_rolled_back(identity.open(&database)));
        assert!(is_rolled_back(publish(&database, &identity, START)));
        // Nor when it has grown past what was signed, with other leaves.
        append_leaves(&database, 3, START);
        sequence_all(&database).unwrap();
        assert!(is_rolled_back(publish(&database, &identity, START)));
        assert!(is_rolled_back(identity.open(&database)));
        let clock = Arc::new(SetClock(AtomicI64::new(START.as_millis())));
        assert!(is_rolled_back(Sequencer::start(database.clone(), Arc::new(place.identity()), clock)));
        assert_eq!(verified(&database, &identity).unwrap().checkpoint().size, 5);
    });
}

#[test]
fn no_leaf_is_placed_where_another_was_signed() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 5);
        back_up(&database);
        let clock = Arc::new(SetClock(AtomicI64::new(START.as_millis())));
        let sequencer = Sequencer::start(database.clone(), Arc::new(place.identity()), clock).unwrap();
        append_leaves(&database, 1, START);
        let size = || verified(&database, &identity).unwrap().checkpoint().size;
        let wait_until = |done: &dyn Fn() -> bool| {
            (0..1_000).any(|_| {
                std::thread::sleep(std::time::Duration::from_millis(20));
                done()
            })
        };
        assert!(wait_until(&|| size() == 6));
        restore(&database);
        append_leaves(&database, 1, START);
        assert!(wait_until(&|| !sequencer.is_healthy()));
        assert_eq!(database.read(|connection| rows::state(connection, LOG)).unwrap().size, 5);
        assert_eq!(size(), 5);
    });
}

#[test]
fn a_server_without_memory_takes_over_what_the_database_says() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 5);
        let memory = LastSigned::in_folder(place.folder.path(), LOG);
        let note = memory.note().unwrap();
        std::fs::remove_file(place.folder.path().join("audit-checkpoint.last")).unwrap();
        identity.open(&database).unwrap();
        assert_eq!(memory.note().unwrap(), note);
        // One that is unreadable is no memory, and not to be overwritten.
        std::fs::write(place.folder.path().join("audit-checkpoint.last"), "damaged").unwrap();
        assert!(matches!(identity.open(&database), Err(LogError::Memory { .. })));
    });
}
