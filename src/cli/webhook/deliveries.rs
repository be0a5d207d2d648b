//! `chancery webhook deliveries`: what was sent to a webhook and what it answered, newest first, page after page.

use chancery_base::values::{UnixMillis, WebhookId};
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
    words::Words,
};

/// Which webhook.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery webhook deliveries webhook_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The webhook's identifier, as `webhook list` shows it
    id: WebhookId,
}

#[derive(Debug, Deserialize)]
struct DeliveryView {
    id: String,
    event: String,
    status: String,
    attempts: u32,
    answer: Option<String>,
    next_attempt_at: Option<UnixMillis>,
}

impl DeliveryView {
    fn row(&self, words: &Words) -> Vec<String> {
        let next = self.next_attempt_at.map(|moment| moment.to_string()).unwrap_or_default();
        let answer = self.answer.clone().unwrap_or_default();
        let status = words.named("state", &self.status);
        vec![self.id.clone(), self.event.clone(), status, self.attempts.to_string(), answer, next]
    }
}

/// Asks the server until there is no further page.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let sent = context.client()?.every_page(&format!("/api/v1/webhooks/{}/deliveries", arguments.id))?;
    context.output.result(&json!({ "items": sent }), |words| {
        let headings = [
            say!("column-id"),
            say!("column-event"),
            say!("column-status"),
            say!("column-attempts"),
            say!("column-answer"),
            say!("column-next-attempt"),
        ];
        let rows = sent.iter().filter_map(|delivery| DeliveryView::deserialize(delivery).ok());
        let empty = say!("deliveries-none", id = arguments.id);
        listing(words, &headings, rows.map(|delivery| delivery.row(words)).collect(), &empty)
    })?;
    Ok(Exit::Success)
}
