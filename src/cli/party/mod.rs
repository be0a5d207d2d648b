//! `chancery party …`: the organisations of a registry.

mod create;

use clap::Subcommand;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with parties.
#[derive(Debug, Subcommand)]
pub enum PartyCommand {
    /// Create a party with its first API key (operator)
    Create(create::Arguments),
}

/// Does it.
pub fn run(command: &PartyCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        PartyCommand::Create(arguments) => create::run(arguments, context),
    }
}
