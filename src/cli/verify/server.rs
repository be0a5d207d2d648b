//! A model on a server: the bundle as anywhere, and the stored bytes, which the server hashes again.
//!
//! What the server found is its own word; it counts only about the version and the files that the owner signed.

use std::{collections::BTreeSet, path::Path};

use chancery_base::{
    logs::Trust,
    values::{ArtifactKind, ModelReference, Selector},
};
use chancery_domain::artifacts::Manifest;
use serde::Deserialize;
use serde_json::json;

use super::bundle::Bundle;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
    model::version_path,
    output::Output,
    verdict::Findings,
};

/// The word for this check in documents.
const CHECK: &str = "stored";
/// What a server answers whose owner destroyed the keys of the files asked for.
const DESTROYED: &str = "destroyed";
/// What stands where the server gives no digest.
const UNKNOWN: &str = "–";

#[derive(Debug, Deserialize)]
struct CheckView {
    verdict: String,
    files: Vec<FileView>,
}

/// Whether calls of the version are answered at all.
#[derive(Debug, Deserialize)]
struct StandingView {
    status: String,
    signer: Option<SignerView>,
}

#[derive(Debug, Deserialize)]
struct SignerView {
    status: String,
}

#[derive(Debug, Deserialize)]
struct FileView {
    path: String,
    verdict: String,
    expected: Option<String>,
    found: Option<String>,
}

/// Verifies `reference` on the server.
///
/// # Errors
/// Those of the client; what is not a verdict ends with [`Exit::Unverifiable`].
pub fn verify(
    reference: &ModelReference,
    trust: &Trust,
    folder: Option<&Path>,
    context: &Context,
) -> Result<Exit, CliError> {
    let client = context.client()?;
    let bundle = client.get::<Bundle>(&format!("{}/bundle", version_path(ArtifactKind::Model, reference)));
    let bundle = bundle.map_err(CliError::while_verifying)?.view;
    let mut findings = Findings::default();
    let manifest = bundle.check(Some(reference), trust, folder, &context.output, &mut findings);
    // An alias may be moved between two requests; a number stays what it is.
    let selector = bundle.number().map_or_else(|| reference.selector.clone(), Selector::Number);
    let version = version_path(ArtifactKind::Model, &ModelReference { model: reference.model.clone(), selector });
    if let Some(manifest) = manifest {
        match client.post::<CheckView>(&format!("{version}/check"), &json!({})) {
            Ok(stored) => stored.view.judge(&manifest, &mut findings),
            // Its papers are there still, and were looked at.
            Err(error) if error.problem().is_some_and(|problem| problem.is(DESTROYED)) => {
                findings.unchecked(CHECK, say!("verify-destroyed"));
            }
            Err(error) => return Err(error.while_verifying()),
        }
    }
    let exit = findings.report(&reference.to_string(), context)?;
    // What may be done with it is another question than what it is; who verifies a model will ask it next. The verdict stands
    // without an answer.
    if let Ok(standing) = client.get::<StandingView>(&version) {
        standing.view.note(&context.output);
    }
    Ok(exit)
}

impl StandingView {
    fn note(&self, output: &Output) {
        match self.status.as_str() {
            "suspended" => output.note(&say!("verify-note-suspended")),
            "withdrawn" | "destroyed" => output.note(&say!("verify-note-withdrawn")),
            _ => {}
        }
        if self.signer.as_ref().is_some_and(|signer| signer.status != "approved") {
            output.note(&say!("verify-note-signer"));
        }
    }
}

