//! `chancery approval rules`: what needs two people.

use chancery_base::values::TokenCount;
use clap::Args;
use serde::{Deserialize, Serialize};
use ureq::http::Method;

use super::view::Proposed;
use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
    signer::Signer,
};

const PATH: &str = "/api/v1/approvals/rules";

/// What is to need two; shown where nothing is said.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery approval rules
  chancery approval rules --grants-above 1000000
  chancery approval rules --no-limit --policies false --as ada@acme.example --organisation acme")]
pub struct Arguments {
    /// Offers with which a licensee would hold more tokens of a model than this
    #[arg(long, value_name = "TOKENS", conflicts_with = "no_limit")]
    grants_above: Option<u64>,
    /// Let no offer need two people
    #[arg(long)]
    no_limit: bool,
    /// Whether changes of policy do
    #[arg(long, value_name = "BOOL")]
    policies: Option<bool>,
    #[command(flatten)]
    signer: Signer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RulesView {
    grants_above_tokens: Option<TokenCount>,
    policies: bool,
}

impl RulesView {
    fn told(&self) -> Message {
        match (self.grants_above_tokens, self.policies) {
            (None, false) => say!("approval-rules-none"),
            (None, true) => say!("approval-rules-policies"),
            (Some(above), false) => say!("approval-rules-grants", above = above),
            (Some(above), true) => say!("approval-rules-both", above = above),
        }
    }
}

/// Shows them, or sets what was said of them, or proposes to where that takes two people.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let client = arguments.signer.client(context)?;
    let current = client.get::<RulesView>(PATH)?;
    let wanted = RulesView {
        grants_above_tokens: match (arguments.no_limit, arguments.grants_above) {
            (true, _) => None,
            (false, None) => current.view.grants_above_tokens,
            (false, limit) => limit.map(TokenCount),
        },
        policies: arguments.policies.unwrap_or(current.view.policies),
    };
    if wanted == current.view {
        context.output.result(&current.document, |words| words.say(&wanted.told()))?;
        return Ok(Exit::Success);
    }
    let answer = client.change::<Proposed<RulesView>>(Method::PUT, PATH, &wanted)?;
    context.output.result(&answer.document, |words| match &answer.view {
        Proposed::Done(rules) => words.say(&rules.told()),
        Proposed::Waits { approval } => words.say(&approval.waits()),
    })?;
    Ok(Exit::Success)
}
