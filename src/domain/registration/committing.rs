//! Committing an upload: everything is inspected, then one act makes the version visible and writes its leaf.

use chancery_base::{
    db::{AnyConnection, Tx},
    idempotency::Once,
    logs::{self, NewLeaf},
    problem::{Problem, ProblemKind},
    values::{Alias, ArtifactKind, LeafId, ModelId, ModelName, Sha256Digest, Standing, UploadId, VersionId},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Archive, FileVerdict,
    data::holds_rows,
    inspection::{Inspected, resolve_parents},
    opening::{read_document, refuse_other_kind},
    session::OpenUpload,
};
use crate::{
    artifacts::{self, Manifest, Model, Preparation, Version, VersionFile, VersionParent, VersionStatus, Visibility},
    catalogue,
    parties::{self, Caller, Permission},
};

/// Held while a version gets its number, so that numbers have no gaps and none is given twice. The number is ours and arbitrary.
const NUMBERING_LOCK: i64 = 0x4348_414e_0201;
/// How often the number may turn out to be taken before the caller is asked to come back.
const ATTEMPTS: u32 = 5;

/// What else happens when an upload is committed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitOptions {
    /// An alias to point to the new version.
    pub alias: Option<Alias>,
    /// Who may know of the model; without it a new model is listed and an old one stays as it is.
    pub visibility: Option<Visibility>,
}

/// A version that now exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Its model.
    pub model: ModelName,
    /// Its number.
    pub number: u32,
    /// Its identity.
    pub version: VersionId,
    /// SHA-256 of the signed statement.
    pub manifest_digest: Sha256Digest,
    /// The leaf in the audit log that says so.
    pub leaf: LeafId,
}

impl Archive {
    /// Registers the version an upload announced.
    ///
    /// Errors: the caller may not push; no such upload of this party, or one that ended; a file that has not arrived, or was here
    /// and is no longer what it was; a signing key that was revoked meanwhile; a parent that is gone; a format that is refused, after which the upload and
    /// its files are gone as well. Each refusal is in the audit log.
    pub fn commit_upload(
        &self,
        caller: &Caller,
        once: &Once,
        upload: UploadId,
        options: CommitOptions,
    ) -> Result<Registered, Problem> {
        let committed = self.try_commit(caller, once, upload, &options);
        let is_hopeless = committed.as_ref().is_err_and(|problem| problem.kind == ProblemKind::RefusedFormat);
        let committed = self.recorder().recorded(caller, "commit-upload", &json!({"upload": upload}), committed);
        if is_hopeless {
            self.discard(caller, upload)?;
        }
        committed
    }

    fn try_commit(
        &self,
        caller: &Caller,
        once: &Once,
        upload: UploadId,
        options: &CommitOptions,
    ) -> Result<Registered, Problem> {
        caller.require(Permission::Administer)?;
        if let Some(registered) = self.database.read(|connection| once.remembered(connection))? {
            return Ok(registered);
        }
        let open = self.database.read(|connection| OpenUpload::find(connection, caller, upload))?;
        open.require_open(self.clock.now())?;
        self.require_sound(caller, &open)?;
        let _place = match open.manifest.kind() {
            ArtifactKind::Dataset => Some(self.places.reading.take(caller.party.id)?),
            ArtifactKind::Model => None,
        };
        let inspected = self.inspect(&open)?;
        for _ in 0..ATTEMPTS {
            let registration = self.prepare(caller, &open, &inspected, options)?;
            if let Some(registered) = self.register(once, registration)? {
                return Ok(registered);
            }
        }
        Err(Problem::new(ProblemKind::Conflict, "other versions of this model keep arriving; commit again in a moment"))
    }

