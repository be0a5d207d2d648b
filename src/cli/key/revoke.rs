//! `chancery key revoke`: a signing key whose signatures stop counting.

use chancery_base::values::SigningKeyId;
use clap::Args;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which key.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery key revoke signer_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The key's identifier, as `key list` shows it
    id: SigningKeyId,
}

/// Revokes it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    context.client()?.delete(&format!("/api/v1/signing-keys/{id}"))?;
    context
        .output
        .result(&json!({ "id": id, "status": "revoked" }), |words| words.say(&say!("key-revoked", id = id)))?;
    Ok(Exit::Success)
}
