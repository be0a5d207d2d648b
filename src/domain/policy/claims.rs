//! What the passports of a version and of everything it was made from say together, as judgement takes it.
//!
//! Missing provenance and missing lawful bases are looked for in every passport of the lineage; licences are combined over
//! it. A lineage that cannot be put together is left unassessed, which the rules refuse.

use std::{collections::BTreeSet, sync::OnceLock};

use chancery_base::values::ModelReference;

use super::facts::{
    LicenceCause, LicenceEffect, LicenceFacts, PrivacyClass, ProvenanceFacts, ProvenanceGap, Work, WorkKind,
    WorkPrivacy,
};
use crate::{
    licensing::{
        Action, Catalogue, Cause, Duty, EffectiveLicence, LimitMet, ModelUse, PermissionUsed, Verdict,
        effective_licence,
    },
    passport::{
        self, DataPrivacy, Document, ParentSource, Phase,
        lineage::{Lineage, NodeId, NodeKind},
    },
    provenance::{Need, VersionPapers, build_lineage, missing_provenance},
};

/// What a version's papers claim. It never changes once the version is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// What is missing about the origin of data.
    pub provenance: Option<ProvenanceFacts>,
    /// Personal data in every data set and external model.
    pub privacy: Option<Vec<WorkPrivacy>>,
    /// The licences, combined.
    pub licence: Option<LicenceFacts>,
}

/// A version by its number, and its papers.
pub struct Paper {
    /// Which version.
    pub reference: ModelReference,
    /// What its owner declares.
    pub document: Document,
    /// Registered parents of which this server saw how the version was made from them.
    pub observed: BTreeSet<ModelReference>,
}

impl Claims {
    /// Weighs the papers of a version, first, and of all its registered ancestors.
    #[must_use]
    pub fn weigh(papers: &[Paper]) -> Self {
        Self {
            provenance: Some(ProvenanceFacts { gaps: papers.iter().flat_map(|paper| gaps(&paper.document)).collect() }),
            privacy: Some(papers.iter().flat_map(|paper| privacy(&paper.document)).collect()),
            licence: licence(papers),
        }
    }
}

/// Essential facts that are missing, by data set or external model.
fn gaps(document: &Document) -> Vec<ProvenanceGap> {
    let mut gaps: Vec<ProvenanceGap> = Vec::new();
    for missing in missing_provenance(document).into_iter().filter(|missing| missing.need == Need::Essential) {
        let field = missing.field.rsplit('.').next().unwrap_or(&missing.field).to_owned();
        let work = work(missing.kind, missing.subject);
        match gaps.iter_mut().find(|gap| gap.work == work) {
            Some(gap) => gap.missing.push(field),
            None => gaps.push(ProvenanceGap { missing: vec![field], work }),
        }
    }
    gaps
}

/// What is said of personal data in each data set, and behind each model that has no passport here to say it.
fn privacy(document: &Document) -> Vec<WorkPrivacy> {
    let passport = match document {
        Document::Passport(passport) => passport,
        Document::Datasheet(datasheet) => {
            let work = work(NodeKind::Dataset, datasheet.dataset.title());
            return vec![personal_data(work, Some(&datasheet.dataset.privacy))];
        }
    };
    let datasets = passport.datasets.iter().map(|dataset| {
        let dataset_work = work(NodeKind::Dataset, dataset.title());
        personal_data(dataset_work, Some(&dataset.privacy))
    });
    let parents = passport.parents.iter().filter_map(|parent| match &parent.source {
        ParentSource::Registered(_) => None,
        ParentSource::External(external) => {
            Some(personal_data(work(NodeKind::Model, external.name.clone()), external.privacy.as_ref()))
        }
    });
    datasets.chain(parents).collect()
}

fn personal_data(work: Work, declared: Option<&DataPrivacy>) -> WorkPrivacy {
    WorkPrivacy {
        class: declared.map(|declared| match declared.class {
            passport::PrivacyClass::None => PrivacyClass::None,
            passport::PrivacyClass::Personal => PrivacyClass::Personal,
            passport::PrivacyClass::SpecialCategory => PrivacyClass::SpecialCategory,
        }),
        deployment_basis: declared
            .and_then(|declared| declared.lawful_basis.in_phase(Phase::Deployment))
            .map(|basis| basis.code().to_owned()),
        special_condition: declared
            .and_then(|declared| declared.special_category_condition)
            .map(|condition| condition.code().to_owned()),
        work,
    }
}

const fn work(kind: NodeKind, name: String) -> Work {
    let kind = match kind {
        NodeKind::Dataset => WorkKind::Dataset,
        NodeKind::Model => WorkKind::Model,
    };
    Work { kind, name }
}

/// The catalogue of licences that is compiled in. A test reads it, so that it cannot be absent in a release.
pub fn catalogue() -> Option<&'static Catalogue> {
    static CATALOGUE: OnceLock<Option<Catalogue>> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::embedded().ok()).as_ref()
}

