//! Uses by day. They are counted from the decisions a little after these were made: a counter that each use raised would make all
//! uses of a model wait for each other. The decisions are the record; the counts are for looking at.

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{DecisionId, ModelName, PartyId, Selector, UnixMillis},
};

use super::{
    desk::Desk,
    rows::{self, DaysAsked},
    tally::DayOfUse,
};
use crate::{
    artifacts,
    parties::{Caller, RecordSight},
    registration,
};

/// How long a decision may take from its identifier to its commit, clocks of replicas included; well above what an act may wait.
const SETTLED_AFTER_MS: i64 = 10 * UnixMillis::PER_SECOND;
/// Decisions that are counted in one act.
const AT_ONCE: u32 = 2_000;
/// Held while counts are added, so that two processes do not add the same ones. The number is ours and arbitrary.
const COUNTING_LOCK: i64 = 0x4348_414e_0402;

impl Desk {
    /// Counts some decisions that are not counted yet; whether more may be waiting.
    ///
    /// Errors: the database.
    pub fn count_decisions(&self) -> Result<bool, Problem> {
        let until = DecisionId::first_at(self.clock.now().plus_millis(-SETTLED_AFTER_MS));
        let found = self.database.read(|connection| rows::uncounted(connection, until, AT_ONCE))?;
        let goes_on = u32::try_from(found.read).is_ok_and(|read| read >= AT_ONCE);
        if found.last.is_some() {
            self.database.act(move |tx| {
                tx.lock_exclusively(COUNTING_LOCK)?;
                Ok(rows::add_counts(tx, &found)?)
            })?;
        }
        Ok(goes_on)
    }

    /// How a model, or one version of it, was used on the last `days` days up to today, those without uses too: by everybody where
    /// the caller's party owns it, otherwise by that party, as far as the caller may see.
    ///
    /// Errors: what does not exist and what is not for the caller answer alike; the database.
    pub fn uses_by_day(
        &self,
        caller: &Caller,
        model: &ModelName,
        version: Option<u32>,
        days: u32,
    ) -> Result<Vec<DayOfUse>, Problem> {
        let now = self.clock.now();
        let today = now.plus_millis(-now.as_millis().rem_euclid(UnixMillis::PER_DAY));
        let first = today.plus_days(1 - i64::from(days));
        let counted = self.database.read(|connection| {
            let asked = days_asked(connection, caller, model, version, first)?;
            Ok::<_, Problem>(rows::days_counted(connection, &asked)?)
        })?;
        let of = |day| counted.iter().find(|counted| counted.day == day).copied();
        let day = |day| of(day).unwrap_or(DayOfUse { day, allowed: 0, refused: 0 });
        Ok((0..i64::from(days)).map(|number| day(first.plus_days(number))).collect())
    }
}

fn days_asked(
    connection: &mut AnyConnection,
    caller: &Caller,
    name: &ModelName,
    version: Option<u32>,
    first: UnixMillis,
) -> Result<DaysAsked, Problem> {
    let model = registration::find_visible_artifact(connection, caller.party.id, name)?;
    let version = match version.map(Selector::Number) {
        Some(number) => {
            let head = artifacts::find_version_head(connection, model.id, &number)?;
            Some(head.ok_or_else(|| Problem::not_found("model version"))?.0)
        }
        None => None,
    };
    let sight = RecordSight::of(connection, caller)?;
    let own = (model.owner != sight.party).then(|| vec![sight.party]);
    // A record is its caller's and its owner's: who may see those with either sees it.
    let callers = match sight.with {
        Some(with) if !with.contains(&model.owner) => {
            let is_own = |party: &PartyId| own.as_ref().is_none_or(|own| own.contains(party));
            Some(with.into_iter().filter(is_own).collect())
        }
        _ => own,
    };
    Ok(DaysAsked { model: model.id, version, callers, from: first.max(sight.from), until: sight.until })
}
