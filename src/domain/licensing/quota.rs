//! Token quotas: spent from slices that a process has leased durably, settled in the act that records the use.
//!
//! A reservation is made in memory, so that an allowed call does not pay for two commits. What a process leased and did not
//! settle when it died is given back when its lease runs out.
//!
//! INVARIANT: settled + leased never exceeds the quota, whatever the number of processes; a use that cannot be settled is
//! not answered.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chancery_base::{
    db::{AnyConnection, Database, Tx},
    problem::{Problem, ProblemKind},
    values::{GrantId, TokenCount, UnixMillis},
};

use super::{low_rows, rows};

/// How long a lease lasts after it was last used. A process that died gives its slice back after this.
const LEASE_MS: i64 = 60_000;
/// A process leases this share of what remains, so that several can work on one quota.
const SLICE_DIVISOR: u64 = 8;
/// Never more than this at once, so that little is out of sight when a process dies.
const SLICE_LIMIT: u64 = 100_000;

/// A quota as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaState {
    /// Tokens granted.
    pub quota: TokenCount,
    /// Tokens used and recorded.
    pub settled: TokenCount,
    /// Tokens set aside by running processes.
    pub leased: TokenCount,
}

impl QuotaState {
    /// What was not used up. Some of it may be set aside for calls that are running, or were when their process died.
    #[must_use]
    pub const fn unsettled(&self) -> TokenCount {
        TokenCount(self.quota.0.saturating_sub(self.settled.0))
    }

    /// What nobody has used or set aside.
    const fn free(&self) -> TokenCount {
        TokenCount(self.unsettled().0.saturating_sub(self.leased.0))
    }
}

/// The state of a grant's quota; `None` when the grant has none.
pub fn quota_of(connection: &mut AnyConnection, grant: GrantId) -> Result<Option<QuotaState>, Problem> {
    Ok(rows::quota(connection, grant)?)
}

/// Notes that the parties of a grant were told that its quota runs low; `false` where they were before.
///
/// Errors: the database cannot be written.
pub fn mark_low_told(tx: &mut Tx<'_>, grant: GrantId, now: UnixMillis) -> Result<bool, Problem> {
    Ok(low_rows::mark_told(tx, grant, now)?)
}

/// What this process has leased of one grant and not promised to anybody.
#[derive(Debug, Default)]
struct Slice {
    tokens: u64,
    /// From then on others may take what was leased; it is not later than what the database says.
    expires_at: Option<UnixMillis>,
    /// Moves when the slice is forgotten: the next lease is another one, and the old one is left to run out.
    generation: u64,
}

impl Slice {
    /// Nothing in hand, and the next lease under another name.
    const fn forget(&mut self) {
        *self = Self { tokens: 0, expires_at: None, generation: self.generation + 1 };
    }

    fn extend_to(&mut self, expires_at: UnixMillis) {
        self.expires_at = self.expires_at.max(Some(expires_at));
    }
}

type Slices = Arc<Mutex<HashMap<GrantId, Slice>>>;

/// The slices this process holds. Cheap to clone; all clones share them.
#[derive(Clone)]
pub struct QuotaDesk {
    holder: String,
    slices: Slices,
}

impl QuotaDesk {
    /// A desk that leases under the name `holder`, which no other process, living or dead, may have used.
    #[must_use]
    pub fn new(holder: String) -> Self {
        Self { holder, slices: Slices::default() }
    }

