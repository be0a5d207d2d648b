//! `chancery hold release`: the model may be used again, as far as its licences allow.

use chancery_base::values::HoldId;
use clap::Args;
use serde_json::json;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::say,
};

/// Which hold.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  chancery hold release hold_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2")]
pub struct Arguments {
    /// The hold's identifier, as `hold list` shows it
    id: HoldId,
}

/// Releases it.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let id = arguments.id;
    context.client()?.delete(&format!("/api/v1/holds/{id}"))?;
    context
        .output
        .result(&json!({ "id": id, "status": "released" }), |words| words.say(&say!("hold-released", id = id)))?;
    Ok(Exit::Success)
}
