//! Rows of decisions by day.

use std::collections::BTreeMap;

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{DecisionId, ModelId, PartyId, UnixMillis, VersionId},
};
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::decisions::{ALLOWED, decisions};
use crate::serving::DayOfUse;

diesel::table! {
    decision_days (model_id, day, version_id, caller_id) {
        model_id -> Text,
        day -> BigInt,
        version_id -> Text,
        caller_id -> Text,
        allowed -> BigInt,
        refused -> BigInt,
    }
}

diesel::table! {
    decisions_counted (slot) {
        slot -> Integer,
        last_id -> Text,
    }
}

/// The one row that says how far was counted.
const SLOT: i32 = 1;

/// What is counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::serving) struct Counted {
    pub model: String,
    pub day: i64,
    pub version: String,
    pub caller: String,
}

/// How many decisions allowed a use, and how many refused one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::serving) struct Counts {
    pub allowed: u64,
    pub refused: u64,
}

/// Decisions to be counted: the last of them, and how many there are of each kind.
#[derive(Debug, Default)]
pub(in crate::serving) struct Uncounted {
    pub after: String,
    pub last: Option<String>,
    pub read: usize,
    pub counts: BTreeMap<Counted, Counts>,
}

/// Which decision was counted last.
fn counted_to(connection: &mut AnyConnection) -> Result<String, Error> {
    Ok(decisions_counted::table.find(SLOT).select(decisions_counted::last_id).first(connection)?)
}

/// At most `limit` decisions that are not counted yet and sort before `until`. The time in a decision's identifier is when it was
/// made, so that the long columns of its row need not be read.
pub(in crate::serving) fn uncounted(
    connection: &mut AnyConnection,
    until: DecisionId,
    limit: u32,
) -> Result<Uncounted, Error> {
    let after = counted_to(connection)?;
    let rows: Vec<(String, String, String, String, String)> = decisions::table
        .filter(decisions::id.gt(&after).and(decisions::id.lt(until.to_string())))
        .order(decisions::id)
        .limit(limit.into())
        .select((decisions::id, decisions::model_id, decisions::version_id, decisions::caller_id, decisions::outcome))
        .load(connection)?;
    let mut found = Uncounted { after, read: rows.len(), ..Uncounted::default() };
    for (id, model, version, caller, outcome) in rows {
        let day = day_of(id.parse()?);
        let counts = found.counts.entry(Counted { model, day, version, caller }).or_default();
        if outcome == ALLOWED {
            counts.allowed += 1;
        } else {
            counts.refused += 1;
        }
        found.last = Some(id);
    }
    Ok(found)
}

/// The first moment, in UTC, of the day on which a decision was made.
fn day_of(id: DecisionId) -> i64 {
    let millis = id.made_at().as_millis();
    millis - millis.rem_euclid(UnixMillis::PER_DAY)
}

/// Adds to the days what was counted, unless somebody else counted meanwhile. The caller keeps others from doing so until the act
/// ends.
pub(in crate::serving) fn add_counts(tx: &mut Tx<'_>, found: &Uncounted) -> Result<(), Error> {
    let Some(last) = found.last.as_ref().filter(|_| counted_to(tx).is_ok_and(|now| now == found.after)) else {
        return Ok(());
    };
    for (Counted { model, day, version, caller }, counts) in &found.counts {
        let (allowed, refused) = (signed(counts.allowed)?, signed(counts.refused)?);
        let changed = diesel::update(decision_days::table.find((model, day, version, caller)))
            .set((
                decision_days::allowed.eq(decision_days::allowed + allowed),
                decision_days::refused.eq(decision_days::refused + refused),
            ))
            .execute(&mut **tx)?;
        if changed == 0 {
            diesel::insert_into(decision_days::table)
                .values((
                    decision_days::model_id.eq(model),
                    decision_days::day.eq(day),
                    decision_days::version_id.eq(version),
                    decision_days::caller_id.eq(caller),
                    decision_days::allowed.eq(allowed),
                    decision_days::refused.eq(refused),
                ))
                .execute(&mut **tx)?;
        }
    }
    diesel::update(decisions_counted::table.find(SLOT)).set(decisions_counted::last_id.eq(last)).execute(&mut **tx)?;
    Ok(())
}

/// Decisions about which model, of whom, and when, are added up by day.
#[derive(Debug, Clone)]
pub(in crate::serving) struct DaysAsked {
    pub model: ModelId,
    pub version: Option<VersionId>,
    /// Only those that one of these parties asked for; all where there is no list.
    pub callers: Option<Vec<PartyId>>,
    /// The first day that counts.
    pub from: UnixMillis,
    /// The moment by which a day has to have ended to count.
    pub until: UnixMillis,
}

/// The decisions of each day on which there were any, in order.
pub(in crate::serving) fn days_counted(
    connection: &mut AnyConnection,
    asked: &DaysAsked,
) -> Result<Vec<DayOfUse>, Error> {
    // Sums are numeric on PostgreSQL.
    let sums = (
        decision_days::day,
        sql::<BigInt>("CAST(SUM(allowed) AS BIGINT)"),
        sql::<BigInt>("CAST(SUM(refused) AS BIGINT)"),
    );
    let mut days = decision_days::table
        .filter(decision_days::model_id.eq(asked.model.to_string()))
        .filter(decision_days::day.ge(asked.from.as_millis()))
        .filter(decision_days::day.le(asked.until.plus_days(-1).as_millis()))
        .group_by(decision_days::day)
        .order(decision_days::day)
        .select(sums)
        .into_boxed();
    if let Some(version) = asked.version {
        days = days.filter(decision_days::version_id.eq(version.to_string()));
    }
    if let Some(callers) = &asked.callers {
        let callers: Vec<String> = callers.iter().map(ToString::to_string).collect();
        days = days.filter(decision_days::caller_id.eq_any(callers));
    }
    let rows: Vec<(i64, i64, i64)> = days.load(connection)?;
    let day = |(day, allowed, refused): (i64, i64, i64)| {
        Ok(DayOfUse { day: UnixMillis::new(day), allowed: unsigned(allowed)?, refused: unsigned(refused)? })
    };
    rows.into_iter().map(day).collect()
}

fn signed(count: u64) -> Result<i64, Error> {
    i64::try_from(count).map_err(|_| Error::Other("a count beyond its column".to_owned()))
}

fn unsigned(column: i64) -> Result<u64, Error> {
    u64::try_from(column).map_err(|_| Error::Corrupt("a negative count".to_owned()))
}
