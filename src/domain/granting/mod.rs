//! Granting: a licensor offers terms, the licensee signs their digest, the licensor may take them back.

use std::sync::Arc;

use chancery_base::{
    crypto::{Envelope, VerifyingKey},
    db::Database,
    idempotency::Once,
    logs::{self, LogName, NewLeaf},
    problem::{Problem, ProblemKind},
    values::{Clock, Entropy, GrantId, LeafId, ModelReference, Slug},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    artifacts,
    licensing::{self, Acceptance, Grant, GrantStatus, Terms},
    parties::{self, Caller, Permission},
};

/// The parts these acts need.
#[derive(Clone)]
pub struct Registrar {
    /// Where everything is recorded.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// An offer asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOffer {
    /// The model; grants cover the model, their terms say which versions.
    pub model: String,
    /// The licensee's name.
    pub licensee: Slug,
    /// The terms.
    pub terms: Terms,
}

/// A grant whose state changed, with the leaf that records it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Changed {
    /// The grant.
    pub grant: GrantId,
    /// The leaf in the audit log.
    pub leaf: LeafId,
}

impl Registrar {
    /// Offers a grant on a model of the caller's party.
    ///
    /// Errors: the caller may not administer; a model that is not its party's; an unknown licensee; its own party.
    pub fn offer(&self, caller: &Caller, once: &Once, new: NewOffer) -> Result<Changed, Problem> {
        let subject = json!({"model": new.model, "licensee": new.licensee});
        let offered = self.try_offer(caller, once, new);
        self.recorded(caller, "offer-grant", &subject, offered)
    }

    fn try_offer(&self, caller: &Caller, once: &Once, new: NewOffer) -> Result<Changed, Problem> {
        caller.require(Permission::Administer)?;
        let reference: ModelReference = new.model.parse().map_err(|invalid| Problem::from(invalid).at("model"))?;
        let (model, licensee) = self.database.read(|connection| {
            let model = artifacts::find_model(connection, &reference.model)?;
            let model =
                model.filter(|model| model.owner == caller.party.id).ok_or_else(|| Problem::not_found("model"))?;
            let licensee = parties::find_party_by_slug(connection, &new.licensee)?;
            Ok::<_, Problem>((model, licensee.ok_or_else(|| Problem::not_found("party").at("licensee"))?))
        })?;
        if licensee.id == caller.party.id {
            return Err(Problem::new(
                ProblemKind::Unprocessable,
                "an owner needs no grant on its own model; name another party",
            )
            .at("licensee"));
        }
        let now = self.clock.now();
        let grant = Grant {
            id: GrantId::generate(&*self.entropy, now),
            model: model.id,
            licensor: caller.party.id,
            licensee: licensee.id,
            terms_digest: new.terms.digest().map_err(Problem::internal)?,
            terms: new.terms,
            status: GrantStatus::Offered,
            acceptance: None,
            offered_at: now,
            accepted_at: None,
            revoked_at: None,
            epoch: 0,
        };
        let details = json!({"model": model.name, "licensee": licensee.slug});
        self.write(caller, once, "grant-offered", &grant, details, Grant::offer)
    }

    /// Accepts an offer with the licensee's signature over the digest of its terms.
    ///
    /// Errors: the caller's party is not the licensee, or may not; the envelope is not signed by one of its approved keys or
    /// states other terms; the grant is no longer an open offer.
    pub fn accept(&self, caller: &Caller, once: &Once, id: GrantId, envelope_json: &[u8]) -> Result<Changed, Problem> {
        let accepted = self.try_accept(caller, once, id, envelope_json);
        self.recorded(caller, "accept-grant", &json!({"grant": id}), accepted)
    }

