//! Destroying what opens a version's files, so that nobody can read them again: not here, and not from an older database or backup.
//!
//! The decision is one act: the version is marked, the envelopes of its files are emptied, and its party gets a new key. What
//! older copies of the database remember is made useless after that: everything else of the party is wrapped again under
//! its new key, and all parties' keys under a new root key; then the old ones are destroyed. Cut short, that is finished by whoever
//! starts next. Its papers, and what the logs say of it, stay.

mod renewal;

use std::{collections::BTreeSet, sync::Arc};

use chancery_base::{
    crypto::{self, KeyVersion, RootKeys},
    db::{AnyConnection, Database, Tx},
    idempotency::Once,
    logs,
    problem::{Problem, ProblemKind},
    store::BlobName,
    values::{
        ArtifactPath, ByteCount, Clock, Entropy, LeafId, ModelName, ModelReference, PartyId, Selector, VersionId,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    approvals::{self, ProposalKind},
    artifacts::{self, Version, VersionFile, VersionStatus},
    catalogue,
    documents::require_remark,
    holds,
    parties::{self, Caller, Permission, TenantKey},
    recording::Recorder,
    registration::{Archive, Vault},
};

/// A destruction asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDestruction {
    /// The model.
    pub model: ModelName,
    /// The number of the version; not an alias, which could point to another one by the time a second person agrees.
    pub version: u32,
    /// Why, for whoever reads the log.
    pub reason: String,
}

/// What is going to be destroyed, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destruction {
    /// The version.
    pub version: VersionId,
    /// Its number.
    pub number: u32,
    /// Files that nobody can read again.
    pub destroyed: Vec<ArtifactPath>,
    /// Their bytes of plaintext.
    pub bytes: ByteCount,
    /// Files with the bytes of another version or of an upload on its way, which are kept for that.
    pub kept: Vec<ArtifactPath>,
    /// The leaf in the audit log; absent before it was done.
    pub leaf: Option<LeafId>,
}

/// The parts these acts need.
#[derive(Clone)]
pub struct Destroyer {
    /// Where everything is recorded.
    pub database: Database,
    /// Where versions and their files are.
    pub archive: Archive,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// What destroying a version comes to, as its rows have it at a moment.
struct Plan {
    shown: Destruction,
    blobs: BTreeSet<BlobName>,
}

impl Destroyer {
    /// Destroys what opens the files of a withdrawn version of the caller's party. Where that was done before, nothing is changed.
    ///
    /// Errors: the caller may not administer its party; no such version of its; a version that is in use; a hold on its model; a
    /// second person is needed; a reason that is blank or too long. Each is in the audit log. What older databases remember could not
    /// be made useless: that is tried again by itself, and the version is destroyed all the same.
    pub fn destroy(&self, caller: &Caller, once: &Once, new: &NewDestruction) -> Result<Destruction, Problem> {
        let subject = json!({"model": new.model, "version": new.version});
        let (done, blobs) =
            self.recorder().recorded(caller, "destroy-keys", &subject, self.try_destroy(caller, once, new))?;
        self.vault().remove(&blobs);
        self.finish()?;
        Ok(done)
    }

    /// What destroying a version would come to.
    ///
    /// Errors: not the caller's model; no such version.
    pub fn foresee(&self, caller: &Caller, model: &ModelReference) -> Result<Destruction, Problem> {
        let version = self.archive.own_version(caller, model)?;
        Ok(self.database.read(|connection| Plan::of(connection, &version))?.shown)
    }

