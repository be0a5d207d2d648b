//! What the passports of a version and of everything it was made from say together, as judgement takes it.
//!
//! Missing provenance and missing lawful bases are looked for in every passport of the lineage; licences are combined over
//! it. A lineage that cannot be put together is left unassessed, which the rules refuse.

use std::sync::OnceLock;

use chancery_base::values::{ModelReference, Standing};

use super::facts::{
    DatasetPrivacy, LicenceCause, LicenceEffect, LicenceFacts, LicenceSource, PrivacyClass, ProvenanceFacts,
    ProvenanceGap, SourceKind, Verdict,
};
use crate::{
    licensing::{Action, Catalogue, Cause, EffectiveLicence, ModelUse, Right, effective_licence},
    passport::{
        self, Dataset, Passport, Phase,
        lineage::{Lineage, NodeId, NodeKind},
    },
    provenance::{Need, VersionPassport, build_lineage, missing_provenance},
};

/// What a version's papers claim. It never changes once the version is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// What is missing about the origin of data.
    pub provenance: Option<ProvenanceFacts>,
    /// Personal data in every data set.
    pub privacy: Option<Vec<DatasetPrivacy>>,
    /// The licences, combined.
    pub licence: Option<LicenceFacts>,
}

/// A version by its number, and its passport.
pub struct Paper {
    /// Which version.
    pub reference: ModelReference,
    /// What its owner declares.
    pub passport: Passport,
}

impl Claims {
    /// Weighs the papers of a version, first, and of all its registered ancestors.
    #[must_use]
    pub fn weigh(papers: &[Paper]) -> Self {
        Self {
            provenance: Some(ProvenanceFacts { gaps: papers.iter().flat_map(|paper| gaps(&paper.passport)).collect() }),
            privacy: Some(papers.iter().flat_map(|paper| &paper.passport.datasets).map(privacy).collect()),
            licence: licence(papers),
        }
    }
}

/// Essential facts that are missing, by data set.
fn gaps(passport: &Passport) -> Vec<ProvenanceGap> {
    let mut gaps: Vec<ProvenanceGap> = Vec::new();
    for missing in missing_provenance(passport).into_iter().filter(|missing| missing.need == Need::Essential) {
        let field = missing.field.rsplit('.').next().unwrap_or(&missing.field).to_owned();
        match gaps.iter_mut().find(|gap| gap.dataset == missing.subject) {
            Some(gap) => gap.missing.push(field),
            None => gaps.push(ProvenanceGap { dataset: missing.subject, missing: vec![field] }),
        }
    }
    gaps
}

fn privacy(dataset: &Dataset) -> DatasetPrivacy {
    let declared = &dataset.privacy;
    DatasetPrivacy {
        dataset: dataset.name.clone(),
        class: Some(match declared.class {
            passport::PrivacyClass::None => PrivacyClass::None,
            passport::PrivacyClass::Personal => PrivacyClass::Personal,
            passport::PrivacyClass::SpecialCategory => PrivacyClass::SpecialCategory,
        }),
        deployment_basis: declared.lawful_basis.in_phase(Phase::Deployment).map(|basis| basis.code().to_owned()),
        special_condition: declared.special_category_condition.map(|condition| condition.code().to_owned()),
    }
}

/// The catalogue that is compiled in. A test reads it, so that it cannot be absent in a release.
fn catalogue() -> Option<&'static Catalogue> {
    static CATALOGUE: OnceLock<Option<Catalogue>> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::embedded().ok()).as_ref()
}

