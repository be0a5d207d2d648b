//! `chancery webhook remove`: an address that is told nothing any more.

use chancery_base::values::WebhookId;
use clap::Args;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which webhook.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery webhook remove webhook_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The webhook's identifier, as `webhook list` shows it
    id: WebhookId,
}

/// Removes it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    context.client()?.delete(&format!("/api/v1/webhooks/{id}"))?;
    context
        .output
        .result(&json!({ "id": id, "status": "removed" }), |words| words.say(&say!("webhook-removed", id = id)))?;
    Ok(Exit::Success)
}
