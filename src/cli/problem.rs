//! Problem documents as the server sends them (RFC 9457), and the exit code each deserves.

use std::fmt;

use chancery_base::values::Language;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    error::Exit,
    message::say,
    reason::Reason,
    words::{self, Words},
};

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

impl ProblemDocument {
    /// Reads the body of a failed request; one that is no problem document (a proxy's page) is described by its status.
    #[must_use]
    pub fn read(status: u16, body: &[u8]) -> Self {
        let mut problem = Self::understood(body).unwrap_or_else(Self::without_document);
        problem.status = status;
        if problem.detail.is_empty() && problem.title.is_empty() {
            problem.title = format!("the server answered {status} without a problem document");
        }
        problem
    }

    /// Reads as much as can be understood: reasons of an unknown shape must not hide what happened.
    fn understood(body: &[u8]) -> Option<Self> {
        let mut members: Map<String, Value> = serde_json::from_slice(body).ok()?;
        serde_json::from_value(Value::Object(members.clone()))
            .ok()
            .or_else(|| members.remove("reasons").and_then(|_| serde_json::from_value(Value::Object(members)).ok()))
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

impl ProblemDocument {
    /// Told to a person, reasons and all, and of a refusal where it is on record.
    #[must_use]
    pub fn told(&self, words: &Words) -> String {
        let field = self.field.as_ref().map(|field| format!("`{field}`: ")).unwrap_or_default();
        let detail = if self.detail.is_empty() { &self.title } else { &self.detail };
        let sentence = self.reasons.first().and_then(|reason| reason.sentence(words));
        let detail = sentence.as_ref().unwrap_or(detail);
        let reasons = self.reasons.iter().map(|reason| format!("\n  {}", reason.told(words.language())));
        let record = self.more.get("decision").and_then(Value::as_str);
        let record = record.map(|id| format!("\n{}", words.say(&say!("use-refused", decision = id))));
        format!("{field}{detail}{}{}", reasons.collect::<String>(), record.unwrap_or_default())
    }

    /// Whether it is of the kind with this name.
    #[must_use]
    pub fn is(&self, slug: &str) -> bool {
        self.kind.rsplit('/').next() == Some(slug)
    }
}

impl fmt::Display for ProblemDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.told(&words::in_language(Language::English)))
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
        let refusal =
            r#"{"title":"Refused","reasons":[{"rule":"non-commercial","message":"no"}],"decision":"decision_1"}"#;
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
    fn reasons_of_another_shape_do_not_hide_the_refusal() {
        let problem = ProblemDocument::read(403, br#"{"detail":"no","reasons":[1],"decision":"decision_1"}"#);
        assert_eq!((problem.detail.as_str(), problem.exit()), ("no", Exit::Refused));
    }
}
