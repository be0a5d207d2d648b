//! API keys: made, shown once, revoked at once.

use chancery_base::{
    crypto::ApiToken,
    db,
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::{ApiKeyId, PAGE_ITEMS, PartyId, Purpose, Territory, UnixMillis},
};
use serde::Deserialize;
use serde_json::json;
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
}

/// Refuses an idempotency key where the answer holds a secret: it is kept nowhere and so could not be given twice.
pub(crate) fn refuse_repetition(once: &Once) -> Result<(), Problem> {
    if once.key.is_none() {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Unprocessable,
        "the answer holds a secret, which is shown once and cannot be repeated; leave Idempotency-Key out",
    ))
}

/// Makes an API key for the caller's party.
///
/// Errors: the caller may not administer its party; a role above its own, or one for people; an expiry that has passed; an idempotency key. Each
/// is in the audit log.
pub fn issue_key(office: &Office, caller: &Caller, once: &Once, new: NewKey) -> Result<TokenShown, Problem> {
    let subject = json!({"role": new.role, "label": new.label});
    let issued = office.try_issue_key(caller, once, new);
    office.recorder().recorded(caller, "issue-api-key", &subject, issued)
}

/// A page of the API keys of the caller's party, oldest first, made after the one named `after`; shorter than [`PAGE_ITEMS`] when
/// it is the last.
///
/// Errors: the caller may not administer its party.
pub fn list_keys(office: &Office, caller: &Caller, after: Option<ApiKeyId>) -> Result<Vec<ApiKey>, Problem> {
    caller.require(Permission::Administer)?;
    let party = caller.party.id;
    office.database.read(|connection| Ok(parties::api_keys_of(connection, party, after, PAGE_ITEMS)?))
}

/// Revokes an API key of the caller's party; it is refused from the next request on.
///
/// Errors: the caller may not administer its party; no such key of this party. Each is in the audit log.
pub fn revoke_key(office: &Office, caller: &Caller, once: &Once, id: ApiKeyId) -> Result<(), Problem> {
    let revoked = office.try_revoke_key(caller, once, id);
    office.recorder().recorded(caller, "revoke-api-key", &json!({"api_key": id}), revoked)
}

impl Office {
    fn try_issue_key(&self, caller: &Caller, once: &Once, new: NewKey) -> Result<TokenShown, Problem> {
        caller.require(Permission::Administer)?;
        if new.role == Role::Operator {
            caller.require(Permission::Operate)?;
        }
        if new.role == Role::Approver {
            let detail = "approvers are people, because who holds a key is not known; invite somebody, or make a key of another role";
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("role"));
        }
        refuse_repetition(once)?;
        let now = self.clock.now();
        if new.expires_at.is_some_and(|end| end > UnixMillis::LATEST) {
            let detail = format!("a time has at most {} milliseconds since 1970", UnixMillis::LATEST.as_millis());
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("expires_at"));
        }
        if new.expires_at.is_some_and(|end| end <= now) {
            let detail = "the key would be expired already; give a later time";
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("expires_at"));
        }
        let shown = self.draw(caller.party.id, new);
        let key = shown.key.clone();
        let details = json!({
            "api_key": key.id, "role": key.role, "purpose": key.purpose, "territory": key.territory,
            "expires_at": key.expires_at,
        });
        let leaf = self.recorder().leaf("api-key-issued", caller, &[], &details)?;
        self.database.act(move |tx| {
            parties::insert_api_key(tx, &key)?;
            logs::append(tx, &leaf);
            Ok(())
        })?;
        Ok(shown)
    }

    fn try_revoke_key(&self, caller: &Caller, once: &Once, id: ApiKeyId) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        let leaf = self.recorder().leaf("api-key-revoked", caller, &[], &json!({"api_key": id}))?;
        let (party, now, once) = (caller.party.id, self.clock.now(), once.clone());
        self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                let is_changed = parties::revoke_api_key(tx, party, id, now).map_err(|error| match error {
                    db::Error::NotFound => Problem::not_found("API key"),
                    other => other.into(),
                })?;
                if is_changed {
                    logs::append(tx, &leaf);
                }
                Ok(())
            })
        })?;
        Ok(())
    }
}