    /// Sets `tokens` of `grant` aside; `None` when the quota does not hold them, or what is left is set aside for others.
    ///
    /// Errors: the database cannot be written.
    pub fn reserve(
        &self,
        database: &Database,
        grant: GrantId,
        tokens: TokenCount,
        now: UnixMillis,
    ) -> Result<Option<Reservation>, Problem> {
        if let Some(reservation) = self.take(grant, tokens, now) {
            return Ok(Some(reservation));
        }
        let generation = lock(&self.slices).entry(grant).or_default().generation;
        let holder = self.holder(generation);
        match database.act(move |tx| lease(tx, grant, &holder, tokens, now)) {
            Ok(leased) => {
                adjust(&self.slices, grant, generation, |slice| {
                    slice.tokens += leased.0;
                    slice.extend_to(now.plus_millis(LEASE_MS));
                });
                Ok(self.take(grant, tokens, now))
            }
            Err(problem) => {
                // Nobody knows whether the lease was written.
                self.forget(grant);
                Err(problem)
            }
        }
    }

    fn holder(&self, generation: u64) -> String {
        format!("{}.{generation}", self.holder)
    }

    fn take(&self, grant: GrantId, tokens: TokenCount, now: UnixMillis) -> Option<Reservation> {
        let mut slices = lock(&self.slices);
        let slice = slices.entry(grant).or_default();
        if slice.expires_at.is_some_and(|expires_at| expires_at < now) {
            // Others may have taken what was leased, and this process may be about to take it back itself.
            slice.forget();
        }
        slice.tokens = slice.tokens.checked_sub(tokens.0)?;
        let (generation, holder) = (slice.generation, self.holder(slice.generation));
        Some(Reservation { grant, tokens, generation, holder, slices: Some(Arc::clone(&self.slices)) })
    }

    /// Forgets the slice of `grant` after nobody knows what the database holds of its lease; that runs out by itself, and
    /// the next reservation leases anew.
    pub fn forget(&self, grant: GrantId) {
        lock(&self.slices).entry(grant).or_default().forget();
    }
}

fn lock(slices: &Mutex<HashMap<GrantId, Slice>>) -> MutexGuard<'_, HashMap<GrantId, Slice>> {
    slices.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Changes a slice, unless it was forgotten since `generation`.
fn adjust(slices: &Slices, grant: GrantId, generation: u64, change: impl FnOnce(&mut Slice)) {
    let mut slices = lock(slices);
    let slice = slices.entry(grant).or_default();
    if slice.generation == generation {
        change(slice);
    }
}

/// Leases enough for `tokens`, and more where much remains. Returns what was leased, which may be too little.
fn lease(
    tx: &mut Tx<'_>,
    grant: GrantId,
    holder: &str,
    tokens: TokenCount,
    now: UnixMillis,
) -> Result<TokenCount, Problem> {
    rows::lock_quota(tx, grant)?;
    rows::reclaim_leases(tx, grant, now)?;
    let Some(state) = rows::quota(tx, grant)? else { return Ok(TokenCount(0)) };
    let free = state.free().0;
    let slice = tokens.0.max(free / SLICE_DIVISOR).min(SLICE_LIMIT.max(tokens.0)).min(free);
    let leased = TokenCount(slice);
    let expires_at = now.plus_millis(LEASE_MS);
    if slice > 0 && !rows::lease(tx, grant, holder, leased, expires_at)? {
        return Err(Problem::internal("a locked quota changed between reading and writing"));
    }
    Ok(leased)
}

/// Tokens set aside for one use; given back when dropped without being settled.
pub struct Reservation {
    grant: GrantId,
    tokens: TokenCount,
    generation: u64,
    holder: String,
    slices: Option<Slices>,
}

impl Reservation {
    /// What has to be written when the use is recorded.
    #[must_use]
    pub fn settlement(&self) -> Settlement {
        Settlement { grant: self.grant, tokens: self.tokens, holder: self.holder.clone() }
    }

