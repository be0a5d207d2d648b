//! `chancery export …`: the audit log in files that auditors open, and the proof that they are what was logged.

mod audit;
mod pack;
mod verify;

use clap::Subcommand;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with exports.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// Export what this API key may see of the audit log, with openings and a data dictionary
    Audit(audit::Arguments),
    /// Verify an export: its digests, its openings and, with pinned keys, its place in the log
    Verify(verify::Arguments),
}

/// Does it.
pub fn run(command: &ExportCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        ExportCommand::Audit(arguments) => audit::run(arguments, context),
        ExportCommand::Verify(arguments) => verify::run(arguments, context),
    }
}
