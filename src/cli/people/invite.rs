//! `chancery people invite`: a link with which somebody joins the organisation.

use chancery_base::values::{Email, UnixMillis};
use clap::Args;
use serde::{Deserialize, Serialize};

use super::Scope;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    role::Role,
};

/// Whom, as what.
#[derive(Debug, Args, Serialize)]
#[command(after_help = "\
Examples:
  chancery people invite grace@acme.example --role member
  chancery people invite audit@example.com --role auditor --from 2026-01-01 --to 2027-01-01 --with globex --until 2027-04-01")]
pub struct Arguments {
    /// Their address
    email: Email,
    /// What they may do
    #[arg(long)]
    role: Role,
    #[command(flatten)]
    scope: Scope,
    /// When their membership ends: a date, or a time such as 2027-01-01T12:00:00Z
    #[arg(long = "until", value_name = "TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    membership_ends_at: Option<UnixMillis>,
}

#[derive(Debug, Deserialize)]
struct InvitedView {
    id: String,
    link: String,
}

/// Invites them; the link is shown this once.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.post_for_secret::<InvitedView>("/api/v1/invitations", arguments)?;
    context.output.note(&say!("person-invited", id = answer.view.id, email = arguments.email));
    context.output.result(&answer.document, |_| answer.view.link.clone())?;
    Ok(Exit::Success)
}
