//! Checking an audit pack without a server: digests under the manifest's signature, openings under receipts, receipts under
//! the log's pinned key, and the table against the openings.

use std::collections::BTreeMap;

use chancery_base::{
    crypto::{Envelope, EnvelopeError},
    logs::{CheckpointError, LogName, NoteError, OpenedLeaf, Opening, Receipt, ReceiptError, Trust},
    values::{LeafId, Sha256Digest, Slug, UnixMillis},
};
use serde::Deserialize;

use super::{
    pack::{MANIFEST, Manifest, PACK_FILES, PAYLOAD_TYPE, is_export_signer, signer_name},
    table,
};

/// Why a pack is not what was logged, or cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// A file is not there.
    #[error("`{0}` is missing from the pack; export it again")]
    Missing(&'static str),
    /// The manifest is not signed by a pinned export key.
    #[error("the manifest is not signed by a pinned export key; pin the server's keys and compare their fingerprints")]
    Untrusted,
    /// The receipts are of a log whose key nobody pinned.
    #[error("the key of the log in the receipts is not pinned; pin the server's keys and compare their fingerprints")]
    LogUnpinned,
    /// A file that cannot be read as what it should be.
    #[error("`{file}` is malformed: {detail}")]
    Malformed {
        /// Which file.
        file: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// A file whose digest is not the one that was signed.
    #[error("`{0}` was changed: its digest is not the one in the signed manifest")]
    Changed(String),
    /// An entry whose opening or receipt does not hold.
    #[error("entry {index} does not hold: {detail}")]
    Entry {
        /// Its place in the log.
        index: u64,
        /// What does not hold.
        detail: String,
    },
    /// A table that does not say what the openings say.
    #[error("`audit.csv` does not say what the opened entries say")]
    OtherTable,
}

impl PackError {
    /// Whether this says "could not check" rather than "invalid".
    #[must_use]
    pub const fn is_inconclusive(&self) -> bool {
        matches!(self, Self::Missing(_) | Self::Untrusted | Self::LogUnpinned)
    }
}

/// What a sound pack holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackReport {
    /// Whose view of the log it is.
    pub party: String,
    /// Start of the period.
    pub from: String,
    /// End of the period.
    pub to: String,
    /// Where only entries with some parties were looked for: with which, by name.
    pub parties: Vec<Slug>,
    /// How many entries.
    pub entries: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    index: u64,
    leaf: LeafId,
    appended_at: UnixMillis,
    opening: Opening,
    receipt: String,
}

/// Checks a pack's files against each other and against pinned keys.
///
/// Errors: the first thing that does not hold.
pub fn verify_audit_pack(files: &BTreeMap<String, Vec<u8>>, trust: &Trust) -> Result<PackReport, PackError> {
    for name in PACK_FILES {
        if !files.contains_key(name) {
            return Err(PackError::Missing(name));
        }
    }
    let (manifest, signers) = manifest(content(files, MANIFEST)?, trust)?;
    let listed: Vec<_> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    if PACK_FILES.iter().any(|name| *name != MANIFEST && !listed.contains(name)) {
        return Err(malformed(MANIFEST, &"it does not list every file of the pack"));
    }
    for listed in &manifest.files {
        let bytes = files.get(&listed.name).ok_or_else(|| PackError::Changed(listed.name.clone()))?;
        if Sha256Digest::of(bytes) != listed.sha256 {
            return Err(PackError::Changed(listed.name.clone()));
        }
    }
    let leaves = openings(content(files, "openings.jsonl")?, trust, &signers)?;
    let table = table::write(&leaves).map_err(|error| malformed("audit.csv", &error))?;
    if table != content(files, "audit.csv")? || leaves.len() != manifest.entries {
        return Err(PackError::OtherTable);
    }
    let Manifest { party, from, to, parties, entries, .. } = manifest;
    Ok(PackReport { party, from, to, parties, entries })
}

fn content<'f>(files: &'f BTreeMap<String, Vec<u8>>, name: &'static str) -> Result<&'f [u8], PackError> {
    files.get(name).map(Vec::as_slice).ok_or(PackError::Missing(name))
}

fn malformed(file: &'static str, detail: &impl ToString) -> PackError {
    PackError::Malformed { file, detail: detail.to_string() }
}

/// The manifest, and the names under which the export keys that signed it are pinned.
fn manifest<'t>(bytes: &[u8], trust: &'t Trust) -> Result<(Manifest, Vec<&'t str>), PackError> {
    let envelope = Envelope::parse(bytes).map_err(|error| malformed(MANIFEST, &error))?;
    let pinned: Vec<_> = trust.signers.iter().filter(|signer| is_export_signer(signer)).collect();
    let keys: Vec<_> = pinned.iter().map(|signer| signer.key).collect();
    let verified = envelope.verify(PAYLOAD_TYPE, &keys).map_err(|error| match error {
        EnvelopeError::Untrusted => PackError::Untrusted,
        other => malformed(MANIFEST, &other),
    })?;
    let names = pinned.iter().filter(|signer| verified.signers.contains(&signer.key));
    let names = names.map(|signer| signer.name.as_str()).collect();
    let manifest = serde_json::from_slice(verified.payload).map_err(|error| malformed(MANIFEST, &error))?;
    Ok((manifest, names))
}

fn openings(bytes: &[u8], trust: &Trust, signers: &[&str]) -> Result<Vec<OpenedLeaf>, PackError> {
    let text = std::str::from_utf8(bytes).map_err(|error| malformed("openings.jsonl", &error))?;
    text.lines().map(|line| opened(line, trust, signers)).collect()
}

fn opened(line: &str, trust: &Trust, signers: &[&str]) -> Result<OpenedLeaf, PackError> {
    let line: Line = serde_json::from_str(line).map_err(|error| malformed("openings.jsonl", &error))?;
    let fails = |detail: String| PackError::Entry { index: line.index, detail };
    let receipt: Receipt =
        line.receipt.parse().map_err(|error: chancery_base::values::Invalid| fails(error.to_string()))?;
    let signed = receipt.verify(&trust.log_keys()).map_err(|error| match error {
        ReceiptError::Checkpoint(CheckpointError::Note(NoteError::Unsigned)) => PackError::LogUnpinned,
        error => fails(error.to_string()),
    })?;
    let origin = &signed.checkpoint().origin;
    if !origin.is_of(LogName::Audit) || !signers.contains(&signer_name(origin).as_str()) {
        return Err(fails(format!(
            "it is in `{origin}`, which is not the audit log of the registry that signed the pack"
        )));
    }
    let entry = line.opening.entry();
    if entry.to_bytes() != receipt.entry || receipt.index != line.index {
        return Err(fails("its opening does not open the entry that the receipt proves".to_owned()));
    }
    Ok(OpenedLeaf {
        id: line.leaf,
        log: LogName::Audit,
        index: line.index,
        appended_at: line.appended_at,
        entry,
        opening: line.opening,
    })
}
