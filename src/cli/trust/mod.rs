//! `chancery trust …`: whose keys count when this machine verifies.
//!
//! A key that comes with what it signed proves nothing. Keys are pinned once, after their fingerprints were compared with
//! what their holder says elsewhere, and from then on decide alone.

mod add;
mod file;
mod show;

use clap::Subcommand;

pub use file::load;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with pinned keys.
#[derive(Debug, Subcommand)]
pub enum TrustCommand {
    /// Pin the keys of a server's logs, or a signer's key
    Add(add::Arguments),
    /// Show what is pinned
    Show(show::Arguments),
}

/// Does it.
pub fn run(command: &TrustCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        TrustCommand::Add(arguments) => add::run(arguments, context),
        TrustCommand::Show(arguments) => show::run(arguments, context),
    }
}