    /// Hashes the files again that were here before the upload was opened: they may have been changed since they arrived. One
    /// that is no longer what was signed has to be sent again; that it was found is in the audit log.
    fn require_sound(&self, caller: &Caller, open: &OpenUpload) -> Result<(), Problem> {
        let mut spoilt = Vec::new();
        for held in open.held.iter().filter(|held| !held.is_received) {
            let file = open.manifest.file_by_digest(&held.sha256);
            let file = file.ok_or_else(|| Problem::internal("an upload holds a file that was not signed"))?;
            if self.check_blob(held.blob, file.sha256, file.size)? != FileVerdict::Valid {
                spoilt.push(file);
            }
        }
        let Some(first) = spoilt.first() else { return Ok(()) };
        let detail = format!(
            "the stored bytes of `{}` are no longer those that were signed ({} in all); send what is wanted again, then commit",
            first.path,
            spoilt.len()
        );
        let (upload, digests) = (open.upload.id, spoilt.iter().map(|file| file.sha256).collect::<Vec<_>>());
        let paths: Vec<_> = spoilt.iter().map(|file| &file.path).collect();
        let leaf = self.recorder().leaf("tampering-found", caller, &[], &json!({"upload": upload, "files": paths}))?;
        self.database.act(move |tx| {
            digests.iter().try_for_each(|sha256| artifacts::delete_upload_file(tx, upload, sha256))?;
            Ok(logs::append(tx, &leaf))
        })?;
        Err(Problem::new(ProblemKind::Conflict, detail))
    }

    /// Everything the act will write, under the number that is free now.
    fn prepare(
        &self,
        caller: &Caller,
        open: &OpenUpload,
        inspected: &Inspected,
        options: &CommitOptions,
    ) -> Result<Registration, Problem> {
        let now = self.clock.now();
        let document = read_document(&open.manifest)?;
        let (known, highest, parents) = self.database.read(|connection| {
            refuse_other_kind(connection, &open.manifest)?;
            let known = artifacts::find_model(connection, &open.upload.model)?;
            let highest = known.as_ref().map(|model| artifacts::highest_number(connection, model.id)).transpose()?;
            let mut parents = resolve_parents(connection, caller, &document)?;
            observe(connection, caller, &open.manifest, &mut parents)?;
            Ok::<_, Problem>((known, highest.unwrap_or_default(), parents))
        })?;
        let is_new_model = known.is_none();
        let model = known.unwrap_or_else(|| Model {
            id: ModelId::generate(&*self.entropy, now),
            kind: open.manifest.kind(),
            owner: caller.party.id,
            name: open.upload.model.clone(),
            visibility: options.visibility.unwrap_or(Visibility::Listed),
            created_at: now,
            epoch: 1,
        });
        let papers = document.to_canonical_json().map_err(Problem::internal)?;
        let (id, number) = (VersionId::generate(&*self.entropy, now), highest.saturating_add(1));
        let details = json!({
            "model": model.name, "kind": model.kind, "version": number, "version_id": id, "upload": open.upload.id,
            "manifest_digest": open.upload.manifest_digest, "signing_key": open.upload.signing_key,
            "architecture": inspected.architecture, "alias": options.alias,
            "visibility": options.visibility.unwrap_or(model.visibility),
            "parents": parents.iter().map(|parent| parent.parent).collect::<Vec<_>>(),
        });
        let leaf = self.recorder().leaf("version-registered", caller, &[], &details)?;
        let version = Version {
            id,
            model: model.id,
            number,
            status: VersionStatus::Registered,
            architecture: inspected.architecture.clone().unwrap_or_default(),
            manifest_digest: open.upload.manifest_digest,
            signed_manifest: open.upload.signed_manifest.clone(),
            signing_key: open.upload.signing_key,
            passport: String::from_utf8(papers).map_err(Problem::internal)?,
            epoch: 1,
            created_at: now,
            leaf: leaf.id(),
        };
        let (upload, files, options) = (open.upload.id, inspected.files.clone(), options.clone());
        let profile = inspected.profile.clone();
        Ok(Registration {
            caller: caller.clone(),
            upload,
            model,
            is_new_model,
            version,
            files,
            parents,
            profile,
            options,
            leaf,
        })
    }

    /// Writes a registration; `None` when its number was taken meanwhile.
    fn register(&self, once: &Once, registration: Registration) -> Result<Option<Registered>, Problem> {
        let (once, now) = (once.clone(), self.clock.now());
        self.database.act(move |tx| {
            if let Some(registered) = once.remembered(tx)? {
                return Ok(Some(registered));
            }
            tx.lock_exclusively(NUMBERING_LOCK)?;
            if !registration.still_fits(tx)? {
                return Ok(None);
            }
            let done = once.run(tx, now, |tx| registration.write(tx, now))?;
            Ok(Some(done.into_inner()))
        })
    }
}

