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

use super::rows;

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
    /// What nobody has used or set aside.
    #[must_use]
    pub const fn free(&self) -> TokenCount {
        TokenCount(self.quota.0.saturating_sub(self.settled.0).saturating_sub(self.leased.0))
    }
}

/// The state of a grant's quota; `None` when the grant has none.
pub fn quota_of(connection: &mut AnyConnection, grant: GrantId) -> Result<Option<QuotaState>, Problem> {
    Ok(rows::quota(connection, grant)?)
}

type Slices = Arc<Mutex<HashMap<GrantId, u64>>>;

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

    /// Tokens of `grant` that this process has leased and not promised to anybody.
    #[must_use]
    pub fn in_hand(&self, grant: GrantId) -> TokenCount {
        TokenCount(lock(&self.slices).get(&grant).copied().unwrap_or_default())
    }

    /// Sets `tokens` of `grant` aside; `None` when the quota does not hold them.
    ///
    /// Errors: the database cannot be written.
    pub fn reserve(
        &self,
        database: &Database,
        grant: GrantId,
        tokens: TokenCount,
        now: UnixMillis,
    ) -> Result<Option<Reservation>, Problem> {
        if let Some(reservation) = self.take(grant, tokens) {
            return Ok(Some(reservation));
        }
        let holder = self.holder.clone();
        let leased = database.act(move |tx| lease(tx, grant, &holder, tokens, now))?;
        *lock(&self.slices).entry(grant).or_default() += leased.0;
        Ok(self.take(grant, tokens))
    }

    fn take(&self, grant: GrantId, tokens: TokenCount) -> Option<Reservation> {
        let mut slices = lock(&self.slices);
        let in_hand = slices.entry(grant).or_default();
        *in_hand = in_hand.checked_sub(tokens.0)?;
        Some(Reservation { grant, tokens, holder: self.holder.clone(), slices: Some(Arc::clone(&self.slices)) })
    }

    /// Forgets a slice whose lease was found to be gone.
    pub fn forget(&self, grant: GrantId) {
        lock(&self.slices).remove(&grant);
    }
}

fn lock(slices: &Mutex<HashMap<GrantId, u64>>) -> MutexGuard<'_, HashMap<GrantId, u64>> {
    slices.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Leases enough for `tokens`, and more where much remains. Returns what was leased, which may be too little.
fn lease(
    tx: &mut Tx<'_>,
    grant: GrantId,
    holder: &str,
    tokens: TokenCount,
    now: UnixMillis,
) -> Result<TokenCount, Problem> {
    rows::reclaim_leases(tx, grant, now)?;
    let Some(state) = rows::quota(tx, grant)? else { return Ok(TokenCount(0)) };
    let free = state.free().0;
    let slice = tokens.0.max(free / SLICE_DIVISOR).min(SLICE_LIMIT.max(tokens.0)).min(free);
    let leased = TokenCount(slice);
    let expires_at = now.plus_millis(LEASE_MS);
    if slice > 0 && !rows::lease(tx, grant, holder, leased, expires_at)? {
        // Another process took it between our reading and our writing; the caller is told that the quota is short.
        return Ok(TokenCount(0));
    }
    Ok(leased)
}

/// Tokens set aside for one use; given back when dropped without being settled.
pub struct Reservation {
    grant: GrantId,
    tokens: TokenCount,
    holder: String,
    slices: Option<Slices>,
}

impl Reservation {
    /// What has to be written when the use is recorded.
    #[must_use]
    pub fn settlement(&self) -> Settlement {
        Settlement { grant: self.grant, tokens: self.tokens, holder: self.holder.clone() }
    }

    /// The use was recorded: nothing goes back.
    pub fn settled(mut self) {
        self.slices = None;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(slices) = self.slices.take() {
            *lock(&slices).entry(self.grant).or_default() += self.tokens.0;
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
