//! Appending, sequencing, publishing, starting again.

use super::*;
use crate::problem::ProblemKind;

#[test]
fn an_act_that_fails_leaves_no_leaf() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 3);
        let leaf = new_leaf(3, START);
        let refused: Result<(), _> = database.act(move |tx| {
            append(tx, &leaf)?;
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
fn a_checkpoint_is_signed_again_every_minute_and_never_back_in_time() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 2);
        let signed_at = || database.read(|connection| checkpoint(connection, LOG)).unwrap().unwrap().1;
        assert!(!publish(&database, &identity, START.plus_millis(HEARTBEAT_MS - 1)).unwrap());
        assert!(publish(&database, &identity, START.plus_millis(HEARTBEAT_MS)).unwrap());
        assert_eq!(signed_at(), START.plus_millis(HEARTBEAT_MS));

        append_leaves(&database, 1, START);
        sequence_all(&database).unwrap();
        let refused = publish(&database, &identity, START).unwrap_err();
        assert!(matches!(refused, LogError::ClockWentBack { .. }), "{refused}");
        assert_eq!(verified(&database, &identity).unwrap().checkpoint().size, 2);
        // Another server's clock may be a little behind.
        assert!(publish(&database, &identity, START.plus_millis(HEARTBEAT_MS - 1)).unwrap());
        assert_eq!(signed_at(), START.plus_millis(HEARTBEAT_MS));
    });
}

#[test]
fn a_log_opens_with_its_own_identity_only() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 5);
        identity.open(&database).unwrap();
        let other = identity_of(LOG, 2).open(&database).unwrap_err();
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
    assert!(LogIdentity::new(LOG, "example.com/log".parse().unwrap(), key(), key()).is_err());
}

#[test]
fn what_was_published_must_be_continued() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 5);
        let published = verified(&database, &identity).unwrap().checkpoint().clone();
        let continues = |published: &Checkpoint| {
            database.read(|connection| check_continues(connection, LOG, published)).map_err(|error| match error {
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

#[test]
fn a_restored_backup_does_not_sign() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 5);
        // As if rows came from a backup taken before the last leaf, and the checkpoints from after it.
        tamper(
            &database,
            "UPDATE log_state SET size = 4, root = (SELECT leaf_hash FROM log_leaves WHERE position = 0)",
        );
        assert!(matches!(identity.open(&database), Err(LogError::Altered { .. } | LogError::RolledBack { .. })));
        assert!(publish(&database, &identity, START.plus_days(1)).is_err());
        append_leaves(&database, 1, START);
        assert!(sequence_all(&database).is_err());
    });
}
