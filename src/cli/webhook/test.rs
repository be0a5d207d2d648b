//! `chancery webhook test`: one message that says nothing but that it arrived.

use chancery_base::values::WebhookId;
use clap::Args;
use serde_json::json;

use super::SentView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which webhook.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery webhook test webhook_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The webhook's identifier, as `webhook list` shows it
    id: WebhookId,
}

/// Sends it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    let answer = context.client()?.post::<SentView>(&format!("/api/v1/webhooks/{id}/test"), &json!({}))?;
    let sent = say!("webhook-tested", delivery = answer.view.id, id = id);
    context.output.result(&answer.document, |words| words.say(&sent))?;
    Ok(Exit::Success)
}
