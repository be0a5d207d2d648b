//! What the papers of a version claim to somebody who may not see all of them: every verdict counts, and what stands in a hidden
//! paper is attributed to an ancestor without a name.

use std::collections::BTreeSet;

use chancery_base::values::ModelId;

use crate::{
    passport::{Document, ParentSource, Permission, lineage::NodeId},
    policy::{
        Claims, Paper,
        facts::{LicenceCause, LicenceEffect},
    },
};

/// Stands for what a hidden paper names.
pub const UNDISCLOSED: &str = "(undisclosed ancestor)";

/// The papers of a version and its ancestors, itself first, with nothing named in those that are hidden.
pub(super) struct Told {
    pub papers: Vec<Paper>,
    /// The hidden versions. Their papers still stand under them, so that what is made of the papers holds together; nobody is
    /// to be shown them.
    hidden: BTreeSet<String>,
}

impl Told {
    /// Tells `papers`, those of `hidden` models without names.
    pub(super) fn of(papers: &[(ModelId, Paper)], hidden: &[ModelId]) -> Self {
        let is_hidden = |model: &ModelId| hidden.contains(model);
        let told = papers.iter().map(|(model, Paper { reference, document, observed })| Paper {
            reference: reference.clone(),
            observed: observed.clone(),
            document: if is_hidden(model) { nameless(document) } else { document.clone() },
        });
        let references = papers.iter().filter(|(model, _)| is_hidden(model));
        Self { papers: told.collect(), hidden: references.map(|(_, paper)| paper.reference.to_string()).collect() }
    }

    /// Whether a thing in the lineage of these papers is hidden: a hidden version, or what one of those names.
    pub(super) fn hides(&self, node: &NodeId) -> bool {
        let version = node.0.split_once('#').map_or(node.0.as_str(), |(version, _)| version);
        self.hidden.contains(version)
    }
}

/// Weighs `papers`, naming nothing of those that belong to `hidden` models.
pub(super) fn disclosed_claims(papers: &[(ModelId, Paper)], hidden: &[ModelId]) -> Claims {
    let told = Told::of(papers, hidden);
    let mut claims = Claims::weigh(&told.papers);
    for cause in claims.licence.iter_mut().flat_map(|licence| &mut licence.causes) {
        if told.hidden.contains(&cause.work.name) || cause.work.name.starts_with(UNDISCLOSED) {
            conceal(cause);
        }
    }
    claims
}

/// The same declarations about things without a name.
fn nameless(document: &Document) -> Document {
    let mut document = document.clone();
    let passport = match &mut document {
        Document::Passport(passport) => passport,
        Document::Datasheet(datasheet) => {
            UNDISCLOSED.clone_into(&mut datasheet.dataset.name);
            let permissions = datasheet.parents.iter_mut().filter_map(|parent| parent.permission.as_mut());
            permissions.for_each(conceal_permission);
            return document;
        }
    };
    for dataset in &mut passport.datasets {
        UNDISCLOSED.clone_into(&mut dataset.name);
    }
    for parent in &mut passport.parents {
        if let ParentSource::External(external) = &mut parent.source {
            UNDISCLOSED.clone_into(&mut external.name);
        }
    }
    let of_parents = passport.parents.iter_mut().filter_map(|parent| parent.permission.as_mut());
    let of_datasets = passport.datasets.iter_mut().filter_map(|dataset| dataset.permission.as_mut());
    let of_data = passport.registered_data.iter_mut().filter_map(|data| data.permission.as_mut());
    of_parents.chain(of_datasets).chain(of_data).for_each(conceal_permission);
    document
}

fn conceal_permission(permission: &mut Permission) {
    UNDISCLOSED.clone_into(&mut permission.holder);
    UNDISCLOSED.clone_into(&mut permission.evidence);
}

/// Keeps what a clause does and takes out whose it is. An attribution that is owed stays: it must accompany every answer.
fn conceal(cause: &mut LicenceCause) {
    UNDISCLOSED.clone_into(&mut cause.work.name);
    if !matches!(cause.effect, LicenceEffect::AttributionRequired(_)) {
        UNDISCLOSED.clone_into(&mut cause.licence);
        UNDISCLOSED.clone_into(&mut cause.clause);
    }
}

#[cfg(test)]
mod tests {
    use chancery_base::values::ModelId;

    use super::*;
    use crate::{
        passport::{Passport, sample},
        policy::facts::LicenceFacts,
        test_database::{Counting, NOW},
    };

    fn paper(reference: &str, text: &str) -> Paper {
        Paper {
            reference: reference.parse().unwrap(),
            document: Passport::parse(text).unwrap().into(),
            observed: BTreeSet::new(),
        }
    }

    #[test]
    fn verdicts_stay_and_names_go() {
        let entropy = Counting::default();
        let [own, secret] = [(); 2].map(|()| ModelId::generate(&entropy, NOW));
        let child = sample::MINIMAL
            .replace("[copyright]", "[[parent]]\nactivity = \"finetune\"\nmodel = \"zenith/secret@v1\"\n[copyright]");
        let parent = sample::MINIMAL.replacen("licence = \"CC-BY-4.0\"", "licence = \"CC-BY-NC-4.0\"", 1);
        let name = paper("zenith/secret@v1", &parent).document.passport().unwrap().datasets[0].name.clone();
        let hidden_name = "the-hidden-set";
        let parent = parent.replacen(&format!("name = \"{name}\""), &format!("name = \"{hidden_name}\""), 1);
        let permission =
            "[dataset.permission]\nholder = \"hidden-holder\"\nevidence = \"hidden-letter\"\nrights = [\"train\"]";
        let parent = parent.replace("[copyright]", &format!("{permission}\n[copyright]"));
        let papers = [(own, paper("zenith/tuned@v1", &child)), (secret, paper("zenith/secret@v1", &parent))];
        let (all, told) = (disclosed_claims(&papers, &[]), disclosed_claims(&papers, &[secret]));
        let (before, after) = (format!("{all:?}"), format!("{told:?}"));
        assert!(before.contains(hidden_name) && before.contains("CC-BY-NC-4.0"), "{before}");
        assert!(before.contains("hidden-holder"), "{before}");
        for word in [hidden_name, "zenith/secret", "hidden-holder", "hidden-letter"] {
            assert!(!after.contains(word), "{word}: {after}");
        }
        let (all, told) = (all.licence.unwrap(), told.licence.unwrap());
        let owed = |cause: &&LicenceCause| matches!(cause.effect, LicenceEffect::AttributionRequired(_));
        let effects = |licence: &LicenceFacts| {
            let causes = licence.causes.iter().filter(|cause| !owed(cause));
            causes.map(|cause| (std::mem::discriminant(&cause.effect), cause.effect.right())).collect::<Vec<_>>()
        };
        assert_eq!((effects(&all), all.causes.len()), (effects(&told), told.causes.len()));
        let named = told.causes.iter().filter(|cause| !owed(cause)).any(|cause| cause.licence == "CC-BY-NC-4.0");
        assert!(!named, "{told:?}");
    }
}
