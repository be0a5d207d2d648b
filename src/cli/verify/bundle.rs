//! The offline bundle: a signed manifest and the receipt of its registration.
//!
//! Many entries of the audit log name a manifest: that it was announced, that an upload of it was refused. Only the entry
//! that says which version it became counts as registration.

use std::path::Path;

use chancery_base::{
    crypto::{Envelope, EnvelopeError, Statement, StatementError, VerifyingKey},
    logs::{LogName, Trust},
    values::{ModelName, ModelReference, Selector, Sha256Digest},
};
use chancery_domain::artifacts::Manifest;
use serde::Deserialize;
use serde_json::Value;

use super::files;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::Output,
    receipt::{self, ReceiptDocument},
    text_file::read_text,
    verdict::Findings,
};

/// Largest bundle that is read, in bytes: a manifest, its base64, and a receipt.
const LARGEST_BUNDLE: u64 = 8 << 20;

/// What a registration leaves to be verified anywhere.
#[derive(Debug, Deserialize)]
pub struct Bundle {
    signed_manifest: Value,
    signer: Option<SignerView>,
    receipt: Option<ReceiptDocument>,
}

/// What the audit log's entry of a registration says.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Registration {
    model: ModelName,
    version: u32,
    manifest_digest: Sha256Digest,
}

/// The key the bundle says signed it; good for a hint only.
#[derive(Debug, Deserialize)]
struct SignerView {
    public_key: VerifyingKey,
}

/// Verifies the bundle in `file`.
///
/// # Errors
/// [`CliError::Local`] if it cannot be read, [`CliError::Output`].
pub fn verify_file(file: &Path, trust: &Trust, folder: Option<&Path>, context: &Context) -> Result<Exit, CliError> {
    let text = read_text(file, LARGEST_BUNDLE).map_err(CliError::while_verifying)?;
    let bundle: Bundle = serde_json::from_str(&text)
        .map_err(|error| CliError::unverifiable(say!("bundle-unreadable", file = file.display(), cause = error)))?;
    let mut findings = Findings::default();
    bundle.check(None, trust, folder, &context.output, &mut findings);
    findings.report(&file.display().to_string(), context)
}

impl Bundle {
    /// Checks signature, record and, where there is a `folder`, its files; `expected` is what was asked for. Answers the
    /// manifest, if there is one, whoever signed it.
    pub fn check(
        &self,
        expected: Option<&ModelReference>,
        trust: &Trust,
        folder: Option<&Path>,
        output: &Output,
        findings: &mut Findings,
    ) -> Option<Manifest> {
        let (manifest, digest) = self.check_signature(trust, findings)?;
        if let Some(expected) = expected.filter(|expected| expected.model != *manifest.name()) {
            findings.invalid("model", say!("verify-other-model", found = manifest.name(), expected = expected.model));
        }
        self.check_receipt(&manifest, &digest, expected.map(|expected| &expected.selector), trust, findings);
        if let Some(folder) = folder {
            files::check(folder, &manifest, output, findings);
        }
        Some(manifest)
    }

    /// The version that the bundle's record says the manifest became.
    pub fn number(&self) -> Option<u32> {
        self.registration().map(|registration| registration.version)
    }

    /// What the opened entry says, if it is the entry of a registration.
    fn registration(&self) -> Option<Registration> {
        let payload = self.receipt.as_ref()?.opening.as_ref()?.payload();
        let is_registration = payload.get("type").and_then(Value::as_str) == Some("version-registered");
        is_registration.then(|| Registration::deserialize(payload.get("details")?).ok())?
    }

    /// Checks who signed, and reads what was signed: to be shown even where nobody vouches for it.
    fn check_signature(&self, trust: &Trust, findings: &mut Findings) -> Option<(Manifest, Sha256Digest)> {
        let wrong = |cause: &dyn std::fmt::Display| say!("verify-signature-wrong", cause = cause);
        let envelope = match Envelope::parse(self.envelope_text().as_bytes()) {
            Ok(envelope) => envelope,
            Err(error) => {
                findings.invalid("signature", wrong(&error));
                return None;
            }
        };
        let payload = envelope.unverified_payload();
        let manifest = Statement::parse(payload)
            .map_err(|error| error.to_string())
            .and_then(|statement| Manifest::parse(&statement).map_err(|error| error.to_string()));
        let manifest = match manifest {
            Ok(manifest) => manifest,
            Err(error) => {
                findings.invalid("signature", wrong(&error));
                return None;
            }
        };
        // A key pinned for one party does not speak for another.
        let owner = manifest.name().owner.as_str();
        let pinned: Vec<_> = trust.signers.iter().filter(|key| key.name == owner).map(|key| key.key).collect();
        match Statement::verify(&envelope, &pinned) {
            Ok((_, signers)) => {
                let keys: Vec<_> = signers.iter().map(|key| key.fingerprint().to_string()).collect();
                findings.valid("signature", say!("verify-signed", owner = owner, key = keys.join(", ")));
            }
            Err(StatementError::Envelope(EnvelopeError::Untrusted)) => self.judge_stranger(&envelope, owner, findings),
            Err(error) => findings.invalid("signature", wrong(&error)),
        }
        let digest = Sha256Digest::of(payload);
        Some((manifest, digest))
    }

    /// Nobody pinned signed. If not even the key that came along verifies, the bundle is wrong; else it is unproved.
    fn judge_stranger(&self, envelope: &Envelope, owner: &str, findings: &mut Findings) {
        let Some(signer) = &self.signer else {
            return findings.unchecked("signature", say!("verify-signer-unpinned", owner = owner, key = "–"));
        };
        match Statement::verify(envelope, &[signer.public_key]) {
            Ok(_) => {
                let unpinned = say!("verify-signer-unpinned", owner = owner, key = signer.public_key);
                findings.unchecked("signature", unpinned);
            }
            Err(error) => findings.invalid("signature", say!("verify-signature-wrong", cause = error)),
        }
    }

    fn check_receipt(
        &self,
        manifest: &Manifest,
        digest: &Sha256Digest,
        selector: Option<&Selector>,
        trust: &Trust,
        findings: &mut Findings,
    ) {
        let Some(receipt) = &self.receipt else {
            return findings.unchecked("receipt", say!("receipt-empty"));
        };
        receipt::check(receipt, Some(LogName::Audit), trust, findings);
        if receipt.opening.is_none() {
            return;
        }
        let registration = self.registration();
        let registration =
            registration.filter(|said| said.manifest_digest == *digest && said.model == *manifest.name());
        let Some(Registration { model, version, .. }) = registration else {
            return findings.invalid("record", say!("verify-other-record", manifest = digest));
        };
        match selector {
            Some(Selector::Number(asked)) if *asked != version => {
                findings.invalid("record", say!("verify-other-version", found = version, expected = asked));
            }
            _ => findings.valid("record", say!("verify-recorded", model = model, version = version, manifest = digest)),
        }
    }

    /// The envelope, which may stand in the bundle as an object or as text.
    fn envelope_text(&self) -> String {
        self.signed_manifest.as_str().map_or_else(|| self.signed_manifest.to_string(), str::to_owned)
    }
}

#[cfg(test)]
#[path = "bundle_tests.rs"]
mod tests;
