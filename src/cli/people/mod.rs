//! `chancery people …`: who works for the organisation, and who is invited.

mod change;
mod invitations;
mod invite;
mod list;
mod remove;
mod withdraw;

use chancery_base::values::{Slug, UnixMillis};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done about people.
#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// List the people of the organisation
    List(list::Arguments),
    /// Invite somebody; the link they join with is shown once (owner)
    Invite(invite::Arguments),
    /// List the invitations that can still be taken (owner)
    Invitations(invitations::Arguments),
    /// Take an invitation back (owner)
    Withdraw(withdraw::Arguments),
    /// Give somebody another role, or their membership another end (owner)
    Change(change::Arguments),
    /// Take somebody out; their sessions end at once (owner)
    Remove(remove::Arguments),
}

/// What an auditor is confined to.
#[derive(Debug, Args, Serialize)]
struct Scope {
    /// An auditor sees nothing from before this date or time
    #[arg(long, value_name = "TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<UnixMillis>,
    /// An auditor sees nothing from this date or time on
    #[arg(long, value_name = "TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<UnixMillis>,
    /// An auditor sees only what this party has a part in; several times for several
    #[arg(long = "with", value_name = "PARTY")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parties: Vec<Slug>,
}

impl Scope {
    /// Whether anything was said.
    const fn is_given(&self) -> bool {
        self.from.is_some() || self.to.is_some() || !self.parties.is_empty()
    }
}

/// Does it.
pub fn run(command: &PeopleCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        PeopleCommand::List(arguments) => list::run(arguments, context),
        PeopleCommand::Invite(arguments) => invite::run(arguments, context),
        PeopleCommand::Invitations(arguments) => invitations::run(arguments, context),
        PeopleCommand::Withdraw(arguments) => withdraw::run(arguments, context),
        PeopleCommand::Change(arguments) => change::run(arguments, context),
        PeopleCommand::Remove(arguments) => remove::run(arguments, context),
    }
}
