//! Opening an upload: the signed statement is judged before a single byte is taken.

use chancery_base::{
    crypto::{Envelope, EnvelopeError, JsonError, Statement, StatementError, VerifyingKey, canonical_json},
    db::AnyConnection,
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    values::{Sha256Digest, SigningKeyId, UnixMillis, UploadId},
};
use serde_json::json;

use super::{Archive, Session, inspection::resolve_parents};
use crate::{
    artifacts::{self, Manifest, Upload, UploadFile},
    parties::{self, Caller, EnrolledKey, KeyStatus, Permission},
    passport::Document,
};

/// How long files can be sent after the statement was accepted.
const LIFETIME_MS: i64 = UnixMillis::PER_DAY;

/// What an envelope says, once it is believed.
struct Believed {
    envelope: Envelope,
    digest: Sha256Digest,
    signing_key: SigningKeyId,
    manifest: Manifest,
}

impl Archive {
    /// Opens an upload for the DSSE envelope `json`. Files the party holds already need not be sent again.
    ///
    /// Errors: the caller may not push; an envelope that is not one, or is not signed by an approved key of the party
    /// ([`ProblemKind::BadSignature`]); a statement that is no manifest, or of another owner's model; a passport that lacks
    /// or misstates something; a manifest that is registered already. Each is in the audit log.
    pub fn open_upload(&self, caller: &Caller, once: &Once, json: &[u8]) -> Result<Session, Problem> {
        let subject = json!({"envelope": Sha256Digest::of(json)});
        let opened = self.try_open_upload(caller, once, json);
        let id = self.recorder().recorded(caller, "open-upload", &subject, opened)?;
        self.session(caller, id)
    }

    fn try_open_upload(&self, caller: &Caller, once: &Once, json: &[u8]) -> Result<UploadId, Problem> {
        caller.require(Permission::Administer)?;
        let believed = self.database.read(|connection| {
            let believed = believe(connection, caller, json)?;
            let document = read_document(&believed.manifest)?;
            resolve_parents(connection, caller, &document)?;
            refuse_other_kind(connection, &believed.manifest)?;
            Ok::<_, Problem>(believed)
        })?;
        self.write_upload(caller, once, &believed)
    }

    fn write_upload(&self, caller: &Caller, once: &Once, believed: &Believed) -> Result<UploadId, Problem> {
        let now = self.clock.now();
        let upload = Upload {
            id: UploadId::generate(&*self.entropy, now),
            party: caller.party.id,
            model: believed.manifest.name().clone(),
            manifest_digest: believed.digest,
            signed_manifest: believed.envelope.to_json(),
            signing_key: believed.signing_key,
            created_at: now,
            expires_at: now.plus_millis(LIFETIME_MS),
            version: None,
        };
        let details = json!({
            "upload": upload.id, "model": upload.model, "manifest_digest": upload.manifest_digest,
            "signing_key": upload.signing_key,
        });
        let leaf = self.recorder().leaf("upload-opened", caller, &[], &details)?;
        let digests: Vec<_> = believed.manifest.files().iter().map(|file| file.sha256).collect();
        let (once, id) = (once.clone(), upload.id);
        let act = move |tx: &mut chancery_base::db::Tx<'_>| {
            once.run(tx, now, |tx| {
                refuse_registered(tx, &upload)?;
                artifacts::insert_upload(tx, &upload)?;
                hold_known_blobs(tx, &upload, digests)?;
                logs::append(tx, &leaf);
                Ok(id)
            })
        };
        Ok(self.database.act(act)?.into_inner())
    }
}

fn believe(connection: &mut AnyConnection, caller: &Caller, json: &[u8]) -> Result<Believed, Problem> {
    let envelope = Envelope::parse(json).map_err(|error| statement_problem(&error.into()))?;
    let keys = parties::signing_keys_of(connection, caller.party.id)?;
    let trusted: Vec<VerifyingKey> = keys.iter().filter(|key| key.is_trusted()).map(|key| key.public_key).collect();
    let (statement, signers) = Statement::verify(&envelope, &trusted)
        .map_err(|error| untrusted_signer(&envelope, &keys).unwrap_or_else(|| statement_problem(&error)))?;
    let signer = keys.iter().find(|key| key.is_trusted() && signers.contains(&key.public_key));
    let signer = signer.ok_or_else(|| Problem::internal("a signature verified under a key of nobody"))?;
    let manifest = Manifest::parse(&statement)?;
    refuse_other_owner(caller, &manifest)?;
    let digest = Sha256Digest::of(envelope.unverified_payload());
    Ok(Believed { digest, signing_key: signer.id, manifest, envelope })
}

