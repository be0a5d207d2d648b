//! Webhooks, cursor and outbox on every database.

use std::collections::BTreeSet;

use chancery_base::{
    db::{Database, Tx},
    problem::Problem,
    values::{PartyId, UnixMillis, WebhookId},
};

use super::*;
use crate::test_database::{Counting, Fixture, NOW, on_each_database};

fn webhook(database: &Database, entropy: &Counting, slug: &str) -> Webhook {
    let party = PartyId::generate(entropy, NOW);
    let webhook = Webhook {
        id: WebhookId::generate(entropy, NOW),
        party,
        url: "https://example.com/".to_owned(),
        events: vec![EventKind::UseRefused, EventKind::GrantOffered],
        secret: vec![1, 2],
        previous: Some(PreviousSecret { sealed: vec![3], until: NOW }),
        created_at: NOW,
        told_since: NOW,
        failing_since: Some(NOW),
        rests_until: NOW,
        switched_off: None,
    };
    Fixture::new().party(party, slug).write(database);
    let row = webhook.clone();
    database.act(move |tx| Ok(insert(tx, &row)?)).unwrap();
    webhook
}

fn put(database: &Database, entropy: &Counting, webhook: &Webhook, due_at: UnixMillis) -> Delivery {
    let delivery = Delivery { due_at, ..Delivery::new(webhook.id, &Event::test(NOW), entropy, NOW) };
    let delivery = Delivery { event: EventKind::UseRefused, ..delivery };
    let row = delivery.clone();
    database.act(move |tx| Ok(insert_delivery(tx, &row)?)).unwrap();
    delivery
}

fn due(database: &Database, busy: &[WebhookId], now: UnixMillis) -> Option<Delivery> {
    let busy: BTreeSet<WebhookId> = busy.iter().copied().collect();
    database.read(|connection| next_due(connection, &busy, now)).unwrap()
}

#[test]
fn webhooks_belong_to_their_party_until_they_are_removed() {
    on_each_database(|database| {
        let entropy = Counting::default();
        let (mut ours, theirs) = (webhook(database, &entropy, "acme"), webhook(database, &entropy, "globex"));
        assert_eq!(database.read(|c| of_party(c, ours.party)).unwrap(), std::slice::from_ref(&ours));
        assert_eq!(database.read(|c| find_of_party(c, ours.party, theirs.id)).unwrap(), None);
        assert_eq!(database.read(subscribed).unwrap().len(), 2);
        ours.switched_off = Some((NOW, SwitchedOff::Overflowing));
        (ours.previous, ours.failing_since) = (None, None);
        let row = ours.clone();
        let keep = move |tx: &mut Tx<'_>| {
            keep_secrets(tx, &row)?;
            Ok(keep_how_it_fares(tx, &row)?)
        };
        database.act(keep).unwrap();
        assert_eq!(database.read(|c| find(c, ours.id)).unwrap().as_ref(), Some(&ours));
        assert_eq!(database.read(subscribed).unwrap(), std::slice::from_ref(&theirs));
        let removed = |party, id| database.act(move |tx| Ok(remove(tx, party, id, NOW)?)).unwrap();
        assert!(!removed(ours.party, theirs.id));
        put(database, &entropy, &ours, NOW);
        assert!(removed(ours.party, ours.id) && !removed(ours.party, ours.id));
        assert_eq!(database.read(|c| find(c, ours.id)).unwrap(), None);
        assert_eq!(due(database, &[], NOW), None, "nothing is sent to what was removed");
        let purged = || database.act(|tx| Ok(purge(tx, NOW, 10)?)).unwrap();
        assert_eq!((purged(), purged()), (1, 0));
    });
}

#[test]
fn the_log_is_read_once() {
    on_each_database(|database| {
        assert_eq!(database.read(cursor).unwrap(), None);
        database.act(|tx| Ok(start_cursor(tx, 7)?)).unwrap();
        let moved = |from, to| database.act(move |tx| Ok::<_, Problem>(move_cursor(tx, from, to)?)).unwrap();
        assert!(moved(7, 9) && !moved(7, 9) && !moved(8, 10));
        assert_eq!(database.read(cursor).unwrap(), Some(9));
        database.act(|tx| Ok(start_cursor(tx, 20)?)).unwrap();
        assert_eq!(database.read(cursor).unwrap(), Some(20));
    });
}

