//! Rows of quotas that run low.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{GrantId, PartyId, UnixMillis},
};
use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{
    grant::{Grant, GrantStatus},
    rows::{GrantRow, grants, quotas},
};

/// Four fifths are used. In numbers, not parameters: so it stands in the index.
const IS_LOW: &str = "low_told_at IS NULL AND settled_tokens * 5 >= quota_tokens * 4";

/// At most `limit` grants whose quota runs low, which nobody was told yet.
pub(super) fn untold(connection: &mut AnyConnection, limit: u32) -> Result<Vec<Grant>, Error> {
    let low = quotas::table.inner_join(grants::table).filter(sql::<Bool>(IS_LOW));
    let rows: Vec<GrantRow> = low.select(GrantRow::as_select()).limit(limit.into()).load(connection)?;
    rows.into_iter().map(Grant::try_from).collect()
}

/// Notes that the parties of a grant were told; `false` where they were before.
pub(super) fn mark_told(tx: &mut Tx<'_>, grant: GrantId, now: UnixMillis) -> Result<bool, Error> {
    let untold = quotas::table.find(grant.to_string()).filter(quotas::low_told_at.is_null());
    Ok(diesel::update(untold).set(quotas::low_told_at.eq(now.as_millis())).execute(&mut **tx)? == 1)
}

/// At most `limit` accepted grants that `party` gave or holds and whose quota runs low, the last told first.
pub(super) fn low(connection: &mut AnyConnection, party: PartyId, limit: u32) -> Result<Vec<Grant>, Error> {
    let party = party.to_string();
    let low = quotas::table.inner_join(grants::table).filter(quotas::low_told_at.is_not_null());
    let rows: Vec<GrantRow> = low
        .filter(grants::status.eq(GrantStatus::Accepted.as_str()))
        .filter(grants::licensor_id.eq(&party).or(grants::licensee_id.eq(&party)))
        .order(quotas::low_told_at.desc())
        .limit(limit.into())
        .select(GrantRow::as_select())
        .load(connection)?;
    rows.into_iter().map(Grant::try_from).collect()
}
