//! `chancery model alias`: a name that points at a version and can be moved.

use chancery_base::values::{Alias, ArtifactKind, ModelName};
use clap::Args;
use serde_json::json;

use super::artifact_path;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which alias, and where it points.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery model alias acme/minilm production 3")]
pub struct Arguments {
    /// The model or data set, as owner/name
    model: ModelName,
    /// The alias
    alias: Alias,
    /// The number of the version it points at
    version: u32,
}

/// Points the alias.
pub fn run(arguments: &Arguments, kind: ArtifactKind, context: &Context) -> Result<Exit, CliError> {
    let Arguments { model, alias, version } = arguments;
    context.client()?.put(
        &format!("{}/aliases/{alias}", artifact_path(kind, model)),
        &json!({ "version": format!("v{version}") }),
    )?;
    let document = json!({ "model": model, "alias": alias, "version": version });
    context
        .output
        .result(&document, |words| words.say(&say!("model-alias", model = model, alias = alias, version = version)))?;
    Ok(Exit::Success)
}