    fn try_accept(&self, caller: &Caller, once: &Once, id: GrantId, envelope_json: &[u8]) -> Result<Changed, Problem> {
        caller.require(Permission::Administer)?;
        let (grant, keys) = self.database.read(|connection| {
            let grant = Grant::find_for(connection, id, caller.party.id)?;
            Ok::<_, Problem>((grant, parties::signing_keys_of(connection, caller.party.id)?))
        })?;
        if grant.licensee != caller.party.id {
            return Err(Problem::new(ProblemKind::Forbidden, "only the licensee accepts an offer; ask it to"));
        }
        let trusted: Vec<VerifyingKey> =
            keys.into_iter().filter(parties::EnrolledKey::is_trusted).map(|key| key.public_key).collect();
        let refused = |detail: String| Problem::new(ProblemKind::BadSignature, detail);
        let envelope = Envelope::parse(envelope_json).map_err(|error| refused(error.to_string()))?;
        let verified =
            envelope.verify(licensing::PAYLOAD_TYPE, &trusted).map_err(|error| refused(error.to_string()))?;
        let expected = Acceptance {
            grant: grant.id,
            terms: grant.terms_digest,
            licensor: grant.licensor,
            licensee: grant.licensee,
        };
        if verified.payload != expected.to_bytes().map_err(Problem::internal)? {
            return Err(refused(
                "the signed acceptance is not about this grant and these terms; read the terms again and sign their digest".to_owned(),
            ));
        }
        let (acceptance, now) = (envelope.to_json(), self.clock.now());
        let details = json!({"terms_digest": grant.terms_digest});
        self.write(caller, once, "grant-accepted", &grant, details, move |tx, grant| {
            Grant::accept(tx, grant.id, &acceptance, now)
        })
    }

    /// Takes a grant back; calls under it are refused from the next one on, what was used before stays lawful.
    ///
    /// Errors: the caller's party is not the licensor, or may not; it was revoked already.
    pub fn revoke(&self, caller: &Caller, once: &Once, id: GrantId, reason: &str) -> Result<Changed, Problem> {
        let revoked = self.try_revoke(caller, once, id, reason);
        self.recorded(caller, "revoke-grant", &json!({"grant": id}), revoked)
    }

    fn try_revoke(&self, caller: &Caller, once: &Once, id: GrantId, reason: &str) -> Result<Changed, Problem> {
        caller.require(Permission::Administer)?;
        let grant = self.database.read(|connection| Grant::find_for(connection, id, caller.party.id))?;
        if grant.licensor != caller.party.id {
            return Err(Problem::new(ProblemKind::Forbidden, "only the licensor revokes a grant; ask it to"));
        }
        let (details, now) = (json!({"reason": reason}), self.clock.now());
        self.write(caller, once, "grant-revoked", &grant, details, move |tx, grant| Grant::revoke(tx, grant.id, now))
    }

    /// One change of a grant and its leaf, in one act, done once.
    fn write(
        &self,
        caller: &Caller,
        once: &Once,
        event: &str,
        grant: &Grant,
        details: Value,
        change: impl FnOnce(&mut chancery_base::db::Tx<'_>, &Grant) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Changed, Problem> {
        let now = self.clock.now();
        let payload = json!({
            "type": event, "at": now, "grant": grant.id, "by": caller.party.slug, "key": caller.key.id,
            "terms_digest": grant.terms_digest, "details": details,
        });
        let readers = vec![grant.licensor, grant.licensee];
        let leaf = NewLeaf::new(LogName::Audit, &payload, readers, &*self.entropy, now).map_err(Problem::internal)?;
        let changed = Changed { grant: grant.id, leaf: leaf.id() };
        let (once, grant) = (once.clone(), grant.clone());
        let done = self.database.act(move |tx| {
            once.run(tx, now, |tx| {
                change(tx, &grant)?;
                logs::append(tx, &leaf)?;
                Ok(changed)
            })
        })?;
        Ok(done.into_inner())
    }

    /// Hands on what an attempt came to, and first writes down a refusal: what was tried, on what, and why not.
    fn recorded<T>(
        &self,
        caller: &Caller,
        attempt: &str,
        subject: &Value,
        outcome: Result<T, Problem>,
    ) -> Result<T, Problem> {
        if let Err(problem) = &outcome
            && problem.kind.goes_on_record()
        {
            let now = self.clock.now();
            let payload = json!({
                "type": "attempt-refused", "at": now, "by": caller.party.slug, "key": caller.key.id,
                "details": {
                    "attempt": attempt, "subject": subject, "problem": problem.kind.slug(), "detail": problem.detail,
                    "field": problem.field,
                },
            });
            let readers = vec![caller.party.id];
            let leaf =
                NewLeaf::new(LogName::Audit, &payload, readers, &*self.entropy, now).map_err(Problem::internal)?;
            self.database.act(move |tx| Ok(logs::append(tx, &leaf)?))?;
        }
        outcome
    }
}
