//! `chancery grant revoke`: the licensor ends a grant; uses are refused from then on.

use chancery_base::values::GrantId;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which grant, and why.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  chancery grant revoke grant_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --reason 'invoice unpaid since March'")]
pub struct Arguments {
    /// The grant's identifier
    id: GrantId,
    /// Why, for the record and the licensee
    #[arg(long)]
    reason: String,
}

/// Revokes it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    let body = json!({ "reason": arguments.reason });
    let answer = context.client()?.post::<Value>(&format!("/api/v1/grants/{id}/revoke"), &body)?;
    context.output.result(&answer.document, |words| words.say(&say!("grant-revoked", id = id)))?;
    Ok(Exit::Success)
}
