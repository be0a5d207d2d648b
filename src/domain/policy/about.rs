//! What a rule is about: which of the facts its reason names, one reason for each of them.
//!
//! A rule says `@subject("commercial-clause")`; when it fires, every clause that forbids commercial use gives a reason of
//! its own. The projection that rules see is computed from the same items, so a rule cannot fire about nothing it can name.

use super::{
    decision::{Subject, SubjectKind},
    facts::{DatasetPrivacy, Facts, HoldFacts, LicenceCause, LicenceEffect, ProvenanceGap, SourceKind},
    template::Placeholder,
};

macro_rules! subjects {
    ($($(#[$documentation:meta])* $name:ident = $annotation:literal;)+) => {
        /// What a rule is about, as its `@subject` says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum About {
            $($(#[$documentation])* $name,)+
        }

        impl About {
            /// All of them, with the names rules use.
            const NAMES: &'static [(&'static str, Self)] = &[$(($annotation, Self::$name)),+];
        }
    };
}

subjects! {
    /// The model asked for.
    Model = "model";
    /// The calling party.
    Caller = "caller";
    /// The purpose of the use.
    Purpose = "purpose";
    /// The territory of the use.
    Territory = "territory";
    /// The grant.
    Grant = "grant";
    /// Each hold that follows a legal demand.
    LegalHold = "legal-hold";
    /// Each other hold.
    OtherHold = "other-hold";
    /// Each data set whose passport entry lacks something.
    ProvenanceGap = "provenance-gap";
    /// Each data set of which nobody said whether it holds personal data.
    UnclassifiedDataset = "unclassified-dataset";
    /// Each data set with personal data and no lawful basis.
    DatasetWithoutBasis = "dataset-without-basis";
    /// Each data set with special categories and no condition.
    DatasetWithoutCondition = "dataset-without-condition";
    /// Each clause that forbids commercial use.
    CommercialClause = "commercial-clause";
    /// Each clause that forbids use as a service.
    ServiceClause = "service-clause";
    /// Each clause that forbids this purpose.
    PurposeClause = "purpose-clause";
    /// Each clause that forbids this territory.
    TerritoryClause = "territory-clause";
    /// Each licence that does not address commercial use.
    CommercialSilence = "commercial-silence";
    /// Each licence that does not address use as a service.
    ServiceSilence = "service-silence";
    /// Each clause that asks for attribution.
    Attribution = "attribution";
}

impl About {
    /// Reads the value of a `@subject` annotation.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, about)| *about)
    }

    /// What a `@subject` can be, for error messages.
    pub(super) fn expected() -> String {
        format!("one of: {}", Self::NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))
    }

    /// The facts a reason names; never empty, so that no refusal goes unexplained.
    pub(super) fn items(self, facts: &Facts) -> Vec<Item<'_>> {
        let items = self.found(facts);
        if items.is_empty() { vec![Item::Unattributed(self.plain_subject(facts))] } else { items }
    }

    /// Names of the facts found, for sets that rules look at.
    pub(super) fn named(self, facts: &Facts) -> impl Iterator<Item = String> {
        self.found(facts).into_iter().map(|item| item.subject().name)
    }

    /// Whether texts about this may use `placeholder`.
    pub(super) fn offers(self, placeholder: Placeholder) -> bool {
        use Placeholder as P;
        match placeholder {
            P::Hold | P::HoldReason | P::Authority => matches!(self, Self::LegalHold | Self::OtherHold),
            P::Missing => self == Self::ProvenanceGap,
            P::Dataset => matches!(
                self,
                Self::ProvenanceGap
                    | Self::UnclassifiedDataset
                    | Self::DatasetWithoutBasis
                    | Self::DatasetWithoutCondition
            ),
            P::Work | P::Licence | P::Clause => self.names_clauses(),
            _ => true,
        }
    }

    const fn names_clauses(self) -> bool {
        matches!(
            self,
            Self::CommercialClause
                | Self::ServiceClause
                | Self::PurposeClause
                | Self::TerritoryClause
                | Self::CommercialSilence
                | Self::ServiceSilence
                | Self::Attribution
        )
    }

    fn found(self, facts: &Facts) -> Vec<Item<'_>> {
        match self {
            Self::LegalHold => holds(facts, true).map(Item::Hold).collect(),
            Self::OtherHold => holds(facts, false).map(Item::Hold).collect(),
            Self::ProvenanceGap => facts.provenance.iter().flat_map(|known| &known.gaps).map(Item::Gap).collect(),
            Self::UnclassifiedDataset => datasets(facts, |dataset| dataset.class.is_none()),
            Self::DatasetWithoutBasis => datasets(facts, DatasetPrivacy::lacks_basis),
            Self::DatasetWithoutCondition => datasets(facts, DatasetPrivacy::lacks_condition),
            Self::Model | Self::Caller | Self::Purpose | Self::Territory | Self::Grant => {
                vec![Item::Plain(self.plain_subject(facts))]
            }
            _ => causes(facts, |effect| self.is_caused_by(effect, facts)),
        }
    }

    fn is_caused_by(self, effect: &LicenceEffect, facts: &Facts) -> bool {
        match effect {
            LicenceEffect::CommercialUseForbidden => self == Self::CommercialClause,
            LicenceEffect::CommercialUseSilent => self == Self::CommercialSilence,
            LicenceEffect::ServiceUseForbidden => self == Self::ServiceClause,
            LicenceEffect::ServiceUseSilent => self == Self::ServiceSilence,
            LicenceEffect::AttributionRequired(_) => self == Self::Attribution,
            LicenceEffect::PurposeForbidden(purpose) => self == Self::PurposeClause && facts.purpose() == Some(purpose),
            LicenceEffect::TerritoryForbidden(territory) => {
                self == Self::TerritoryClause && facts.territory() == Some(territory)
            }
        }
    }

    fn plain_subject(self, facts: &Facts) -> Subject {
        let (kind, name) = match self {
            Self::Caller => (SubjectKind::Caller, facts.caller.party.to_string()),
            Self::Purpose => (SubjectKind::Purpose, facts.purpose().map(ToString::to_string).unwrap_or_default()),
            Self::Territory => (SubjectKind::Territory, facts.territory().map(ToString::to_string).unwrap_or_default()),
            Self::Grant => {
                (SubjectKind::Grant, facts.grant.as_ref().map(|grant| grant.id.to_string()).unwrap_or_default())
            }
            _ => (SubjectKind::Model, facts.model.name.to_string()),
        };
        Subject { kind, name }
    }
}

