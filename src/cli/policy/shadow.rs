//! `chancery policy shadow`: trying a rule on real traffic before it refuses anybody.

use clap::Args;
use serde_json::json;

use super::list::PolicySetView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
};

/// Which rules.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery policy shadow provenance-missing
  chancery policy shadow --none")]
pub struct Arguments {
    /// The rules that are to run in shadow; all others are enforced
    #[arg(required_unless_present = "none")]
    rule: Vec<String>,
    /// Enforce every rule
    #[arg(long, conflicts_with = "rule")]
    none: bool,
}

/// Activates the policy set with those rules in shadow.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let body = json!({ "rules": arguments.rule });
    let answer = context.client()?.post::<PolicySetView>("/api/v1/policies/shadow", &body)?;
    context.output.result(&answer.document, |words| answer.view.prose(words))?;
    Ok(Exit::Success)
}
