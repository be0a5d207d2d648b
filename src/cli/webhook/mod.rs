//! `chancery webhook …`: addresses of the party's own that are told what happens.

mod add;
mod deliveries;
mod list;
mod redeliver;
mod remove;
mod rotate;
mod test;

use clap::Subcommand;
use serde::Deserialize;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with webhooks.
#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// Have an address told what happens; its secret is shown once
    Add(add::Arguments),
    /// List the webhooks of the party, and how they fare
    List(list::Arguments),
    /// Send a test; one that arrives switches a webhook on again
    Test(test::Arguments),
    /// List what was sent to a webhook, and what it answered
    Deliveries(deliveries::Arguments),
    /// Send a message again
    Redeliver(redeliver::Arguments),
    /// Replace a webhook's secret; the old one counts for another day
    Rotate(rotate::Arguments),
    /// Remove a webhook; nothing is sent to it any more
    Remove(remove::Arguments),
}

/// A webhook with its secret.
#[derive(Debug, Deserialize)]
struct SecretView {
    id: String,
    secret: String,
}

/// A message that is sent.
#[derive(Debug, Deserialize)]
struct SentView {
    id: String,
}

/// Does it.
pub fn run(command: &WebhookCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        WebhookCommand::Add(arguments) => add::run(arguments, context),
        WebhookCommand::List(arguments) => list::run(arguments, context),
        WebhookCommand::Test(arguments) => test::run(arguments, context),
        WebhookCommand::Deliveries(arguments) => deliveries::run(arguments, context),
        WebhookCommand::Redeliver(arguments) => redeliver::run(arguments, context),
        WebhookCommand::Rotate(arguments) => rotate::run(arguments, context),
        WebhookCommand::Remove(arguments) => remove::run(arguments, context),
    }
}
