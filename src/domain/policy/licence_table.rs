//! What licences leave of a version, right by right and form by form: for people who want to know before they ask for a grant.
//! Judgement does not look here; it judges one use at a time.

use std::collections::BTreeMap;

use chancery_base::values::UnixMillis;
use serde::Serialize;

use super::claims::{Paper, catalogue, lineage};
use crate::{
    licensing::{Attribution, Cause, Circumstances, Conflict, Limits, Opposite, Side, Standpoint, Table},
    passport::{Document, Right, lineage::NodeId},
};

/// The table of a version, with what people call the things it names.
#[derive(Debug, Clone, Serialize)]
pub struct LicenceTable {
    /// The table.
    #[serde(flatten)]
    pub table: Table,
    /// The name of each thing in it.
    pub titles: BTreeMap<NodeId, String>,
}

impl LicenceTable {
    /// Reads the papers of a version, first, and of all its registered ancestors; nothing where no lineage can be made of them.
    #[must_use]
    pub fn of(papers: &[Paper], now: UnixMillis) -> Option<Self> {
        let (lineage, catalogue, own) = (lineage(papers)?, catalogue()?, papers.first()?);
        let name = matches!(own.document, Document::Passport(_)).then(|| own.reference.model.name.to_string());
        let circumstances = Circumstances { name, ..Circumstances::default() };
        let standpoint = Standpoint { now, ..Standpoint::of(catalogue) };
        let node = NodeId(own.reference.to_string());
        let table = Table::of(&lineage, &node, &standpoint, &circumstances).ok()?;
        let titles = lineage.nodes().map(|node| (node.id.clone(), node.title.clone())).collect();
        Some(Self { table, titles })
    }

    /// What a thing is called.
    #[must_use]
    pub fn title<'t>(&'t self, node: &'t NodeId) -> &'t str {
        self.titles.get(node).map_or(node.0.as_str(), String::as_str)
    }

    /// Whatever is not simply permitted of a right, in any form: each clause once, the worst first.
    #[must_use]
    pub fn causes(&self, right: Right) -> Vec<&Cause> {
        let mut causes: Vec<&Cause> = Vec::new();
        for cause in self.table.cells.iter().filter(|cell| cell.right == right).flat_map(|cell| &cell.causes) {
            let says = |known: &&Cause| {
                (&known.node, &known.licence, known.right, known.effect, &known.clause)
                    == (&cause.node, &cause.licence, cause.right, cause.effect, &cause.clause)
            };
            if !causes.iter().any(says) {
                causes.push(cause);
            }
        }
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.effect));
        causes
    }

    /// Takes out whose clauses they are of everything that `hides`, under `name`: the verdicts stay.
    pub fn conceal(&mut self, name: &str, hides: impl Fn(&NodeId) -> bool) {
        let hidden = |node: &mut NodeId| {
            let is_hidden = hides(node);
            if is_hidden {
                name.clone_into(&mut node.0);
            }
            is_hidden
        };
        let table = &mut self.table;
        for cell in &mut table.cells {
            for cause in &mut cell.causes {
                cause.path.iter_mut().for_each(|node| {
                    hidden(node);
                });
                if hidden(&mut cause.node) {
                    name.clone_into(&mut cause.title);
                    (cause.licence, cause.clause, cause.source, cause.doubt) = (None, None, None, None);
                }
            }
            for used in &mut cell.positions {
                if hidden(&mut used.node) {
                    used.licence = None;
                }
            }
            for used in &mut cell.permissions {
                if hidden(&mut used.node) {
                    name.clone_into(&mut used.permission.holder);
                    name.clone_into(&mut used.permission.evidence);
                }
            }
        }
        for owed in &mut table.duties {
            owed.path.iter_mut().for_each(|node| {
                hidden(node);
            });
            if hidden(&mut owed.node) {
                [&mut owed.licence, &mut owed.clause, &mut owed.source]
                    .into_iter()
                    .for_each(|text| name.clone_into(text));
            }
        }
        // Whom to name has to be told whoever asks.
        for Attribution { node, licence, clause, .. } in &mut table.attributions {
            if hidden(node) {
                [licence, clause].into_iter().for_each(|text| name.clone_into(text));
            }
        }
        for met in &mut table.limits {
            if hidden(&mut met.node) {
                name.clone_into(&mut met.licence);
                conceal_clauses(&mut met.limits, name);
            }
        }
        for Conflict { this, other, .. } in &mut table.conflicts {
            conceal_side(this, name, &hidden);
            if let Opposite::Clause(side) = other {
                conceal_side(side, name, &hidden);
            }
        }
        table.duties.dedup();
        self.titles.retain(|node, _| !hides(node));
    }
}

fn conceal_side(side: &mut Side, name: &str, hidden: &impl Fn(&mut NodeId) -> bool) {
    side.path.iter_mut().for_each(|node| {
        hidden(node);
    });
    if hidden(&mut side.node) {
        for text in [&mut side.title, &mut side.licence, &mut side.clause, &mut side.source] {
            name.clone_into(text);
        }
    }
}

fn conceal_clauses(limits: &mut Limits, name: &str) {
    limits.purposes.iter_mut().for_each(|limit| name.clone_into(&mut limit.clause));
    limits.territories.iter_mut().for_each(|limit| name.clone_into(&mut limit.clause));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        licensing::{Duty, Form, Outcome},
        passport::{Passport, sample},
        test_database::NOW,
    };

    fn table(licence: &str) -> LicenceTable {
        let text = sample::MINIMAL.replacen("licence = \"CC-BY-4.0\"", &format!("licence = \"{licence}\""), 1);
        let paper = Paper {
            reference: "acme/x@v1".parse().unwrap(),
            document: Passport::parse(&text).unwrap().into(),
            observed: BTreeSet::new(),
        };
        LicenceTable::of(&[paper], NOW).unwrap()
    }

    #[test]
    fn each_right_names_what_stands_in_its_way() {
        let table = table("CC-BY-NC-SA-4.0");
        let of = |right| table.table.cell(right, Form::Service).unwrap().verdict;
        assert_eq!(of(Right::Commercial), Outcome::Forbidden);
        let causes = table.causes(Right::Commercial);
        assert!(
            causes.iter().any(|cause| cause.title == "sentences 1" && cause.right == Right::Commercial),
            "{causes:?}"
        );
        assert!(table.table.duties.iter().any(|owed| owed.duty == Duty::ShareAlike));
        assert_eq!(table.title(&table.table.duties.first().unwrap().node), "sentences 1");
    }

    #[test]
    fn what_is_hidden_keeps_its_verdict_and_loses_its_name() {
        let (open, mut told) = (table("CC-BY-NC-SA-4.0"), table("CC-BY-NC-SA-4.0"));
        told.conceal("(somebody)", |node| node.0.contains('#'));
        let verdicts = |table: &LicenceTable| table.table.cells.iter().map(|cell| cell.verdict).collect::<Vec<_>>();
        assert_eq!(verdicts(&open), verdicts(&told));
        // Whom to name is told whoever asks, and so is the licence beside the name.
        assert!(told.table.attributions.iter().any(|owed| owed.text.contains("sentences 1")));
        told.table.attributions.clear();
        let text = serde_json::to_string(&told).unwrap();
        for word in ["sentences", "2(a)(1)", "dataset[0]"] {
            assert!(serde_json::to_string(&open).unwrap().contains(word) && !text.contains(word), "{word}: {text}");
        }
    }
}
