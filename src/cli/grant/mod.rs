//! `chancery grant …`: licences between parties, from request and offer to revocation.

mod accept;
mod decline;
mod list;
mod offer;
mod request;
mod requests;
mod revoke;
mod show;
mod template;
mod view;
mod withdraw;

use clap::Subcommand;

use super::{
    context::Context,
    error::{CliError, Exit},
};

/// What can be done with grants.
#[derive(Debug, Subcommand)]
pub enum GrantCommand {
    /// Write a commented terms.toml to fill in
    Template(template::Arguments),
    /// Ask a model's owner for a licence
    Request(request::Arguments),
    /// List requests for licences to your models, or those you made
    Requests(requests::Arguments),
    /// Decline a request for a licence (owner of the model)
    Decline(decline::Arguments),
    /// Take back a request for a licence
    Withdraw(withdraw::Arguments),
    /// Offer a party a licence to a model (owner)
    Offer(offer::Arguments),
    /// List grants given and received
    List(list::Arguments),
    /// Show a grant's numbered terms
    Show(show::Arguments),
    /// Accept an offer by signing the digest of its terms (owner of the licensee)
    Accept(accept::Arguments),
    /// Revoke a grant (owner of the licensor)
    Revoke(revoke::Arguments),
}

/// Does it.
pub fn run(command: &GrantCommand, context: &Context) -> Result<Exit, CliError> {
    match command {
        GrantCommand::Template(arguments) => template::run(arguments, context),
        GrantCommand::Request(arguments) => request::run(arguments, context),
        GrantCommand::Requests(arguments) => requests::run(arguments, context),
        GrantCommand::Decline(arguments) => decline::run(arguments, context),
        GrantCommand::Withdraw(arguments) => withdraw::run(arguments, context),
        GrantCommand::Offer(arguments) => offer::run(arguments, context),
        GrantCommand::List(arguments) => list::run(arguments, context),
        GrantCommand::Show(arguments) => show::run(arguments, context),
        GrantCommand::Accept(arguments) => accept::run(arguments, context),
        GrantCommand::Revoke(arguments) => revoke::run(arguments, context),
    }
}
