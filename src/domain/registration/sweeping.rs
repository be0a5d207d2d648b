//! Taking back what will not become a version: uploads that were given up, refused or forgotten, and files without a row.

use std::collections::BTreeSet;

use chancery_base::{
    db::Tx,
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    store::BlobName,
    values::{UnixMillis, UploadId},
};
use serde_json::json;

use super::Archive;
use crate::{
    artifacts::{self, Upload},
    parties::{Caller, Permission},
};

/// Held while an upload is swept, so that of several processes one writes its leaf. The number is ours and arbitrary.
const SWEEPING_LOCK: i64 = 0x4348_414e_0202;

/// How long what was prepared is kept for its owner to register.
const PREPARED_KEPT_MS: i64 = 7 * UnixMillis::PER_DAY;

impl Archive {
    /// Gives an upload up; its files go unless a version or another upload needs them.
    ///
    /// Errors: the caller may not push; no such upload of this party; one that became a version. Each is in the audit log.
    pub fn abandon_upload(&self, caller: &Caller, once: &Once, id: UploadId) -> Result<(), Problem> {
        let abandoned = self.try_abandon(caller, once, id);
        self.recorder().recorded(caller, "abandon-upload", &json!({"upload": id}), abandoned)
    }

    fn try_abandon(&self, caller: &Caller, once: &Once, id: UploadId) -> Result<(), Problem> {
        caller.require(Permission::Administer)?;
        let leaf = self.recorder().leaf("upload-abandoned", caller, &[], &json!({"upload": id}))?;
        let (once, party, now) = (once.clone(), caller.party.id, self.clock.now());
        let removed = self.database.act(move |tx| {
            let mut removed = Vec::new();
            once.run(tx, now, |tx| {
                let upload = artifacts::find_upload(tx, party, id)?.ok_or_else(|| Problem::not_found("upload"))?;
                if upload.version.is_some() {
                    return Err(Problem::new(
                        ProblemKind::Conflict,
                        "this upload became a version; suspend or withdraw that instead",
                    ));
                }
                logs::append(tx, &leaf);
                removed = release(tx, &upload)?;
                Ok(())
            })?;
            Ok(removed)
        })?;
        self.vault.remove(&removed);
        Ok(())
    }

    /// Removes an upload whose refusal was recorded already.
    pub(super) fn discard(&self, caller: &Caller, id: UploadId) -> Result<(), Problem> {
        let party = caller.party.id;
        let removed = self.database.act(move |tx| match artifacts::find_upload(tx, party, id)? {
            Some(upload) if upload.version.is_none() => release(tx, &upload),
            _ => Ok(Vec::new()),
        })?;
        self.vault.remove(&removed);
        Ok(())
    }

    /// Removes uploads that expired, each with a leaf its party can open; returns how many.
    ///
    /// Errors: the first that the database gives; what was removed before stays removed.
    pub fn sweep_uploads(&self) -> Result<usize, Problem> {
        let now = self.clock.now();
        let expired = self.database.read(|connection| artifacts::expired_uploads(connection, now))?;
        for upload in &expired {
            let details = json!({"upload": upload.id});
            let leaf = self.recorder().own_leaf("upload-expired", vec![upload.party], &details)?;
            let (party, id) = (upload.party, upload.id);
            let removed = self.database.act(move |tx| {
                tx.lock_exclusively(SWEEPING_LOCK)?;
                // It may have been committed or given up since it was listed.
                match artifacts::find_upload(tx, party, id)?.filter(|upload| upload.version.is_none()) {
                    Some(upload) => {
                        logs::append(tx, &leaf);
                        release(tx, &upload)
                    }
                    None => Ok(Vec::new()),
                }
            })?;
            self.vault.remove(&removed);
        }
        Ok(expired.len())
    }

    /// Forgets the files of preparations that nobody registered in time, each with a leaf its party can open; returns how many. Files
    /// that a version has stay, as that version's.
    ///
    /// Errors: the first that the database gives; what was removed before stays removed.
    pub fn sweep_preparations(&self) -> Result<usize, Problem> {
        let before = self.clock.now().plus_millis(-PREPARED_KEPT_MS);
        let expired = self.database.read(|connection| artifacts::expired_preparations(connection, before))?;
        for preparation in &expired {
            let (id, party) = (preparation.id, preparation.party);
            let leaf = self.recorder().own_leaf("preparation-expired", vec![party], &json!({"preparation": id}))?;
            let removed = self.database.act(move |tx| {
                tx.lock_exclusively(SWEEPING_LOCK)?;
                let files = artifacts::prepared_files(tx, id)?;
                if files.is_empty() {
                    return Ok(Vec::new());
                }
                artifacts::delete_prepared_files(tx, id)?;
                let mut removed = Vec::new();
                for file in files {
                    forget_unreferenced(tx, file.blob, &mut removed)?;
                }
                logs::append(tx, &leaf);
                Ok::<_, Problem>(removed)
            })?;
            self.vault.remove(&removed);
        }
        Ok(expired.len())
    }

    /// Files that no row names: what a crash left between a durable blob and its row, and for a moment each file on its way.
    ///
    /// Errors: those of store and database.
    pub fn orphans(&self) -> Result<BTreeSet<BlobName>, Problem> {
        // The files first: one that comes in between is then named by its row already, or not listed.
        let stored = self.vault.store.names().map_err(Problem::internal)?;
        let named: BTreeSet<BlobName> = self.database.read(artifacts::blob_names)?.into_iter().collect();
        Ok(stored.into_iter().filter(|name| !named.contains(name)).collect())
    }

    /// Removes orphans, and what writers that never finished left before `older_than`. While files are taken in, by whatever
    /// process, only to be called with orphans that have been such for longer than any file waits for its row.
    ///
    /// Errors: those of the store.
    pub fn remove_orphans(&self, orphans: &BTreeSet<BlobName>, older_than: UnixMillis) -> Result<(), Problem> {
        self.vault.store.sweep(older_than).map_err(Problem::internal)?;
        self.vault.remove(&orphans.iter().copied().collect::<Vec<_>>());
        Ok(())
    }
}

/// Removes a session and the rows of blobs that nothing else refers to; returns the names of their files.
fn release(tx: &mut Tx<'_>, upload: &Upload) -> Result<Vec<BlobName>, Problem> {
    let held = artifacts::upload_files_of(tx, upload.id)?;
    artifacts::delete_upload(tx, upload.id)?;
    let mut removed = Vec::new();
    for file in held {
        forget_unreferenced(tx, file.blob, &mut removed)?;
    }
    Ok(removed)
}

/// Removes the row of a blob that nothing refers to any more, and notes its file.
fn forget_unreferenced(tx: &mut Tx<'_>, blob: BlobName, removed: &mut Vec<BlobName>) -> Result<(), Problem> {
    if !artifacts::is_blob_referenced(tx, blob)? {
        artifacts::delete_blob(tx, blob)?;
        removed.push(blob);
    }
    Ok(())
}