/// Where the signature is good but the key does not count, says so: "unknown key" would send the owner looking for a mistake
/// in the signature.
fn untrusted_signer(envelope: &Envelope, keys: &[EnrolledKey]) -> Option<Problem> {
    let signed = |key: &&EnrolledKey| envelope.verify(Statement::PAYLOAD_TYPE, &[key.public_key]).is_ok();
    let key = keys.iter().filter(|key| !key.is_trusted()).find(signed)?;
    let next = match key.status() {
        KeyStatus::Revoked => "was revoked; sign with another key",
        KeyStatus::Proposed | KeyStatus::Approved => {
            "is not approved yet; ask an owner of your organisation to approve it"
        }
    };
    Some(Problem::new(ProblemKind::BadSignature, format!("the signing key {} {next}", key.fingerprint())))
}

fn statement_problem(error: &StatementError) -> Problem {
    let kind = match error {
        StatementError::Envelope(EnvelopeError::Untrusted | EnvelopeError::BadSignature { .. }) => {
            ProblemKind::BadSignature
        }
        StatementError::Envelope(
            EnvelopeError::PayloadTooLarge { .. } | EnvelopeError::Json(JsonError::TooLarge { .. }),
        )
        | StatementError::Json(JsonError::TooLarge { .. }) => ProblemKind::TooLarge,
        _ => ProblemKind::BadRequest,
    };
    Problem::new(kind, error.to_string())
}

fn refuse_other_owner(caller: &Caller, manifest: &Manifest) -> Result<(), Problem> {
    let (model, slug) = (manifest.name(), &caller.party.slug);
    if model.owner == *slug {
        return Ok(());
    }
    let detail = format!("`{model}` would belong to `{}`; name it `{slug}/{}` and sign again", model.owner, model.name);
    Err(Problem::new(ProblemKind::Forbidden, detail).at("model"))
}

/// A name belongs to a model or to a data set, whichever came first.
pub(super) fn refuse_other_kind(connection: &mut AnyConnection, manifest: &Manifest) -> Result<(), Problem> {
    let (name, kind) = (manifest.name(), manifest.kind());
    match artifacts::find_model(connection, name)? {
        Some(known) if known.kind != kind => {
            let detail = format!("`{name}` is a {} already; give the {} another name", known.kind.noun(), kind.noun());
            Err(Problem::new(ProblemKind::Conflict, detail).at(kind.code()))
        }
        _ => Ok(()),
    }
}

/// The passport or datasheet of a manifest; every fault is named.
pub(super) fn read_document(manifest: &Manifest) -> Result<Document, Problem> {
    let bad = |error: JsonError| Problem::new(ProblemKind::BadPassport, error.to_string()).at("passport");
    let json = canonical_json(manifest.papers()).map_err(bad)?;
    Document::parse_json(manifest.kind(), &json).map_err(|faults| faults.into_problem(ProblemKind::BadPassport))
}

fn refuse_registered(connection: &mut AnyConnection, upload: &Upload) -> Result<(), Problem> {
    let Some(model) = artifacts::find_model(connection, &upload.model)? else { return Ok(()) };
    match artifacts::version_by_manifest(connection, model.id, &upload.manifest_digest)? {
        Some(version) => Err(Problem::new(
            ProblemKind::Conflict,
            format!(
                "this manifest is registered already, as {}@v{}; change something or use that",
                model.name, version.number
            ),
        )),
        None => Ok(()),
    }
}

/// Only blobs of the uploader's own are reused: that somebody else has the same file is not the uploader's to know.
fn hold_known_blobs(
    tx: &mut chancery_base::db::Tx<'_>,
    upload: &Upload,
    mut digests: Vec<Sha256Digest>,
) -> Result<(), Problem> {
    digests.sort_unstable();
    digests.dedup();
    for sha256 in digests {
        if let Some(blob) = artifacts::find_blob_by_digest(tx, upload.party, &sha256)? {
            artifacts::insert_upload_file(tx, upload.id, &UploadFile { sha256, blob: blob.name, is_received: false })?;
        }
    }
    Ok(())
}
