//! `chancery decision …`: what was decided about uses; `chancery policy explain` says why.

mod list;
mod view;

use clap::Subcommand;

pub use view::DecisionView;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with decisions.
#[derive(Debug, Subcommand)]
pub enum DecisionCommand {
    /// List decisions on record, newest first (owner, auditor)
    List(list::Arguments),
}

/// Does it.
pub fn run(command: &DecisionCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        DecisionCommand::List(arguments) => list::run(arguments, context),
    }
}
