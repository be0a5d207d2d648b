//! A policy decision as the server tells it, for the commands that show one.

use serde::Deserialize;

use super::{error::Exit, message::say, problem::Reason, words::Words};

/// What was decided, and why.
#[derive(Debug, Deserialize)]
pub struct DecisionView {
    outcome: String,
    #[serde(default)]
    reasons: Vec<Reason>,
}

impl DecisionView {
    /// Told to a person.
    #[must_use]
    pub fn prose(&self, words: &Words) -> String {
        let outcome = if self.is_allowed() {
            words.say(&say!("decision-allowed"))
        } else {
            words.say(&say!("decision-refused", outcome = self.outcome))
        };
        self.reasons.iter().fold(outcome, |told, reason| format!("{told}\n  {reason}"))
    }

    /// The exit code of asking for permission and getting this answer.
    #[must_use]
    pub fn exit(&self) -> Exit {
        if self.is_allowed() { Exit::Success } else { Exit::Refused }
    }

    fn is_allowed(&self) -> bool {
        matches!(self.outcome.as_str(), "allowed" | "permitted" | "admitted" | "allow" | "permit")
    }
}
