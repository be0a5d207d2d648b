//! Holds on every database.

use chancery_base::values::{HoldId, ModelId, PartyId};

use super::*;
use crate::test_database::{Counting, Fixture, NOW, on_each_database};

#[test]
fn a_hold_stands_until_released_once() {
    on_each_database(|database| {
        let entropy = Counting::default();
        let (party, model) = (PartyId::generate(&entropy, NOW), ModelId::generate(&entropy, NOW));
        let hold = Hold {
            id: HoldId::generate(&entropy, NOW),
            model,
            authority: "Landgericht Beispielstadt".to_owned(),
            reason: "preliminary injunction".to_owned(),
            is_legal_demand: true,
            placed_at: NOW,
            released_at: None,
        };
        let (id, placed) = (hold.id, hold.clone());
        Fixture::new().party(party, "acme").model(model, party).write(database);
        database.act(move |tx| Ok(place_hold(tx, &placed)?)).unwrap();
        assert_eq!(database.read(|c| active_holds(c, model)).unwrap(), [hold]);
        assert!(database.act(move |tx| Ok(release_hold(tx, id, NOW.plus_days(1))?)).unwrap());
        assert!(database.read(|c| active_holds(c, model)).unwrap().is_empty());
        let found = database.read(|c| find_hold(c, id)).unwrap().unwrap();
        assert_eq!(found.released_at, Some(NOW.plus_days(1)));
        assert!(!database.act(move |tx| Ok(release_hold(tx, id, NOW)?)).unwrap());
    });
}
