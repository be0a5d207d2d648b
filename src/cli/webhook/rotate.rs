//! `chancery webhook rotate`: another secret, while the old one counts for another day.

use chancery_base::values::WebhookId;
use clap::Args;
use serde_json::json;

use super::SecretView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which webhook.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery webhook rotate webhook_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The webhook's identifier, as `webhook list` shows it
    id: WebhookId,
}

/// Replaces the secret; the new one is shown this once.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let path = format!("/api/v1/webhooks/{}/rotate", arguments.id);
    let answer = context.client()?.post_for_secret::<SecretView>(&path, &json!({}))?;
    context.output.note(&say!("webhook-rotated", id = answer.view.id));
    context.output.result(&answer.document, |_| answer.view.secret.clone())?;
    Ok(Exit::Success)
}
