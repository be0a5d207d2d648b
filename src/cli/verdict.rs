//! What verification found, check by check: valid, invalid, or could not be checked. The worst of them is the verdict.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
    words::Words,
};

/// The outcome of one check, better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It holds.
    Valid,
    /// Something needed for an answer is missing.
    Unchecked,
    /// It does not hold.
    Invalid,
}

impl Verdict {
    /// The exit code of a verification with this outcome.
    #[must_use]
    pub const fn exit(self) -> Exit {
        match self {
            Self::Valid => Exit::Success,
            Self::Unchecked => Exit::Unverifiable,
            Self::Invalid => Exit::Invalid,
        }
    }

    fn label(self) -> Message {
        match self {
            Self::Valid => say!("verdict-valid"),
            Self::Unchecked => say!("verdict-unchecked"),
            Self::Invalid => say!("verdict-invalid"),
        }
    }
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked, as a word for programs: `signature`, `receipt`, …
    pub check: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// What was found, and what to do if it is not good.
    pub detail: Message,
}

/// Everything that was checked, in order.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// A check that holds.
    pub fn valid(&mut self, check: &'static str, detail: Message) {
        self.0.push(Finding { check, verdict: Verdict::Valid, detail });
    }

    /// A check without an answer.
    pub fn unchecked(&mut self, check: &'static str, detail: Message) {
        self.0.push(Finding { check, verdict: Verdict::Unchecked, detail });
    }

    /// A check that does not hold.
    pub fn invalid(&mut self, check: &'static str, detail: Message) {
        self.0.push(Finding { check, verdict: Verdict::Invalid, detail });
    }

    /// The checks.
    #[must_use]
    pub fn list(&self) -> &[Finding] {
        &self.0
    }

    /// The worst outcome; nothing checked is nothing proved.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.0.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Unchecked)
    }

    /// Writes the findings and answers with the exit code they deserve.
    ///
    /// # Errors
    /// [`CliError::Output`].
    pub fn report(&self, subject: &str, context: &Context) -> Result<Exit, CliError> {
        let document = self.document(subject, context.output.words());
        context.output.result(&document, |words| self.prose(subject, words))?;
        Ok(self.verdict().exit())
    }

    fn document(&self, subject: &str, words: &Words) -> Value {
        let check = |finding: &Finding| json!({ "check": finding.check, "verdict": finding.verdict, "detail": words.say(&finding.detail) });
        json!({
            "subject": subject,
            "verdict": self.verdict(),
            "checks": self.0.iter().map(check).collect::<Vec<_>>(),
        })
    }

    fn prose(&self, subject: &str, words: &Words) -> String {
        let line =
            |finding: &Finding| format!("  {}: {}\n", words.say(&finding.verdict.label()), words.say(&finding.detail));
        let checks: String = self.0.iter().map(line).collect();
        format!("{subject}: {}\n{checks}", words.say(&self.verdict().label()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_is_the_verdict() {
        let mut findings = Findings::default();
        assert_eq!(findings.verdict().exit(), Exit::Unverifiable, "nothing checked");
        findings.valid("a", say!("verdict-valid"));
        assert_eq!(findings.verdict().exit(), Exit::Success);
        findings.unchecked("b", say!("verdict-valid"));
        assert_eq!(findings.verdict().exit(), Exit::Unverifiable);
        findings.invalid("c", say!("verdict-valid"));
        findings.unchecked("d", say!("verdict-valid"));
        assert_eq!(findings.verdict().exit(), Exit::Invalid);
    }
}
