//! `chancery approval …`: what waits for a second person, and what needs one.
//!
//! Approving is for people, who sign in for the one command; a key is refused, because who holds it is not known.

mod approve;
mod decline;
mod list;
mod rules;
mod show;
mod view;

use clap::Subcommand;

pub use view::Proposed;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done about approvals.
#[derive(Debug, Subcommand)]
pub enum ApprovalCommand {
    /// List what was proposed to a second person
    List(list::Arguments),
    /// Show what was proposed, with what the act is given
    Show(show::Arguments),
    /// Agree to what another proposed, which carries it out (a person)
    Approve(approve::Arguments),
    /// Decline what another proposed, or take your own back (a person)
    Decline(decline::Arguments),
    /// Show or set what needs two people
    Rules(rules::Arguments),
}

/// Does it.
pub fn run(command: &ApprovalCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        ApprovalCommand::List(arguments) => list::run(arguments, context),
        ApprovalCommand::Show(arguments) => show::run(arguments, context),
        ApprovalCommand::Approve(arguments) => approve::run(arguments, context),
        ApprovalCommand::Decline(arguments) => decline::run(arguments, context),
        ApprovalCommand::Rules(arguments) => rules::run(arguments, context),
    }
}
