//! `chancery model status`: whether a version may be used at all.

use chancery_base::values::{ArtifactKind, ModelReference};
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};

use super::version_path;
use crate::cli::{
    confirm,
    context::Context,
    error::{CliError, Exit},
    message::say,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// May be used, as far as licences allow
    Registered,
    /// May not be used for now
    Suspended,
    /// May not be used any more: for good, nothing brings it back
    Withdrawn,
}

/// Which version, and what becomes of it.
#[derive(Debug, Args)]
#[command(after_help = "\
Withdrawing is for good. At a terminal its name is asked for first; a script is not asked.

Examples:
  chancery model status acme/minilm@v2 suspended
  chancery model status acme/minilm@v2 withdrawn --yes")]
pub struct Arguments {
    /// The version, as owner/name, owner/name@v3 or owner/name@alias
    model: ModelReference,
    /// What becomes of it
    status: Status,
    /// Do not ask, also where it is for good
    #[arg(long)]
    yes: bool,
}

/// Sets the status.
pub fn run(arguments: &Arguments, kind: ArtifactKind, context: &Context) -> Result<Exit, CliError> {
    let Arguments { model, status, yes } = arguments;
    if *status == Status::Withdrawn && !yes && confirm::can_ask(context) {
        let refused = say!("model-not-withdrawn", model = model);
        confirm::ask(&say!("model-withdraw-confirm", model = model), &[&model.to_string()], refused, context)?;
    }
    let path = format!("{}/status", version_path(kind, model));
    let answer = context.client()?.post::<Value>(&path, &json!({ "status": status }))?;
    let status = json!(status).as_str().unwrap_or_default().to_owned();
    context.output.result(&answer.document, |words| {
        words.say(&say!("model-status", model = model, status = words.named("state", &status)))
    })?;
    Ok(Exit::Success)
}
