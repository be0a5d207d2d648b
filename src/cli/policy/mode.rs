//! `chancery policy shadow`, `promote` and `drop`: one rule in another mode, from the next decision on.

use chancery_domain::policy::RuleMode;
use clap::Args;
use serde_json::json;

use super::list::PolicySetView;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
};

/// Which rule.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The rule's name (`chancery policy list`)
    rule: String,
}

/// Asks the server.
pub fn run(arguments: &Arguments, mode: RuleMode, context: &Context) -> Result<Exit, CliError> {
    let body = json!({ "rule": arguments.rule, "mode": mode });
    let answer = context.client()?.post::<PolicySetView>("/api/v1/policies", &body)?;
    context.output.result(&answer.document, |words| words.say(&told(&arguments.rule, mode)))?;
    Ok(Exit::Success)
}

fn told(rule: &str, mode: RuleMode) -> Message {
    match mode {
        RuleMode::Enforced => say!("policy-promoted", rule = rule),
        RuleMode::Shadow => say!("policy-shadowed", rule = rule),
        RuleMode::Dropped => say!("policy-dropped", rule = rule),
    }
}
