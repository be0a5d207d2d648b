//! Who is calling: a party and the key it calls with.

use chancery_base::{
    crypto::ApiToken,
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::UnixMillis,
};

use super::{ApiKey, Party, Permission, rows};

/// An authenticated caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// On whose behalf.
    pub party: Party,
    /// With which key.
    pub key: ApiKey,
}

impl Caller {
    /// Refuses callers whose key's role does not include `permission`.
    ///
    /// Errors: [`ProblemKind::Forbidden`].
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.key.role.may(permission) {
            return Ok(());
        }
        let role = self.key.role.code();
        Err(Problem::new(
            ProblemKind::Forbidden,
            format!(
                "this key's role is `{role}`, which may not do this; use a key of another role or ask your organisation's owner"
            ),
        ))
    }
}

/// Finds who presents `token`.
///
/// Errors: [`ProblemKind::Unauthenticated`], the same for a key that does not exist, a wrong secret, an expired and a
/// revoked key, so that a caller without the secret learns nothing.
pub fn authenticate(connection: &mut AnyConnection, token: &ApiToken, now: UnixMillis) -> Result<Caller, Problem> {
    let refused = || {
        Problem::new(
            ProblemKind::Unauthenticated,
            "this API key is unknown, expired or revoked; ask your organisation's owner for a new one",
        )
    };
    let (key, party) = rows::find_api_key_with_party(connection, token.id())?.ok_or_else(refused)?;
    key.accept(token, now).map_err(|reason| {
        tracing::info!(key.id = %key.id, key.refused = %reason, "API key refused");
        refused()
    })?;
    Ok(Caller { party, key })
}
