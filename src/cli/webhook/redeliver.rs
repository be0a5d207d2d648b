//! `chancery webhook redeliver`: a message that is sent again, under the same id.

use chancery_base::values::{DeliveryId, WebhookId};
use clap::Args;
use serde_json::json;

use super::SentView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which message.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  chancery webhook redeliver webhook_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 delivery_0192f0c1e0e17cc3a3d3a1f1c5b0a9d3")]
pub struct Arguments {
    /// The webhook's identifier, as `webhook list` shows it
    id: WebhookId,
    /// The message's identifier, as `webhook deliveries` shows it
    delivery: DeliveryId,
}

/// Sends it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let Arguments { id, delivery } = arguments;
    let path = format!("/api/v1/webhooks/{id}/deliveries/{delivery}/redeliver");
    let answer = context.client()?.post::<SentView>(&path, &json!({}))?;
    let sent = say!("webhook-redelivered", delivery = answer.view.id, id = id);
    context.output.result(&answer.document, |words| words.say(&sent))?;
    Ok(Exit::Success)
}
