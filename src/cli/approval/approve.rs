//! `chancery approval approve`: what another proposed is carried out.

use chancery_base::values::ProposalId;
use clap::Args;
use serde_json::json;

use super::view::ApprovalView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    signer::Signer,
};

/// Which one, and who decides.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  CHANCERY_PASSWORD=… chancery approval approve proposal_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --as grace@acme.example --organisation acme")]
pub struct Arguments {
    /// The proposal's identifier, as `approval list` shows it
    id: ProposalId,
    #[command(flatten)]
    signer: Signer,
}

/// Signs in, decides and signs out.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let path = format!("/api/v1/approvals/{}/approve", arguments.id);
    let answer = arguments.signer.client(context)?.post::<ApprovalView>(&path, &json!({}))?;
    context.output.result(&answer.document, |words| answer.view.decided(words))?;
    Ok(Exit::Success)
}
