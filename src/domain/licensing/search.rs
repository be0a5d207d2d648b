//! Looking for grants: what a listing of them is narrowed to, page by page.

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{GrantId, ModelId, PartyId, UnixMillis},
};

use super::{Grant, search_rows};
use crate::{documents::codes, parties::RecordSight};

codes! {
    /// Which side of a grant its party is on.
    GrantSide {
        /// The licensor's.
        Given = "given",
        /// The licensee's.
        Held = "held",
    }
}

codes! {
    /// How a grant stands at a moment: its status, and where its term is.
    GrantState {
        /// Offered, not yet signed by the licensee.
        Offered = "offered",
        /// Accepted, and its term has not ended.
        InForce = "in-force",
        /// Accepted, and its term ends within [`GrantState::SOON_DAYS`].
        Ending = "ending",
        /// Its term has ended, whether it was accepted or not.
        Ended = "ended",
        /// Taken back by the licensor.
        Revoked = "revoked",
        /// Not wanted by the licensee.
        Declined = "declined",
    }
}

impl GrantState {
    /// How many days ahead an end is told of: as long as it takes to agree on new terms.
    pub const SOON_DAYS: i64 = 30;
}

impl Grant {
    /// How it stands at `now`.
    #[must_use]
    pub fn state(&self, now: UnixMillis) -> GrantState {
        match (self.status, self.terms.term.end) {
            (super::GrantStatus::Revoked, _) => GrantState::Revoked,
            (super::GrantStatus::Declined, _) => GrantState::Declined,
            (_, Some(end)) if end <= now => GrantState::Ended,
            (super::GrantStatus::Offered, _) => GrantState::Offered,
            (super::GrantStatus::Accepted, Some(end)) if end <= now.plus_days(GrantState::SOON_DAYS) => {
                GrantState::Ending
            }
            (super::GrantStatus::Accepted, _) => GrantState::InForce,
        }
    }

    /// A page of the grants that `search` is for: those whose end matters by their end, all others newest first.
    ///
    /// Errors: the database cannot be read.
    pub fn search(connection: &mut AnyConnection, search: &GrantSearch) -> Result<Vec<Self>, Problem> {
        Ok(search_rows::search(connection, search)?)
    }
}

/// Which grants of a party are looked for.
#[derive(Debug, Clone)]
pub struct GrantSearch {
    /// Whose, and what of them may be seen.
    pub sight: RecordSight,
    /// Whether the party gave or holds them; both where nothing is said.
    pub side: Option<GrantSide>,
    /// How they stand.
    pub state: Option<GrantState>,
    /// Whom they are with, or what they are on.
    pub named: Option<Named>,
    /// The time, against which terms are held.
    pub now: UnixMillis,
    /// The grant that the page before ended with.
    pub after: Option<GrantId>,
    /// Most grants on a page.
    pub limit: u32,
}

/// What a name that was typed may mean.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// Parties of such a name, on the other side.
    pub parties: Vec<PartyId>,
    /// Models of such a name.
    pub models: Vec<ModelId>,
}

#[cfg(test)]
mod tests {
    use chancery_base::{db::Tx, values::Entropy};

    use super::*;
    use crate::{
        licensing::{GrantStatus, Terms},
        test_database::{Counting, Fixture, NOW, on_each_database},
    };

    fn grant(
        entropy: &dyn Entropy,
        model: ModelId,
        (licensor, licensee): (PartyId, PartyId),
        day: i64,
        end: Option<i64>,
    ) -> Grant {
        let end = end.map_or_else(String::new, |days| format!("end = \"{}\"\n", NOW.plus_days(days)));
        let terms = format!(
            "terms = 1\npurposes = [\"research\"]\ngoverning_law = \"Germany\"\n[term]\nstart = 2020-01-01\n{end}[price]\nmodel = \"free\"\n"
        );
        let terms = Terms::parse(&terms).unwrap();
        Grant {
            id: GrantId::generate(entropy, NOW.plus_days(day)),
            model,
            licensor,
            licensee,
            terms_digest: terms.digest().unwrap(),
            terms,
            status: GrantStatus::Offered,
            acceptance: None,
            offered_at: NOW.plus_days(day),
            accepted_at: None,
            revoked_at: None,
            revocation_reason: None,
            epoch: 0,
        }
    }

