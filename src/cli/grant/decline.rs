//! `chancery grant decline`: the owner of a model says no to a request for a licence.

use chancery_base::values::AccessRequestId;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which request, and why.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  chancery grant decline request_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --reason 'not licensed for medical use'")]
pub struct Arguments {
    /// The request's identifier
    id: AccessRequestId,
    /// Why, for the record and for who asked
    #[arg(long)]
    reason: String,
}

/// Declines it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    let body = json!({ "reason": arguments.reason });
    let answer = context.client()?.post::<Value>(&format!("/api/v1/access-requests/{id}/decline"), &body)?;
    context.output.result(&answer.document, |words| words.say(&say!("grant-request-declined", id = id)))?;
    Ok(Exit::Success)
}
