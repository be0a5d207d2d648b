//! What a rule is about: which of the facts its reason names, one reason for each of them.
//!
//! A rule says `@subject("commercial-clause")`; when it fires, every clause that forbids commercial use gives a reason of
//! its own. The projection that rules see is computed from the same items, so a rule cannot fire about nothing it can name.

use super::{
    decision::{Subject, SubjectKind},
    facts::{Facts, HoldFacts, LicenceCause, LicenceEffect, ProvenanceGap, Work, WorkKind, WorkPrivacy},
    template::Placeholder,
};
use crate::passport::Right;

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
    /// Each data set or external model whose passport entry lacks something.
    ProvenanceGap = "provenance-gap";
    /// Each data set or external model of which nobody said whether it holds personal data.
    UnclassifiedWork = "unclassified-work";
    /// Each one with personal data and no lawful basis.
    WorkWithoutBasis = "work-without-basis";
    /// Each one with special categories and no condition.
    WorkWithoutCondition = "work-without-condition";
    /// Each clause that forbids commercial use.
    CommercialClause = "commercial-clause";
    /// Each clause that forbids anything else that the use needs.
    ForbiddingClause = "forbidding-clause";
    /// Each clause that forbids this purpose.
    PurposeClause = "purpose-clause";
    /// Each clause that forbids this territory.
    TerritoryClause = "territory-clause";
    /// Each licence that keeps everything to the holder.
    ReservedLicence = "reserved-licence";
    /// Each licence that nobody has read.
    UnreadLicence = "unread-licence";
    /// Each work without a licence.
    MissingLicence = "missing-licence";
    /// Each licence that does not address commercial use.
    CommercialSilence = "commercial-silence";
    /// Each licence that does not address something else that the use needs.
    Silence = "silence";
    /// Each clause that permits commercial use on a condition.
    CommercialCondition = "commercial-condition";
    /// Each clause that permits something else on a condition.
    Condition = "condition";
    /// Each clause that binds users to what the licence lists.
    FieldOfUse = "field-of-use";
    /// Each permission of a rights holder that the use rests on.
    Permission = "permission";
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
            P::Work => self.names_works() || self.names_clauses(),
            P::Licence | P::Clause => self.names_clauses(),
            P::Right => self.names_rights(),
            P::Condition => matches!(self, Self::CommercialCondition | Self::Condition),
            P::Holder | P::Evidence => self == Self::Permission,
            _ => true,
        }
    }

    const fn names_works(self) -> bool {
        matches!(
            self,
            Self::ProvenanceGap | Self::UnclassifiedWork | Self::WorkWithoutBasis | Self::WorkWithoutCondition
        )
    }

    const fn names_rights(self) -> bool {
        matches!(
            self,
            Self::CommercialClause
                | Self::ForbiddingClause
                | Self::CommercialSilence
                | Self::Silence
                | Self::CommercialCondition
                | Self::Condition
                | Self::Permission
        )
    }

    const fn names_clauses(self) -> bool {
        self.names_rights()
            || matches!(
                self,
                Self::PurposeClause
                    | Self::TerritoryClause
                    | Self::ReservedLicence
                    | Self::UnreadLicence
                    | Self::MissingLicence
                    | Self::FieldOfUse
                    | Self::Attribution
            )
    }

    fn found(self, facts: &Facts) -> Vec<Item<'_>> {
        match self {
            Self::LegalHold => holds(facts, true).map(Item::Hold).collect(),
            Self::OtherHold => holds(facts, false).map(Item::Hold).collect(),
            Self::ProvenanceGap => facts.provenance.iter().flat_map(|known| &known.gaps).map(Item::Gap).collect(),
            Self::UnclassifiedWork => personal_data(facts, |privacy| privacy.class.is_none()),
            Self::WorkWithoutBasis => personal_data(facts, WorkPrivacy::lacks_basis),
            Self::WorkWithoutCondition => personal_data(facts, WorkPrivacy::lacks_condition),
            Self::Model | Self::Caller | Self::Purpose | Self::Territory | Self::Grant => {
                vec![Item::Plain(self.plain_subject(facts))]
            }
            _ => causes(facts, |effect| self.is_caused_by(effect, facts)),
        }
    }

    fn is_caused_by(self, effect: &LicenceEffect, facts: &Facts) -> bool {
        let either =
            |commercial, other, right: Right| self == if right == Right::Commercial { commercial } else { other };
        match effect {
            LicenceEffect::Forbidden(right) => either(Self::CommercialClause, Self::ForbiddingClause, *right),
            LicenceEffect::Silent(right) => either(Self::CommercialSilence, Self::Silence, *right),
            LicenceEffect::Conditional { right, .. } => either(Self::CommercialCondition, Self::Condition, *right),
            LicenceEffect::Reserved => self == Self::ReservedLicence,
            LicenceEffect::Unread => self == Self::UnreadLicence,
            LicenceEffect::Missing => self == Self::MissingLicence,
            LicenceEffect::FieldOfUse => self == Self::FieldOfUse,
            LicenceEffect::Permission { .. } => self == Self::Permission,
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

fn personal_data(facts: &Facts, wanted: impl Fn(&WorkPrivacy) -> bool) -> Vec<Item<'_>> {
    facts.privacy.iter().flatten().filter(|privacy| wanted(privacy)).map(Item::Privacy).collect()
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
    /// A work whose origin is not fully told.
    Gap(&'facts ProvenanceGap),
    /// A work with a privacy problem.
    Privacy(&'facts WorkPrivacy),
    /// A clause of a licence.
    Cause(&'facts LicenceCause),
    /// A verdict that came without the clause behind it.
    Unattributed(Subject),
}

impl Item<'_> {
    /// The data set or model it is about, where it is about one.
    pub(super) const fn work(&self) -> Option<&Work> {
        match self {
            Self::Gap(gap) => Some(&gap.work),
            Self::Privacy(privacy) => Some(&privacy.work),
            Self::Cause(cause) => Some(&cause.work),
            Self::Plain(_) | Self::Hold(_) | Self::Unattributed(_) => None,
        }
    }

    /// The thing as it stands in the decision.
    pub(super) fn subject(&self) -> Subject {
        let (kind, name) = match (self, self.work()) {
            (Self::Plain(subject) | Self::Unattributed(subject), _) => return subject.clone(),
            (Self::Hold(hold), _) => (SubjectKind::Hold, hold.id.to_string()),
            (_, Some(Work { kind: WorkKind::Dataset, name })) => (SubjectKind::Dataset, name.clone()),
            (_, Some(Work { kind: WorkKind::Model, name })) => (SubjectKind::Model, name.clone()),
            (_, None) => (SubjectKind::Model, String::new()),
        };
        Subject { kind, name }
    }
}