impl CheckView {
    /// Holds what the server found against what was signed.
    fn judge(&self, manifest: &Manifest, findings: &mut Findings) {
        let mut faults: Vec<Message> = self.files.iter().filter_map(FileView::fault).collect();
        for signed in manifest.files() {
            let told = self.files.iter().find(|file| file.path == signed.path.as_str());
            match told.map(|file| file.expected.as_deref()) {
                Some(Some(expected)) if expected == signed.sha256.to_string() => {}
                Some(expected) => {
                    let other = expected.unwrap_or(UNKNOWN);
                    faults.push(say!(
                        "verify-stored-other",
                        file = signed.path,
                        expected = signed.sha256,
                        found = other
                    ));
                }
                None => faults.push(say!("verify-stored-unchecked", file = signed.path)),
            }
        }
        let signed: BTreeSet<_> = manifest.files().iter().map(|file| file.path.as_str()).collect();
        let extra = self.files.iter().filter(|file| !signed.contains(file.path.as_str()));
        faults.extend(extra.map(|file| say!("verify-file-unsigned", file = file.path)));
        if faults.is_empty() && self.verdict != "valid" {
            faults.push(say!("verify-stored-wrong"));
        }
        if faults.is_empty() {
            findings.valid(CHECK, say!("verify-stored", count = self.files.len()));
        }
        faults.into_iter().for_each(|fault| findings.invalid(CHECK, fault));
    }
}

impl FileView {
    /// What the server found wrong with the file.
    fn fault(&self) -> Option<Message> {
        match self.verdict.as_str() {
            "valid" => None,
            "missing" => Some(say!("verify-stored-missing", file = self.path)),
            "tampered" => Some(say!("verify-stored-tampered", file = self.path)),
            _ => {
                let (expected, found) = (self.expected.as_deref(), self.found.as_deref());
                let (expected, found) = (expected.unwrap_or(UNKNOWN), found.unwrap_or(UNKNOWN));
                Some(say!("verify-file-changed", file = self.path, expected = expected, found = found))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chancery_base::values::{ByteCount, Sha256Digest};
    use chancery_domain::artifacts::ManifestFile;
    use serde_json::Value;

    use super::*;
    use crate::cli::verdict::Verdict;

    fn manifest() -> Manifest {
        let file = |path: &str| ManifestFile {
            path: path.parse().unwrap(),
            size: ByteCount(1),
            sha256: Sha256Digest::of(path.as_bytes()),
        };
        let files = vec![file("a.json"), file("b.safetensors")];
        Manifest::new(ArtifactKind::Model, "acme/minilm".parse().unwrap(), files, serde_json::Map::new()).unwrap()
    }

    fn told(path: &str, verdict: &str) -> Value {
        json!({"path": path, "verdict": verdict, "expected": Sha256Digest::of(path.as_bytes()), "found": null})
    }

    /// The verdict on what a server tells, and the names of what was found.
    fn judged(verdict: &str, files: &[Value]) -> (Verdict, Vec<&'static str>) {
        let view: CheckView = serde_json::from_value(json!({"verdict": verdict, "files": files})).unwrap();
        let mut findings = Findings::default();
        view.judge(&manifest(), &mut findings);
        (findings.verdict(), findings.list().iter().map(|finding| finding.detail.id).collect())
    }

    #[test]
    fn what_the_server_found_counts_for_the_signed_files_only() {
        let (first, second) = (told("a.json", "valid"), told("b.safetensors", "valid"));
        let both = [first.clone(), second.clone()];
        assert_eq!(judged("valid", &both), (Verdict::Valid, vec!["verify-stored"]));
        assert_eq!(judged("invalid", &both), (Verdict::Invalid, vec!["verify-stored-wrong"]));
        let unchecked = "verify-stored-unchecked";
        assert_eq!(judged("valid", &[]), (Verdict::Invalid, vec![unchecked, unchecked]), "nothing was hashed");
        assert_eq!(judged("valid", std::slice::from_ref(&first)), (Verdict::Invalid, vec![unchecked]));
        let extra = [first.clone(), second.clone(), told("c.bin", "valid")];
        assert_eq!(judged("valid", &extra), (Verdict::Invalid, vec!["verify-file-unsigned"]));
        let mut other = second;
        other["expected"] = json!(Sha256Digest::of(b"other"));
        assert_eq!(judged("valid", &[first, other]), (Verdict::Invalid, vec!["verify-stored-other"]));
    }

    #[test]
    fn missing_tampered_and_changed_files_are_told_apart() {
        for (verdict, said) in [
            ("missing", "verify-stored-missing"),
            ("tampered", "verify-stored-tampered"),
            ("differs", "verify-file-changed"),
        ] {
            let files = [told("a.json", verdict), told("b.safetensors", "valid")];
            assert_eq!(judged("invalid", &files), (Verdict::Invalid, vec![said]));
        }
    }
}
