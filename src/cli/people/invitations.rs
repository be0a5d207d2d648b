//! `chancery people invitations`: who is invited and did not join yet.

use chancery_base::values::UnixMillis;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
    output::listing,
};

/// Nothing to choose.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery people invitations")]
pub struct Arguments;

#[derive(Debug, Deserialize)]
struct InvitationView {
    id: String,
    email: String,
    role: String,
    expires_at: UnixMillis,
}

/// Asks the server until there is no further page.
pub fn run(_: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let open = context.client()?.every_page("/api/v1/invitations")?;
    let headings = [say!("column-id"), say!("column-address"), say!("column-role"), say!("column-expires")];
    context.output.result(&json!({ "items": open }), |words| {
        let row =
            |one: InvitationView| vec![one.id, one.email, words.named("role", &one.role), one.expires_at.to_string()];
        let items = open.iter().filter_map(|one| InvitationView::deserialize(one).ok());
        listing(words, &headings, items.map(row).collect(), &say!("invitations-none"))
    })?;
    Ok(Exit::Success)
}
