//! Receipts, openings, listings and following.

use super::*;

#[test]
fn a_promise_comes_at_once_and_the_proof_after_sequencing() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 3);
        let appended = append_leaves(&database, 1, START.plus_millis(5))[0];
        let trust = identity.trust();
        let promise = identity.promise(&appended).unwrap().to_string();
        let promise = Promise::open(promise.as_bytes(), &trust.promise_keys()).unwrap();
        assert_eq!((promise.leaf, promise.promised_at), (appended.hash, START.plus_millis(5)));

        assert_eq!(receipt_of(&database, appended.id), None);
        sequence_all(&database).unwrap();
        assert_eq!(receipt_of(&database, appended.id), None, "placed but not yet published");
        publish(&database, &identity, START).unwrap();
        let receipt: Receipt = receipt_of(&database, appended.id).unwrap().to_string().parse().unwrap();
        let checkpoint = receipt.verify(&trust.log_keys()).unwrap();
        assert_eq!((receipt.index, checkpoint.checkpoint().size), (3, 4));
        assert_eq!(TreeHash::of_leaf(&receipt.entry), promise.leaf);
        let again = database.read(|connection| leaf(connection, appended.id)).unwrap().unwrap();
        assert_eq!(identity.promise(&again).unwrap(), identity.promise(&appended).unwrap());
    });
}

#[test]
fn openings_are_for_their_readers_only() {
    on_each_database(|place| {
        let (database, _, _) = published_log(place, 0);
        let leaf = NewLeaf::new(LOG, &json!({"to": "one"}), vec![party(1), party(1)], &ENTROPY, START).unwrap();
        let id = leaf.id();
        database.act(move |tx| Ok(append(tx, &leaf))).unwrap();
        let read = |party| database.read(|connection| opening(connection, id, party)).unwrap();
        assert_eq!(read(party(1)).unwrap().payload(), &json!({"to": "one"}));
        assert!(read(party(2)).is_none());
    });
}

#[test]
fn erasing_an_opening_leaves_the_proof_whole() {
    on_each_database(|place| {
        let (database, identity, leaves) = published_log(place, 1);
        tamper(&database, "DELETE FROM log_openings");
        assert!(database.read(|connection| opening(connection, leaves[0].id, party(1))).unwrap().is_none());
        assert!(receipt_of(&database, leaves[0].id).unwrap().verify(&[identity.verifier()]).is_ok());
        assert!(verified(&database, &identity).is_ok());
    });
}

#[test]
fn listings_page_by_age_and_keep_parties_apart() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 0);
        for (number, reader) in [1, 2, 1, 1, 2, 1].into_iter().enumerate() {
            let now = START.plus_millis(number as i64);
            let leaf = NewLeaf::new(LOG, &json!({"number": number}), vec![party(reader)], &ENTROPY, now).unwrap();
            database.act(move |tx| Ok(append(tx, &leaf))).unwrap();
        }
        let listed = |listing: Listing| {
            let leaves = database.read(|connection| list(connection, &listing)).unwrap();
            assert!(leaves.iter().all(|leaf| leaf.opening.opens(&leaf.entry)));
            leaves.iter().map(|leaf| leaf.index).collect::<Vec<_>>()
        };
        let all = Listing { log: LOG, party: party(1), from: START, until: START.plus_days(1), after: None, limit: 10 };
        assert_eq!(listed(all), [] as [u64; 0], "nothing has a place yet");
        sequence_all(&database).unwrap();
        publish(&database, &identity, START).unwrap();
        assert_eq!(listed(all), [0, 2, 3, 5]);
        assert_eq!(listed(Listing { limit: 2, ..all }), [0, 2]);
        let second = database.read(|connection| list(connection, &all)).unwrap()[1].id;
        assert_eq!(listed(Listing { after: Some(second), ..all }), [3, 5]);
        assert_eq!(listed(Listing { from: START.plus_millis(2), until: START.plus_millis(5), ..all }), [2, 3]);
        assert_eq!(listed(Listing { party: party(2), ..all }), [1, 4]);
        assert_eq!(listed(Listing { party: party(3), ..all }), [] as [u64; 0]);
        assert_eq!(listed(Listing { log: LogName::Liability, ..all }), [] as [u64; 0]);
    });
}

