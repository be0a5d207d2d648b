//! `chancery key revoke`: a signing key that may have been in other hands, and the versions that stop with it.

use chancery_base::values::SigningKeyId;
use clap::Args;
use serde::Deserialize;

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

#[derive(Debug, Deserialize)]
struct RevokedView {
    versions_stopped: u64,
}

/// Revokes it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    let answer = context.client()?.delete_and_read::<RevokedView>(&format!("/api/v1/signing-keys/{id}"))?;
    let stopped = answer.view.versions_stopped;
    context.output.result(&answer.document, |words| words.say(&say!("key-revoked", id = id, versions = stopped)))?;
    Ok(Exit::Success)
}
