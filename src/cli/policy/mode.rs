//! `chancery policy shadow`, `promote` and `drop`: one rule in another mode, from the next decision on.

use chancery_domain::policy::RuleMode;
use clap::Args;
use serde_json::json;

use super::{CHANGE, PAGE, list::PolicySetView};
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
    signer::Signer,
};

/// Which rule.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The rule's name (`chancery policy list`)
    rule: String,
    #[command(flatten)]
    signer: Signer,
}

/// Changes it, or proposes to where that takes two people.
pub fn run(arguments: &Arguments, mode: RuleMode, context: &Context) -> Result<Exit, CliError> {
    let body = json!({ "rule": arguments.rule, "mode": mode });
    let client = arguments.signer.client(context)?;
    let answer = client.propose::<PolicySetView>(CHANGE, &body, PAGE)?;
    let changed = told(&arguments.rule, mode);
    context.output.result(&answer.document, |words| answer.view.prose(words, |_| words.say(&changed)))?;
    Ok(Exit::Success)
}

fn told(rule: &str, mode: RuleMode) -> Message {
    match mode {
        RuleMode::Enforced => say!("policy-promoted", rule = rule),
        RuleMode::Shadow => say!("policy-shadowed", rule = rule),
        RuleMode::Dropped => say!("policy-dropped", rule = rule),
    }
}
