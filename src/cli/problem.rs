//! Problem documents as the server sends them (RFC 9457), and the exit code each deserves.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::Exit;

/// Status codes a policy refusal may carry.
const REFUSAL_STATUSES: [u16; 5] = [402, 403, 429, 451, 503];

/// An answer of the server that is not success; members it does not know are kept for `--json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemDocument {
    /// Address of the kind of problem.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Short title of the kind.
    #[serde(default)]
    pub title: String,
    /// HTTP status code.
    #[serde(default)]
    pub status: u16,
    /// What happened and what to do next.
    #[serde(default)]
    pub detail: String,
    /// The field at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Why policy refused; empty for any other problem.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// One reason of a policy refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule that decided.
    #[serde(default)]
    pub rule: String,
    /// The clause it stands on.
    #[serde(default)]
    pub clause: Option<String>,
    /// The law or licence the clause is in.
    #[serde(default)]
    pub source: Option<String>,
    /// What the refusal is about, such as a data set.
    #[serde(default)]
    pub subject: Option<String>,
    /// The reason in words.
    #[serde(default)]
    pub message: String,
    /// What to do about it.
    #[serde(default)]
    pub next_step: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl ProblemDocument {
    /// Reads the body of a failed request; one that is no problem document (a proxy's page) is described by its status.
    #[must_use]
    pub fn read(status: u16, body: &[u8]) -> Self {
        let mut problem: Self = serde_json::from_slice(body).unwrap_or_else(|_| Self::without_document());
        problem.status = status;
        if problem.detail.is_empty() && problem.title.is_empty() {
            problem.title = format!("the server answered {status} without a problem document");
        }
        problem
    }

    fn without_document() -> Self {
        Self {
            kind: String::new(),
            title: String::new(),
            status: 0,
            detail: String::new(),
            field: None,
            reasons: Vec::new(),
            more: Map::new(),
        }
    }

    /// Whether policy refused, which is an outcome with reasons, not a fault of the request.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        let decided = !self.reasons.is_empty() || self.more.contains_key("decision");
        decided && REFUSAL_STATUSES.contains(&self.status)
    }

    /// The exit code of a command that ends with this problem.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self.status {
            _ if self.is_refusal() => Exit::Refused,
            401 | 403 => Exit::Unauthenticated,
            _ => Exit::Failure,
        }
    }
}

impl fmt::Display for ProblemDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(formatter, "`{field}`: ")?;
        }
        formatter.write_str(if self.detail.is_empty() { &self.title } else { &self.detail })?;
        self.reasons.iter().try_for_each(|reason| write!(formatter, "\n  {reason}"))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.rule)?;
        if let Some(subject) = &self.subject {
            write!(formatter, "{subject}: ")?;
        }
        formatter.write_str(&self.message)?;
        match (&self.clause, &self.source) {
            (Some(clause), Some(source)) => write!(formatter, " ({clause}; {source})")?,
            (Some(only), None) | (None, Some(only)) => write!(formatter, " ({only})")?,
            (None, None) => {}
        }
        self.next_step.iter().try_for_each(|step| write!(formatter, "\n    → {step}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(status: u16, body: &str) -> Exit {
        ProblemDocument::read(status, body.as_bytes()).exit()
    }

    #[test]
    fn statuses_become_exit_codes() {
        let refusal = r#"{"title":"Refused","reasons":[{"rule":"non-commercial","message":"no"}],"decision":"decision_1"}"#;
        for status in REFUSAL_STATUSES {
            assert_eq!(exit(status, refusal), Exit::Refused, "{status}");
        }
        for (status, expected) in [
            (401, Exit::Unauthenticated),
            (403, Exit::Unauthenticated),
            (404, Exit::Failure),
            (422, Exit::Failure),
            (429, Exit::Failure),
            (500, Exit::Failure),
            (503, Exit::Failure),
        ] {
            assert_eq!(exit(status, r#"{"title":"t","detail":"d"}"#), expected, "{status}");
            assert_eq!(exit(status, "<html>"), expected, "{status}");
        }
        assert_eq!(exit(500, refusal), Exit::Failure);
    }

    #[test]
    fn a_refusal_is_told_with_its_clause_and_next_step() {
        let body = r#"{"detail":"refused","reasons":[{"rule":"licence.nc","subject":"reviews-nc","clause":"section 2(a)",
            "source":"CC-BY-NC-4.0","message":"data for non-commercial use only","next_step":"train without it"}]}"#;
        assert_eq!(
            ProblemDocument::read(403, body.as_bytes()).to_string(),
            "refused\n  licence.nc: reviews-nc: data for non-commercial use only (section 2(a); CC-BY-NC-4.0)\n    → train without it"
        );
    }
}
