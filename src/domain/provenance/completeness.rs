//! Which facts about the origin of data and parents a passport leaves out.

use chancery_base::values::Localized;
use serde::Serialize;

use crate::{
    documents::codes,
    passport::{
        Acquisition, Dataset, Datasheet, Document, ExternalModel, Parent, ParentSource, Passport, PrivacyClass,
        lineage::NodeKind,
    },
};

codes! {
    /// How much a missing fact matters.
    Need {
        /// Nobody can tell whether the data were lawfully obtained.
        Essential = "essential",
        /// Auditors will ask for it.
        Expected = "expected",
    }
}

/// A fact that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingFact {
    /// Its field in the passport, such as `dataset[0].licence`.
    pub field: String,
    /// The data set or parent it is about.
    pub subject: String,
    /// Whether that is a data set or a model.
    pub kind: NodeKind,
    /// How much it matters.
    pub need: Need,
    /// Why it is needed.
    pub reason: Localized,
    /// Who asks for it.
    pub source: &'static str,
}

/// Everything papers leave out about the origin of data and of parents that are not registered, in their order.
#[must_use]
pub fn missing_provenance(document: &Document) -> Vec<MissingFact> {
    match document {
        Document::Passport(passport) => missing_of_passport(passport),
        Document::Datasheet(datasheet) => missing_of_datasheet(datasheet),
    }
}

/// A datasheet was refused unless it proved how its data were obtained, and what its files are is known; the rest is asked of it too.
fn missing_of_datasheet(datasheet: &Datasheet) -> Vec<MissingFact> {
    let observed =
        ["acquisition_evidence", "digest", "data_points", "generator"].map(|field| format!("dataset.{field}"));
    let missing = missing_of_dataset("dataset", &datasheet.dataset).into_iter();
    missing.filter(|fact| !observed.contains(&fact.field)).collect()
}

fn missing_of_passport(passport: &Passport) -> Vec<MissingFact> {
    let datasets = passport
        .datasets
        .iter()
        .enumerate()
        .flat_map(|(index, dataset)| missing_of_dataset(&format!("dataset[{index}]"), dataset));
    let parents = passport.parents.iter().enumerate().flat_map(|(index, parent)| missing_of_parent(index, parent));
    datasets.chain(parents).collect()
}

/// A rule of completeness: the field, whether it is missing, how needed it is, why, and who asks.
type Rule = (&'static str, bool, Need, &'static str, &'static str, &'static str);

fn missing_of_dataset(section: &str, dataset: &Dataset) -> Vec<MissingFact> {
    let acquired = |kinds: &[Acquisition]| kinds.contains(&dataset.acquisition);
    let needs_evidence = acquired(&[Acquisition::Licensed, Acquisition::Crawled, Acquisition::User]);
    let is_personal = dataset.privacy.class != PrivacyClass::None;
    let rules: [Rule; 9] = [
        (
            "licence",
            dataset.licence.is_none(),
            Need::Essential,
            "without a licence nobody can tell what the data may be used for",
            "没有许可信息，无法判断数据可作何用",
            "Regulation (EU) 2024/1689, Annex XI(2)(c)",
        ),
        (
            "acquisition_evidence",
            needs_evidence && dataset.acquisition_evidence.is_none(),
            Need::Essential,
            "licensed, crawled and users' data need a contract, log or consent that proves how they were obtained",
            "购买、爬取或用户提供的数据须有合同、日志或同意记录为证",
            "TC260-003, corpus sources",
        ),
        (
            "generator",
            acquired(&[Acquisition::Synthetic]) && dataset.generator.is_none(),
            Need::Essential,
            "the terms of the model that generated the data may bind what is trained on them",
            "生成数据的模型的条款可能约束以其训练的模型",
            "European Commission, training-content summary, section 2",
        ),
        (
            "rights_reservations",
            acquired(&[Acquisition::Crawled]) && dataset.rights_reservations.is_empty(),
            Need::Essential,
            "crawled data need a record of the reservations of rights that were found, or that none was",
            "爬取的数据须记录发现的权利保留声明，或注明未发现",
            "GPAI Code of Practice, copyright measure 1.3",
        ),
        (
            "original_purpose",
            is_personal && dataset.original_purpose.is_none(),
            Need::Essential,
            "personal data may be used only for purposes compatible with the first one",
            "个人信息只能用于与最初目的相符的用途",
            "Regulation (EU) 2024/1689, Art. 10(2)(b)",
        ),
        (
            "digest",
            dataset.digest.is_none(),
            Need::Expected,
            "a digest ties this record to exact bytes",
            "摘要将记录与确切的数据对应",
            "Croissant 1.1, FileObject",
        ),
        (
            "licence_text_digest",
            dataset.licence.is_some() && dataset.licence_text_digest.is_none(),
            Need::Expected,
            "licence texts change; a digest shows which one applied",
            "许可文本会变更；摘要表明当时适用的版本",
            "Data & Trust Alliance 1.0.0, licence",
        ),
        (
            "collected",
            dataset.collected.is_none(),
            Need::Expected,
            "authorities ask when data were collected",
            "监管机构会询问数据的收集时间",
            "European Commission, training-content summary, section 1",
        ),
        (
            "data_points",
            dataset.data_points.is_none(),
            Need::Expected,
            "authorities ask how much data there was",
            "监管机构会询问数据的数量",
            "California Civil Code 3111(a)(3)",
        ),
    ];
    facts(section, NodeKind::Dataset, &dataset.title(), &rules)
}

