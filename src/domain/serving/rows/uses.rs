//! Rows of settled uses.

use chancery_base::{
    db::{Error, Tx},
    values::{DecisionId, GrantId, LeafId, PartyId, TokenCount, UnixMillis, UseId, VersionId},
};
use diesel::prelude::*;

diesel::table! {
    uses (id) {
        id -> Text,
        decision_id -> Text,
        grant_id -> Nullable<Text>,
        version_id -> Text,
        caller_id -> Text,
        tokens -> BigInt,
        liability_leaf_id -> Text,
        settled_at -> BigInt,
    }
}

/// A settled use.
#[derive(Debug, Clone)]
pub(in crate::serving) struct Use {
    pub id: UseId,
    pub decision: DecisionId,
    pub grant: Option<GrantId>,
    pub version: VersionId,
    pub caller: PartyId,
    pub tokens: TokenCount,
    pub liability_leaf: LeafId,
    pub settled_at: UnixMillis,
}

pub(in crate::serving) fn insert_use(tx: &mut Tx<'_>, settled: &Use) -> Result<(), Error> {
    let tokens = i64::try_from(settled.tokens.0).map_err(|_| Error::Other("token count too large".to_owned()))?;
    diesel::insert_into(uses::table)
        .values((
            uses::id.eq(settled.id.to_string()),
            uses::decision_id.eq(settled.decision.to_string()),
            uses::grant_id.eq(settled.grant.map(|grant| grant.to_string())),
            uses::version_id.eq(settled.version.to_string()),
            uses::caller_id.eq(settled.caller.to_string()),
            uses::tokens.eq(tokens),
            uses::liability_leaf_id.eq(settled.liability_leaf.to_string()),
            uses::settled_at.eq(settled.settled_at.as_millis()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
