//! The place in the audit log up to which it was read for webhooks.

use chancery_base::db::{AnyConnection, Error, Tx};
use diesel::prelude::*;

diesel::table! {
    webhook_cursor (slot) {
        slot -> Integer,
        position -> BigInt,
    }
}

/// The only row of its table.
const SLOT: i32 = 1;

/// The first place that was not read yet; nothing while there never was a webhook.
pub fn cursor(connection: &mut AnyConnection) -> Result<Option<u64>, Error> {
    let position: Option<i64> =
        webhook_cursor::table.find(SLOT).select(webhook_cursor::position).first(connection).optional()?;
    position
        .map(|position| u64::try_from(position).map_err(|_| Error::Corrupt(format!("a place of {position}"))))
        .transpose()
}

/// Lets reading begin at `place`, whatever was read before.
pub fn start_cursor(tx: &mut Tx<'_>, place: u64) -> Result<(), Error> {
    let position = webhook_cursor::position.eq(stored(place)?);
    if diesel::update(webhook_cursor::table.find(SLOT)).set(position).execute(&mut **tx)? == 0 {
        diesel::insert_into(webhook_cursor::table)
            .values((webhook_cursor::slot.eq(SLOT), position))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Goes on from one place to another; `false` when another server was faster.
pub fn move_cursor(tx: &mut Tx<'_>, from: u64, to: u64) -> Result<bool, Error> {
    let there = webhook_cursor::table.find(SLOT).filter(webhook_cursor::position.eq(stored(from)?));
    let moved = diesel::update(there).set(webhook_cursor::position.eq(stored(to)?)).execute(&mut **tx)?;
    Ok(moved == 1)
}

fn stored(place: u64) -> Result<i64, Error> {
    i64::try_from(place).map_err(|_| Error::Corrupt(format!("a place of {place}")))
}
