//! Accepting: the licensee signs the digest of the terms it was offered.

use chancery_base::{
    crypto::VerifyingKey,
    idempotency::Once,
    problem::{Problem, ProblemKind},
    values::GrantId,
};
use serde_json::json;

use super::{Changed, Registrar};
use crate::{
    artifacts,
    licensing::{Acceptance, Grant},
    parties::{self, Caller, EnrolledKey, Permission},
};

impl Registrar {
    /// Accepts an offer with the licensee's signature over the digest of its terms.
    ///
    /// Errors: the caller's party is not the licensee, or may not; the envelope is not signed by one of its approved keys or
    /// states other terms; the grant is no longer an open offer.
    pub fn accept(&self, caller: &Caller, once: &Once, id: GrantId, envelope_json: &[u8]) -> Result<Changed, Problem> {
        let accepted = self.try_accept(caller, once, id, envelope_json);
        self.recorder().recorded(caller, "accept-grant", &json!({"grant": id}), accepted)
    }

    fn try_accept(&self, caller: &Caller, once: &Once, id: GrantId, envelope_json: &[u8]) -> Result<Changed, Problem> {
        caller.require(Permission::Administer)?;
        let (grant, model, keys) = self.database.read(|connection| {
            let grant = Grant::find_for(connection, id, caller.party.id)?;
            let model = artifacts::find_model_by_id(connection, grant.model)?;
            let model = model.ok_or_else(|| Problem::internal("a grant's model is missing"))?;
            Ok::<_, Problem>((grant, model.name, parties::signing_keys_of(connection, caller.party.id)?))
        })?;
        if grant.licensee != caller.party.id {
            return Err(Problem::new(ProblemKind::Forbidden, "only the licensee accepts an offer; ask it to"));
        }
        if grant.terms.term.end.is_some_and(|end| end <= self.clock.now()) {
            let detail = "the term of this offer has ended, so nothing would come of accepting it; ask the licensor for a new one";
            return Err(Problem::new(ProblemKind::Conflict, detail));
        }
        let keys: Vec<EnrolledKey> = keys.into_iter().filter(EnrolledKey::is_trusted).collect();
        let trusted: Vec<VerifyingKey> = keys.iter().map(|key| key.public_key).collect();
        let expected = Acceptance {
            grant: grant.id,
            model,
            terms: grant.terms_digest,
            licensor: grant.licensor,
            licensee: grant.licensee,
        };
        let signers = expected.verify(envelope_json, &trusted).map_err(|error| bad_signature(error.to_string()))?;
        let signer = keys.iter().find(|key| signers.contains(&key.public_key)).map(|key| key.id);
        let signer = signer.ok_or_else(|| Problem::internal("a signature verified under a key of nobody"))?;
        let acceptance = String::from_utf8(envelope_json.to_vec()).map_err(Problem::internal)?;
        let now = self.clock.now();
        let details = json!({
            "grant": grant.id, "model": expected.model, "terms_digest": grant.terms_digest, "signing_key": signer,
        });
        self.write(caller, once, "grant-accepted", &grant, &details, move |tx, grant| {
            if !parties::hold_trusted_signing_key(tx, signer)? {
                return Err(bad_signature("the signing key was revoked meanwhile; sign with another key".to_owned()));
            }
            Grant::accept(tx, grant.id, &acceptance, now)
        })
    }
}

fn bad_signature(detail: String) -> Problem {
    Problem::new(ProblemKind::BadSignature, detail)
}
