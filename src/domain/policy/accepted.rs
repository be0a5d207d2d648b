//! Whether accepted grants are what their licensees signed. Rows are believed no more than the papers of a version: whoever can
//! change them must not be able to make a grant, widen its terms or hand it to somebody else.
//!
//! What this cannot tell: a revocation that was taken back, and tokens that were settled and are no longer counted. Those show
//! against the audit and liability logs.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chancery_base::{
    crypto::VerifyingKey,
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::{GrantId, ModelName, Sha256Digest},
};

use crate::{
    licensing::{Acceptance, Grant, GrantStatus, HeldGrant},
    parties::{self, EnrolledKey},
};

/// Grants that are kept at hand; beyond that all are forgotten and verified again.
const MOST_KEPT: usize = 16_384;

/// Accepted grants whose rows were verified, each by the digest of what was.
#[derive(Debug, Default)]
pub struct AcceptedGrants(Mutex<HashMap<GrantId, Sha256Digest>>);

impl AcceptedGrants {
    /// Refuses an accepted grant on `model` that its licensee did not sign as it stands. Signatures are verified once for each
    /// state of a row.
    ///
    /// Errors: the row was changed ([`ProblemKind::DigestMismatch`]); the database cannot be read.
    pub(super) fn require(
        &self,
        connection: &mut AnyConnection,
        held: &HeldGrant,
        model: &ModelName,
    ) -> Result<(), Problem> {
        let grant = &held.grant;
        if grant.status != GrantStatus::Accepted || self.is_known(held) {
            return Ok(());
        }
        // What a licensee agreed to stays agreed when it revokes the key it signed with.
        let keys = parties::signing_keys_of(connection, grant.licensee)?;
        let keys: Vec<VerifyingKey> = keys.iter().filter(|key| was_approved(key)).map(|key| key.public_key).collect();
        if !is_as_signed(held, model, &keys)? {
            let detail = format!(
                "grant `{}` is not what its licensee signed: it was changed where it is stored; ask the operator to bring it back",
                grant.id
            );
            return Err(Problem::new(ProblemKind::DigestMismatch, detail));
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KEPT {
            known.clear();
        }
        known.insert(grant.id, held.row_digest);
        Ok(())
    }

    fn is_known(&self, held: &HeldGrant) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&held.grant.id) == Some(&held.row_digest)
    }
}

fn was_approved(key: &EnrolledKey) -> bool {
    key.approved_at.is_some()
}

fn is_as_signed(held: &HeldGrant, model: &ModelName, keys: &[VerifyingKey]) -> Result<bool, Problem> {
    let Grant { id: grant, licensor, licensee, ref terms, terms_digest, ref acceptance, .. } = held.grant;
    if terms.digest().map_err(Problem::internal)? != terms_digest {
        return Ok(false);
    }
    let quota = held.quota.map(|quota| quota.quota);
    if quota != terms.quota_tokens {
        return Ok(false);
    }
    let Some(acceptance) = acceptance else { return Ok(false) };
    let stated = Acceptance { grant, model: model.clone(), terms: terms_digest, licensor, licensee };
    Ok(stated.verify(acceptance.as_bytes(), keys).is_ok())
}