    /// The use was recorded at `now`: nothing goes back, and the lease lasts as long again.
    pub fn settled(mut self, now: UnixMillis) {
        if let Some(slices) = self.slices.take() {
            adjust(&slices, self.grant, self.generation, |slice| slice.extend_to(now.plus_millis(LEASE_MS)));
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(slices) = self.slices.take() {
            adjust(&slices, self.grant, self.generation, |slice| slice.tokens += self.tokens.0);
        }
    }
}

/// The quota's part of the act that records a use.
#[derive(Debug, Clone)]
pub struct Settlement {
    grant: GrantId,
    tokens: TokenCount,
    holder: String,
}

impl Settlement {
    /// Moves the tokens from leased to settled.
    ///
    /// Errors: the lease ran out meanwhile, so the tokens may have gone to another process.
    pub fn post(&self, tx: &mut Tx<'_>, now: UnixMillis) -> Result<(), Problem> {
        if rows::settle(tx, self.grant, &self.holder, self.tokens, now.plus_millis(LEASE_MS))? {
            Ok(())
        } else {
            Err(Problem::new(ProblemKind::Conflict, "the quota lease ran out while the call was running; call again"))
        }
    }
}

/// Gives back what processes leased that no longer run; for a database that only one process opens.
pub fn reclaim_all(tx: &mut Tx<'_>) -> Result<(), Problem> {
    Ok(rows::reclaim_all_leases(tx)?)
}

#[cfg(test)]
mod tests {
    use chancery_base::values::{ModelId, PartyId};

    use super::*;
    use crate::{
        licensing::{Grant, GrantStatus, Terms},
        test_database::{Counting, Fixture, NOW, on_each_database},
    };

    /// An accepted grant of `quota` tokens.
    fn grant(database: &Database, quota: u64) -> GrantId {
        let entropy = Counting::default();
        let (owner, licensee) = (PartyId::generate(&entropy, NOW), PartyId::generate(&entropy, NOW));
        let model = ModelId::generate(&entropy, NOW);
        Fixture::new().party(owner, "acme").party(licensee, "globex").model(model, owner).write(database);
        let terms = format!(
            "terms = 1\npurposes = [\"research\"]\nquota_tokens = {quota}\ngoverning_law = \"Germany\"\n\
             [term]\nstart = 2026-01-01\n[price]\nmodel = \"free\"\n"
        );
        let terms = Terms::parse(&terms).unwrap();
        let grant = Grant {
            id: GrantId::generate(&entropy, NOW),
            model,
            licensor: owner,
            licensee,
            terms_digest: terms.digest().unwrap(),
            terms,
            status: GrantStatus::Offered,
            acceptance: None,
            offered_at: NOW,
            accepted_at: None,
            revoked_at: None,
            revocation_reason: None,
            epoch: 0,
        };
        let id = grant.id;
        database.act(move |tx| Grant::offer(tx, &grant)).unwrap();
        id
    }

    fn state(database: &Database, grant: GrantId) -> QuotaState {
        database.read(|connection| quota_of(connection, grant)).unwrap().unwrap()
    }

    fn settle(database: &Database, reservation: Reservation) -> Result<(), Problem> {
        settle_at(database, reservation, NOW)
    }

    fn settle_at(database: &Database, reservation: Reservation, now: UnixMillis) -> Result<(), Problem> {
        let settlement = reservation.settlement();
        database.act(move |tx| settlement.post(tx, now))?;
        reservation.settled(now);
        Ok(())
    }

    #[test]
    fn what_is_settled_never_exceeds_the_quota_whatever_the_callers() {
        on_each_database(|database| {
            let grant = grant(database, 1_000);
            let desks = [QuotaDesk::new("one".to_owned()), QuotaDesk::new("two".to_owned())];
            let settled = std::sync::atomic::AtomicU64::new(0);
            std::thread::scope(|scope| {
                for desk in desks.iter().cycle().take(8) {
                    scope.spawn(|| {
                        for _ in 0..40 {
                            let reserved = desk.reserve(database, grant, TokenCount(7), NOW).unwrap();
                            let Some(reservation) = reserved else { continue };
                            settle(database, reservation).unwrap();
                            settled.fetch_add(7, std::sync::atomic::Ordering::Relaxed);
                        }
                    });
                }
            });
            let state = state(database, grant);
            assert_eq!(state.settled.0, settled.into_inner());
            assert!(state.settled.0 + state.leased.0 <= 1_000 && state.settled.0 > 900, "{state:?}");
        });
    }