    #[test]
    fn pages_follow_each_other_whatever_is_looked_for() {
        on_each_database(|database| {
            let entropy = Counting::default();
            let [acme, globex, initech] = [(); 3].map(|()| PartyId::generate(&entropy, NOW));
            let model = ModelId::generate(&entropy, NOW);
            let fixture = Fixture::new().party(acme, "acme").party(globex, "globex").party(initech, "initech");
            fixture.model(model, acme).write(database);
            let ends = [None, Some(-1), Some(5), Some(20), Some(5), Some(90), Some(-9)];
            let grants: Vec<Grant> = (0..)
                .zip(ends)
                .map(|(day, end)| grant(&entropy, model, (acme, if day % 2 == 0 { globex } else { initech }), day, end))
                .collect();
            let (stored, accepted) = (grants.clone(), grants.iter().skip(1).map(|grant| grant.id).collect::<Vec<_>>());
            let act = move |tx: &mut Tx<'_>| {
                stored.iter().try_for_each(|grant| Grant::offer(tx, grant))?;
                accepted.iter().try_for_each(|id| Grant::accept(tx, *id, "{}", NOW))?;
                Grant::revoke(tx, accepted[4], "over", NOW)
            };
            database.act(act).unwrap();
            let sight = |party| RecordSight { party, from: UnixMillis::new(0), until: UnixMillis::LATEST, with: None };
            let all = GrantSearch {
                sight: sight(acme),
                side: None,
                state: None,
                named: None,
                now: NOW,
                after: None,
                limit: 2,
            };
            // The days on which the grants found were offered, page after page.
            let found = |search: &GrantSearch| {
                let (mut days, mut search) = (Vec::new(), search.clone());
                loop {
                    let page = database.read(|connection| Grant::search(connection, &search)).unwrap();
                    days.extend(
                        page.iter().map(|grant| (grant.offered_at.as_millis() - NOW.as_millis()) / UnixMillis::PER_DAY),
                    );
                    match page.last() {
                        Some(last) if page.len() == 2 => search.after = Some(last.id),
                        _ => break days,
                    }
                }
            };
            assert_eq!(found(&all), [6, 5, 4, 3, 2, 1, 0]);
            assert!(found(&GrantSearch { side: Some(GrantSide::Held), ..all.clone() }).is_empty());
            let held = GrantSearch { sight: sight(globex), side: Some(GrantSide::Held), ..all.clone() };
            assert_eq!(found(&held), [6, 4, 2, 0]);
            for (state, days) in [
                (GrantState::Offered, vec![0]),
                (GrantState::InForce, vec![4, 3, 2]),
                (GrantState::Ending, vec![2, 4, 3]),
                (GrantState::Ended, vec![1, 6]),
                (GrantState::Revoked, vec![5]),
            ] {
                let search = GrantSearch { state: Some(state), ..all.clone() };
                assert_eq!(found(&search), days, "{state}");
            }
            let named = |named: Named| GrantSearch { named: Some(named), ..all.clone() };
            assert_eq!(found(&named(Named { parties: vec![initech], models: Vec::new() })), [5, 3, 1]);
            let both = Named { parties: vec![globex], models: vec![model] };
            assert_eq!(found(&named(both)), [6, 5, 4, 3, 2, 1, 0]);
            assert!(found(&named(Named::default())).is_empty());
            let period = sight(acme).within(Some(NOW.plus_days(1)), Some(NOW.plus_days(5)));
            let scoped = GrantSearch { sight: RecordSight { with: Some(vec![globex]), ..period }, ..all.clone() };
            assert_eq!(found(&scoped), [4, 2, 0]);
        });
    }
}
