//! The audit pack: table, data dictionary, openings with receipts, and a signed manifest of their digests.
//!
//! The same period gives the same bytes: entries stand in log order, receipts end in the first checkpoint that contains the
//! last entry, and nothing says when the pack was made.

use chancery_base::{
    crypto::{Envelope, SigningKey, canonical_json},
    db::{AnyConnection, Database},
    logs::{self, Listing, LogName, OpenedLeaf, Origin, TrustedSigner},
    problem::{Problem, ProblemKind},
    values::{LeafId, Sha256Digest, Slug, UnixMillis},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    describe::data_package,
    job::{Jobs, Progress, require},
    table,
};
use crate::parties::{Caller, RecordSight};

/// Names of a pack's files, the signed manifest last.
pub const PACK_FILES: [&str; 4] = ["audit.csv", "openings.jsonl", "datapackage.json", MANIFEST];
/// The signed manifest.
pub(super) const MANIFEST: &str = "manifest.json";
/// Payload type of the manifest's envelope.
pub(super) const PAYLOAD_TYPE: &str = "application/vnd.chancery.audit-pack.v1+json";
/// What the names of export keys end in; before it stands what the origins of the registry's logs begin with.
const SIGNER_SUFFIX: &str = "/exports";
/// Most entries in one pack.
pub const ENTRY_LIMIT: usize = 100_000;
/// Entries read at once.
const PAGE: u32 = 1_000;

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackFile {
    /// Its name; one of [`PACK_FILES`].
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// A pack, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPack {
    /// Its files, the manifest last.
    pub files: Vec<PackFile>,
    /// How many entries it holds.
    pub entries: usize,
}

/// What the manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub party: String,
    pub from: String,
    pub to: String,
    /// Where only entries with some parties were looked for: with which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Slug>,
    pub entries: usize,
    pub files: Vec<Listed>,
}

/// One file in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    pub name: String,
    pub sha256: Sha256Digest,
    pub size: u64,
}

/// The name under which the export key of a registry stands in trust files; `audit` is the origin of its audit log. It holds
/// a `/`, which no party's name does, so that no party's key passes for it.
pub(super) fn signer_name(audit: &Origin) -> String {
    format!("{}{SIGNER_SUFFIX}", audit.base().unwrap_or_default())
}

/// Whether a signer in a trust file is a registry's export key, and not an owner's or licensee's.
#[must_use]
pub fn is_export_signer(signer: &TrustedSigner) -> bool {
    signer.name.ends_with(SIGNER_SUFFIX)
}

/// Makes reports.
pub struct Reporter {
    pub(super) database: Database,
    pub(super) jobs: Jobs,
    signer_name: String,
    key: SigningKey,
}

impl Reporter {
    /// A reporter of the registry whose audit log is `audit`, that signs with `key`, which has no other use.
    #[must_use]
    pub fn new(database: Database, audit: &Origin, key: SigningKey) -> Self {
        Self { database, jobs: Jobs::default(), signer_name: signer_name(audit), key }
    }

    /// The key to pin in order to verify packs.
    #[must_use]
    pub fn signer(&self) -> TrustedSigner {
        TrustedSigner { name: self.signer_name.clone(), key: self.key.verifying_key() }
    }

    /// Everything the caller may open of the audit log in a period, as far as the last checkpoint goes: entries of the last moment,
    /// which nobody could verify yet, are left to the next export.
    ///
    /// Errors: the caller may not export; a period that is empty, holds too much for one pack, or reaches beyond what an auditor may
    /// see.
    pub fn audit_pack(&self, caller: &Caller, from: UnixMillis, to: UnixMillis) -> Result<AuditPack, Problem> {
        self.pack(caller, (from, to), &Progress::default())
    }

    /// How many entries of both logs an export may look at, counted up to one more than fit.
    ///
    /// Errors: as [`Reporter::audit_pack`].
    pub fn entries_at_most(&self, caller: &Caller, from: UnixMillis, to: UnixMillis) -> Result<u32, Problem> {
        require(caller, from, to)?;
        let most = u32::try_from(ENTRY_LIMIT).unwrap_or(u32::MAX).saturating_add(1);
        Ok(self.database.read(|connection| logs::count_up_to(connection, caller.party.id, (from, to), most))?)
    }

