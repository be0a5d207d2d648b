//! The papers that come with an answer of a model: under which decision it was given, what proves that, and what is due for it.

use serde::Deserialize;

use super::{message::say, output::Output};

/// What an answer says of itself.
#[derive(Debug, Deserialize)]
pub struct PapersView {
    decision: String,
    receipt: String,
    /// What is to be named where the output is shown.
    #[serde(default)]
    attribution: Vec<String>,
    /// What else whoever uses the output is told.
    #[serde(default)]
    notices: Vec<String>,
}

impl PapersView {
    /// Tells a person; programs have them in the document.
    pub fn tell(&self, output: &Output) {
        output.note(&say!("use-recorded", decision = self.decision, receipt = self.receipt));
        for text in &self.attribution {
            output.note(&say!("use-attribution", text = text));
        }
        for text in &self.notices {
            output.note(&say!("use-notice", text = text));
        }
    }
}
