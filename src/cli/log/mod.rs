//! `chancery log …`: the public logs, checked from their public addresses alone, and given another name.

mod order_rotation;
mod remembered;
mod rotate;
mod source;
mod verify;
mod watch;

use chancery_base::logs::LogName;
use clap::Subcommand;

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
    /// Decide that the logs go on under another name (operator)
    OrderRotation(order_rotation::Arguments),
    /// Carry that out on the machine that has the keys, with the server stopped
    Rotate(rotate::Arguments),
}

/// Does it.
pub fn run(command: &LogCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        LogCommand::Verify(arguments) => verify::run(arguments, context),
        LogCommand::Watch(arguments) => watch::run(arguments, context),
        LogCommand::OrderRotation(arguments) => order_rotation::run(arguments, context),
        LogCommand::Rotate(arguments) => rotate::run(arguments, context),
    }
}

/// The log asked for, or both.
fn or_both(asked: Option<LogName>) -> Vec<LogName> {
    asked.map_or_else(|| LogName::ALL.to_vec(), |log| vec![log])
}
