//! `chancery people remove`: somebody who does not belong to the organisation any more.

use chancery_base::values::PersonId;
use clap::Args;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Whom.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery people remove person_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The person's identifier, as `people list` shows it
    id: PersonId,
}

/// Does so.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    context.client()?.delete(&format!("/api/v1/people/{id}"))?;
    let said = say!("person-removed", id = id);
    context.output.result(&json!({ "id": id, "status": "removed" }), |words| words.say(&said))?;
    Ok(Exit::Success)
}
