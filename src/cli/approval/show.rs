//! `chancery approval show`: what was proposed, with what the act is given.

use chancery_base::values::ProposalId;
use clap::Args;

use super::view::ApprovalView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
};

/// Which one.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  chancery approval show proposal_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --json | jq .subject"
)]
pub struct Arguments {
    /// The proposal's identifier, as `approval list` shows it
    id: ProposalId,
}

/// Asks the server.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.get::<ApprovalView>(&format!("/api/v1/approvals/{}", arguments.id))?;
    context.output.result(&answer.document, |words| answer.view.prose(words))?;
    Ok(Exit::Success)
}
