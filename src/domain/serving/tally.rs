//! How many uses a party had, day by day. Counted once for each hour that is over and kept in memory: the rows are the truth, and
//! a process that starts counts again.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{DecisionId, PartyId, UnixMillis},
};

use super::{
    desk::Desk,
    history::Side,
    rows::{self, Along, Stretch},
};
use crate::parties::{Caller, RecordSight};

/// Days that are counted, today among them: any month up to its last day.
pub const DAYS: i64 = 31;
const HOUR_MS: i64 = 60 * 60 * UnixMillis::PER_SECOND;
const HOURS_A_DAY: i64 = 24;
/// How long after an hour its last decisions may still become visible: acts that take longer are refused.
const GRACE_MS: i64 = 60 * UnixMillis::PER_SECOND;
/// Parties whose counts are kept at hand; beyond that they are counted again.
const PARTIES_KEPT: usize = 1_000;

/// Uses of one day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOfUse {
    /// Its first moment.
    pub day: UnixMillis,
    /// How many were allowed.
    pub allowed: u64,
    /// How many were refused.
    pub refused: u64,
}

/// Allowed and refused uses, by hour since 1970; hours without a use are left out.
type Hours = BTreeMap<i64, (u64, u64)>;

/// What was counted, for each party and side.
#[derive(Default)]
pub(super) struct Tally(Mutex<HashMap<(PartyId, Side), Counted>>);

/// Counts of hours that are over.
#[derive(Debug, Clone, Default)]
struct Counted {
    /// The first hour that is not counted yet.
    next_hour: i64,
    hours: Hours,
}

impl Tally {
    fn lock(&self) -> MutexGuard<'_, HashMap<(PartyId, Side), Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, key: (PartyId, Side), counted: Counted) {
        let mut kept = self.lock();
        if kept.len() >= PARTIES_KEPT {
            kept.clear();
        }
        kept.insert(key, counted);
    }
}

impl Desk {
    /// The uses of the last [`DAYS`] days on one side of the caller's party, oldest day first; `None` for whoever may not see all
    /// of them, since a count of some would pass for a count of all.
    ///
    /// Errors: the database cannot be read.
    pub fn days_of_use(&self, caller: &Caller, side: Side) -> Result<Option<Vec<DayOfUse>>, Problem> {
        let (now, key) = (self.clock.now(), (caller.party.id, side));
        self.database.read(|connection| {
            if RecordSight::of(connection, caller)?.is_limited() {
                return Ok(None);
            }
            let known = self.tally.lock().get(&key).cloned().unwrap_or_default();
            let (counted, open) = known.brought_up_to(connection, key, now)?;
            let days = counted.days(&open, now);
            self.tally.keep(key, counted);
            Ok(Some(days))
        })
    }
}

impl Counted {
    /// The same with every hour that is over by now, and the count of those that are not.
    fn brought_up_to(
        mut self,
        connection: &mut AnyConnection,
        key: (PartyId, Side),
        now: UnixMillis,
    ) -> Result<(Self, Hours), Problem> {
        let first = now.as_millis().div_euclid(UnixMillis::PER_DAY).saturating_sub(DAYS - 1) * HOURS_A_DAY;
        let open_hour = (now.as_millis() - GRACE_MS).div_euclid(HOUR_MS);
        self.hours.retain(|hour, _| *hour >= first);
        let over = count(connection, key, (self.next_hour.max(first), open_hour))?;
        self.hours.extend(over);
        self.next_hour = open_hour.max(self.next_hour);
        // A use is recorded under the time of its server, which may be ahead of ours.
        let open = count(connection, key, (self.next_hour, open_hour + 2 * HOURS_A_DAY))?;
        Ok((self, open))
    }

    fn days(&self, open: &Hours, now: UnixMillis) -> Vec<DayOfUse> {
        let today = now.as_millis().div_euclid(UnixMillis::PER_DAY);
        let day = |number: i64| {
            let hours = number * HOURS_A_DAY..(number + 1) * HOURS_A_DAY;
            let counts = self.hours.range(hours.clone()).chain(open.range(hours)).map(|(_, counts)| *counts);
            let (allowed, refused) = counts.fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
            DayOfUse { day: UnixMillis::new(number * UnixMillis::PER_DAY), allowed, refused }
        };
        (today - DAYS + 1..=today).map(day).collect()
    }
}

/// Counts the hours from `start` up to, but not including, `end`; those without a decision cost nothing.
fn count(
    connection: &mut AnyConnection,
    (party, side): (PartyId, Side),
    (start, end): (i64, i64),
) -> Result<Hours, Problem> {
    let along = match side {
        Side::Caller => Along::Caller(party),
        Side::Owner => Along::Owner(party),
    };
    let id_at = |hour: i64| DecisionId::first_at(UnixMillis::new(hour.saturating_mul(HOUR_MS)));
    let (mut counts, mut from) = (BTreeMap::new(), id_at(start));
    loop {
        let rest = Stretch { along, from, until: id_at(end), only_refused: false };
        let Some(next) = rows::oldest_decision(connection, &rest)? else { return Ok(counts) };
        let hour = next.made_at().as_millis().div_euclid(HOUR_MS);
        let all = Stretch { from: next, until: id_at(hour + 1), ..rest };
        let refused = rows::count_decisions(connection, &Stretch { only_refused: true, ..all })?;
        let allowed = rows::count_decisions(connection, &all)?.saturating_sub(refused);
        counts.insert(hour, (allowed, refused));
        from = all.until;
    }
}
