//! `chancery model destroy`: destroy what opens the files of a withdrawn version.

use chancery_base::values::{ArtifactKind, ModelReference};
use clap::Args;
use serde::Deserialize;
use serde_json::json;
use ureq::http::Method;

use super::version_path;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
    signer::Signer,
};

/// Which version, why, and who decides.
#[derive(Debug, Args)]
#[command(after_help = "\
Without --yes nothing is destroyed: it says what would be. Withdraw the version first. Backups made before become useless too, so copy
the keys anew and make a new one afterwards; earlier copies of the keys are out of the server's reach.
Where your organisation wants two people for this, a person proposes it with --as and another approves it.

Examples:
  chancery model status acme/minilm@v1 withdrawn
  chancery model destroy acme/minilm@v1 --reason 'erasure asked for by a data subject' --yes")]
pub struct Arguments {
    /// The version, as owner/name@v3 or owner/name@alias
    model: ModelReference,
    /// Why; it stands in the log
    #[arg(long)]
    reason: String,
    /// Do it
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    signer: Signer,
}

#[derive(Debug, Deserialize)]
struct DestructionView {
    version: u32,
    destroyed: Vec<String>,
    kept: Vec<String>,
    bytes: u64,
}

impl DestructionView {
    fn told(&self, model: &ModelReference, is_done: bool) -> Message {
        let kept = if self.kept.is_empty() { "–".to_owned() } else { self.kept.join(", ") };
        let (version, files, bytes) = (self.version, self.destroyed.join(", "), self.bytes);
        if is_done {
            say!("model-destroyed", model = model.model, version = version, files = files, bytes = bytes, kept = kept)
        } else {
            say!(
                "model-destroy-plan",
                model = model.model,
                version = version,
                files = files,
                bytes = bytes,
                kept = kept
            )
        }
    }
}

/// Says what would be destroyed, or destroys it, or proposes to where that takes two people.
pub fn run(arguments: &Arguments, kind: ArtifactKind, context: &Context) -> Result<Exit, CliError> {
    let Arguments { model, reason, yes, signer } = arguments;
    let (path, client) = (format!("{}/destruction", version_path(kind, model)), signer.client(context)?);
    if !yes {
        let plan = client.get::<DestructionView>(&path)?;
        context.output.result(&plan.document, |words| words.say(&plan.view.told(model, false)))?;
        return Ok(Exit::Success);
    }
    let page = format!("/{}/{}", kind.collection(), model.model);
    let answer = client.propose::<DestructionView>((Method::POST, &path), &json!({ "reason": reason }), &page)?;
    context.output.result(&answer.document, |words| {
        answer.view.prose(words, |destruction| words.say(&destruction.told(model, true)))
    })?;
    Ok(Exit::Success)
}