#[test]
fn one_server_at_a_time_sends_a_message() {
    on_each_database(|database| {
        let entropy = Counting::default();
        let (first, second) = (webhook(database, &entropy, "acme"), webhook(database, &entropy, "globex"));
        let (late, early) =
            (put(database, &entropy, &first, NOW.plus_millis(5)), put(database, &entropy, &second, NOW));
        assert_eq!(due(database, &[], NOW.plus_millis(-1)), None);
        assert_eq!(due(database, &[], NOW.plus_millis(9)).as_ref(), Some(&early), "the one that is due for longest");
        assert_eq!(due(database, &[second.id], NOW.plus_millis(9)).as_ref(), Some(&late));
        assert_eq!(due(database, &[first.id, second.id], NOW.plus_millis(9)), None);

        let leased = Delivery { due_at: NOW.plus_millis(100), attempts: 1, ..early.clone() };
        let change = |delivery: &Delivery, was_due_at: UnixMillis| {
            let delivery = delivery.clone();
            database.act(move |tx| Ok(change_delivery(tx, &delivery, was_due_at)?)).unwrap()
        };
        assert!(change(&leased, early.due_at) && !change(&leased, early.due_at), "the second server is too late");
        assert_eq!(due(database, &[first.id], NOW.plus_millis(99)), None);
        assert_eq!(due(database, &[first.id], NOW.plus_millis(100)).as_ref(), Some(&leased), "a lease that ended");
        let taken_over = Delivery { due_at: NOW.plus_millis(200), attempts: 2, ..leased.clone() };
        assert!(change(&taken_over, leased.due_at));
        let delivered =
            Delivery { status: DeliveryStatus::Delivered, answer: Some("204".to_owned()), ..leased.clone() };
        assert!(!change(&delivered, leased.due_at), "whoever lost its lease has nothing to say any more");
        let delivered = Delivery { status: DeliveryStatus::Delivered, ..taken_over.clone() };
        assert!(change(&delivered, taken_over.due_at) && !change(&delivered, taken_over.due_at));
        let found = |webhook: WebhookId| database.read(|c| find_delivery(c, webhook, early.id)).unwrap();
        assert_eq!((found(second.id), found(first.id)), (Some(delivered), None));

        let again = || database.act(move |tx| Ok(wait_again(tx, early.id, NOW)?)).unwrap();
        assert!(again() && !again());
        assert_eq!(found(second.id).unwrap().status, DeliveryStatus::Waiting);
    });
}

#[test]
fn a_webhook_that_rests_or_is_off_is_sent_tests_only() {
    on_each_database(|database| {
        let entropy = Counting::default();
        let mut webhook = webhook(database, &entropy, "acme");
        put(database, &entropy, &webhook, NOW);
        let keep = |webhook: &Webhook| {
            let webhook = webhook.clone();
            database.act(move |tx| Ok(keep_how_it_fares(tx, &webhook)?)).unwrap();
        };
        webhook.rests_until = NOW.plus_millis(5);
        keep(&webhook);
        assert_eq!(due(database, &[], NOW), None);
        assert!(due(database, &[], NOW.plus_millis(5)).is_some());
        webhook.switched_off = Some((NOW, SwitchedOff::Failing));
        keep(&webhook);
        assert_eq!(due(database, &[], NOW.plus_millis(5)), None);
        let test = Delivery::new(webhook.id, &Event::test(NOW), &entropy, NOW);
        let row = test.clone();
        database.act(move |tx| Ok(insert_delivery(tx, &row)?)).unwrap();
        assert_eq!(due(database, &[], NOW), Some(test));
        assert_eq!(database.read(|c| waiting(c, webhook.id)).unwrap(), 2);
        database.act(move |tx| Ok(give_up_waiting(tx, webhook.id)?)).unwrap();
        assert_eq!(database.read(|c| waiting(c, webhook.id)).unwrap(), 0);
        let newest = database.read(|c| deliveries_of(c, webhook.id, None, 1)).unwrap();
        let older = database.read(|c| deliveries_of(c, webhook.id, Some(newest[0].id), 5)).unwrap();
        assert!(newest[0].id > older[0].id && older.len() == 1);
        let purged = |before: UnixMillis| database.act(move |tx| Ok(purge(tx, before, 1)?)).unwrap();
        assert_eq!((purged(NOW), purged(NOW.plus_days(1)), purged(NOW.plus_days(1))), (0, 1, 1));
    });
}
