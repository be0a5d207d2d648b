//! A model on a server: the bundle as anywhere, and the stored bytes, which the server hashes again.

use std::path::Path;

use chancery_base::{logs::Trust, values::ModelReference};
use serde::Deserialize;
use serde_json::json;

use super::bundle::Bundle;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    model::version_path,
    verdict::Findings,
};

#[derive(Debug, Deserialize)]
struct CheckView {
    verdict: String,
    files: Vec<FileView>,
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
    let version = version_path(reference);
    let bundle = client.get::<Bundle>(&format!("{version}/bundle")).map_err(CliError::while_verifying)?.view;
    let stored = client.post::<CheckView>(&format!("{version}/check"), &json!({}));
    let stored = stored.map_err(CliError::while_verifying)?.view;
    let mut findings = Findings::default();
    bundle.check(Some(&reference.model), trust, folder, &context.output, &mut findings);
    stored.judge(&mut findings);
    findings.report(&reference.to_string(), context)
}

impl CheckView {
    fn judge(&self, findings: &mut Findings) {
        for file in self.files.iter().filter(|file| file.verdict != "valid") {
            let or_unknown = |digest: &Option<String>| digest.clone().unwrap_or_else(|| "–".to_owned());
            let (expected, found) = (or_unknown(&file.expected), or_unknown(&file.found));
            let detail = say!("verify-file-changed", file = file.path, expected = expected, found = found);
            findings.invalid("stored", detail);
        }
        let all_good = self.files.iter().all(|file| file.verdict == "valid");
        match (self.verdict.as_str(), all_good) {
            ("valid", true) => findings.valid("stored", say!("verify-stored", count = self.files.len())),
            (_, true) => findings.invalid("stored", say!("verify-stored-wrong")),
            (_, false) => {}
        }
    }
}
