//! `chancery model show`: one version with its papers.

use chancery_base::values::{ArtifactKind, ByteCount, ModelReference};
use clap::Args;
use serde::Deserialize;

use super::version_path;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    outline::outline,
    output::table,
    words::Words,
};

/// Which version.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery model show acme/minilm
  chancery model show acme/minilm@production --json | jq .passport")]
pub struct Arguments {
    /// The model, as owner/name, owner/name@v3 or owner/name@alias
    model: ModelReference,
}

/// A version of a model or data set as the server tells it.
#[derive(Debug, Deserialize)]
pub struct VersionView {
    #[serde(alias = "dataset")]
    model: String,
    version: u32,
    status: String,
    manifest_digest: String,
    signer: SignerView,
    files: Vec<FileView>,
    effective_licence: serde_json::Value,
}

#[derive(Debug, Deserialize)]
struct SignerView {
    fingerprint: String,
    status: String,
}

#[derive(Debug, Deserialize)]
struct FileView {
    path: String,
    sha256: String,
    size: ByteCount,
}

impl VersionView {
    /// What a person is told of it.
    pub fn prose(&self, words: &Words) -> String {
        let about = words.say(&say!(
            "model-version",
            model = self.model,
            version = self.version,
            status = words.named("state", &self.status),
            manifest = self.manifest_digest,
            signer = self.signer.fingerprint,
            signer_status = words.named("keystate", &self.signer.status),
        ));
        let headings = [say!("column-file"), say!("column-size"), say!("column-digest")];
        let row = |file: &FileView| vec![file.path.clone(), file.size.to_string(), file.sha256.clone()];
        let files = table(words, &headings, self.files.iter().map(row).collect());
        let licence = outline(&self.effective_licence);
        format!("{about}\n\n{files}\n{}\n{licence}", words.say(&say!("model-licence")))
    }
}

/// Asks the server.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.get::<VersionView>(&version_path(ArtifactKind::Model, &arguments.model))?;
    context.output.result(&answer.document, |words| answer.view.prose(words))?;
    Ok(Exit::Success)
}
