//! What the licences of a model's lineage say together, as judgement needs it. The combining is done where claims are
//! kept; here the result arrives as a plain value, each statement with the clause that caused it.

use chancery_base::values::{Purpose, Territory};
use serde::{Deserialize, Serialize};

/// What the licences of the whole lineage say about this use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceFacts {
    /// The clauses behind it. A cause that forbids outweighs a verdict that does not.
    pub causes: Vec<LicenceCause>,
    /// Whether uses for money are allowed.
    pub commercial_use: Verdict,
    /// Whether the model may be run for others as a service at all.
    pub service_use: Verdict,
}

/// What a licence says about a use. The order is that of severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The text allows it.
    Permitted,
    /// The text does not address it, which is not permission.
    Silent,
    /// The text forbids it.
    Forbidden,
}

/// One clause of one licence in the lineage, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceCause {
    /// The clause, such as `section 2(a)(1)`.
    pub clause: String,
    /// What the clause does.
    pub effect: LicenceEffect,
    /// The licence, as its SPDX expression or `LicenseRef-` name.
    pub licence: String,
    /// What the licence covers.
    pub source: LicenceSource,
}

/// What a licence covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceSource {
    /// Which kind of thing.
    pub kind: SourceKind,
    /// Its name.
    pub name: String,
}

/// Kinds of things that licences cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A data set.
    Dataset,
    /// A model: this one or a parent.
    Model,
}

/// What a clause does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LicenceEffect {
    /// Forbids commercial use.
    CommercialUseForbidden,
    /// Does not address commercial use.
    CommercialUseSilent,
    /// Forbids running the model as a service.
    ServiceUseForbidden,
    /// Does not address running the model as a service.
    ServiceUseSilent,
    /// Forbids one purpose.
    PurposeForbidden(Purpose),
    /// Forbids one territory.
    TerritoryForbidden(Territory),
    /// Demands that this text accompany the answer.
    AttributionRequired(String),
}

impl LicenceFacts {
    /// The verdict on commercial use, as the worst of what is stated and what the causes say.
    #[must_use]
    pub fn commercial(&self) -> Verdict {
        self.commercial_use.max(worst(&self.causes, LicenceEffect::on_commercial_use))
    }

    /// The verdict on running the model as a service, as the worst of what is stated and what the causes say.
    #[must_use]
    pub fn service(&self) -> Verdict {
        self.service_use.max(worst(&self.causes, LicenceEffect::on_service_use))
    }

    /// What would be said of a lineage without `source`. A verdict that its clauses account for falls to what the clauses
    /// that remain say; one they do not account for stays.
    #[must_use]
    pub fn without(&self, source: &LicenceSource) -> Self {
        let (removed, causes): (Vec<_>, Vec<_>) =
            self.causes.iter().cloned().partition(|cause| cause.source == *source);
        let lifted = |verdict: Verdict, on: fn(&LicenceEffect) -> Verdict| {
            if worst(&removed, on) == verdict { worst(&causes, on) } else { verdict }
        };
        Self {
            commercial_use: lifted(self.commercial(), LicenceEffect::on_commercial_use),
            service_use: lifted(self.service(), LicenceEffect::on_service_use),
            causes,
        }
    }
}

impl LicenceEffect {
    const fn on_commercial_use(&self) -> Verdict {
        match self {
            Self::CommercialUseForbidden => Verdict::Forbidden,
            Self::CommercialUseSilent => Verdict::Silent,
            _ => Verdict::Permitted,
        }
    }

    const fn on_service_use(&self) -> Verdict {
        match self {
            Self::ServiceUseForbidden => Verdict::Forbidden,
            Self::ServiceUseSilent => Verdict::Silent,
            _ => Verdict::Permitted,
        }
    }
}

// INVARIANT: one more cause never makes a verdict milder.
fn worst(causes: &[LicenceCause], says: fn(&LicenceEffect) -> Verdict) -> Verdict {
    causes.iter().map(|cause| says(&cause.effect)).max().unwrap_or(Verdict::Permitted)
}
