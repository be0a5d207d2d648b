//! `chancery hold …`: freezing a model because somebody with authority demands it.

mod list;
mod place;
mod release;

use clap::Subcommand;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with holds.
#[derive(Debug, Subcommand)]
pub enum HoldCommand {
    /// Freeze a model: every use is refused until the hold is released (operator)
    Place(place::Arguments),
    /// List what is frozen
    List(list::Arguments),
    /// Release a hold (operator)
    Release(release::Arguments),
}

/// Does it.
pub fn run(command: &HoldCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        HoldCommand::Place(arguments) => place::run(arguments, context),
        HoldCommand::List(arguments) => list::run(arguments, context),
        HoldCommand::Release(arguments) => release::run(arguments, context),
    }
}
