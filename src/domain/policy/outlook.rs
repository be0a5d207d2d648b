//! What licences leave of a model, right by right: for people who want to know before they ask for a grant. Judgement does not look
//! here; it judges one use at a time.

use std::collections::BTreeMap;

use chancery_base::values::Localized;

use super::claims::{Paper, catalogue, lineage};
use crate::{
    licensing::{Action, Cause, Duty, DutyOwed, ModelUse, Verdict, effective_licence},
    passport::{
        Right,
        lineage::{Lineage, NodeId},
    },
};

/// What the licences of everything that a model came from leave of each right.
#[derive(Debug, Clone, Default)]
pub struct Outlook {
    /// Each right, those that were exercised in making the model too.
    pub rights: Vec<RightOutlook>,
    /// What comes with the model, attribution apart, each said once.
    pub duties: Vec<DutySource>,
}

/// What is left of one right.
#[derive(Debug, Clone)]
pub struct RightOutlook {
    /// The right.
    pub right: Right,
    /// The worst that any licence says.
    pub verdict: Verdict,
    /// Whatever is not simply permitted, the worst first.
    pub causes: Vec<RightCause>,
}

/// One licence that leaves less than everything of a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightCause {
    /// The thing under it.
    pub node: NodeId,
    /// What the thing is called.
    pub title: String,
    /// The licence, where there is one.
    pub licence: Option<String>,
    /// What it says.
    pub verdict: Verdict,
    /// Where it says so.
    pub clause: Option<String>,
    /// What it asks for.
    pub condition: Option<Localized>,
    /// Where its text stands.
    pub source: Option<String>,
}

/// A duty, and the licence that imposes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutySource {
    /// The duty.
    pub duty: Duty,
    /// The thing under the licence.
    pub node: NodeId,
    /// What the thing is called.
    pub title: String,
    /// The licence.
    pub licence: String,
    /// Where it says so.
    pub clause: String,
}

impl Outlook {
    /// Reads the papers of a version, first, and of all its registered ancestors; nothing where no lineage can be made of them.
    #[must_use]
    pub fn of(papers: &[Paper]) -> Option<Self> {
        let (lineage, catalogue) = (lineage(papers)?, catalogue()?);
        let model = NodeId(papers.first()?.reference.to_string());
        let (mut rights, mut duties): (BTreeMap<Right, RightOutlook>, Vec<DutySource>) = (BTreeMap::new(), Vec::new());
        for action in Action::ALL {
            let intended = ModelUse { action: *action, commercial: true };
            let effective = effective_licence(&lineage, &model, intended, catalogue).ok()?;
            for (right, verdict) in effective.verdicts {
                let outlook = rights.entry(right).or_insert(RightOutlook { right, verdict, causes: Vec::new() });
                outlook.verdict = outlook.verdict.max(verdict);
            }
            for cause in effective.causes {
                let outlook = rights.get_mut(&cause.right);
                push_new(outlook.map(|outlook| &mut outlook.causes), right_cause(cause));
            }
            for owed in effective.duties.into_iter().filter(|owed| owed.duty != Duty::Attribution) {
                push_new(Some(&mut duties), duty_source(owed, &lineage));
            }
        }
        Some(Self { rights: rights.into_values().collect(), duties })
    }
}

fn push_new<T: PartialEq>(list: Option<&mut Vec<T>>, item: T) {
    if let Some(list) = list.filter(|list| !list.contains(&item)) {
        list.push(item);
    }
}

fn right_cause(cause: Cause) -> RightCause {
    let Cause { node, title, licence, effect, clause, condition, source, .. } = cause;
    RightCause { node, title, licence, verdict: effect, clause, condition, source }
}

fn duty_source(owed: DutyOwed, lineage: &Lineage) -> DutySource {
    let DutyOwed { node, licence, duty, clause, .. } = owed;
    let title = lineage.node(&node).map_or_else(|| node.to_string(), |node| node.title.clone());
    DutySource { duty, node, title, licence, clause }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::{Passport, sample};

    #[test]
    fn each_right_names_what_stands_in_its_way() {
        let text = sample::MINIMAL.replacen("licence = \"CC-BY-4.0\"", "licence = \"CC-BY-NC-SA-4.0\"", 1);
        let paper = Paper {
            reference: "acme/x@v1".parse().unwrap(),
            document: Passport::parse(&text).unwrap().into(),
            observed: Default::default(),
        };
        let outlook = Outlook::of(&[paper]).unwrap();
        let of = |right| outlook.rights.iter().find(|outlook| outlook.right == right).unwrap();
        assert_eq!(of(Right::Commercial).verdict, Verdict::Forbidden);
        assert_eq!(of(Right::Commercial).causes.len(), 1, "said once, whatever is done with the model");
        assert_eq!(of(Right::Commercial).causes.first().unwrap().title, "sentences 1");
        assert_eq!((of(Right::Serve).verdict, of(Right::Serve).causes.len()), (Verdict::Permitted, 0));
        assert_eq!(of(Right::Train).verdict, Verdict::Silent);
        assert_eq!(outlook.duties.iter().map(|owed| owed.duty).collect::<Vec<_>>(), [Duty::ShareAlike]);
    }
}
