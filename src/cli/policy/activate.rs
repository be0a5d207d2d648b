//! `chancery policy activate`: other rules in force, on every server of the registry, from the next decision on.

use clap::Args;

use super::{draft::DraftArguments, list::PolicySetView};
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
};

/// Which rules.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery policy diff ./policies
  chancery policy activate ./policies --shadow my-new-rule
  chancery policy activate --digest 4f8c…
  chancery policy activate --from-server")]
pub struct Arguments {
    #[command(flatten)]
    draft: DraftArguments,
}

/// Asks the server.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let body = arguments.draft.body()?;
    let answer = context.client()?.post::<PolicySetView>("/api/v1/policies", &body)?;
    context.output.result(&answer.document, |words| answer.view.prose(words))?;
    Ok(Exit::Success)
}
