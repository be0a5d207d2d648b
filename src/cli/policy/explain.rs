//! `chancery policy explain`: why a decision came out as it did, from its record.

use chancery_base::values::DecisionId;
use clap::Args;
use serde::Deserialize;
use serde_json::Value;

use crate::cli::{
    context::Context,
    decision::DecisionView,
    error::{CliError, Exit},
    message::say,
    outline::outline,
    words::Words,
};

/// Which decision.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery policy explain decision_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2
  chancery policy explain decision_0192f0c1e0e17cc3a3d3a1f1c5b0a9d2 --json | jq .facts")]
pub struct Arguments {
    /// The decision's identifier, as the answer, the refusal or `decision list` named it
    decision: DecisionId,
}

#[derive(Debug, Deserialize)]
struct RecordView {
    id: String,
    policy_digest: String,
    facts_digest: String,
    #[serde(default)]
    facts: Value,
    #[serde(default)]
    replay: Value,
    #[serde(flatten)]
    decision: DecisionView,
}

impl RecordView {
    fn prose(&self, words: &Words) -> String {
        let replay = self.replay.as_str().map_or_else(|| self.replay.to_string(), str::to_owned);
        let record = words.say(&say!(
            "decision-record",
            id = self.id,
            policy = self.policy_digest,
            facts = self.facts_digest,
            replay = replay,
        ));
        format!("{}\n\n{record}\n{}", self.decision.prose(words), outline(&self.facts))
    }
}

/// Asks the server.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let answer = context.client()?.get::<RecordView>(&format!("/api/v1/decisions/{}", arguments.decision))?;
    context.output.result(&answer.document, |words| answer.view.prose(words))?;
    Ok(Exit::Success)
}
