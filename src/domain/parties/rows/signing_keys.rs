//! Rows of signing keys.

use chancery_base::{
    crypto::VerifyingKey,
    db::{AnyConnection, Error, Tx},
    values::{PartyId, SigningKeyId, UnixMillis},
};
use diesel::prelude::*;

use crate::parties::{EnrolledKey, KeyStatus};

diesel::table! {
    signing_keys (id) {
        id -> Text,
        party_id -> Text,
        label -> Text,
        public_key -> Binary,
        fingerprint -> Text,
        status -> Text,
        created_at -> BigInt,
        approved_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
struct SigningKeyRow {
    id: String,
    party_id: String,
    label: String,
    public_key: Vec<u8>,
    fingerprint: String,
    status: String,
    created_at: i64,
    approved_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TryFrom<SigningKeyRow> for EnrolledKey {
    type Error = Error;

    fn try_from(row: SigningKeyRow) -> Result<Self, Error> {
        let corrupt = || Error::Corrupt("a signing key".to_owned());
        let bytes = row.public_key.try_into().map_err(|_| corrupt())?;
        Ok(Self {
            id: row.id.parse()?,
            party: row.party_id.parse()?,
            label: row.label.parse()?,
            public_key: VerifyingKey::from_bytes(&bytes).map_err(|_| corrupt())?,
            created_at: UnixMillis::new(row.created_at),
            approved_at: row.approved_at.map(UnixMillis::new),
            revoked_at: row.revoked_at.map(UnixMillis::new),
        })
    }
}

/// Writes a key somebody proved to hold; a fingerprint the party has enrolled already is [`Error::Unique`].
pub fn insert_signing_key(tx: &mut Tx<'_>, key: &EnrolledKey) -> Result<(), Error> {
    let row = SigningKeyRow {
        id: key.id.to_string(),
        party_id: key.party.to_string(),
        label: key.label.to_string(),
        public_key: key.public_key.as_bytes().to_vec(),
        fingerprint: key.fingerprint().to_string(),
        status: key.status().to_string(),
        created_at: key.created_at.as_millis(),
        approved_at: key.approved_at.map(UnixMillis::as_millis),
        revoked_at: key.revoked_at.map(UnixMillis::as_millis),
    };
    diesel::insert_into(signing_keys::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The signing key `id`, whatever its state.
pub fn find_signing_key(connection: &mut AnyConnection, id: SigningKeyId) -> Result<Option<EnrolledKey>, Error> {
    let found = signing_keys::table.find(id.to_string());
    let row = found.select(SigningKeyRow::as_select()).first(connection).optional()?;
    row.map(EnrolledKey::try_from).transpose()
}

/// Makes sure that signatures of the key `id` count until this transaction ends: nobody can revoke it meanwhile.
pub fn hold_trusted_signing_key(tx: &mut Tx<'_>, id: SigningKeyId) -> Result<bool, Error> {
    let trusted = signing_keys::table.find(id.to_string()).filter(signing_keys::status.eq(KeyStatus::Approved.code()));
    // An update that changes nothing locks the row on either database.
    let held = diesel::update(trusted).set(signing_keys::status.eq(signing_keys::status)).execute(&mut **tx)?;
    Ok(held == 1)
}

/// The state of the signing key `id`, without the key.
pub fn signing_key_status(connection: &mut AnyConnection, id: SigningKeyId) -> Result<Option<KeyStatus>, Error> {
    let status: Option<String> =
        signing_keys::table.find(id.to_string()).select(signing_keys::status).first(connection).optional()?;
    Ok(status.map(|status| status.parse()).transpose()?)
}

/// The signing keys of `party`, oldest first, whatever their state.
pub fn signing_keys_of(connection: &mut AnyConnection, party: PartyId) -> Result<Vec<EnrolledKey>, Error> {
    let owned = signing_keys::table.filter(signing_keys::party_id.eq(party.to_string())).order(signing_keys::id);
    let rows = owned.select(SigningKeyRow::as_select()).load(connection)?;
    rows.into_iter().map(EnrolledKey::try_from).collect()
}

/// At most `limit` signing keys of `party`, oldest first, enrolled after the one named `after`.
pub fn signing_keys_page(
    connection: &mut AnyConnection,
    party: PartyId,
    after: Option<SigningKeyId>,
    limit: u32,
) -> Result<Vec<EnrolledKey>, Error> {
    let after = after.map(|after| after.to_string()).unwrap_or_default();
    let owned = signing_keys::table.filter(signing_keys::party_id.eq(party.to_string()));
    let page = owned.filter(signing_keys::id.gt(after)).order(signing_keys::id).limit(limit.into());
    let rows = page.select(SigningKeyRow::as_select()).load(connection)?;
    rows.into_iter().map(EnrolledKey::try_from).collect()
}

/// Approves a proposed key; the caller has looked at its state inside the same act.
pub fn approve_signing_key(tx: &mut Tx<'_>, id: SigningKeyId, now: UnixMillis) -> Result<(), Error> {
    let proposed = signing_keys::table.find(id.to_string()).filter(signing_keys::status.eq(KeyStatus::Proposed.code()));
    let changed = diesel::update(proposed)
        .set((signing_keys::status.eq(KeyStatus::Approved.code()), signing_keys::approved_at.eq(now.as_millis())))
        .execute(&mut **tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Revokes a key that was not revoked before.
pub fn revoke_signing_key(tx: &mut Tx<'_>, id: SigningKeyId, now: UnixMillis) -> Result<(), Error> {
    let standing = signing_keys::table.find(id.to_string()).filter(signing_keys::revoked_at.is_null());
    let changed = diesel::update(standing)
        .set((signing_keys::status.eq(KeyStatus::Revoked.code()), signing_keys::revoked_at.eq(now.as_millis())))
        .execute(&mut **tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}