/// Marks as observed what this server made itself: every data file came of one preparation that read the parent. What it made is not
/// registered as if it came from nowhere.
///
/// Errors: [`ProblemKind::BadPassport`] for a data file that this server made of something that is no parent.
fn observe(
    connection: &mut AnyConnection,
    caller: &Caller,
    manifest: &Manifest,
    parents: &mut [VersionParent],
) -> Result<(), Problem> {
    if manifest.kind() != ArtifactKind::Dataset {
        return Ok(());
    }
    let mut makers: Vec<Vec<Preparation>> = Vec::new();
    for file in manifest.files().iter().filter(|file| holds_rows(file.path.as_str())) {
        let made_by = artifacts::preparations_that_made(connection, caller.party.id, &file.sha256)?;
        let is_named = |maker: &Preparation| parents.iter().any(|parent| parent.parent == maker.source);
        if let Some(maker) = made_by.first().filter(|_| !made_by.iter().any(is_named)) {
            // A recipe may leave a file as it was.
            let sources = artifacts::files_of(connection, maker.source)?;
            if !sources.iter().any(|source| source.sha256 == file.sha256) {
                let detail = format!(
                    "`{}` is what this server made of `{}`; name that as a [[parent]], or leave the file out",
                    file.path, maker.source_name
                );
                return Err(Problem::new(ProblemKind::BadPassport, detail).at("parent"));
            }
        }
        makers.push(made_by);
    }
    for parent in parents {
        let made = |of: &Vec<Preparation>, id| of.iter().any(|maker| maker.id == id && maker.source == parent.parent);
        let first = makers.first().into_iter().flatten();
        if first.map(|maker| maker.id).any(|id| makers.iter().all(|of| made(of, id))) {
            parent.standing = Standing::Observed;
        }
    }
    Ok(())
}

/// A version about to be registered.
struct Registration {
    caller: Caller,
    upload: UploadId,
    model: Model,
    is_new_model: bool,
    version: Version,
    files: Vec<VersionFile>,
    parents: Vec<VersionParent>,
    profile: Option<String>,
    options: CommitOptions,
    leaf: NewLeaf,
}

impl Registration {
    fn still_fits(&self, tx: &mut Tx<'_>) -> Result<bool, Problem> {
        let known = artifacts::find_model(tx, &self.model.name)?;
        let is_same_model = known.is_some() != self.is_new_model;
        Ok(is_same_model && artifacts::highest_number(tx, self.model.id)?.saturating_add(1) == self.version.number)
    }

    fn write(&self, tx: &mut Tx<'_>, now: chancery_base::values::UnixMillis) -> Result<Registered, Problem> {
        OpenUpload::find(tx, &self.caller, self.upload)?.require_open(now)?;
        self.require_trusted_key(tx)?;
        if self.is_new_model {
            artifacts::insert_model(tx, &self.model)?;
        } else if let Some(visibility) = self.options.visibility {
            artifacts::set_visibility(tx, self.model.id, visibility)?;
        }
        artifacts::insert_version(tx, &self.version, &self.files, &self.parents)?;
        if let Some(profile) = &self.profile {
            artifacts::insert_profile(tx, self.version.id, profile)?;
        }
        catalogue::enter_version(tx, &self.model, &self.version)?;
        catalogue::enter_model(tx, self.model.id)?;
        artifacts::finish_upload(tx, self.upload, self.version.id)?;
        if let Some(alias) = &self.options.alias {
            artifacts::set_alias(tx, self.model.id, alias, self.version.id)?;
        }
        logs::append(tx, &self.leaf);
        Ok(Registered {
            model: self.model.name.clone(),
            number: self.version.number,
            version: self.version.id,
            manifest_digest: self.version.manifest_digest,
            leaf: self.leaf.id(),
        })
    }

    /// The signature was good when the upload was opened; a key revoked since then no longer speaks for its party.
    fn require_trusted_key(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        if parties::hold_trusted_signing_key(tx, self.version.signing_key)? {
            return Ok(());
        }
        let detail = "the signing key was revoked since the upload was opened; sign with another key and push again";
        Err(Problem::new(ProblemKind::BadSignature, detail))
    }
}
