//! `chancery grant show`: a grant's terms, numbered as refusals cite them.

use chancery_base::values::GrantId;
use clap::Args;

use super::view::GrantView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
};

/// Which grant.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery grant show grant_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2
  chancery grant show grant_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --lang zh")]
pub struct Arguments {
    /// The grant's identifier
    id: GrantId,
}

/// Asks the server, and checks that the terms are those their digest names.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.get::<GrantView>(&format!("/api/v1/grants/{}", arguments.id))?;
    answer.view.checked_digest()?;
    context.output.result(&answer.document, |words| answer.view.prose(words))?;
    Ok(Exit::Success)
}
