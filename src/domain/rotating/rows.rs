//! Rows of rotations that were decided.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{RotationId, UnixMillis},
};
use diesel::prelude::*;

use super::Rotation;

diesel::table! {
    log_rotations (id) {
        id -> Text,
        reason -> Text,
        ordered_at -> BigInt,
        expires_at -> BigInt,
        done_at -> Nullable<BigInt>,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = log_rotations)]
struct RotationRow {
    id: String,
    reason: String,
    ordered_at: i64,
    expires_at: i64,
    done_at: Option<i64>,
}

impl TryFrom<RotationRow> for Rotation {
    type Error = Error;

    fn try_from(row: RotationRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.parse()?,
            reason: row.reason,
            ordered_at: UnixMillis::new(row.ordered_at),
            expires_at: UnixMillis::new(row.expires_at),
            done_at: row.done_at.map(UnixMillis::new),
        })
    }
}

pub(super) fn insert(tx: &mut Tx<'_>, rotation: &Rotation) -> Result<(), Error> {
    let row = RotationRow {
        id: rotation.id.to_string(),
        reason: rotation.reason.clone(),
        ordered_at: rotation.ordered_at.as_millis(),
        expires_at: rotation.expires_at.as_millis(),
        done_at: rotation.done_at.map(UnixMillis::as_millis),
    };
    diesel::insert_into(log_rotations::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The rotation that was decided last.
pub(super) fn last(connection: &mut AnyConnection) -> Result<Option<Rotation>, Error> {
    let newest = log_rotations::table.order(log_rotations::id.desc());
    let row = newest.select(RotationRow::as_select()).first(connection).optional()?;
    row.map(Rotation::try_from).transpose()
}

/// The rotation that waits to be carried out.
pub fn open(connection: &mut AnyConnection, now: UnixMillis) -> Result<Option<Rotation>, Error> {
    Ok(last(connection)?.filter(|rotation| rotation.is_open(now)))
}

/// Notes that a rotation was carried out.
pub fn finish(tx: &mut Tx<'_>, id: RotationId, now: UnixMillis) -> Result<(), Error> {
    let found = log_rotations::table.find(id.to_string());
    diesel::update(found).set(log_rotations::done_at.eq(now.as_millis())).execute(&mut **tx)?;
    Ok(())
}
