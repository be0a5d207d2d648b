//! `chancery key …`: the keys a party signs with, from proof of possession to revocation.

mod approve;
mod enroll;
mod list;
mod private;
mod revoke;
mod standing;

use clap::Subcommand;

pub use private::{SigningAs, read as read_private};
pub use standing::explain;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with signing keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Propose a key, proving that its private half is at hand
    Enroll(enroll::Arguments),
    /// Approve a proposed key, so that its signatures count (owner)
    Approve(approve::Arguments),
    /// List the party's signing keys
    List(list::Arguments),
    /// Revoke a key: its signatures stop counting (owner)
    Revoke(revoke::Arguments),
}

/// Does it.
pub fn run(command: &KeyCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        KeyCommand::Enroll(arguments) => enroll::run(arguments, context),
        KeyCommand::Approve(arguments) => approve::run(arguments, context),
        KeyCommand::List(arguments) => list::run(arguments, context),
        KeyCommand::Revoke(arguments) => revoke::run(arguments, context),
    }
}
