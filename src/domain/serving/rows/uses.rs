//! Rows of settled uses.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
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

/// A use as it is told to the parties of its grant.
#[derive(Debug, Clone)]
pub struct SettledUse {
    /// Its identity.
    pub id: UseId,
    /// The decision it rests on.
    pub decision: DecisionId,
    /// What it cost.
    pub tokens: TokenCount,
    /// When it was settled.
    pub settled_at: UnixMillis,
}

/// At most `limit` uses under a grant that are not older than `since`, newest first.
pub(in crate::serving) fn uses_under(
    connection: &mut AnyConnection,
    grant: GrantId,
    since: UnixMillis,
    limit: u32,
) -> Result<Vec<SettledUse>, Error> {
    let page = uses::table
        .filter(uses::grant_id.eq(grant.to_string()))
        .filter(uses::id.ge(UseId::first_at(since).to_string()))
        .order(uses::id.desc())
        .limit(limit.into())
        .select((uses::id, uses::decision_id, uses::tokens, uses::settled_at));
    let rows: Vec<(String, String, i64, i64)> = page.load(connection)?;
    let settled = |(id, decision, tokens, at): (String, String, i64, i64)| {
        let tokens = u64::try_from(tokens).map_err(|_| Error::Corrupt("negative token count".to_owned()))?;
        Ok(SettledUse {
            id: id.parse()?,
            decision: decision.parse()?,
            tokens: TokenCount(tokens),
            settled_at: UnixMillis::new(at),
        })
    };
    rows.into_iter().map(settled).collect()
}
