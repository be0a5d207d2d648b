//! Rows of tenant keys.

use chancery_base::{
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
