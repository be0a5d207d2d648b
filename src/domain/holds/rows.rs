//! Rows of holds.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{HoldId, ModelId, PartyId, UnixMillis},
};
use diesel::prelude::*;

use super::Hold;

diesel::table! {
    holds (id) {
        id -> Text,
        model_id -> Text,
        authority -> Text,
        reason -> Text,
        is_legal_demand -> Bool,
        placed_at -> BigInt,
        released_at -> Nullable<BigInt>,
    }
}

// Of which only these columns matter here.
diesel::table! {
    models (id) {
        id -> Text,
        owner_id -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(holds, models);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = holds)]
struct HoldRow {
    id: String,
    model_id: String,
    authority: String,
    reason: String,
    is_legal_demand: bool,
    placed_at: i64,
    released_at: Option<i64>,
}

impl TryFrom<HoldRow> for Hold {
    type Error = Error;

    fn try_from(row: HoldRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.parse()?,
            model: row.model_id.parse()?,
            authority: row.authority,
            reason: row.reason,
            is_legal_demand: row.is_legal_demand,
            placed_at: UnixMillis::new(row.placed_at),
            released_at: row.released_at.map(UnixMillis::new),
        })
    }
}

/// Freezes a model.
pub fn place_hold(tx: &mut Tx<'_>, hold: &Hold) -> Result<(), Error> {
    let row = HoldRow {
        id: hold.id.to_string(),
        model_id: hold.model.to_string(),
        authority: hold.authority.clone(),
        reason: hold.reason.clone(),
        is_legal_demand: hold.is_legal_demand,
        placed_at: hold.placed_at.as_millis(),
        released_at: hold.released_at.map(UnixMillis::as_millis),
    };
    diesel::insert_into(holds::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The hold `id`, released or not.
pub fn find_hold(connection: &mut AnyConnection, id: HoldId) -> Result<Option<Hold>, Error> {
    let row = holds::table.find(id.to_string()).select(HoldRow::as_select()).first(connection).optional()?;
    row.map(Hold::try_from).transpose()
}

/// Ends a hold; `false` when there is none or it ended before.
pub fn release_hold(tx: &mut Tx<'_>, id: HoldId, now: UnixMillis) -> Result<bool, Error> {
    let standing = holds::table.find(id.to_string()).filter(holds::released_at.is_null());
    let changed = diesel::update(standing).set(holds::released_at.eq(now.as_millis())).execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The holds that are not released, on models of `owner` or on all, after `after`, oldest first, with what they hold.
pub fn list_holds(
    connection: &mut AnyConnection,
    owner: Option<PartyId>,
    after: Option<HoldId>,
    limit: u32,
) -> Result<Vec<Hold>, Error> {
    let mut page = holds::table.filter(holds::released_at.is_null()).into_boxed();
    if let Some(after) = after {
        page = page.filter(holds::id.gt(after.to_string()));
    }
    if let Some(owner) = owner {
        let own = models::table.filter(models::owner_id.eq(owner.to_string())).select(models::id);
        page = page.filter(holds::model_id.eq_any(own));
    }
    let rows = page.order(holds::id).limit(limit.into()).select(HoldRow::as_select()).load(connection)?;
    rows.into_iter().map(Hold::try_from).collect()
}

/// The holds on a model that are not released, oldest first.
pub fn active_holds(connection: &mut AnyConnection, model: ModelId) -> Result<Vec<Hold>, Error> {
    let standing = holds::table
        .filter(holds::model_id.eq(model.to_string()))
        .filter(holds::released_at.is_null())
        .order(holds::id);
    let rows = standing.select(HoldRow::as_select()).load(connection)?;
    rows.into_iter().map(Hold::try_from).collect()
}
