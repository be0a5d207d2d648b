//! `chancery grant withdraw`: who asked for a licence takes the request back.

use chancery_base::values::AccessRequestId;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which request.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery grant withdraw request_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The request's identifier
    id: AccessRequestId,
}

/// Takes it back.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    let answer = context.client()?.post::<Value>(&format!("/api/v1/access-requests/{id}/withdraw"), &json!({}))?;
    context.output.result(&answer.document, |words| words.say(&say!("grant-request-withdrawn", id = id)))?;
    Ok(Exit::Success)
}
