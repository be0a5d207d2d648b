//! `chancery webhook add`: an address that is told what happens from now on.

use chancery_domain::webhooks::EventKind;
use clap::Args;
use serde::Serialize;

use super::SecretView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Where, and what it is told.
#[derive(Debug, Args, Serialize)]
#[command(after_help = "\
Example:
  chancery webhook add https://hooks.example.com/chancery --event use.refused --event grant.revoked")]
pub struct Arguments {
    /// The address, with https
    url: String,
    /// An event to be told, such as use.refused; several times for several [default: every event]
    #[arg(long = "event", value_name = "EVENT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<EventKind>,
}

/// Adds it; its secret is shown this once.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.post_for_secret::<SecretView>("/api/v1/webhooks", arguments)?;
    context.output.note(&say!("webhook-added", id = answer.view.id));
    context.output.result(&answer.document, |_| answer.view.secret.clone())?;
    Ok(Exit::Success)
}
