//! One small statement for all that a decision must still find: it runs inside the writer for every use.

use chancery_base::{
    db::{AnyConnection, Error},
    values::{ApiKeyId, GrantId, Sha256Digest, UnixMillis, VersionId},
};
use diesel::{
    backend::Backend,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{BigInt, Nullable, Text},
};

/// What there is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serving) struct StandingNow {
    /// When the API key was revoked.
    pub key_revoked_at: Option<UnixMillis>,
    /// From when on the API key is refused.
    pub key_expires_at: Option<UnixMillis>,
    /// Epoch of the version.
    pub version_epoch: i64,
    /// Epoch of its model, which moves with the holds on it.
    pub model_epoch: i64,
    /// Status of the key that signed the version.
    pub signing_key_status: String,
    /// The policy set in force.
    pub policy_digest: Sha256Digest,
    /// Epoch of the grant.
    pub grant_epoch: Option<i64>,
}

type Columns = (Option<i64>, Option<i64>, i64, i64, String, String, Option<i64>);

/// What there is now of key, version and grant, and of what hangs together with them; `None` where one is gone. `row_lock`
/// keeps it so until the transaction ends.
pub(in crate::serving) fn standing_now(
    connection: &mut AnyConnection,
    key: ApiKeyId,
    version: VersionId,
    grant: Option<GrantId>,
    row_lock: &'static str,
) -> Result<Option<StandingNow>, Error> {
    let (key, version, grant) = (key.to_string(), version.to_string(), grant.map(|grant| grant.to_string()));
    let found: Option<Columns> = Statement { key, version, grant, row_lock }.get_result(connection).optional()?;
    let now = |(revoked, expires, version_epoch, model_epoch, signing_key_status, policy, grant_epoch): Columns| {
        Ok(StandingNow {
            key_revoked_at: revoked.map(UnixMillis::new),
            key_expires_at: expires.map(UnixMillis::new),
            version_epoch,
            model_epoch,
            signing_key_status,
            policy_digest: policy.parse()?,
            grant_epoch,
        })
    };
    found.map(now).transpose()
}

/// Written out, because diesel's own statements cannot end in a lock on one database and in nothing on the other. Unlike
/// `sql_query` it is prepared once on each connection.
struct Statement {
    key: String,
    version: String,
    grant: Option<String>,
    row_lock: &'static str,
}

impl QueryId for Statement {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = (Nullable<BigInt>, Nullable<BigInt>, BigInt, BigInt, Text, Text, Nullable<BigInt>);
}

impl<Conn> RunQueryDsl<Conn> for Statement {}

impl<DB: Backend> QueryFragment<DB> for Statement
where
    String: ToSql<Text, DB>,
    Option<String>: ToSql<Nullable<Text>, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(
            "SELECT k.revoked_at, k.expires_at, v.epoch, m.epoch, s.status, p.digest, \
             (SELECT g.epoch FROM grants g WHERE g.id = ",
        );
        out.push_bind_param::<Nullable<Text>, _>(&self.grant)?;
        out.push_sql(self.row_lock);
        out.push_sql(") FROM api_keys k, versions v, models m, signing_keys s, policy_in_force p WHERE k.id = ");
        out.push_bind_param::<Text, _>(&self.key)?;
        out.push_sql(" AND v.id = ");
        out.push_bind_param::<Text, _>(&self.version)?;
        out.push_sql(" AND m.id = v.model_id AND s.id = v.signing_key_id AND p.slot = 1");
        out.push_sql(self.row_lock);
        Ok(())
    }
}
