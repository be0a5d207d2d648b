//! `chancery policy activate`: other rules in force, on every server of the registry, from the next decision on.

use clap::Args;

use super::{CHANGE, PAGE, draft::DraftArguments, list::PolicySetView};
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    signer::Signer,
};

/// Which rules.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery policy diff ./policies
  chancery policy activate ./policies --shadow my-new-rule
  chancery policy activate --digest 4f8c…
  chancery policy activate --from-server
  CHANCERY_PASSWORD=… chancery policy activate ./policies --as ada@operator.example --organisation operator")]
pub struct Arguments {
    #[command(flatten)]
    draft: DraftArguments,
    #[command(flatten)]
    signer: Signer,
}

/// Activates them, or proposes to where that takes two people.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let body = arguments.draft.body()?;
    let client = arguments.signer.client(context)?;
    let answer = client.propose::<PolicySetView>(CHANGE, &body, PAGE)?;
    context.output.result(&answer.document, |words| answer.view.prose(words, |set| set.prose(words)))?;
    Ok(Exit::Success)
}
