//! `chancery webhook list`: the party's webhooks, without their secrets.

use clap::Args;
use serde::Deserialize;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
    words::Words,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery webhook list --json | jq '.items[] | select(.status != \"on\")'")]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct ListView {
    items: Vec<WebhookView>,
}

#[derive(Debug, Deserialize)]
struct WebhookView {
    id: String,
    status: String,
    switched_off_because: Option<String>,
    url: String,
    events: Vec<String>,
}

impl WebhookView {
    fn row(&self, words: &Words) -> Vec<String> {
        let status = words.named("state", &self.status);
        let status = match &self.switched_off_because {
            Some(because) => format!("{status} ({because})"),
            None => status,
        };
        vec![self.id.clone(), status, self.url.clone(), self.events.join(" ")]
    }
}

/// Asks the server.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.get::<ListView>("/api/v1/webhooks")?;
    let headings = [say!("column-id"), say!("column-status"), say!("column-address"), say!("column-events")];
    context.output.result(&answer.document, |words| {
        let rows = answer.view.items.iter().map(|webhook| webhook.row(words)).collect();
        listing(words, &headings, rows, &say!("webhooks-none"))
    })?;
    Ok(Exit::Success)
}
