//! Personal data in what a model was made from, held against the lawful bases declared, phase by phase.
//!
//! It finds what is missing on paper (GDPR Art. 6, 8 and 9; EDPB Opinion 28/2024: a basis for training does not carry over
//! to use). Whether a declared basis is a good one is not decided here, and cannot be.

use chancery_base::values::Localized;
use serde::Serialize;

use crate::{
    documents::codes,
    passport::{DataPrivacy, Dataset, LawfulBasis, Passport, Phase, PrivacyClass},
};

codes! {
    /// What is missing on paper.
    PrivacyGap {
        /// Personal data without a lawful basis for the phase.
        NoLawfulBasis = "no-lawful-basis",
        /// Special categories without a condition that lifts the ban.
        NoSpecialCondition = "no-special-condition",
        /// Consent or contract as a basis while nobody said whether children are among the subjects.
        MinorsNotAddressed = "minors-not-addressed",
        /// Personal data without saying whose.
        SubjectsNotNamed = "subjects-not-named",
    }
}

impl PrivacyGap {
    /// Whether processing in the phase has no legal ground on paper, so that a use should be refused.
    #[must_use]
    pub const fn is_unlawful(self) -> bool {
        matches!(self, Self::NoLawfulBasis | Self::NoSpecialCondition)
    }

    const fn source(self) -> &'static str {
        match self {
            Self::NoLawfulBasis => "GDPR Art. 6(1); EDPB Opinion 28/2024",
            Self::NoSpecialCondition => "GDPR Art. 9(2)",
            Self::MinorsNotAddressed => "GDPR Art. 8",
            Self::SubjectsNotNamed => "GDPR Art. 30(1)(c)",
        }
    }
}

/// A gap in one data set, for one phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrivacyFinding {
    /// The data set, by name.
    pub dataset: String,
    /// The field of the passport that would close the gap.
    pub field: String,
    /// What is missing.
    pub gap: PrivacyGap,
    /// What it means and what to do.
    pub message: Localized,
    /// Who asks for it.
    pub source: &'static str,
}

/// The strictest class of personal data among a passport's data sets.
#[must_use]
pub fn privacy_class(passport: &Passport) -> PrivacyClass {
    passport.datasets.iter().map(|dataset| dataset.privacy.class).max().unwrap_or(PrivacyClass::None)
}

/// Every gap in a passport for `phase`, in the order of its data sets; none means that the papers are complete.
#[must_use]
pub fn assess(passport: &Passport, phase: Phase) -> Vec<PrivacyFinding> {
    let assess_one =
        |(index, dataset)| gaps(dataset, phase).into_iter().map(move |gap| finding(index, dataset, phase, gap));
    passport.datasets.iter().enumerate().flat_map(assess_one).collect()
}

fn gaps(dataset: &Dataset, phase: Phase) -> Vec<PrivacyGap> {
    let DataPrivacy { class, subjects, minors, lawful_basis, special_category_condition, .. } = &dataset.privacy;
    if *class == PrivacyClass::None {
        return Vec::new();
    }
    let basis = lawful_basis.in_phase(phase);
    let by_agreement = matches!(basis, Some(LawfulBasis::Consent | LawfulBasis::Contract));
    let is_special = *class == PrivacyClass::SpecialCategory;
    [
        basis.is_none().then_some(PrivacyGap::NoLawfulBasis),
        (is_special && special_category_condition.is_none()).then_some(PrivacyGap::NoSpecialCondition),
        (by_agreement && minors.is_none()).then_some(PrivacyGap::MinorsNotAddressed),
        subjects.is_empty().then_some(PrivacyGap::SubjectsNotNamed),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn finding(index: usize, dataset: &Dataset, phase: Phase, gap: PrivacyGap) -> PrivacyFinding {
    let name = &dataset.name;
    let (field, message) = match gap {
        PrivacyGap::NoLawfulBasis => (
            format!("lawful_basis.{phase}"),
            Localized::new(
                format!(
                    "data set `{name}` holds personal data without a lawful basis for {phase}; ask the owner to declare one"
                ),
                format!("数据集“{name}”含个人信息，但未声明{}阶段的法律依据；请权利人补充声明", chinese_phase(phase)),
            ),
        ),
        PrivacyGap::NoSpecialCondition => (
            "special_category_condition".to_owned(),
            Localized::new(
                format!(
                    "data set `{name}` holds special categories of data and names no condition that lifts the ban; ask the owner to declare one"
                ),
                format!("数据集“{name}”含特殊类别个人信息，但未声明解除禁止的条件；请权利人补充声明"),
            ),
        ),
        PrivacyGap::MinorsNotAddressed => (
            "minors".to_owned(),
            Localized::new(
                format!(
                    "data set `{name}` rests on consent or contract without saying whether children are among its subjects; ask the owner"
                ),
                format!("数据集“{name}”以同意或合同为依据，但未说明是否涉及未成年人；请向权利人确认"),
            ),
        ),
        PrivacyGap::SubjectsNotNamed => (
            "subjects".to_owned(),
            Localized::new(
                format!(
                    "data set `{name}` holds personal data without saying whose; ask the owner to name the categories"
                ),
                format!("数据集“{name}”含个人信息，但未说明涉及哪些人；请权利人注明类别"),
            ),
        ),
    };
    let field = format!("dataset[{index}].privacy.{field}");
    PrivacyFinding { dataset: name.clone(), field, gap, message, source: gap.source() }
}

const fn chinese_phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Development => "开发",
        Phase::Deployment => "部署",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::sample;

    fn gaps_of(privacy: &str, phase: Phase) -> Vec<PrivacyGap> {
        let passport = Passport::parse(&sample::MINIMAL.replace("class = \"none\"", privacy)).unwrap();
        assess(&passport, phase).into_iter().map(|finding| finding.gap).collect()
    }

    #[test]
    fn each_class_asks_for_more() {
        use PrivacyGap::{MinorsNotAddressed, NoLawfulBasis, NoSpecialCondition, SubjectsNotNamed};
        let trained = "subjects = [\"customers\"]\nlawful_basis = { development = \"legitimate-interests\" }";
        let special = "class = \"special-category\"";
        for (privacy, phase, gaps) in [
            ("class = \"none\"".to_owned(), Phase::Deployment, vec![]),
            ("class = \"personal\"".to_owned(), Phase::Deployment, vec![NoLawfulBasis, SubjectsNotNamed]),
            (format!("class = \"personal\"\n{trained}"), Phase::Development, vec![]),
            (format!("class = \"personal\"\n{trained}"), Phase::Deployment, vec![NoLawfulBasis]),
            (format!("{special}\n{trained}"), Phase::Development, vec![NoSpecialCondition]),
            (format!("{special}\n{trained}\nspecial_category_condition = \"research\""), Phase::Development, vec![]),
            (
                format!("class = \"personal\"\n{}", trained.replace("legitimate-interests", "consent")),
                Phase::Development,
                vec![MinorsNotAddressed],
            ),
        ] {
            assert_eq!(gaps_of(&privacy, phase), gaps, "{privacy} {phase}");
        }
    }

    #[test]
    fn findings_name_fields_of_the_passport() {
        let passport = Passport::parse(&sample::MINIMAL.replace("\"none\"", "\"special-category\"")).unwrap();
        assert_eq!(privacy_class(&passport), PrivacyClass::SpecialCategory);
        let fields: Vec<_> = passport.facts().into_iter().map(|fact| fact.field).collect();
        let findings = assess(&passport, Phase::Deployment);
        assert_eq!(findings.len(), 3);
        assert!(findings.iter().all(|finding| fields.contains(&finding.field)), "{findings:?}");
    }
}
