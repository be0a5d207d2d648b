//! The worked licence cases of `tests/licence-cases`, which people who know the law can read and correct.

use std::{fs, path::Path};

use chancery_base::values::{Purpose, Standing, Territory, UnixMillis};
use serde::Deserialize;

use super::{
    Basis, Catalogue, Certainty, Circumstances, ConflictKind, Form, IntendedUse, Outcome, Position, Standpoint,
    StarterPosition, Table, TableCell, Verdict, conflicts_of,
};
use crate::passport::{
    Activity, Right,
    lineage::{Lineage, LineageEdge, LineageNode, NodeId, NodeKind},
};

const NOW: UnixMillis = UnixMillis::new(1);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    title: String,
    made: String,
    offered_under: Option<String>,
    from: Vec<Parent>,
    #[serde(rename = "use")]
    right: Right,
    form: Form,
    #[serde(default)]
    commercial: bool,
    #[serde(default)]
    positions: Vec<String>,
    name: Option<String>,
    files: Option<Vec<String>>,
    displayed: Option<Vec<String>>,
    monthly_users: Option<u64>,
    purpose: Option<Purpose>,
    territory: Option<Territory>,
    verdict: Outcome,
    finer: Option<Verdict>,
    basis: Option<Basis>,
    certainty: Option<Certainty>,
    decided_by: Option<DecidedBy>,
    conflict: Option<ConflictKind>,
    no_conflict: Option<ConflictKind>,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parent {
    kind: String,
    licence: Option<String>,
    by: Activity,
    #[serde(default)]
    behind: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecidedBy {
    licence: String,
    clause: Option<String>,
    right: Option<Right>,
}

impl Case {
    fn lineage(&self) -> Lineage {
        let node = |index: usize, kind: &str, licence: Option<&String>| LineageNode {
            id: NodeId(index.to_string()),
            kind: if kind == "model" { NodeKind::Model } else { NodeKind::Dataset },
            title: format!("{kind} {index}"),
            licence: licence.map(|licence| licence.parse().unwrap_or_else(|wrong| panic!("{}: {wrong}", self.title))),
            attribution: None,
        };
        let parents = || self.from.iter().enumerate().map(|(index, parent)| (index + 1, parent));
        let nodes = parents().map(|(index, parent)| node(index, &parent.kind, parent.licence.as_ref()));
        let edges = parents().map(|(index, parent)| LineageEdge {
            child: NodeId(parent.behind.to_string()),
            parent: NodeId(index.to_string()),
            activity: parent.by,
            standing: Standing::Declared,
            permission: None,
        });
        let root = std::iter::once(node(0, &self.made, self.offered_under.as_ref()));
        Lineage::new(root.chain(nodes), edges).unwrap()
    }

    fn adopted(&self) -> Vec<Position> {
        let starters = StarterPosition::embedded().unwrap();
        let adopt = |id: &String| {
            let starter = starters.iter().find(|starter| starter.id == *id);
            let starter = starter.unwrap_or_else(|| panic!("{}: no position `{id}`", self.title)).clone();
            starter.adopt("counsel".to_owned(), NOW, UnixMillis::LATEST)
        };
        self.positions.iter().map(adopt).collect()
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances {
            name: self.name.clone(),
            files: self.files.clone(),
            displayed: self.displayed.clone(),
            monthly_users: self.monthly_users,
            purpose: self.purpose.clone(),
            territory: self.territory.clone(),
        }
    }

    /// What the program says differently.
    fn faults(&self, catalogue: &Catalogue) -> Vec<String> {
        let (lineage, positions, root) = (self.lineage(), self.adopted(), NodeId("0".to_owned()));
        let standpoint = Standpoint { positions: &positions, now: NOW, ..Standpoint::of(catalogue) };
        let intended = IntendedUse { right: self.right, form: self.form, commercial: self.commercial };
        let cell = TableCell::of(&lineage, &root, intended, &standpoint).unwrap();
        let circumstances = self.circumstances();
        let kinds: Vec<ConflictKind> = conflicts_of(&lineage, &root, intended, &standpoint, &circumstances)
            .unwrap()
            .into_iter()
            .map(|conflict| conflict.kind)
            .collect();
        let table = Table::of(&lineage, &root, &standpoint, &circumstances).unwrap();
        let in_table = table.cell(self.right, self.form).unwrap();
        let mut faults = Vec::new();
        let mut expect = |holds: bool, what: &str| {
            if !holds {
                faults.push(format!("{}: {what}; it says {cell:?} {kinds:?}", self.title));
            }
        };
        expect(cell.verdict == self.verdict, "verdict");
        expect(in_table.verdict <= cell.verdict && (self.commercial || *in_table == cell), "the table's cell");
        expect(self.finer.is_none_or(|finer| cell.finer == finer), "finer");
        expect(self.basis.is_none_or(|basis| cell.basis == basis), "basis");
        expect(self.certainty.is_none_or(|certainty| cell.certainty == certainty), "certainty");
        expect(self.decided_by.as_ref().is_none_or(|decided| decided.is_met(&cell)), "decided_by");
        expect(
            self.decided_by.is_some() == (cell.verdict != Outcome::Allowed) || cell.finer == Verdict::Missing,
            "no decided_by",
        );
        expect(self.conflict.is_none_or(|kind| kinds.contains(&kind)), "conflict");
        expect(self.no_conflict.is_none_or(|kind| !kinds.contains(&kind)), "no_conflict");
        expect(self.why.ends_with('.') && self.why.len() > 20, "why");
        faults
    }
}

impl DecidedBy {
    fn is_met(&self, cell: &TableCell) -> bool {
        cell.deciding().any(|cause| {
            cause.licence.as_ref() == Some(&self.licence)
                && cause.clause == self.clause
                && self.right.is_none_or(|right| right == cause.right)
        })
    }
}

#[test]
fn every_worked_case_comes_out_as_counsel_wrote_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/licence-cases");
    let (catalogue, mut count, mut faults) = (Catalogue::embedded().unwrap(), 0, Vec::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let cases: Cases = toml::from_str(&fs::read_to_string(&path).unwrap())
                .unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()));
            count += cases.case.len();
            faults.extend(cases.case.iter().flat_map(|case| case.faults(&catalogue)));
        }
    }
    assert!(faults.is_empty(), "{} of {count} differ:\n{}", faults.len(), faults.join("\n"));
    assert!(count >= 80, "only {count} cases were found");
}
