//! Rows of tenant keys.

use chancery_base::{
    crypto::{KeyVersion, WrappedKey},
    db::{AnyConnection, Error, Tx},
    values::{PartyId, UnixMillis},
};
use diesel::prelude::*;

use crate::parties::TenantKey;

diesel::table! {
    tenant_keys (party_id, key_version) {
        party_id -> Text,
        key_version -> Integer,
        wrapped -> Binary,
        created_at -> BigInt,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tenant_keys)]
struct TenantKeyRow {
    party_id: String,
    key_version: i32,
    wrapped: Vec<u8>,
    created_at: i64,
}

impl TryFrom<TenantKeyRow> for TenantKey {
    type Error = Error;

    fn try_from(row: TenantKeyRow) -> Result<Self, Error> {
        let version = u32::try_from(row.key_version).map_err(|_| Error::Corrupt("a key's version".to_owned()))?;
        let created_at = UnixMillis::new(row.created_at);
        Ok(Self { party: row.party_id.parse()?, version, wrapped: row.wrapped, created_at })
    }
}

/// Held by whoever adds, removes or replaces a tenant's key, and by whoever writes something sealed under one. The number is ours and
/// arbitrary.
const TENANT_KEYS_LOCK: i64 = 0x4348_414e_0203;

/// Whether version `version` of a tenant's key is the newest; it stays so until the transaction ends.
pub fn hold_tenant_key(tx: &mut Tx<'_>, party: PartyId, version: KeyVersion) -> Result<bool, Error> {
    tx.lock_exclusively(TENANT_KEYS_LOCK)?;
    Ok(current_tenant_key(tx, party)?.is_some_and(|key| key.version == version.0))
}

/// Whether tenants' keys are wrapped under version `version` of the root key, or there are none; they stay so until the transaction
/// ends.
pub fn hold_root_version(tx: &mut Tx<'_>, version: KeyVersion) -> Result<bool, Error> {
    tx.lock_exclusively(TENANT_KEYS_LOCK)?;
    // All are wrapped again at once, so that one tells of all.
    let wrapped: Option<Vec<u8>> = tenant_keys::table.select(tenant_keys::wrapped).first(&mut **tx).optional()?;
    Ok(wrapped.is_none_or(|wrapped| WrappedKey::from_bytes(wrapped).version() == Ok(version)))
}

/// Every version of every tenant's key, those of one tenant in order.
pub fn all_tenant_keys(connection: &mut AnyConnection) -> Result<Vec<TenantKey>, Error> {
    let all = tenant_keys::table.order((tenant_keys::party_id, tenant_keys::key_version));
    let rows = all.select(TenantKeyRow::as_select()).load(connection)?;
    rows.into_iter().map(TenantKey::try_from).collect()
}

/// Keeps what a version of a tenant's key is wrapped as.
pub fn rewrap_tenant_key(tx: &mut Tx<'_>, key: &TenantKey) -> Result<(), Error> {
    let found = tenant_keys::table.find((key.party.to_string(), version_column(key.version)?));
    diesel::update(found).set(tenant_keys::wrapped.eq(&key.wrapped)).execute(&mut **tx)?;
    Ok(())
}

/// Removes a version of a tenant's key, and with it whatever is sealed under it.
pub fn delete_tenant_key(tx: &mut Tx<'_>, key: &TenantKey) -> Result<(), Error> {
    let found = tenant_keys::table.find((key.party.to_string(), version_column(key.version)?));
    diesel::delete(found).execute(&mut **tx)?;
    Ok(())
}

/// Writes a version of a tenant's key; one that is there already is [`Error::Unique`].
pub fn insert_tenant_key(tx: &mut Tx<'_>, key: &TenantKey) -> Result<(), Error> {
    let row = TenantKeyRow {
        party_id: key.party.to_string(),
        key_version: version_column(key.version)?,
        wrapped: key.wrapped.clone(),
        created_at: key.created_at.as_millis(),
    };
    diesel::insert_into(tenant_keys::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The newest version of a tenant's key.
pub fn current_tenant_key(connection: &mut AnyConnection, party: PartyId) -> Result<Option<TenantKey>, Error> {
    let newest =
        tenant_keys::table.filter(tenant_keys::party_id.eq(party.to_string())).order(tenant_keys::key_version.desc());
    let row = newest.select(TenantKeyRow::as_select()).first(connection).optional()?;
    row.map(TenantKey::try_from).transpose()
}

/// One version of a tenant's key.
pub fn tenant_key(connection: &mut AnyConnection, party: PartyId, version: u32) -> Result<Option<TenantKey>, Error> {
    let found = tenant_keys::table.find((party.to_string(), version_column(version)?));
    let row = found.select(TenantKeyRow::as_select()).first(connection).optional()?;
    row.map(TenantKey::try_from).transpose()
}

fn version_column(version: u32) -> Result<i32, Error> {
    i32::try_from(version).map_err(|_| Error::Other("too many versions of a key".to_owned()))
}
