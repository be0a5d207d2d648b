//! `chancery model status`: whether a version may be used at all.

use chancery_base::values::ModelReference;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};

use super::version_path;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// May be used, as far as licences allow.
    Registered,
    /// May not be used for now.
    Suspended,
    /// May not be used any more.
    Withdrawn,
}

/// Which version, and what becomes of it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery model status acme/minilm@v2 suspended")]
pub struct Arguments {
    /// The version, as owner/name, owner/name@v3 or owner/name@alias
    model: ModelReference,
    /// What becomes of it
    status: Status,
}

/// Sets the status.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let Arguments { model, status } = arguments;
    let path = format!("{}/status", version_path(model));
    let answer = context.client()?.post::<Value>(&path, &json!({ "status": status }))?;
    let status = json!(status).as_str().unwrap_or_default().to_owned();
    context
        .output
        .result(&answer.document, |words| words.say(&say!("model-status", model = model, status = status)))?;
    Ok(Exit::Success)
}
