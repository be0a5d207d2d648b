//! A policy decision as the server tells it, for the commands that show one.

use serde::Deserialize;

use crate::cli::{error::Exit, reason::Reason, words::Words};

/// What was decided, and why.
#[derive(Debug, Deserialize)]
pub struct DecisionView {
    outcome: Outcome,
    #[serde(default)]
    reasons: Vec<Reason>,
}

/// How it came out: a word, or a record whose `result` is that word.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Outcome {
    Word(String),
    Record { result: String },
}

impl Outcome {
    fn word(&self) -> &str {
        match self {
            Self::Word(word) | Self::Record { result: word } => word,
        }
    }
}

impl DecisionView {
    /// Told to a person.
    #[must_use]
    pub fn prose(&self, words: &Words) -> String {
        let outcome = words.named("state", self.outcome.word());
        self.reasons.iter().fold(outcome, |told, reason| format!("{told}\n  {}", reason.told(words.language())))
    }

    /// The exit code of asking for permission and getting this answer.
    #[must_use]
    pub fn exit(&self) -> Exit {
        if self.is_allowed() { Exit::Success } else { Exit::Refused }
    }

    fn is_allowed(&self) -> bool {
        self.outcome.word() == "allowed"
    }
}
