//! What a decision is: a value that says what was decided, by which rules, under which clauses, from which facts. It is
//! stored as it is, and a refusal is one of its outcomes, never an error.

use std::fmt;

use chancery_base::values::{Language, Localized, Sha256Digest};
use serde::{Deserialize, Serialize};

/// Rule named by reasons that come from evaluation itself.
pub const POLICY_ERROR: &str = "policy-error";

/// The judgement on one use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What was decided.
    pub outcome: Outcome,
    /// Why not, deciding reason first; empty when the use is allowed.
    pub reasons: Vec<Reason>,
    /// What rules in shadow would have refused; recorded, not enforced.
    pub shadow: Vec<Reason>,
    /// Digest of the policy set that decided.
    pub policy_digest: Sha256Digest,
    /// Digest of the facts it was decided from.
    pub facts_digest: Sha256Digest,
}

impl Decision {
    /// Whether the use may go ahead.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self.outcome, Outcome::Allowed { .. })
    }

    /// The reason shown first: lowest stage, then rule.
    #[must_use]
    pub fn deciding(&self) -> Option<&Reason> {
        self.reasons.first()
    }
}

/// Whether a use may go ahead, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Outcome {
    /// It may.
    Allowed {
        /// What the answer must carry.
        obligations: Vec<Obligation>,
        /// What no licence addresses, recorded with the use.
        notices: Vec<Notice>,
    },
    /// It may not; the decision's reasons say why.
    Refused,
}

/// Something an allowed use must carry; code enforces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obligation {
    /// The rule that imposes it.
    pub rule: String,
    /// What kind of obligation.
    pub kind: ObligationKind,
    /// The clause it follows.
    pub clause: String,
    /// The law or licence of that clause.
    pub source: String,
    /// What it asks, in a sentence.
    pub message: Localized,
    /// Whose clause it is.
    pub subject: Subject,
    /// The text that must accompany the answer.
    pub text: String,
}

/// Obligations that code implements; a rule that names another fails activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObligationKind {
    /// A notice accompanies every answer.
    Attribution,
}

impl ObligationKind {
    /// All that are implemented.
    pub const ALL: &'static [Self] = &[Self::Attribution];

    /// The name rules use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attribution => "attribution",
        }
    }
}

/// Something recorded with an allowed use because no licence addresses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The rule that records it.
    pub rule: String,
    /// The clause, where there is one.
    pub clause: String,
    /// The law or licence that is silent.
    pub source: String,
    /// What is not addressed.
    pub message: Localized,
    /// Whose licence is silent.
    pub subject: Subject,
}

/// One rule's refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The rule.
    pub rule: String,
    /// When it is looked at.
    pub stage: Stage,
    /// The clause it follows.
    pub clause: String,
    /// The law, licence or setting of that clause.
    pub source: String,
    /// HTTP status of a refusal by this rule.
    pub status: u16,
    /// What programs recognise the refusal by.
    pub code: RefusalCode,
    /// What happened, lower case, no full stop.
    pub message: Localized,
    /// What to do next.
    pub next_step: Localized,
    /// What is at fault.
    pub subject: Subject,
}

impl Reason {
    /// The rule that found this; where one could not be evaluated, that rule.
    #[must_use]
    pub fn raised_by(&self) -> &str {
        if self.rule == POLICY_ERROR && self.subject.kind == SubjectKind::Rule {
            &self.subject.name
        } else {
            &self.rule
        }
    }
}

/// What a reason, notice or obligation is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Which kind of thing; for `purpose` and `territory`, the parameter at fault.
    pub kind: SubjectKind,
    /// Its name or identifier.
    pub name: String,
}

/// Kinds of things that can be at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// The model asked for, or one it was made from.
    Model,
    /// A data set.
    Dataset,
    /// The calling party.
    Caller,
    /// The purpose stated.
    Purpose,
    /// The territory stated.
    Territory,
    /// The grant.
    Grant,
    /// A hold.
    Hold,
    /// A rule that could not be evaluated.
    Rule,
}

