//! What of its party's records a caller may see: an auditor's period, and whom the records are with, looked up once.

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{PartyId, UnixMillis},
};

use super::{Actor, Caller, Permission, rows};

/// What of its party's records a caller may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSight {
    /// Whose records.
    pub party: PartyId,
    /// Not before.
    pub from: UnixMillis,
    /// Before.
    pub until: UnixMillis,
    /// Only records that one of these parties has a part in; `None` for all, and none at all where the list is empty.
    pub with: Option<Vec<PartyId>>,
}

impl RecordSight {
    /// What `caller` may see.
    ///
    /// Errors: those of the database.
    pub fn of(connection: &mut AnyConnection, caller: &Caller) -> Result<Self, Problem> {
        let scope = caller.scope();
        let mut with = Vec::new();
        for slug in &scope.parties {
            with.extend(rows::find_party_by_slug(connection, slug)?.map(|party| party.id));
        }
        Ok(Self {
            party: caller.party.id,
            from: scope.from.unwrap_or(UnixMillis::new(0)),
            until: scope.to.unwrap_or(UnixMillis::LATEST),
            with: (!scope.parties.is_empty()).then_some(with),
        })
    }

    /// The same, for going through many records at once: people may, and programs whose role may export. Other programs read one
    /// thing at a time, so that a key that was lost does not tell a party's history.
    ///
    /// Errors: the caller may not; those of the database.
    pub fn of_reader(connection: &mut AnyConnection, caller: &Caller) -> Result<Self, Problem> {
        if let Actor::Key(_) = caller.by {
            caller.require(Permission::Export)?;
        }
        Self::of(connection, caller)
    }

    /// Whether anything is left out.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.from > UnixMillis::new(0) || self.until < UnixMillis::LATEST || self.with.is_some()
    }

    /// The same, of no more than a period.
    #[must_use]
    pub fn within(mut self, from: Option<UnixMillis>, until: Option<UnixMillis>) -> Self {
        self.from = from.map_or(self.from, |from| from.max(self.from));
        self.until = until.map_or(self.until, |until| until.min(self.until));
        self
    }

    /// Whether a record of `at` that `parties` have a part in may be seen.
    #[must_use]
    pub fn covers(&self, at: UnixMillis, parties: &[PartyId]) -> bool {
        self.from <= at && at < self.until && self.is_with(parties)
    }

    /// Whether something that stands from `start` until `end` stands in the period, and `parties` have a part in it.
    #[must_use]
    pub fn covers_span(&self, start: UnixMillis, end: Option<UnixMillis>, parties: &[PartyId]) -> bool {
        start < self.until && end.is_none_or(|end| self.from < end) && self.is_with(parties)
    }

    /// Whether one of `parties` is among those that records have to be with.
    #[must_use]
    pub fn is_with(&self, parties: &[PartyId]) -> bool {
        self.with.as_ref().is_none_or(|with| parties.iter().any(|party| with.contains(party)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sight_is_a_period_and_whom_records_are_with() {
        let party = |number: u8| format!("party_{:032x}", number).parse::<PartyId>().unwrap();
        let at = UnixMillis::new;
        let all = RecordSight { party: party(1), from: at(0), until: UnixMillis::LATEST, with: None };
        assert!(!all.is_limited() && all.covers(at(0), &[]));
        let sight = RecordSight { from: at(10), until: at(20), with: Some(vec![party(2)]), ..all.clone() };
        for (moment, with, seen) in [(10, 2, true), (19, 2, true), (9, 2, false), (20, 2, false), (15, 3, false)] {
            assert_eq!(sight.covers(at(moment), &[party(1), party(with)]), seen, "{moment} {with}");
        }
        assert!(sight.covers_span(at(1), None, &[party(2)]) && sight.covers_span(at(19), Some(at(90)), &[party(2)]));
        assert!(!sight.covers_span(at(1), Some(at(10)), &[party(2)]) && !sight.covers_span(at(20), None, &[party(2)]));
        let none = RecordSight { with: Some(Vec::new()), ..all };
        assert!(none.is_limited() && !none.covers(at(5), &[party(1)]));
        let narrowed = sight.within(Some(at(5)), Some(at(12)));
        assert_eq!((narrowed.from, narrowed.until), (at(10), at(12)));
    }
}
