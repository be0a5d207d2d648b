//! Approvals as the server tells them.

use chancery_base::values::UnixMillis;
use serde::Deserialize;
use serde_json::Value;

use crate::cli::{message::say, outline::outline, words::Words};

/// What became of an act that may need a second person.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Proposed<T> {
    /// It waits for one.
    Waits {
        /// What waits.
        approval: Box<ApprovalView>,
    },
    /// It is done.
    Done(T),
}

/// A person who proposed or decided.
#[derive(Debug, Deserialize)]
pub struct SignatoryView {
    id: String,
    name: Option<String>,
}

/// What was proposed to a second person.
#[derive(Debug, Deserialize)]
pub struct ApprovalView {
    id: String,
    kind: String,
    state: String,
    proposed_by: SignatoryView,
    expires_at: UnixMillis,
    decided_by: Option<SignatoryView>,
    reason: Option<String>,
    #[serde(default)]
    subject: Value,
}

impl<T> Proposed<T> {
    /// Told to a person: what is done as `done` tells it, and what waits with who can go on.
    pub fn prose(&self, words: &Words, done: impl FnOnce(&T) -> String) -> String {
        match self {
            Self::Done(result) => done(result),
            Self::Waits { approval } => approval.waits(words),
        }
    }
}

impl SignatoryView {
    fn told(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.id.clone())
    }
}

impl ApprovalView {
    /// One line of a listing: identifier, kind, state, who proposed it, until when, who decided.
    pub fn row(&self, words: &Words) -> Vec<String> {
        let decided = self.decided_by.as_ref().map(SignatoryView::told).unwrap_or_default();
        let (by, until) = (self.proposed_by.told(), self.expires_at.to_string());
        vec![self.id.clone(), self.kind(words), self.state(words), by, until, decided]
    }

    /// That it waits, and for whom.
    pub fn waits(&self, words: &Words) -> String {
        words.say(&say!("approval-waits", id = self.id, kind = self.kind(words), until = self.expires_at))
    }

    /// What was decided.
    pub fn decided(&self, words: &Words) -> String {
        words.say(&say!("approval-decided", id = self.id, kind = self.kind(words), state = self.state(words)))
    }

    fn kind(&self, words: &Words) -> String {
        words.named("kind", &self.kind)
    }

    fn state(&self, words: &Words) -> String {
        words.named("state", &self.state)
    }

    /// All of it.
    pub fn prose(&self, words: &Words) -> String {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let about = words.say(&say!(
            "approval",
            id = self.id,
            kind = self.kind(words),
            state = self.state(words),
            by = self.proposed_by.told(),
            until = self.expires_at,
            decided = or_dash(self.decided_by.as_ref().map(SignatoryView::told)),
            reason = or_dash(self.reason.clone()),
        ));
        format!("{about}\n\n{}", outline(&self.subject))
    }
}
