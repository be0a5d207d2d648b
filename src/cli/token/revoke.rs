//! `chancery token revoke`: an API key that is refused from the next request on.

use chancery_base::values::ApiKeyId;
use clap::Args;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which key.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery token revoke key_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The key's identifier, as `token list` shows it
    id: ApiKeyId,
}

/// Revokes it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    context.client()?.delete(&format!("/api/v1/keys/{id}"))?;
    context
        .output
        .result(&json!({ "id": id, "status": "revoked" }), |words| words.say(&say!("token-revoked", id = id)))?;
    Ok(Exit::Success)
}