fn missing_of_parent(index: usize, parent: &Parent) -> Vec<MissingFact> {
    let ParentSource::External(ExternalModel { name, digest, licence, origin, .. }) = &parent.source else {
        return Vec::new();
    };
    let rules: [Rule; 3] = [
        (
            "origin",
            origin.is_none(),
            Need::Essential,
            "without the origin of the parent's data nobody can tell whether they were lawfully obtained",
            "没有来源模型的数据来源，无法判断其数据是否合法取得",
            "Regulation (EU) 2024/1689, Annex XI(2)(c)",
        ),
        (
            "licence",
            licence.is_none(),
            Need::Essential,
            "without the parent's licence nobody can tell what may be made from it",
            "没有来源模型的许可信息，无法判断可由其制作何物",
            "GPAI Model Documentation Form 1.6",
        ),
        (
            "digest",
            digest.is_none(),
            Need::Expected,
            "a digest ties the dependency to exact weights",
            "摘要将依赖与确切的权重对应",
            "GPAI Model Documentation Form 1.3",
        ),
    ];
    facts(&format!("parent[{index}]"), NodeKind::Model, name, &rules)
}

fn facts(section: &str, kind: NodeKind, subject: &str, rules: &[Rule]) -> Vec<MissingFact> {
    let broken = rules.iter().filter(|(_, missing, ..)| *missing);
    let fact = |(field, _, need, english, chinese, source): &Rule| MissingFact {
        field: format!("{section}.{field}"),
        subject: subject.to_owned(),
        kind,
        need: *need,
        reason: Localized::new(*english, *chinese),
        source,
    };
    broken.map(fact).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::sample;

    fn essential(source: &str) -> Vec<String> {
        let missing = missing_provenance(&Passport::parse(source).unwrap().into());
        missing.into_iter().filter(|fact| fact.need == Need::Essential).map(|fact| fact.field).collect()
    }

    #[test]
    fn what_is_essential_depends_on_how_data_were_obtained() {
        let open = sample::MINIMAL;
        assert_eq!(essential(open), Vec::<String>::new());
        for (genuine, altered, missing) in [
            ("licence = \"CC-BY-4.0\"", "", &["dataset[0].licence"][..]),
            ("\"open\"", "\"licensed\"", &["dataset[0].acquisition_evidence"]),
            ("\"open\"", "\"crawled\"", &["dataset[0].acquisition_evidence", "dataset[0].rights_reservations"]),
            ("\"open\"", "\"synthetic\"", &["dataset[0].generator"]),
            ("class = \"none\"", "class = \"personal\"", &["dataset[0].original_purpose"]),
            (
                "[copyright]",
                "[[parent]]\nactivity = \"distil\"\nexternal = \"x\"\n[copyright]",
                &["parent[0].origin", "parent[0].licence"],
            ),
        ] {
            assert!(open.contains(genuine), "{genuine}");
            assert_eq!(essential(&open.replace(genuine, altered)), missing, "{altered}");
        }
    }

    #[test]
    fn every_field_named_is_a_field_of_the_passport() {
        let crawled = sample::MINIMAL.replace("\"open\"", "\"crawled\"").replace("\"none\"", "\"personal\"");
        let passport = Passport::parse(&crawled).unwrap();
        let fields: Vec<_> = passport.facts().into_iter().map(|fact| fact.field).collect();
        for missing in missing_provenance(&passport.clone().into()) {
            assert!(fields.contains(&missing.field), "{}", missing.field);
        }
    }
}
