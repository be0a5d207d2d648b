//! Rows of API keys.

use chancery_base::{
    crypto::TokenHash,
    db::{AnyConnection, Error, Tx},
    values::{ApiKeyId, PartyId, Sha256Digest, UnixMillis},
};
use diesel::prelude::*;

use super::parties::{PartyRow, parties};
use crate::parties::{ApiKey, Party, Role};

diesel::table! {
    api_keys (id) {
        id -> Text,
        party_id -> Text,
        role -> Text,
        label -> Text,
        secret_hash -> Binary,
        purpose -> Nullable<Text>,
        territory -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::joinable!(api_keys -> parties (party_id));
diesel::allow_tables_to_appear_in_same_query!(api_keys, parties);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
struct ApiKeyRow {
    id: String,
    party_id: String,
    role: String,
    label: String,
    secret_hash: Vec<u8>,
    purpose: Option<String>,
    territory: Option<String>,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = Error;

    fn try_from(row: ApiKeyRow) -> Result<Self, Error> {
        let hash = row.secret_hash.try_into().map_err(|_| Error::Corrupt("length of a token's hash".to_owned()))?;
        Ok(Self {
            id: row.id.parse()?,
            party: row.party_id.parse()?,
            role: row.role.parse()?,
            label: row.label.parse()?,
            hash: TokenHash::new(Sha256Digest::from_bytes(hash)),
            purpose: row.purpose.map(TryInto::try_into).transpose()?,
            territory: row.territory.map(TryInto::try_into).transpose()?,
            created_at: UnixMillis::new(row.created_at),
            expires_at: row.expires_at.map(UnixMillis::new),
            revoked_at: row.revoked_at.map(UnixMillis::new),
        })
    }
}

/// Writes a new API key.
pub fn insert_api_key(tx: &mut Tx<'_>, key: &ApiKey) -> Result<(), Error> {
    let row = ApiKeyRow {
        id: key.id.to_string(),
        party_id: key.party.to_string(),
        role: key.role.to_string(),
        label: key.label.to_string(),
        secret_hash: key.hash.digest().as_bytes().to_vec(),
        purpose: key.purpose.as_ref().map(ToString::to_string),
        territory: key.territory.as_ref().map(ToString::to_string),
        created_at: key.created_at.as_millis(),
        expires_at: key.expires_at.map(UnixMillis::as_millis),
        revoked_at: key.revoked_at.map(UnixMillis::as_millis),
    };
    diesel::insert_into(api_keys::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The API key `id`, whatever its state; [`ApiKey::accept`] decides whether it is good.
pub fn find_api_key(connection: &mut AnyConnection, id: ApiKeyId) -> Result<Option<ApiKey>, Error> {
    let row = api_keys::table.find(id.to_string()).select(ApiKeyRow::as_select()).first(connection).optional()?;
    row.map(ApiKey::try_from).transpose()
}

/// The API key `id`, whatever its state, with the party it belongs to.
pub fn find_api_key_with_party(connection: &mut AnyConnection, id: ApiKeyId) -> Result<Option<(ApiKey, Party)>, Error> {
    let found: Option<(ApiKeyRow, PartyRow)> = api_keys::table
        .find(id.to_string())
        .inner_join(parties::table)
        .select((ApiKeyRow::as_select(), PartyRow::as_select()))
        .first(connection)
        .optional()?;
    found.map(|(key, party)| Ok((key.try_into()?, party.try_into()?))).transpose()
}

/// Parties that hold a key that may run the registry.
pub fn operators(connection: &mut AnyConnection) -> Result<Vec<PartyId>, Error> {
    let operating = api_keys::table.filter(api_keys::role.eq(Role::Operator.code()));
    let ids: Vec<String> = operating.select(api_keys::party_id).distinct().load(connection)?;
    ids.iter().map(|id| id.parse().map_err(Error::from)).collect()
}

/// At most `limit` keys of `party`, oldest first, made after the one named `after`.
pub fn api_keys_of(
    connection: &mut AnyConnection,
    party: PartyId,
    after: Option<ApiKeyId>,
    limit: u32,
) -> Result<Vec<ApiKey>, Error> {
    let after = after.map(|after| after.to_string()).unwrap_or_default();
    let owned = api_keys::table.filter(api_keys::party_id.eq(party.to_string()));
    let page = owned.filter(api_keys::id.gt(after)).order(api_keys::id).limit(limit.into());
    let rows = page.select(ApiKeyRow::as_select()).load(connection)?;
    rows.into_iter().map(ApiKey::try_from).collect()
}

/// Revokes a key of `party`; `false` when it was revoked before. [`Error::NotFound`] when the party has no such key.
pub fn revoke_api_key(tx: &mut Tx<'_>, party: PartyId, id: ApiKeyId, now: UnixMillis) -> Result<bool, Error> {
    find_api_key(tx, id)?.filter(|key| key.party == party).ok_or(Error::NotFound)?;
    let standing = api_keys::table.find(id.to_string()).filter(api_keys::revoked_at.is_null());
    let changed = diesel::update(standing).set(api_keys::revoked_at.eq(now.as_millis())).execute(&mut **tx)?;
    Ok(changed == 1)
}
