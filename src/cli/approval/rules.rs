//! `chancery approval rules`: what needs two people.

use chancery_base::values::TokenCount;
use clap::Args;
use serde::{Deserialize, Serialize};
use ureq::http::Method;

use crate::cli::{
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
    signer::Signer,
    words::Words,
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
    /// Whether destroying the keys of a version does
    #[arg(long, value_name = "BOOL")]
    key_destruction: Option<bool>,
    /// Whether letting the logs go on under another name does
    #[arg(long, value_name = "BOOL")]
    log_rotation: Option<bool>,
    #[command(flatten)]
    signer: Signer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RulesView {
    grants_above_tokens: Option<TokenCount>,
    policies: bool,
    key_destruction: bool,
    log_rotation: bool,
}

impl RulesView {
    /// What needs two people, each on a line.
    fn told(&self) -> Vec<Message> {
        let above = self.grants_above_tokens.map(|above| say!("approval-rules-grants", above = above));
        let acts = [
            (self.policies, say!("approval-rules-policies")),
            (self.key_destruction, say!("approval-rules-key-destruction")),
            (self.log_rotation, say!("approval-rules-log-rotation")),
        ];
        let told: Vec<_> =
            above.into_iter().chain(acts.into_iter().filter(|(is_set, _)| *is_set).map(|(_, told)| told)).collect();
        if told.is_empty() { vec![say!("approval-rules-none")] } else { told }
    }

    fn prose(&self, words: &Words) -> String {
        self.told().iter().map(|message| words.say(message)).collect::<Vec<_>>().join("\n")
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
        key_destruction: arguments.key_destruction.unwrap_or(current.view.key_destruction),
        log_rotation: arguments.log_rotation.unwrap_or(current.view.log_rotation),
    };
    if wanted == current.view {
        context.output.result(&current.document, |words| wanted.prose(words))?;
        return Ok(Exit::Success);
    }
    let answer = client.propose::<RulesView>((Method::PUT, PATH), &wanted, "/approvals")?;
    context.output.result(&answer.document, |words| answer.view.prose(words, |rules| rules.prose(words)))?;
    Ok(Exit::Success)
}
