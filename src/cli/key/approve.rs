//! `chancery key approve`: from now on the key's signatures count.

use chancery_base::values::SigningKeyId;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which key.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery key approve signer_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The key's identifier, as `key enroll` printed it; compare its fingerprint with its holder first
    id: SigningKeyId,
}

#[derive(Debug, Deserialize)]
struct ApprovedView {
    fingerprint: String,
}

/// Approves it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    let answer = context.client()?.post::<ApprovedView>(&format!("/api/v1/signing-keys/{id}/approve"), &json!({}))?;
    context.output.result(&answer.document, |words| {
        words.say(&say!("key-approved", id = id, fingerprint = answer.view.fingerprint))
    })?;
    Ok(Exit::Success)
}