/// Holds in force that follow a legal demand, or those that do not.
pub(super) fn holds(facts: &Facts, is_legal_demand: bool) -> impl Iterator<Item = &HoldFacts> {
    facts.model.holds.iter().filter(move |hold| hold.is_legal_demand == is_legal_demand)
}

fn datasets(facts: &Facts, wanted: impl Fn(&DatasetPrivacy) -> bool) -> Vec<Item<'_>> {
    facts.privacy.iter().flatten().filter(|dataset| wanted(dataset)).map(Item::Dataset).collect()
}

fn causes(facts: &Facts, wanted: impl Fn(&LicenceEffect) -> bool) -> Vec<Item<'_>> {
    let causes = facts.licence.iter().flat_map(|licence| &licence.causes);
    causes.filter(|cause| wanted(&cause.effect)).map(Item::Cause).collect()
}

/// One thing a reason names.
#[derive(Debug, Clone)]
pub(super) enum Item<'facts> {
    /// Model, caller, purpose, territory or grant.
    Plain(Subject),
    /// A hold.
    Hold(&'facts HoldFacts),
    /// A data set whose origin is not fully told.
    Gap(&'facts ProvenanceGap),
    /// A data set with a privacy problem.
    Dataset(&'facts DatasetPrivacy),
    /// A clause of a licence.
    Cause(&'facts LicenceCause),
    /// A verdict that came without the clause behind it.
    Unattributed(Subject),
}

impl Item<'_> {
    /// The thing as it stands in the decision.
    pub(super) fn subject(&self) -> Subject {
        let (kind, name) = match self {
            Self::Plain(subject) | Self::Unattributed(subject) => return subject.clone(),
            Self::Hold(hold) => (SubjectKind::Hold, hold.id.to_string()),
            Self::Gap(gap) => (SubjectKind::Dataset, gap.dataset.clone()),
            Self::Dataset(dataset) => (SubjectKind::Dataset, dataset.dataset.clone()),
            Self::Cause(cause) => match cause.source.kind {
                SourceKind::Dataset => (SubjectKind::Dataset, cause.source.name.clone()),
                SourceKind::Model => (SubjectKind::Model, cause.source.name.clone()),
            },
        };
        Subject { kind, name }
    }
}
