//! Adjudication: one label for each item, and who decided.
//!
//! A label stands if more than half of the annotators gave it. Otherwise the named adjudicator decides, whose labels count nowhere
//! else; where the adjudicator said nothing the item stays undecided.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{LabelError, Labels};

/// Who decided about an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum DecidedBy {
    /// Everybody who labelled it.
    All {
        /// How many.
        votes: usize,
    },
    /// More than half.
    Majority {
        /// Votes for the label.
        votes: usize,
        /// All votes.
        of: usize,
    },
    /// The adjudicator, since no label had more than half of the votes.
    Adjudicator {
        /// Who.
        name: String,
    },
    /// Nobody.
    Nobody,
}

/// What was decided about an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The item's key.
    pub item: String,
    /// Its label, if somebody decided.
    pub label: Option<String>,
    /// Who.
    #[serde(flatten)]
    pub decided: DecidedBy,
}

/// What was decided about all items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Adjudication {
    /// One decision for each item, in the order of the items.
    pub decisions: Vec<Decision>,
    /// How many items were decided by `all`, `majority`, `adjudicator` and `nobody`.
    pub counts: BTreeMap<&'static str, u64>,
}

/// Decides about every item.
///
/// # Errors
/// [`LabelError::UnknownAnnotator`] if the adjudicator gave no label at all.
pub fn adjudicate(labels: &Labels, adjudicator: Option<&str>) -> Result<Adjudication, LabelError> {
    let judge = adjudicator.map(|name| Ok::<_, LabelError>((name, labels.annotator(name)?))).transpose()?;
    let mut adjudication = Adjudication { decisions: Vec::new(), counts: BTreeMap::new() };
    for item in labels.items() {
        let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
        for (who, label) in &item.given {
            if judge.is_none_or(|(_, place)| place != *who) {
                *votes.entry(*label).or_default() += 1;
            }
        }
        let of: usize = votes.values().sum();
        let majority = votes.into_iter().find(|(_, votes)| votes * 2 > of);
        let judged = judge.and_then(|(name, place)| Some((name, *item.given.get(&place)?)));
        let (word, label, decided) = match (majority, judged) {
            (Some((label, votes)), _) if votes == of => ("all", Some(label), DecidedBy::All { votes }),
            (Some((label, votes)), _) => ("majority", Some(label), DecidedBy::Majority { votes, of }),
            (None, Some((name, label))) => {
                ("adjudicator", Some(label), DecidedBy::Adjudicator { name: name.to_owned() })
            }
            (None, None) => ("nobody", None, DecidedBy::Nobody),
        };
        let label = label.and_then(|label| labels.declared.get(label)).cloned();
        adjudication.decisions.push(Decision { item: item.key.clone(), label, decided });
        *adjudication.counts.entry(word).or_default() += 1;
    }
    Ok(adjudication)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::labels::{ImportOptions, import};
    use crate::table::MemorySource;

    #[test]
    fn more_than_half_decide_and_else_the_adjudicator() {
        let table = "item,label,annotator,guideline\n\
            1,a,ada,v1\n1,a,bob,v1\n1,b,eve,v1\n\
            2,a,ada,v1\n2,a,bob,v1\n2,b,cid,v1\n\
            3,a,ada,v1\n3,b,bob,v1\n3,b,eve,v1\n\
            4,a,ada,v1\n4,b,bob,v1\n\
            5,c,eve,v1\n\
            6,a,ada,v1\n6,a,bob,v1\n6,b,cid,v1\n6,c,dan,v1\n";
        let source = MemorySource::named("labels.csv", table.as_bytes().to_vec());
        let labels = import(&source, &ImportOptions::of(["a", "b", "c"])).unwrap();
        let done = adjudicate(&labels, Some("eve")).unwrap();
        let eve = || DecidedBy::Adjudicator { name: "eve".into() };
        let expected = [
            (Some("a"), DecidedBy::All { votes: 2 }),
            (Some("a"), DecidedBy::Majority { votes: 2, of: 3 }),
            (Some("b"), eve()),
            (None, DecidedBy::Nobody),
            (Some("c"), eve()),
            (None, DecidedBy::Nobody),
        ];
        for (decision, (label, decided)) in done.decisions.iter().zip(&expected) {
            assert_eq!((decision.label.as_deref(), &decision.decided), (*label, decided), "{}", decision.item);
        }
        assert_eq!(done.counts, BTreeMap::from([("all", 1), ("majority", 1), ("adjudicator", 2), ("nobody", 2)]));
        assert!(adjudicate(&labels, Some("zoe")).is_err());
        assert_eq!(adjudicate(&labels, None).unwrap().decisions[2].label.as_deref(), Some("b"));
    }
}
