//! Enrolling the keys that sign: whoever holds a key proves it, an owner of the party approves it, an owner can revoke it.

use chancery_base::{
    crypto::{KeyError, Signature, VerifyingKey},
    db::{AnyConnection, Tx},
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::{PartyId, SigningKeyId, UnixMillis},
};
use serde::Deserialize;
use serde_json::json;

use super::{Archive, Challenge};
use crate::parties::{self, Caller, EnrolledKey, KeyStatus, Label, Permission, possession_statement};

/// A key somebody says to hold, with the proof.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSigningKey {
    /// The public key in base64.
    pub public_key: String,
    /// What its holder calls it.
    pub label: Label,
    /// The challenge, as it was handed out.
    pub challenge: String,
    /// Base64 of the signature over [`possession_statement`].
    pub signature: String,
}

impl Archive {
    /// A challenge for a key of the caller's party.
    ///
    /// Errors: the caller may only read.
    pub fn challenge(&self, caller: &Caller) -> Result<Challenge, Problem> {
        caller.require(Permission::Use)?;
        Ok(self.challenge_secret.issue(caller.party.id, &*self.entropy, self.clock.now()))
    }

    /// Proposes a key whose possession is proved. Its signatures count once an owner approved it.
    ///
    /// Errors: [`ProblemKind::BadSignature`] for a key that is weak or none, a challenge that is not ours or too old, and a
    /// signature that does not verify; a key the party has enrolled already. Each is in the audit log.
    pub fn propose_signing_key(
        &self,
        caller: &Caller,
        once: &Once,
        new: &NewSigningKey,
    ) -> Result<EnrolledKey, Problem> {
        let subject = json!({"public_key": new.public_key, "label": new.label});
        let proposed = self.try_propose(caller, once, new);
        let id = self.recorder().recorded(caller, "propose-signing-key", &subject, proposed)?;
        let key = self.database.read(|connection| parties::find_signing_key(connection, id))?;
        key.ok_or_else(|| Problem::internal("a proposed key is missing"))
    }

    fn try_propose(&self, caller: &Caller, once: &Once, new: &NewSigningKey) -> Result<SigningKeyId, Problem> {
        caller.require(Permission::Use)?;
        let now = self.clock.now();
        let public_key: VerifyingKey =
            new.public_key.parse().map_err(|error: KeyError| bad_signature(error.to_string()).at("public_key"))?;
        if !self.challenge_secret.accepts(&new.challenge, caller.party.id, now) {
            let detail =
                "the challenge is not one of this registry for your party, or too old; ask for a new one and sign it";
            return Err(bad_signature(detail.to_owned()).at("challenge"));
        }
        let refused = |error: KeyError| bad_signature(error.to_string()).at("signature");
        let signature: Signature = new.signature.parse().map_err(|_| refused(KeyError::BadSignature))?;
        public_key.verify(&possession_statement(&new.challenge, &public_key), &signature).map_err(refused)?;

        let key = EnrolledKey {
            id: SigningKeyId::generate(&*self.entropy, now),
            party: caller.party.id,
            label: new.label.clone(),
            public_key,
            created_at: now,
            approved_at: None,
            revoked_at: None,
        };
        let details = json!({"signing_key": key.id, "fingerprint": key.fingerprint(), "label": key.label});
        let leaf = self.recorder().leaf("signing-key-proposed", caller, &[], &details)?;
        let (once, id) = (once.clone(), key.id);
        let act = move |tx: &mut Tx<'_>| {
            once.run(tx, now, |tx| {
                parties::insert_signing_key(tx, &key).map_err(|error| enrolled_already(error, &key))?;
                logs::append(tx, &leaf);
                Ok(id)
            })
        };
        Ok(self.database.act(act)?.into_inner())
    }

    /// Approves a proposed key of the caller's party; approving it again changes nothing.
    ///
    /// Errors: the caller may not administer; no such key of this party; a key that was revoked, which stays so.
    pub fn approve_signing_key(&self, caller: &Caller, once: &Once, id: SigningKeyId) -> Result<EnrolledKey, Problem> {
        self.change_signing_key(caller, once, id, "signing-key-approved", |tx, key, now| match key.status() {
            KeyStatus::Proposed => Ok(parties::approve_signing_key(tx, key.id, now)?),
            KeyStatus::Approved => Ok(()),
            KeyStatus::Revoked => Err(Problem::new(
                ProblemKind::Conflict,
                "the key was revoked, and that is for good; make and enrol a new key",
            )),
        })
    }

    /// Revokes a key of the caller's party, which says that it may have been in other hands: its signatures count no more,
    /// and every version it signed stops being served until it is signed anew.
    ///
    /// Errors: the caller may not administer; no such key of this party.
    pub fn revoke_signing_key(&self, caller: &Caller, once: &Once, id: SigningKeyId) -> Result<EnrolledKey, Problem> {
        self.change_signing_key(caller, once, id, "signing-key-revoked", |tx, key, now| match key.status() {
            KeyStatus::Revoked => Ok(()),
            KeyStatus::Proposed | KeyStatus::Approved => Ok(parties::revoke_signing_key(tx, key.id, now)?),
        })
    }

    fn change_signing_key(
        &self,
        caller: &Caller,
        once: &Once,
        id: SigningKeyId,
        event: &'static str,
        change: impl FnOnce(&mut Tx<'_>, &EnrolledKey, UnixMillis) -> Result<(), Problem> + Send + 'static,
    ) -> Result<EnrolledKey, Problem> {
        let changed = self.try_change_signing_key(caller, once, id, event, change);
        self.recorder().recorded(caller, event, &json!({"signing_key": id}), changed)?;
        self.database.read(|connection| own_key(connection, caller.party.id, id))
    }

    fn try_change_signing_key(
        &self,
        caller: &Caller,
        once: &Once,
        id: SigningKeyId,
        event: &'static str,
        change: impl FnOnce(&mut Tx<'_>, &EnrolledKey, UnixMillis) -> Result<(), Problem> + Send + 'static,
    ) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        let leaf = self.recorder().leaf(event, caller, &[], &json!({"signing_key": id}))?;
        let (once, party, now) = (once.clone(), caller.party.id, self.clock.now());
        self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                let before = own_key(tx, party, id)?;
                change(tx, &before, now)?;
                if own_key(tx, party, id)? != before {
                    logs::append(tx, &leaf);
                }
                Ok(())
            })
        })?;
        Ok(())
    }
}

fn own_key(connection: &mut AnyConnection, party: PartyId, id: SigningKeyId) -> Result<EnrolledKey, Problem> {
    let key = parties::find_signing_key(connection, id)?.filter(|key| key.party == party);
    key.ok_or_else(|| Problem::not_found("signing key"))
}

fn bad_signature(detail: String) -> Problem {
    Problem::new(ProblemKind::BadSignature, detail)
}

fn enrolled_already(error: chancery_base::db::Error, key: &EnrolledKey) -> Problem {
    if !error.is_unique("fingerprint") {
        return error.into();
    }
    let detail = format!("the key {} is enrolled already; use it, or make another", key.fingerprint());
    Problem::new(ProblemKind::Conflict, detail).at("public_key")
}
