//! Rows of remembered outcomes.

use diesel::prelude::*;

use crate::{
    db::{AnyConnection, Error, Tx},
    values::{PartyId, Sha256Digest, UnixMillis},
};

diesel::table! {
    idempotency_keys (party_id, idempotency_key) {
        party_id -> Text,
        idempotency_key -> Text,
        request_digest -> Text,
        outcome -> Text,
        created_at -> BigInt,
    }
}

/// What was asked and what came of it.
pub(super) struct Remembered {
    pub request: Sha256Digest,
    pub outcome: String,
}

pub(super) fn find(connection: &mut AnyConnection, party: PartyId, key: &str) -> Result<Option<Remembered>, Error> {
    let row: Option<(String, String)> = idempotency_keys::table
        .find((party.to_string(), key))
        .select((idempotency_keys::request_digest, idempotency_keys::outcome))
        .first(connection)
        .optional()?;
    row.map(|(request, outcome)| Ok(Remembered { request: request.parse()?, outcome })).transpose()
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    party: PartyId,
    key: &str,
    remembered: &Remembered,
    now: UnixMillis,
) -> Result<(), Error> {
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::party_id.eq(party.to_string()),
            idempotency_keys::idempotency_key.eq(key),
            idempotency_keys::request_digest.eq(remembered.request.to_string()),
            idempotency_keys::outcome.eq(&remembered.outcome),
            idempotency_keys::created_at.eq(now.as_millis()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A party for rows to refer to; parties themselves live on a higher floor.
    pub fn insert_party(tx: &mut Tx<'_>, party: PartyId) {
        diesel::sql_query("INSERT INTO parties VALUES ($1, 'acme', 'Acme', 0)")
            .bind::<diesel::sql_types::Text, _>(party.to_string())
            .execute(&mut **tx)
            .unwrap();
    }
}
