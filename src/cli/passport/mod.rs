//! `chancery passport …`: the papers that go with a model.

mod check;
mod init;

use clap::Subcommand;

pub use check::{check, read};

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with passports.
#[derive(Debug, Subcommand)]
pub enum PassportCommand {
    /// Write a commented passport.toml to fill in
    Init(init::Arguments),
    /// Name everything that is missing or wrong, with its line
    Check(check::Arguments),
}

/// Does it.
pub fn run(command: &PassportCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        PassportCommand::Init(arguments) => init::run(arguments, context),
        PassportCommand::Check(arguments) => check::run(arguments, context),
    }
}
