//! `chancery people withdraw`: an invitation whose link does nothing any more.

use chancery_base::values::InvitationId;
use clap::Args;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which invitation.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery people withdraw invitation_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The invitation's identifier, as `people invitations` shows it
    id: InvitationId,
}

/// Does so.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    context.client()?.delete(&format!("/api/v1/invitations/{id}"))?;
    let said = say!("invitation-withdrawn", id = id);
    context.output.result(&json!({ "id": id, "status": "withdrawn" }), |words| words.say(&said))?;
    Ok(Exit::Success)
}
