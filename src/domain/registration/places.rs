//! How much of what is costly may be under way at once, in all and for one party, so that nobody keeps others waiting for long.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chancery_base::{
    problem::{Problem, ProblemKind},
    values::PartyId,
};

/// What an archive limits. Clones share the counts.
#[derive(Debug, Clone)]
pub struct ArchivePlaces {
    /// Files on their way in: each costs threads and some megabytes of buffers.
    pub(super) receiving: Places,
    /// Checks of stored bytes: each reads and hashes everything a version has.
    pub(super) checking: Places,
    /// Data sets that are read row by row before they are registered.
    pub(super) reading: Places,
}

impl Default for ArchivePlaces {
    fn default() -> Self {
        Self { receiving: Places::new(64, 16), checking: Places::new(4, 2), reading: Places::new(4, 2) }
    }
}

/// Places of one kind.
#[derive(Debug, Clone)]
pub(super) struct Places {
    in_all: usize,
    for_one_party: usize,
    taken: Arc<Mutex<HashMap<PartyId, usize>>>,
}

/// A place that is taken, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    party: PartyId,
}

impl Places {
    fn new(in_all: usize, for_one_party: usize) -> Self {
        Self { in_all, for_one_party, taken: Arc::default() }
    }

    /// Places that are taken.
    pub(super) fn taken(&self) -> usize {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// Takes a place for `party`.
    ///
    /// Errors: none is free (429).
    pub(super) fn take(&self, party: PartyId) -> Result<Place, Problem> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, own) = (taken.values().sum::<usize>(), taken.get(&party).copied().unwrap_or_default());
        if all >= self.in_all || own >= self.for_one_party {
            let detail = "as many requests of this kind as may be are under way; send this one again in a moment";
            return Err(Problem::new(ProblemKind::Overloaded, detail));
        }
        taken.insert(party, own + 1);
        Ok(Place { places: self.clone(), party })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.party) {
            *own -= 1;
        }
        taken.retain(|_, own| *own > 0);
    }
}

#[cfg(test)]
mod tests {
    use chancery_base::values::UnixMillis;

    use super::*;
    use crate::test_database::Counting;

    #[test]
    fn one_party_leaves_room_for_others_and_places_come_back() {
        let entropy = Counting::default();
        let [one, other, third] = [0; 3].map(|_| PartyId::generate(&entropy, UnixMillis::new(1)));
        let places = Places::new(3, 2);
        let held = [places.take(one).unwrap(), places.take(one).unwrap()];
        assert_eq!(places.take(one).unwrap_err().kind, ProblemKind::Overloaded);
        let _other = places.take(other).unwrap();
        assert!(places.take(third).is_err(), "three are under way");
        drop(held);
        assert!(places.take(third).is_ok() && places.take(one).is_ok());
    }
}
