//! Why policy refused: one rule's reason, as problem documents and recorded decisions carry it.

use chancery_base::values::{Language, Localized};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{message::say, words::Words};

/// One reason of a policy refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule that decided.
    #[serde(default)]
    pub rule: String,
    /// The clause it stands on.
    pub clause: Option<String>,
    /// The law or licence the clause is in.
    pub source: Option<String>,
    /// What the refusal is about, such as a data set.
    pub subject: Option<Subject>,
    /// The reason in words.
    pub message: Option<Text>,
    /// What to do about it.
    pub next_step: Option<Text>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Words in the caller's language, or in both as they are recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// In the language that was asked for.
    Rendered(String),
    /// In both.
    Recorded(Localized),
}

/// What a reason is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Subject {
    /// By name alone.
    Name(String),
    /// With its kind.
    Thing {
        /// Which kind of thing.
        kind: String,
        /// Its name.
        name: String,
    },
}

impl Text {
    fn told(&self, language: Language) -> &str {
        match self {
            Self::Rendered(text) => text,
            Self::Recorded(text) => text.in_language(language),
        }
    }
}

impl Subject {
    fn told(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Thing { kind, name } => format!("{kind} {name}"),
        }
    }
}

impl Reason {
    /// What happened and what to do, in one sentence, as a refusal begins.
    #[must_use]
    pub fn sentence(&self, words: &Words) -> Option<String> {
        let (message, next) = (self.message.as_ref()?, self.next_step.as_ref()?);
        let (message, next) = (message.told(words.language()), next.told(words.language()));
        Some(words.say(&say!("use-refused-because", message = message, next = next)))
    }

    /// Told to a person: rule, subject, what happened, clause and source, next step.
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        let subject = self.subject.as_ref().map(|subject| format!("{}: ", subject.told())).unwrap_or_default();
        let message = self.message.as_ref().map(|message| message.told(language)).unwrap_or_default();
        let ground = [&self.clause, &self.source].into_iter().flatten().filter(|text| !text.is_empty());
        let ground = ground.map(String::as_str).collect::<Vec<_>>();
        let ground = match language {
            _ if ground.is_empty() => String::new(),
            Language::English => format!(" ({})", ground.join("; ")),
            Language::Chinese => format!("（{}）", ground.join("；")),
        };
        let next = self.next_step.as_ref().map(|step| format!("\n    → {}", step.told(language))).unwrap_or_default();
        format!("{}: {subject}{message}{ground}{next}", self.rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_told_with_its_clause_and_next_step() {
        let reason: Reason = serde_json::from_str(
            r#"{"rule":"licence.nc","stage":2,"subject":{"kind":"dataset","name":"reviews-nc"},"clause":"section 2(a)",
            "source":"CC-BY-NC-4.0","message":{"en":"for non-commercial use only","zh":"仅限非商业使用"},
            "next_step":"train without it"}"#,
        )
        .unwrap();
        assert_eq!(
            reason.told(Language::English),
            "licence.nc: dataset reviews-nc: for non-commercial use only (section 2(a); CC-BY-NC-4.0)\n    → train without it"
        );
        assert!(reason.told(Language::Chinese).contains("仅限非商业使用"));
        let bare: Reason = serde_json::from_str(r#"{"rule":"quota"}"#).unwrap();
        assert_eq!(bare.told(Language::English), "quota: ");
    }
}