    pub(super) fn pack(
        &self,
        caller: &Caller,
        (from, to): (UnixMillis, UnixMillis),
        progress: &Progress,
    ) -> Result<AuditPack, Problem> {
        require(caller, from, to)?;
        let (leaves, openings) = self.database.read(|connection| {
            let sight = RecordSight::of(connection, caller)?.within(Some(from), Some(to));
            let mut leaves = leaves(connection, &sight)?;
            let checkpoint = last_covered(connection, &mut leaves)?;
            progress.expect(leaves.len());
            let openings = match checkpoint {
                Some(checkpoint) => openings(connection, &leaves, &checkpoint, progress)?,
                None => String::new(),
            };
            Ok::<_, Problem>((leaves, openings))
        })?;
        let csv = table::write(&leaves).map_err(Problem::internal)?;
        let csv = String::from_utf8(csv).map_err(Problem::internal)?;
        let package = text(canonical_json(&data_package(leaves.len())))?;
        let mut files =
            vec![file("audit.csv", csv), file("openings.jsonl", openings), file("datapackage.json", package)];
        let manifest = Manifest {
            party: caller.party.slug.to_string(),
            from: table::time(from),
            to: table::time(to),
            parties: caller.scope().parties,
            entries: leaves.len(),
            files: files.iter().map(listed).collect(),
        };
        let payload = canonical_json(&manifest).map_err(Problem::internal)?;
        let envelope = Envelope::sign(PAYLOAD_TYPE, payload, &self.key).map_err(Problem::internal)?;
        files.push(file(MANIFEST, envelope.to_json()));
        Ok(AuditPack { files, entries: leaves.len() })
    }
}

fn file(name: &str, text: String) -> PackFile {
    PackFile { name: name.to_owned(), text }
}

fn listed(file: &PackFile) -> Listed {
    let bytes = file.text.as_bytes();
    Listed { name: file.name.clone(), sha256: Sha256Digest::of(bytes), size: bytes.len() as u64 }
}

fn text<E: std::fmt::Display>(bytes: Result<Vec<u8>, E>) -> Result<String, Problem> {
    String::from_utf8(bytes.map_err(Problem::internal)?).map_err(Problem::internal)
}

/// The entries of the audit log that `sight` allows, in log order.
fn leaves(connection: &mut AnyConnection, sight: &RecordSight) -> Result<Vec<OpenedLeaf>, Problem> {
    let RecordSight { party, from, until, .. } = *sight;
    let mut listing = Listing { log: LogName::Audit, party, from, until, after: None, limit: PAGE };
    let mut found = Vec::new();
    loop {
        let mut page = logs::list(connection, &listing)?;
        let Some(last) = page.last() else { break };
        listing.after = Some(last.id);
        if let Some(with) = &sight.with {
            let ids: Vec<LeafId> = page.iter().map(|leaf| leaf.id).collect();
            let shared = logs::shared_with(connection, &ids, with)?;
            page.retain(|leaf| shared.contains(&leaf.id));
        }
        found.extend(page);
        if found.len() > ENTRY_LIMIT {
            let detail = format!("the period holds more than {ENTRY_LIMIT} entries; export it in shorter pieces");
            return Err(Problem::new(ProblemKind::TooLarge, detail).at("to"));
        }
    }
    found.sort_by_key(|leaf| leaf.index);
    Ok(found)
}

/// Drops entries that no checkpoint contains yet; answers the first checkpoint that contains all others, if there are any.
fn last_covered(connection: &mut AnyConnection, leaves: &mut Vec<OpenedLeaf>) -> Result<Option<String>, Problem> {
    while let Some(last) = leaves.last() {
        if let Some(checkpoint) = logs::first_checkpoint_with(connection, LogName::Audit, last.index)? {
            return Ok(Some(checkpoint));
        }
        leaves.pop();
    }
    Ok(None)
}

/// One line of JSON an entry: what opens it, and its receipt within `checkpoint`, which contains them all.
fn openings(
    connection: &mut AnyConnection,
    leaves: &[OpenedLeaf],
    checkpoint: &str,
    progress: &Progress,
) -> Result<String, Problem> {
    let mut lines = String::new();
    for leaf in leaves {
        let receipt = logs::receipt_within(connection, leaf.id, checkpoint)?;
        let receipt = receipt.ok_or_else(|| Problem::internal("a checkpoint does not contain what it was found by"))?;
        let line = json!({
            "index": leaf.index,
            "leaf": leaf.id,
            "appended_at": leaf.appended_at,
            "opening": leaf.opening,
            "receipt": receipt.to_string(),
        });
        lines.push_str(&text(canonical_json(&line))?);
        lines.push('\n');
        progress.step();
    }
    Ok(lines)
}