#[test]
fn browsing_goes_from_the_newest_leaf_to_the_oldest() {
    on_each_database(|place| {
        let (database, ..) = published_log(place, 0);
        for (number, readers) in [vec![1], vec![1, 2], vec![2], vec![1]].into_iter().enumerate() {
            let now = START.plus_millis(number as i64);
            let readers = readers.into_iter().map(party).collect();
            let leaf = NewLeaf::new(LOG, &json!({"number": number}), readers, &ENTROPY, now).unwrap();
            database.act(move |tx| Ok(append(tx, &leaf))).unwrap();
        }
        let read = |browsing: Browsing| database.read(|connection| browse(connection, &browsing)).unwrap();
        let numbers = |leaves: &[ReadableLeaf]| {
            leaves.iter().map(|leaf| leaf.payload.as_ref().unwrap()["number"].clone()).collect::<Vec<_>>()
        };
        let all = Browsing { party: party(1), from: START, until: START.plus_days(1), before: None, limit: 10 };
        let leaves = read(all);
        assert_eq!(numbers(&leaves), [3, 1, 0]);
        assert!(leaves.iter().all(|leaf| leaf.index.is_none()));
        sequence_all(&database).unwrap();
        assert_eq!(read(all).iter().map(|leaf| leaf.index).collect::<Vec<_>>(), [Some(3), Some(1), Some(0)]);
        assert_eq!(numbers(&read(Browsing { before: Some(leaves[0].id), limit: 1, ..all })), [1]);
        assert_eq!(numbers(&read(Browsing { until: START.plus_millis(3), ..all })), [1, 0]);
        assert_eq!(numbers(&read(Browsing { from: START.plus_millis(1), ..all })), [3, 1]);
        let ids: Vec<_> = leaves.iter().map(|leaf| leaf.id).collect();
        let shared = database.read(|connection| shared_with(connection, &ids, &[party(2), party(9)])).unwrap();
        assert_eq!(shared.into_iter().collect::<Vec<_>>(), [leaves[1].id]);
        let counted = |most| {
            let period = (START, START.plus_days(1));
            database.read(|connection| count_up_to(connection, party(1), period, most)).unwrap()
        };
        assert_eq!((counted(10), counted(2)), (3, 2));
        tamper(
            &database,
            "DELETE FROM log_openings WHERE leaf_id = (SELECT MAX(id) FROM log_leaves WHERE position = 3)",
        );
        let erased: Vec<_> = read(all).iter().map(|leaf| leaf.payload.is_none()).collect();
        assert_eq!(erased, [true, false, false], "an erased leaf is still listed");
    });
}

#[test]
fn nothing_beyond_the_checkpoint_is_public() {
    on_each_database(|place| {
        let (database, _, _) = published_log(place, 300);
        append_leaves(&database, 300, START);
        sequence_all(&database).unwrap();
        let source = source(&database);
        for path in ["tile/0/001.p/44", "tile/0/001.p/1", "tile/0/000", "tile/entries/001.p/44", "tile/1/000.p/1"] {
            assert!(source.fetch(path).unwrap().is_some(), "{path}");
        }
        for path in ["tile/0/001.p/45", "tile/0/001", "tile/entries/001.p/45", "tile/1/000.p/2", "tile/2/000.p/1", "x"]
        {
            assert!(source.fetch(path).unwrap().is_none(), "{path}");
        }
    });
}

#[test]
fn a_follower_demands_that_the_log_continues() {
    on_each_database(|place| {
        let (database, identity, _) = published_log(place, 300);
        let follow = |remembered: &Checkpoint| follow_log(&source(&database), &[identity.verifier()], remembered);
        let remembered = verified(&database, &identity).unwrap().checkpoint().clone();
        assert_eq!(follow(&remembered).unwrap().checkpoint(), &remembered);
        append_leaves(&database, 400, START);
        sequence_all(&database).unwrap();
        publish(&database, &identity, START).unwrap();
        assert_eq!(follow(&remembered).unwrap().checkpoint().size, 700);

        let refused = |remembered: Checkpoint| matches!(follow(&remembered), Err(VerifyError::NotContinued { .. }));
        assert!(refused(Checkpoint { root: TreeHash::of_leaf(b"fork"), ..remembered.clone() }));
        assert!(refused(Checkpoint { size: 299, ..remembered.clone() }));
        let longer = follow(&Checkpoint { size: 701, ..remembered.clone() });
        assert_eq!(longer, Err(VerifyError::Older { shown: 700, remembered: 701 }));
        let other = Checkpoint { origin: "example.org/audit".parse().unwrap(), ..remembered };
        assert!(matches!(follow(&other), Err(VerifyError::OtherLog { .. })));
    });
}