/// What the papers of a version, first, and of its ancestors say of where it comes from; nothing where they contradict each other.
#[must_use]
pub fn lineage(papers: &[Paper]) -> Option<Lineage> {
    let model = &papers.first()?.reference;
    let versions: Vec<VersionPapers<'_>> = papers
        .iter()
        .map(|Paper { reference, document, observed }| VersionPapers {
            reference,
            document,
            observed,
            permissions_hold: reference.model.owner == model.model.owner,
        })
        .collect();
    build_lineage(&versions).ok()
}

fn licence(papers: &[Paper]) -> Option<LicenceFacts> {
    let (model, lineage) = (&papers.first()?.reference, lineage(papers)?);
    let intended = ModelUse { action: Action::Infer, commercial: true };
    let effective = effective_licence(&lineage, &NodeId(model.to_string()), intended, catalogue()?).ok()?;
    Some(LicenceFacts { causes: causes(&effective, &lineage) })
}

/// Everything that is not simply permitted, each said once.
fn causes(effective: &EffectiveLicence, lineage: &Lineage) -> Vec<LicenceCause> {
    let verdicts = effective.causes.iter().filter_map(|cause| of_verdict(cause, lineage));
    let limits = effective.limits.iter().flat_map(|limit| of_limit(limit, lineage));
    let permissions = effective.permissions.iter().map(|used| of_permission(used, lineage));
    let bound = effective.duties.iter().filter(|owed| owed.duty == Duty::FieldOfUse);
    let bound = bound.map(|owed| LicenceCause {
        clause: owed.clause.clone(),
        effect: LicenceEffect::FieldOfUse,
        licence: owed.licence.clone(),
        work: work_of(&owed.node, lineage),
    });
    let attributions = effective.attributions.iter().map(|owed| LicenceCause {
        clause: owed.clause.clone(),
        effect: LicenceEffect::AttributionRequired(owed.text.clone()),
        licence: owed.licence.clone(),
        work: work_of(&owed.node, lineage),
    });
    let mut causes: Vec<LicenceCause> = Vec::new();
    for cause in verdicts.chain(limits).chain(permissions).chain(bound).chain(attributions) {
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    causes
}

/// A verdict as a cause for judgement. A right exercised in making the model (training on data, say) binds every use of it.
fn of_verdict(cause: &Cause, lineage: &Lineage) -> Option<LicenceCause> {
    let effect = match (cause.effect, &cause.condition) {
        (Verdict::Permitted, _) => return None,
        (Verdict::Conditional, Some(condition)) => {
            LicenceEffect::Conditional { condition: condition.clone(), right: cause.right }
        }
        (Verdict::Conditional, None) | (Verdict::Silent, _) => LicenceEffect::Silent(cause.right),
        (Verdict::Unread, _) => LicenceEffect::Unread,
        (Verdict::Reserved, _) => LicenceEffect::Reserved,
        (Verdict::Missing, _) => LicenceEffect::Missing,
        (Verdict::Forbidden, _) => LicenceEffect::Forbidden(cause.right),
    };
    Some(LicenceCause {
        clause: cause.clause.clone().unwrap_or_else(|| "whole text".to_owned()),
        effect,
        licence: cause.licence.clone().unwrap_or_else(|| "no licence".to_owned()),
        work: work_of(&cause.node, lineage),
    })
}

fn of_limit(met: &LimitMet, lineage: &Lineage) -> Vec<LicenceCause> {
    let cause = |clause: &String, effect| LicenceCause {
        clause: clause.clone(),
        effect,
        licence: met.licence.clone(),
        work: work_of(&met.node, lineage),
    };
    let purposes = met.limits.purposes.iter();
    let purposes = purposes.map(|limit| (&limit.clause, LicenceEffect::PurposeForbidden(limit.excluded.clone())));
    let territories = met.limits.territories.iter();
    let territories =
        territories.map(|limit| (&limit.clause, LicenceEffect::TerritoryForbidden(limit.excluded.clone())));
    purposes.chain(territories).map(|(clause, effect)| cause(clause, effect)).collect()
}

fn of_permission(used: &PermissionUsed, lineage: &Lineage) -> LicenceCause {
    let PermissionUsed { node, right, permission } = used;
    LicenceCause {
        clause: permission.evidence.clone(),
        effect: LicenceEffect::Permission {
            evidence: permission.evidence.clone(),
            holder: permission.holder.clone(),
            right: *right,
        },
        licence: format!("permission of {}", permission.holder),
        work: work_of(node, lineage),
    }
}

fn work_of(id: &NodeId, lineage: &Lineage) -> Work {
    // INVARIANT: every node that the effective licence names is part of the lineage it was computed from.
    match lineage.node(id) {
        Some(node) => work(node.kind, node.title.clone()),
        None => work(NodeKind::Model, id.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::{Passport, Right};

    #[test]
    fn the_catalogue_is_there() {
        assert!(catalogue().is_some());
    }

    fn paper(text: &str) -> Paper {
        let passport = Passport::parse(text).unwrap_or_else(|faults| panic!("{faults}"));
        Paper { reference: "acme/reviews@v1".parse().unwrap(), document: passport.into(), observed: BTreeSet::new() }
    }

    /// The sample with its data set under another licence, and with one more section before `[copyright]`.
    fn claims(licence: &str, section: &str) -> Claims {
        let text =
            passport::sample::MINIMAL.replacen("licence = \"CC-BY-4.0\"", &format!("licence = \"{licence}\""), 1);
        Claims::weigh(&[paper(&text.replace("[copyright]", &format!("{section}\n[copyright]")))])
    }

    fn effects(claims: &Claims) -> Vec<&LicenceEffect> {
        claims.licence.as_ref().unwrap().causes.iter().map(|cause| &cause.effect).collect()
    }

    #[test]
    fn a_non_commercial_data_set_is_named_with_its_clause() {
        for (licence, clause) in [
            ("CC-BY-NC-4.0", "2(a)(1) and 1(i)"),
            ("CC-BY-NC-SA-3.0-IGO", "section 4(c)"),
            ("CC-BY-NC-4.0 OR LicenseRef-Anything", "2(a)(1) and 1(i)"),
        ] {
            let claims = claims(licence, "");
            let causes = claims.licence.unwrap().causes;
            let forbids = LicenceEffect::Forbidden(Right::Commercial);
            let cause = causes.iter().find(|cause| cause.effect == forbids).unwrap();
            assert_eq!((cause.clause.as_str(), cause.work.name.as_str()), (clause, "sentences 1"));
        }
    }

    #[test]
    fn a_text_that_nobody_read_is_told_as_such_once() {
        let unread = claims("LicenseRef-Handwritten", "");
        assert_eq!(effects(&unread), [&LicenceEffect::Unread]);
        let reserved = claims("LicenseRef-Proprietary", "");
        assert_eq!(effects(&reserved), [&LicenceEffect::Reserved]);
    }

    #[test]
    fn silence_about_training_is_not_silence_about_serving() {
        let claims = claims("CC-BY-4.0", "");
        let effects = effects(&claims);
        assert!(effects.contains(&&LicenceEffect::Silent(Right::Train)), "{effects:?}");
        assert!(!effects.contains(&&LicenceEffect::Silent(Right::Serve)), "{effects:?}");
    }

    #[test]
    fn a_condition_stays_a_condition_and_limits_come_with_it() {
        let parent = "[[parent]]\nactivity = \"finetune\"\nexternal = \"bloom\"\nlicence = \"LicenseRef-OpenRAIL-M\"";
        let claims = claims("CC0-1.0", parent);
        let effects = effects(&claims);
        let is_serving =
            |effect: &&&LicenceEffect| matches!(effect, LicenceEffect::Conditional { right: Right::Serve, .. });
        assert_eq!(effects.iter().filter(is_serving).count(), 1, "{effects:?}");
        let medical = LicenceEffect::PurposeForbidden("medical-advice".parse().unwrap());
        assert!(effects.contains(&&medical) && effects.contains(&&LicenceEffect::FieldOfUse), "{effects:?}");
    }

    #[test]
    fn an_external_parent_says_what_it_is_or_is_missing_it() {
        let parent = "[[parent]]\nactivity = \"finetune\"\nexternal = \"base\"\nlicence = \"MIT\"";
        let bare = claims("CC0-1.0", parent);
        let gap = &bare.provenance.unwrap().gaps[0];
        assert_eq!(
            (gap.work.name.as_str(), gap.work.kind, &gap.missing[..]),
            ("base", WorkKind::Model, &["origin".to_owned()][..])
        );
        let privacy = bare.privacy.unwrap();
        assert_eq!((privacy.len(), privacy[1].class), (2, None));
        let told = format!(
            "{parent}\n[parent.origin]\nname = \"Lab\"\ngeography = [\"DE\"]\n[parent.privacy]\nclass = \"none\""
        );
        let told = claims("CC0-1.0", &told);
        assert_eq!(told.provenance.unwrap().gaps, []);
        assert_eq!(told.privacy.unwrap()[1].class, Some(PrivacyClass::None));
    }

    #[test]
    fn a_permission_holds_for_its_owners_models_only() {
        let permission = "[dataset.permission]\nholder = \"Archive\"\nevidence = \"contract 7\"\nrights = [\"train\", \"commercial\"]";
        let text = passport::sample::MINIMAL
            .replacen("licence = \"CC-BY-4.0\"", "licence = \"LicenseRef-Handwritten\"", 1)
            .replace("[copyright]", &format!("{permission}\n[copyright]"));
        let base = || paper(&text);
        let own = Claims::weigh(&[base()]);
        let rights: Vec<_> = effects(&own).into_iter().filter_map(LicenceEffect::right).collect();
        assert_eq!(rights, [Right::Train, Right::Commercial]);
        let parent = "[[parent]]\nactivity = \"finetune\"\nmodel = \"acme/reviews@v1\"\n[copyright]";
        let made_from_it = passport::sample::MINIMAL.replace("[copyright]", parent);
        let document = Passport::parse(&made_from_it).unwrap().into();
        let theirs = Claims::weigh(&[
            Paper { reference: "other/tuned@v1".parse().unwrap(), document, observed: BTreeSet::new() },
            base(),
        ]);
        assert!(effects(&theirs).contains(&&LicenceEffect::Unread));
    }
}
