//! `chancery log …`: the public logs, checked from their public addresses alone.

mod remembered;
mod source;
mod tree;
mod verify;
mod watch;

use clap::{Subcommand, ValueEnum};

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with the logs.
#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Recompute a whole log from its entries and compare it with its signed checkpoint
    Verify(verify::Arguments),
    /// Demand that each checkpoint continues the last one this machine saw
    Watch(watch::Arguments),
}

/// Does it.
pub fn run(command: &LogCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        LogCommand::Verify(arguments) => verify::run(arguments, context),
        LogCommand::Watch(arguments) => watch::run(arguments, context),
    }
}

/// One of a server's two logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogName {
    /// What was decided and done.
    Audit,
    /// Who answers for what, and what is owed.
    Liability,
}

impl LogName {
    /// The one asked for, or both.
    fn or_both(asked: Option<Self>) -> Vec<Self> {
        asked.map_or_else(|| vec![Self::Audit, Self::Liability], |log| vec![log])
    }

    /// The name in addresses.
    const fn segment(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Liability => "liability",
        }
    }
}
