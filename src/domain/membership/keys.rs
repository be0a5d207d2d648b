//! API keys: made, shown once, revoked at once.

use chancery_base::{
    crypto::ApiToken,
    db,
    idempotency::Once,
    logs::{self, LogName, NewLeaf},
    problem::{Problem, ProblemKind},
    values::{ApiKeyId, PartyId, Purpose, Territory, UnixMillis},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::Office;
use crate::parties::{self, ApiKey, Caller, Label, Permission, Role};

/// An API key asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it may do.
    pub role: Role,
    /// What its owner calls it.
    pub label: Label,
    /// What calls with it are for, unless a call says something narrower.
    pub purpose: Option<Purpose>,
    /// Where calls with it take place, unless a call says something narrower.
    pub territory: Option<Territory>,
    /// From when on it is refused.
    pub expires_at: Option<UnixMillis>,
}

/// A key with its secret, which is shown now and never again.
pub struct TokenShown {
    /// The key as it is kept.
    pub key: ApiKey,
    /// The whole token.
    pub token: Zeroizing<String>,
}

impl Office {
    /// Draws a key for `party` that nobody holds yet.
    pub(super) fn draw(&self, party: PartyId, new: NewKey) -> TokenShown {
        let now = self.clock.now();
        let token = ApiToken::generate(ApiKeyId::generate(&*self.entropy, now), &*self.entropy);
        let key = ApiKey {
            id: token.id(),
            party,
            role: new.role,
            label: new.label,
            hash: token.hash(),
            purpose: new.purpose,
            territory: new.territory,
            created_at: now,
            expires_at: new.expires_at,
            revoked_at: None,
        };
        TokenShown { key, token: token.expose() }
    }

    /// A leaf of the audit log that the caller's party may open.
    fn leaf(&self, caller: &Caller, payload: &Value) -> Result<NewLeaf, Problem> {
        let readers = vec![caller.party.id];
        NewLeaf::new(LogName::Audit, payload, readers, &*self.entropy, self.clock.now()).map_err(Problem::internal)
    }
}

/// Refuses an idempotency key where the answer holds a secret: it is kept nowhere and so could not be given twice.
pub(super) fn refuse_repetition(once: &Once) -> Result<(), Problem> {
    if once.key.is_none() {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Unprocessable,
        "the answer holds an API key, which is shown once and cannot be repeated; leave Idempotency-Key out",
    ))
}

/// Makes an API key for the caller's party.
///
/// Errors: the caller may not administer its party; a role above its own; an expiry that has passed; an idempotency key.
pub fn issue_key(office: &Office, caller: &Caller, once: &Once, new: NewKey) -> Result<TokenShown, Problem> {
    caller.require(Permission::Administer)?;
    if new.role == Role::Operator {
        caller.require(Permission::Operate)?;
    }
    refuse_repetition(once)?;
    let now = office.clock.now();
    if new.expires_at.is_some_and(|end| end <= now) {
        let problem = Problem::new(ProblemKind::Unprocessable, "the key would be expired already; give a later time");
        return Err(problem.at("expires_at"));
    }
    let shown = office.draw(caller.party.id, new);
    let key = shown.key.clone();
    let payload = json!({
        "type": "api-key-issued", "at": now, "party": caller.party.slug, "by": caller.key.id, "key": key.id,
        "role": key.role.code(), "purpose": key.purpose, "territory": key.territory, "expires_at": key.expires_at,
    });
    let leaf = office.leaf(caller, &payload)?;
    office.database.act(move |tx| {
        parties::insert_api_key(tx, &key)?;
        logs::append(tx, &leaf)?;
        Ok(())
    })?;
    Ok(shown)
}

/// Revokes an API key of the caller's party; it is refused from the next request on.
///
/// Errors: the caller may not administer its party; no such key of this party.
pub fn revoke_key(office: &Office, caller: &Caller, id: ApiKeyId) -> Result<(), Problem> {
    caller.require(Permission::Administer)?;
    let now = office.clock.now();
    let payload =
        json!({"type": "api-key-revoked", "at": now, "party": caller.party.slug, "by": caller.key.id, "key": id});
    let party = caller.party.id;
    let leaf = office.leaf(caller, &payload)?;
    office.database.act(move |tx| {
        parties::revoke_api_key(tx, party, id, now).map_err(|error| match error {
            db::Error::NotFound => Problem::not_found("API key"),
            other => other.into(),
        })?;
        logs::append(tx, &leaf)?;
        Ok(())
    })
}