fn licence(papers: &[Paper]) -> Option<LicenceFacts> {
    let versions: Vec<VersionPassport<'_>> = papers
        .iter()
        .map(|Paper { reference, passport }| VersionPassport { reference, passport, standing: Standing::Declared })
        .collect();
    let lineage = build_lineage(&versions).ok()?;
    let model = NodeId(papers.first()?.reference.to_string());
    let intended = ModelUse { action: Action::Infer, commercial: true };
    let effective = effective_licence(&lineage, &model, intended, catalogue()?).ok()?;
    let mut causes: Vec<LicenceCause> =
        effective.causes.iter().filter_map(|cause| licence_cause(cause, &lineage)).collect();
    causes.extend(effective.attributions.iter().map(|owed| LicenceCause {
        source: source(&owed.node, owed.text.clone(), &lineage),
        licence: licence_of(&effective, &owed.node),
        clause: "attribution".to_owned(),
        effect: LicenceEffect::AttributionRequired(owed.text.clone()),
    }));
    Some(LicenceFacts {
        commercial_use: verdict(&effective, Right::Commercial),
        service_use: verdict(&effective, Right::Serve),
        causes,
    })
}

/// The licence that imposes a duty on what `node` gives.
fn licence_of(effective: &EffectiveLicence, node: &NodeId) -> String {
    let duty = effective.duties.iter().find(|duty| duty.node == *node);
    duty.map_or_else(String::new, |duty| duty.licence.clone())
}

fn verdict(effective: &EffectiveLicence, right: Right) -> Verdict {
    effective.verdicts.get(&right).copied().map_or(Verdict::Permitted, judged)
}

/// A conditional permission is a permission with duties; no licence to read gives no permission at all.
fn judged(verdict: crate::licensing::Verdict) -> Verdict {
    use crate::licensing::Verdict as Said;
    match verdict {
        Said::Permitted | Said::Conditional => Verdict::Permitted,
        Said::Silent => Verdict::Silent,
        Said::Missing | Said::Forbidden => Verdict::Forbidden,
    }
}

/// A clause as a cause for judgement. A right exercised in making the model (training on data, say) binds every use of it.
fn licence_cause(cause: &Cause, lineage: &Lineage) -> Option<LicenceCause> {
    let effect = match (cause.right, judged(cause.effect)) {
        (_, Verdict::Permitted) => return None,
        (Right::Commercial, Verdict::Forbidden) => LicenceEffect::CommercialUseForbidden,
        (Right::Commercial, Verdict::Silent) => LicenceEffect::CommercialUseSilent,
        (_, Verdict::Forbidden) => LicenceEffect::ServiceUseForbidden,
        (_, Verdict::Silent) => LicenceEffect::ServiceUseSilent,
    };
    Some(LicenceCause {
        source: source(&cause.node, cause.title.clone(), lineage),
        licence: cause.licence.clone().unwrap_or_else(|| "no licence".to_owned()),
        clause: cause.clause.clone().unwrap_or_else(|| "(no clause)".to_owned()),
        effect,
    })
}

fn source(node: &NodeId, name: String, lineage: &Lineage) -> LicenceSource {
    let is_dataset = lineage.node(node).is_some_and(|node| node.kind == NodeKind::Dataset);
    LicenceSource { kind: if is_dataset { SourceKind::Dataset } else { SourceKind::Model }, name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_there() {
        assert!(catalogue().is_some());
    }

    #[test]
    fn a_non_commercial_data_set_is_named_with_its_clause() {
        let text = passport::sample::MINIMAL.replacen("licence = \"CC-BY-4.0\"", "licence = \"CC-BY-NC-4.0\"", 1);
        assert!(text.contains("CC-BY-NC-4.0"), "the sample's data set has another licence now");
        let paper = Paper { reference: "acme/reviews@v1".parse().unwrap(), passport: Passport::parse(&text).unwrap() };
        let licence = Claims::weigh(&[paper]).licence.unwrap();
        assert_eq!(licence.commercial_use, Verdict::Forbidden);
        let cause = licence.causes.iter().find(|cause| cause.effect == LicenceEffect::CommercialUseForbidden).unwrap();
        assert_eq!((cause.licence.as_str(), cause.source.kind), ("CC-BY-NC-4.0", SourceKind::Dataset));
        assert!(cause.clause.contains('2'), "{}", cause.clause);
    }
}