    #[test]
    fn what_is_not_settled_goes_back() {
        on_each_database(|database| {
            let grant = grant(database, 100);
            let desk = QuotaDesk::new("one".to_owned());
            let reservation = desk.reserve(database, grant, TokenCount(100), NOW).unwrap().unwrap();
            assert!(desk.reserve(database, grant, TokenCount(1), NOW).unwrap().is_none());
            drop(reservation);
            assert!(desk.reserve(database, grant, TokenCount(100), NOW).unwrap().is_some());
        });
    }

    #[test]
    fn a_dead_process_gives_its_lease_back_when_it_has_run_out() {
        on_each_database(|database| {
            let grant = grant(database, 100);
            let dead = QuotaDesk::new("dead".to_owned());
            std::mem::forget(dead.reserve(database, grant, TokenCount(100), NOW).unwrap());
            let living = QuotaDesk::new("living".to_owned());
            assert!(living.reserve(database, grant, TokenCount(1), NOW).unwrap().is_none());
            let later = NOW.plus_millis(LEASE_MS + 1);
            assert!(living.reserve(database, grant, TokenCount(100), later).unwrap().is_some());
        });
    }

    #[test]
    fn a_process_drops_what_its_own_lease_held_when_that_has_run_out() {
        on_each_database(|database| {
            let grant = grant(database, 100);
            let (idle, other) = (QuotaDesk::new("idle".to_owned()), QuotaDesk::new("other".to_owned()));
            drop(idle.reserve(database, grant, TokenCount(60), NOW).unwrap().unwrap());
            let later = NOW.plus_millis(LEASE_MS + 1);
            // The idle process still remembers its 60 tokens; they must not be spent besides those leased anew.
            let reserved: Vec<_> =
                (0..2).map(|_| idle.reserve(database, grant, TokenCount(50), later).unwrap()).collect();
            assert!(reserved.iter().all(Option::is_some));
            assert!(idle.reserve(database, grant, TokenCount(1), later).unwrap().is_none());
            assert!(other.reserve(database, grant, TokenCount(1), later).unwrap().is_none());
            for reservation in reserved.into_iter().flatten() {
                settle_at(database, reservation, later).unwrap();
            }
            assert_eq!(state(database, grant).settled, TokenCount(100));
        });
    }

    #[test]
    fn settling_keeps_a_slice_alive() {
        on_each_database(|database| {
            let grant = grant(database, 800);
            let desk = QuotaDesk::new("one".to_owned());
            let first = desk.reserve(database, grant, TokenCount(10), NOW).unwrap().unwrap();
            let soon = NOW.plus_millis(LEASE_MS - 1);
            settle_at(database, first, soon).unwrap();
            let leased = state(database, grant).leased;
            assert!(leased > TokenCount(10));
            let later = soon.plus_millis(LEASE_MS - 1);
            let second = desk.reserve(database, grant, TokenCount(10), later).unwrap().unwrap();
            assert_eq!(state(database, grant).leased, leased, "taken from the slice in hand");
            settle_at(database, second, later).unwrap();
        });
    }

    #[test]
    fn a_lost_lease_is_not_settled_and_the_next_one_is_new() {
        on_each_database(|database| {
            let grant = grant(database, 100);
            let desk = QuotaDesk::new("one".to_owned());
            let reservation = desk.reserve(database, grant, TokenCount(10), NOW).unwrap().unwrap();
            database.act(reclaim_all).unwrap();
            assert_eq!(settle(database, reservation).unwrap_err().kind, ProblemKind::Conflict);
            desk.forget(grant);
            let reservation = desk.reserve(database, grant, TokenCount(100), NOW).unwrap().unwrap();
            settle(database, reservation).unwrap();
            assert_eq!(state(database, grant).settled, TokenCount(100));
        });
    }
}
