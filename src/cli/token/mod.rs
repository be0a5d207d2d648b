//! `chancery token …`: the API keys of a party.

mod create;
mod list;
mod revoke;

use clap::Subcommand;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with API keys.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make an API key; it is shown once
    Create(create::Arguments),
    /// List the API keys of the party
    List(list::Arguments),
    /// Revoke an API key; it is refused from the next request on
    Revoke(revoke::Arguments),
}

/// Does it.
pub fn run(command: &TokenCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        TokenCommand::Create(arguments) => create::run(arguments, context),
        TokenCommand::List(arguments) => list::run(arguments, context),
        TokenCommand::Revoke(arguments) => revoke::run(arguments, context),
    }
}
