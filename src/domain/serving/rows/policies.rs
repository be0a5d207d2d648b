//! Rows of policy sets, and the one that says which of them is in force.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{Sha256Digest, UnixMillis},
};
use diesel::prelude::*;

diesel::table! {
    policy_sets (digest) {
        digest -> Text,
        sources -> Text,
        activated_at -> BigInt,
    }
}

diesel::table! {
    policy_in_force (slot) {
        slot -> Integer,
        digest -> Text,
    }
}

/// The only row of its table.
const SLOT: i32 = 1;

/// Keeps a policy set, if it is not kept already.
pub(in crate::serving) fn keep_policy_set(
    tx: &mut Tx<'_>,
    digest: Sha256Digest,
    sources: &str,
    now: UnixMillis,
) -> Result<(), Error> {
    if find_policy_set(tx, digest)?.is_none() {
        diesel::insert_into(policy_sets::table)
            .values((
                policy_sets::digest.eq(digest.to_string()),
                policy_sets::sources.eq(sources),
                policy_sets::activated_at.eq(now.as_millis()),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// The sources of a policy set that was in force once.
pub(in crate::serving) fn find_policy_set(
    connection: &mut AnyConnection,
    digest: Sha256Digest,
) -> Result<Option<String>, Error> {
    let row = policy_sets::table.find(digest.to_string()).select(policy_sets::sources).first(connection);
    Ok(row.optional()?)
}

/// Digest of the policy set in force; `None` before the first start.
pub(in crate::serving) fn policy_in_force(connection: &mut AnyConnection) -> Result<Option<Sha256Digest>, Error> {
    let digest: Option<String> =
        policy_in_force::table.find(SLOT).select(policy_in_force::digest).first(connection).optional()?;
    Ok(digest.map(|digest| digest.parse()).transpose()?)
}

/// Puts a policy set in force that is kept.
pub(in crate::serving) fn put_policy_in_force(tx: &mut Tx<'_>, digest: Sha256Digest) -> Result<(), Error> {
    let digest = policy_in_force::digest.eq(digest.to_string());
    if diesel::update(policy_in_force::table.find(SLOT)).set(digest.clone()).execute(&mut **tx)? == 0 {
        diesel::insert_into(policy_in_force::table)
            .values((policy_in_force::slot.eq(SLOT), digest))
            .execute(&mut **tx)?;
    }
    Ok(())
}
