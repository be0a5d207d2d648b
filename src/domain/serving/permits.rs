//! Places for uses under way: so many at once, and so much text, of which one party has no more than its share.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chancery_base::{
    problem::{Problem, ProblemKind},
    values::PartyId,
};

/// Uses that may be under way at once.
const CALLS: usize = 256;
/// Bytes of text that they may bring together: sixteen requests of the largest size.
const BYTES: usize = 64 << 20;
/// Bytes of text that those of one party may bring.
const BYTES_OF_PARTY: usize = BYTES / 2;

/// The places, and who has taken them.
#[derive(Clone, Default)]
pub(super) struct Permits(Arc<Mutex<UnderWay>>);

#[derive(Default)]
struct UnderWay {
    calls: usize,
    bytes: usize,
    bytes_of: HashMap<PartyId, usize>,
}

impl Permits {
    /// Takes a place for a use of `party` with so many bytes of text.
    ///
    /// Errors: [`ProblemKind::Overloaded`]; nothing was recorded.
    pub(super) fn take(&self, party: PartyId, bytes: usize) -> Result<Permit, Problem> {
        let mut under_way = self.lock();
        let of_party = under_way.bytes_of.get(&party).copied().unwrap_or_default();
        let full = |detail: &str| Err(Problem::new(ProblemKind::Overloaded, detail));
        if under_way.calls >= CALLS {
            return full("the server runs as many calls as it can; try again in a moment");
        }
        if under_way.bytes.saturating_add(bytes) > BYTES {
            return full("the server works on as much text as it can; try again in a moment");
        }
        if of_party.saturating_add(bytes) > BYTES_OF_PARTY {
            return full("your organisation's calls hold as much text as they may; try again when one of them ended");
        }
        under_way.calls += 1;
        under_way.bytes += bytes;
        under_way.bytes_of.insert(party, of_party + bytes);
        drop(under_way);
        Ok(Permit { permits: self.clone(), party, bytes })
    }

    /// Uses that are under way.
    pub(super) fn calls(&self) -> usize {
        self.lock().calls
    }

    fn give_back(&self, party: PartyId, bytes: usize) {
        let mut under_way = self.lock();
        under_way.calls = under_way.calls.saturating_sub(1);
        under_way.bytes = under_way.bytes.saturating_sub(bytes);
        let of_party = under_way.bytes_of.get(&party).copied().unwrap_or_default().saturating_sub(bytes);
        if of_party == 0 {
            under_way.bytes_of.remove(&party);
        } else {
            under_way.bytes_of.insert(party, of_party);
        }
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the uses under way, given back when dropped.
pub(super) struct Permit {
    permits: Permits,
    party: PartyId,
    bytes: usize,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.permits.give_back(self.party, self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTIES: [&str; 3] = [
        "party_0192f0c1e0e17cc3a3d3a1f1c5b0a9d1",
        "party_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2",
        "party_0192f0c1e0e17cc3a3d3a1f1c5b0a9d3",
    ];

    fn refusal(taken: Result<Permit, Problem>) -> String {
        taken.err().map(|problem| problem.detail).unwrap_or_default()
    }

    #[test]
    fn a_party_takes_no_more_than_its_share_and_all_no_more_than_there_is() {
        let [one, two, three] = PARTIES.map(|party| party.parse().unwrap());
        let permits = Permits::default();
        let held = permits.take(one, BYTES_OF_PARTY).unwrap();
        assert!(refusal(permits.take(one, 1)).contains("your organisation's calls"));
        let _other = permits.take(two, BYTES_OF_PARTY).unwrap();
        assert!(refusal(permits.take(three, 1)).contains("the server works on as much text"));
        drop(held);
        assert_eq!(permits.calls(), 1);
        assert!(permits.take(one, BYTES_OF_PARTY).is_ok());
    }

    #[test]
    fn so_many_calls_whatever_they_bring() {
        let party = PARTIES[0].parse().unwrap();
        let permits = Permits::default();
        let mut held: Vec<_> = (0..CALLS).map(|_| permits.take(party, 0).unwrap()).collect();
        assert!(refusal(permits.take(party, 0)).contains("as many calls"));
        held.pop();
        assert!(permits.take(party, 0).is_ok());
        drop(held);
        assert_eq!(permits.calls(), 0);
    }
}
