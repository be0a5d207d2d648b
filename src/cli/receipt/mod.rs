//! `chancery receipt …`: proof that an event was logged, kept by whom it concerns.

mod check;
mod document;
mod get;
mod list;
mod verify;

use clap::Subcommand;

pub use check::check;
pub use document::{ReceiptDocument, name, wait_for_proof};

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with receipts.
#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
    /// List the entries of the logs that this API key may open, newest first (owner, auditor)
    List(list::Arguments),
    /// Fetch a receipt with its full proof
    Get(get::Arguments),
    /// Verify a receipt offline with pinned keys
    Verify(verify::Arguments),
}

/// Does it.
pub fn run(command: &ReceiptCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        ReceiptCommand::List(arguments) => list::run(arguments, context),
        ReceiptCommand::Get(arguments) => get::run(arguments, context),
        ReceiptCommand::Verify(arguments) => verify::run(arguments, context),
    }
}