impl SubjectKind {
    /// The kind as it stands in records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Dataset => "dataset",
            Self::Caller => "caller",
            Self::Purpose => "purpose",
            Self::Territory => "territory",
            Self::Grant => "grant",
            Self::Hold => "hold",
            Self::Rule => "rule",
        }
    }
}

/// When a rule is looked at: the deciding reason is the one of the lowest stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Stage {
    /// Whether there is anything to judge: evaluation itself, and what the caller may know of.
    Admission,
    /// Statute, holds and the state of the model.
    Statute,
    /// Origin of the data and personal data.
    Privacy,
    /// Licences of data sets and parent models.
    Licence,
    /// The caller and its grant.
    Grant,
    /// Quota and price.
    Quota,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Self; 6] = [Self::Admission, Self::Statute, Self::Privacy, Self::Licence, Self::Grant, Self::Quota];

    /// The stage's number, as rules state it.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The stage's name.
    #[must_use]
    pub const fn title(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Admission, Language::English) => "admission",
            (Self::Admission, Language::Chinese) => "受理",
            (Self::Statute, Language::English) => "statute and holds",
            (Self::Statute, Language::Chinese) => "法律与封存",
            (Self::Privacy, Language::English) => "provenance and privacy",
            (Self::Privacy, Language::Chinese) => "来源与隐私",
            (Self::Licence, Language::English) => "licence",
            (Self::Licence, Language::Chinese) => "许可",
            (Self::Grant, Language::English) => "grant",
            (Self::Grant, Language::Chinese) => "授权",
            (Self::Quota, Language::English) => "quota and price",
            (Self::Quota, Language::Chinese) => "配额与价格",
        }
    }
}

impl TryFrom<u8> for Stage {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        let stage = Self::ALL.into_iter().find(|stage| stage.number() == number);
        stage.ok_or_else(|| format!("`{number}` is not a stage between 0 and 5"))
    }
}

impl From<Stage> for u8 {
    fn from(stage: Stage) -> Self {
        stage.number()
    }
}

/// What programs recognise a refusal by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// There is no such model, or none for this caller to know of.
    ModelNotFound,
    /// A grant is needed.
    LicenceRequired,
    /// The grant's term has ended.
    LicenceExpired,
    /// A payment is due.
    LicenceUnpaid,
    /// Law, licence or grant says no.
    UseNotPermitted,
    /// The model is on hold, suspended or withdrawn.
    ModelSuspended,
    /// The quota does not suffice; retrying will not help.
    ProjectSpendLimitExceeded,
    /// A legal demand blocks the model (RFC 7725).
    UnavailableForLegalReasons,
    /// The rules could not be evaluated.
    PolicyUnavailable,
}

impl RefusalCode {
    /// All codes.
    pub const ALL: &'static [Self] = &[
        Self::ModelNotFound,
        Self::LicenceRequired,
        Self::LicenceExpired,
        Self::LicenceUnpaid,
        Self::UseNotPermitted,
        Self::ModelSuspended,
        Self::ProjectSpendLimitExceeded,
        Self::UnavailableForLegalReasons,
        Self::PolicyUnavailable,
    ];

    /// The code as programs see it.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::ModelNotFound => "model_not_found",
            Self::LicenceRequired => "licence_required",
            Self::LicenceExpired => "licence_expired",
            Self::LicenceUnpaid => "licence_unpaid",
            Self::UseNotPermitted => "use_not_permitted",
            Self::ModelSuspended => "model_suspended",
            Self::ProjectSpendLimitExceeded => "project_spend_limit_exceeded",
            Self::UnavailableForLegalReasons => "unavailable_for_legal_reasons",
            Self::PolicyUnavailable => "policy_unavailable",
        }
    }

    /// The one HTTP status that goes with the code; 451 is for legal demands only.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::ModelNotFound => 404,
            Self::LicenceUnpaid => 402,
            Self::LicenceRequired | Self::LicenceExpired | Self::UseNotPermitted | Self::ModelSuspended => 403,
            Self::ProjectSpendLimitExceeded => 429,
            Self::UnavailableForLegalReasons => 451,
            Self::PolicyUnavailable => 503,
        }
    }
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.slug())
    }
}