    fn try_destroy(
        &self,
        caller: &Caller,
        once: &Once,
        new: &NewDestruction,
    ) -> Result<(Destruction, Vec<BlobName>), Problem> {
        caller.require(Permission::Administer)?;
        require_remark("reason", &new.reason)?;
        let reference = ModelReference { model: new.model.clone(), selector: Selector::Number(new.version) };
        let version = self.archive.own_version(caller, &reference)?;
        let plan = self.database.read(|connection| Plan::of(connection, &version))?;
        let details = json!({
            "model": new.model, "version": version.number, "reason": new.reason,
            "files": plan.shown.destroyed, "bytes": plan.shown.bytes, "kept": plan.shown.kept,
        });
        let leaf = self.recorder().leaf("keys-destroyed", caller, &[], &details)?;
        // Another server may have replaced it.
        self.roots().read_again().map_err(Problem::internal)?;
        let root = self.roots().current().version();
        let (by, once, now, this) = (caller.clone(), once.clone(), self.clock.now(), self.clone());
        self.database.act(move |tx| {
            let mut gone = Vec::new();
            let done = once.run(tx, now, |tx| {
                parties::lock_party(tx, by.party.id)?;
                // What could not be done is not proposed either.
                refuse_held(tx, &version)?;
                refuse_unless_withdrawn(&version)?;
                approvals::require(tx, &by, ProposalKind::KeyDestruction, now, |rules| rules.key_destruction)?;
                let found = Plan::of(tx, &version)?;
                if found.shown != plan.shown {
                    let detail = "which files other versions need changed meanwhile; look at it and decide again";
                    return Err(Problem::new(ProblemKind::Conflict, detail));
                }
                mark(tx, &version)?;
                for name in &found.blobs {
                    artifacts::destroy_blob(tx, *name, now)?;
                }
                // What was prepared of it and never registered goes with it; a version that has it answers for itself.
                for name in artifacts::forget_preparations_of(tx, version.id)? {
                    if !found.blobs.contains(&name) && !artifacts::is_blob_referenced(tx, name)? {
                        artifacts::delete_blob(tx, name)?;
                        gone.push(name);
                    }
                }
                if !parties::hold_root_version(tx, root)? {
                    return Err(Problem::new(ProblemKind::Conflict, "keys were replaced at this moment; do it again"));
                }
                this.add_key(tx, by.party.id)?;
                logs::append(tx, &leaf);
                gone.extend(&found.blobs);
                Ok(Destruction { leaf: Some(leaf.id()), ..found.shown })
            })?;
            Ok((done.into_inner(), gone))
        })
    }

    /// Gives a party a new key, under which everything of it is wrapped from now on.
    fn add_key(&self, tx: &mut Tx<'_>, party: PartyId) -> Result<(), Problem> {
        let newest = parties::current_tenant_key(tx, party)?;
        let version = KeyVersion(newest.map_or(0, |key| key.version) + 1);
        let key = crypto::TenantKey::generate(version, &*self.entropy);
        let wrapped = self.roots().wrap(&key, party, &*self.entropy).as_bytes().to_vec();
        let row = TenantKey { party, version: version.0, wrapped, created_at: self.clock.now() };
        Ok(parties::insert_tenant_key(tx, &row)?)
    }

    const fn vault(&self) -> &Vault {
        &self.archive.vault
    }

    fn roots(&self) -> &RootKeys {
        &self.vault().roots
    }

    fn recorder(&self) -> Recorder<'_> {
        Recorder { database: &self.database, clock: &*self.clock, entropy: &*self.entropy }
    }
}

impl Plan {
    fn of(connection: &mut AnyConnection, version: &Version) -> Result<Self, Problem> {
        let files = artifacts::files_of(connection, version.id)?;
        let mut blobs = BTreeSet::new();
        let (mut destroyed, mut kept): (Vec<VersionFile>, Vec<VersionFile>) = Default::default();
        for file in files {
            if artifacts::is_blob_needed_beside(connection, file.blob, version.id)? {
                kept.push(file);
            } else {
                blobs.insert(file.blob);
                destroyed.push(file);
            }
        }
        let paths = |files: &[VersionFile]| files.iter().map(|file| file.path.clone()).collect();
        let shown = Destruction {
            version: version.id,
            number: version.number,
            bytes: ByteCount(destroyed.iter().map(|file| file.size.0).sum()),
            destroyed: paths(&destroyed),
            kept: paths(&kept),
            leaf: None,
        };
        Ok(Self { shown, blobs })
    }
}

/// Refuses to destroy what is in use, may be again, or is destroyed.
fn refuse_unless_withdrawn(version: &Version) -> Result<(), Problem> {
    let detail = match version.status {
        VersionStatus::Withdrawn => return Ok(()),
        VersionStatus::Registered | VersionStatus::Suspended => {
            "this version is in use, or may be again; withdraw it first, then destroy its keys"
        }
        VersionStatus::Destroyed => "the keys of this version are destroyed already; nothing is left to do",
    };
    Err(Problem::new(ProblemKind::Conflict, detail))
}

/// Marks a withdrawn version as destroyed.
fn mark(tx: &mut Tx<'_>, version: &Version) -> Result<(), Problem> {
    if !artifacts::change_status(tx, version.id, VersionStatus::Withdrawn, VersionStatus::Destroyed)? {
        let detail = "the version's status changed meanwhile; look at it and decide again";
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    catalogue::enter_model(tx, version.model)
}

/// Refuses to destroy what somebody froze: it may be evidence.
fn refuse_held(tx: &mut Tx<'_>, version: &Version) -> Result<(), Problem> {
    let Some(hold) = holds::active_holds(tx, version.model)?.into_iter().next() else { return Ok(()) };
    let detail = format!(
        "the model is held by {} ({}), so nothing of it may be destroyed; ask the operator to release {} first",
        hold.authority, hold.reason, hold.id
    );
    Err(Problem::new(ProblemKind::Conflict, detail))
}
