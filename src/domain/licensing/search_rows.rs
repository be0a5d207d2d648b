//! Rows of grants as listings search them. Each query follows one index: what is asked on both sides, or by several names, is
//! asked one after the other and put together here.

use chancery_base::{
    db::{AnyConnection, Error},
    values::GrantId,
};
use diesel::prelude::*;

use super::{
    grant::{Grant, GrantStatus},
    rows::{GrantRow, grants},
    search::{GrantSearch, GrantSide, GrantState, Named},
};
use crate::parties::RecordSight;

/// What one query is narrowed to beside its side.
#[derive(Clone)]
enum Narrowed {
    Nothing,
    Parties(Vec<String>),
    Models(Vec<String>),
}

/// In which order a page comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    NewestFirst,
    EndingFirst,
    EndedLast,
}

/// A page of grants; see [`Grant::search`].
pub(super) fn search(connection: &mut AnyConnection, search: &GrantSearch) -> Result<Vec<Grant>, Error> {
    let order = match search.state {
        Some(GrantState::Ending) => Order::EndingFirst,
        Some(GrantState::Ended) => Order::EndedLast,
        _ => Order::NewestFirst,
    };
    let after = match search.after {
        Some(after) => Some((after.to_string(), end_of(connection, after)?)),
        None => None,
    };
    let mut found = Vec::new();
    for side in search.side.as_ref().map_or(GrantSide::ALL, std::slice::from_ref) {
        for narrowed in narrowed(search.named.as_ref()) {
            found.extend(page(connection, search, *side, narrowed, order, after.as_ref())?);
        }
    }
    let key = |row: &GrantRow| (row.ends_at().unwrap_or_default(), row.id().to_owned());
    match order {
        Order::NewestFirst => found.sort_by(|one, other| other.id().cmp(one.id())),
        Order::EndingFirst => found.sort_by_key(key),
        Order::EndedLast => found.sort_by_key(|row| std::cmp::Reverse(key(row))),
    }
    found.dedup_by(|one, other| one.id() == other.id());
    found.truncate(usize::try_from(search.limit).unwrap_or(usize::MAX));
    found.into_iter().map(Grant::try_from).collect()
}

fn narrowed(named: Option<&Named>) -> Vec<Narrowed> {
    let Some(Named { parties, models }) = named else { return vec![Narrowed::Nothing] };
    vec![
        Narrowed::Parties(parties.iter().map(ToString::to_string).collect()),
        Narrowed::Models(models.iter().map(ToString::to_string).collect()),
    ]
}

fn page(
    connection: &mut AnyConnection,
    search: &GrantSearch,
    side: GrantSide,
    narrowed: Narrowed,
    order: Order,
    after: Option<&(String, Option<i64>)>,
) -> Result<Vec<GrantRow>, Error> {
    let RecordSight { party, from, until, with } = &search.sight;
    let others = with.as_ref().filter(|with| !with.contains(party));
    let party = party.to_string();
    let mut page = grants::table.select(GrantRow::as_select()).limit(search.limit.into()).into_boxed();
    page = match side {
        GrantSide::Given => page.filter(grants::licensor_id.eq(party)),
        GrantSide::Held => page.filter(grants::licensee_id.eq(party)),
    };
    page = match (narrowed, side) {
        (Narrowed::Nothing, _) => page,
        (Narrowed::Parties(parties), GrantSide::Given) => page.filter(grants::licensee_id.eq_any(parties)),
        (Narrowed::Parties(parties), GrantSide::Held) => page.filter(grants::licensor_id.eq_any(parties)),
        (Narrowed::Models(models), _) => page.filter(grants::model_id.eq_any(models)),
    };
    if let Some(others) = others {
        let others: Vec<String> = others.iter().map(ToString::to_string).collect();
        page = match side {
            GrantSide::Given => page.filter(grants::licensee_id.eq_any(others)),
            GrantSide::Held => page.filter(grants::licensor_id.eq_any(others)),
        };
    }
    if search.sight.is_limited() {
        let from = from.as_millis();
        page = page
            .filter(grants::offered_at.lt(until.as_millis()))
            .filter(grants::ends_at.is_null().or(grants::ends_at.gt(from)))
            .filter(grants::revoked_at.is_null().or(grants::revoked_at.gt(from)));
    }
    let (now, soon) = (search.now.as_millis(), search.now.plus_days(GrantState::SOON_DAYS).as_millis());
    let status = |status: GrantStatus| grants::status.eq(status.as_str());
    page = match search.state {
        None => page,
        Some(GrantState::Offered) => {
            page.filter(status(GrantStatus::Offered)).filter(grants::ends_at.is_null().or(grants::ends_at.gt(now)))
        }
        Some(GrantState::Declined) => page.filter(status(GrantStatus::Declined)),
        Some(GrantState::Revoked) => page.filter(status(GrantStatus::Revoked)),
        Some(GrantState::InForce) => {
            page.filter(status(GrantStatus::Accepted)).filter(grants::ends_at.is_null().or(grants::ends_at.gt(now)))
        }
        Some(GrantState::Ending) => {
            page.filter(status(GrantStatus::Accepted)).filter(grants::ends_at.gt(now)).filter(grants::ends_at.le(soon))
        }
        Some(GrantState::Ended) => {
            let standing = [GrantStatus::Offered, GrantStatus::Accepted].map(GrantStatus::as_str);
            page.filter(grants::status.eq_any(standing)).filter(grants::ends_at.le(now))
        }
    };
    page = match order {
        Order::NewestFirst => page.order(grants::id.desc()),
        Order::EndingFirst => page.order((grants::ends_at.asc(), grants::id.asc())),
        Order::EndedLast => page.order((grants::ends_at.desc(), grants::id.desc())),
    };
    if let Some((id, end)) = after.cloned() {
        page = match (order, end) {
            (Order::NewestFirst, _) | (_, None) => page.filter(grants::id.lt(id)),
            (Order::EndingFirst, Some(end)) => {
                page.filter(grants::ends_at.gt(end).or(grants::ends_at.eq(end).and(grants::id.gt(id))))
            }
            (Order::EndedLast, Some(end)) => {
                page.filter(grants::ends_at.lt(end).or(grants::ends_at.eq(end).and(grants::id.lt(id))))
            }
        };
    }
    Ok(page.load(connection)?)
}

/// When the grant that a page ended with ends.
fn end_of(connection: &mut AnyConnection, grant: GrantId) -> Result<Option<i64>, Error> {
    let end: Option<Option<i64>> =
        grants::table.find(grant.to_string()).select(grants::ends_at).first(connection).optional()?;
    Ok(end.flatten())
}
