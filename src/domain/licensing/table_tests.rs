//! The table, positions and conflicts: worked examples, and the laws they keep on random lineages.

use std::{collections::BTreeSet, sync::LazyLock};

use chancery_base::values::{Localized, Standing};
use proptest::prelude::*;

use super::*;
use crate::{
    licensing::{Catalogue, ConflictKind, Fact, Opposite, Position, PositionScope, Stand},
    passport::{
        Activity,
        lineage::{LineageEdge, LineageNode, NodeKind},
    },
};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::embedded().unwrap());
const NOW: UnixMillis = UnixMillis::new(1_000);

fn id(name: &str) -> NodeId {
    NodeId(name.to_owned())
}

fn node(name: &str, kind: NodeKind, licence: &str) -> LineageNode {
    let licence = (!licence.is_empty()).then(|| licence.parse().unwrap());
    LineageNode { id: id(name), kind, title: format!("the {name}"), licence, attribution: None }
}

fn edge(child: &str, parent: &str, activity: Activity) -> LineageEdge {
    LineageEdge { child: id(child), parent: id(parent), activity, standing: Standing::Declared, permission: None }
}

fn position(name: &str, stand: Stand, rights: &[Right], licences: &[&str]) -> Position {
    Position {
        id: name.to_owned(),
        author: "counsel".to_owned(),
        reason: Localized { en: "because".to_owned(), zh: "因为".to_owned() },
        scope: PositionScope {
            licences: licences.iter().map(|licence| (*licence).to_owned()).collect(),
            rights: rights.to_vec(),
            ..PositionScope::default()
        },
        stand,
        basis: Basis::Position,
        taken: UnixMillis::new(0),
        expires: UnixMillis::new(2_000),
    }
}

fn standpoint(positions: &[Position]) -> Standpoint<'_> {
    Standpoint { positions, now: NOW, ..Standpoint::of(&CATALOGUE) }
}

/// `root` of `kind` made by one step each from the things given.
fn made_from(kind: NodeKind, own: &str, parents: &[(NodeKind, &str, Activity)]) -> Lineage {
    let name = |index: usize| format!("p{index}");
    let mut nodes = vec![node("root", kind, own)];
    nodes.extend(parents.iter().enumerate().map(|(index, (kind, licence, _))| node(&name(index), *kind, licence)));
    let edges = parents.iter().enumerate().map(|(index, (_, _, activity))| edge("root", &name(index), *activity));
    Lineage::new(nodes, edges.collect::<Vec<_>>()).unwrap()
}

fn conflicts(lineage: &Lineage, circumstances: &Circumstances) -> Vec<Conflict> {
    Table::of(lineage, &id("root"), &standpoint(&[]), circumstances).unwrap().conflicts
}

fn cell(lineage: &Lineage, right: Right, form: Form, positions: &[Position]) -> TableCell {
    let intended = IntendedUse { right, form, commercial: right == Right::Commercial };
    TableCell::of(lineage, &id("root"), intended, &standpoint(positions)).unwrap()
}

#[test]
fn a_table_has_every_right_in_every_form_and_stable_codes() {
    let lineage = made_from(NodeKind::Model, "MIT", &[(NodeKind::Dataset, "CC-BY-NC-4.0", Activity::Train)]);
    let table = Table::of(&lineage, &id("root"), &standpoint(&[]), &Circumstances::default()).unwrap();
    assert_eq!(table.cells.len(), Right::ALL.len() * Form::ALL.len());
    let json = serde_json::to_value(&table).unwrap();
    let paid = table.cells.iter().position(|cell| cell.right == Right::Commercial).unwrap();
    assert_eq!(json["cells"][paid]["verdict"], "forbidden");
    assert_eq!(json["cells"][paid]["causes"][0]["clause"], "2(a)(1) and 1(i)");
    assert_eq!(json["cells"][0]["right"], "copy");
    assert_eq!(json["cells"][0]["form"], "raw");
    assert_eq!(json["conflicts"][0]["kind"], "non_commercial");
    assert_eq!(json["conflicts"][0]["other"]["fact"], "paid");
    assert!(json["conflicts"][0]["explanation"]["zh"].as_str().unwrap().contains("商业"));
}

#[test]
fn a_position_answers_silence_in_its_scope_and_time_and_nothing_else() {
    let by = |licence: &str| made_from(NodeKind::Model, "MIT", &[(NodeKind::Dataset, licence, Activity::Train)]);
    let train = |licence: &str, positions: &[Position]| cell(&by(licence), Right::Serve, Form::Service, positions);
    assert_eq!(train("CC-BY-4.0", &[]).verdict, Outcome::Silent);
    let allowed = position("p", Stand::Allowed, &[Right::Train], &["CC-BY-4.0"]);
    let relied = train("CC-BY-4.0", std::slice::from_ref(&allowed));
    assert_eq!((relied.verdict, relied.basis), (Outcome::Allowed, Basis::Position));
    assert_eq!((relied.until, relied.positions.len()), (Some(UnixMillis::new(2_000)), 1));
    for other in [
        Position { expires: NOW, ..allowed.clone() },
        Position { taken: UnixMillis::new(1_001), ..allowed.clone() },
        position("p", Stand::Allowed, &[Right::Embed], &["CC-BY-4.0"]),
        position("p", Stand::Allowed, &[Right::Train], &["CC-BY-SA-4.0"]),
        Position { scope: PositionScope { unless_reserved: true, ..allowed.scope.clone() }, ..allowed.clone() },
    ] {
        assert_eq!(train("CC-BY-4.0", &[other]).verdict, Outcome::Silent);
    }
    let anything = [position("p", Stand::Allowed, &[], &[])];
    for (licence, verdict) in [
        ("LicenseRef-Proprietary", Verdict::Reserved),
        ("", Verdict::Missing),
        ("LicenseRef-Handwritten", Verdict::Unread),
    ] {
        assert_eq!(train(licence, &anything).finer, verdict);
    }
    let paid = cell(&by("CC-BY-NC-4.0"), Right::Commercial, Form::Service, &anything);
    assert_eq!(paid.verdict, Outcome::Forbidden);
}

#[test]
fn a_position_that_refuses_wins_and_is_named() {
    let lineage = made_from(NodeKind::Model, "MIT", &[(NodeKind::Dataset, "CC-BY-SA-4.0", Activity::Train)]);
    let positions = [
        position("yes", Stand::Allowed, &[Right::Train], &[]),
        position("no", Stand::Refused, &[Right::Train], &["CC-BY-SA-4.0"]),
    ];
    let refused = cell(&lineage, Right::Serve, Form::Service, &positions);
    assert_eq!((refused.verdict, refused.basis), (Outcome::Forbidden, Basis::Position));
    assert_eq!(refused.deciding().next().unwrap().position.as_ref().unwrap().position, "no");
}

#[test]
fn the_statute_counts_only_where_the_place_is_known_and_nothing_is_reserved() {
    let starters = crate::licensing::StarterPosition::embedded().unwrap();
    let statute = starters.into_iter().find(|starter| starter.basis == Basis::Statute).unwrap();
    let positions = [statute.adopt("counsel".to_owned(), UnixMillis::new(0), UnixMillis::new(2_000))];
    let lineage = made_from(NodeKind::Model, "MIT", &[(NodeKind::Dataset, "CC-BY-4.0", Activity::Train)]);
    let intended = IntendedUse { right: Right::Serve, form: Form::Service, commercial: false };
    let (germany, brazil, unreserved) = ("DE".parse().unwrap(), "BR".parse().unwrap(), [id("p0")]);
    for (territory, unreserved, verdict) in [
        (Some(&germany), &unreserved[..], Outcome::Allowed),
        (Some(&germany), &[], Outcome::Silent),
        (Some(&brazil), &unreserved[..], Outcome::Silent),
        (None, &unreserved[..], Outcome::Silent),
    ] {
        let standpoint = Standpoint { territory, unreserved, ..standpoint(&positions) };
        let cell = TableCell::of(&lineage, &id("root"), intended, &standpoint).unwrap();
        assert_eq!(cell.verdict, verdict);
        assert!(verdict == Outcome::Silent || cell.basis == Basis::Statute);
    }
}

#[test]
fn share_alike_licences_clash_unless_one_lets_the_other() {
    let clash = |one: &str, another: &str, own: &str| {
        let parents = [(NodeKind::Dataset, one, Activity::Merge), (NodeKind::Dataset, another, Activity::Merge)];
        let found = conflicts(&made_from(NodeKind::Dataset, own, &parents), &Circumstances::default());
        found
            .into_iter()
            .any(|conflict| conflict.kind == ConflictKind::ShareAlike && matches!(conflict.other, Opposite::Clause(_)))
    };
    for (one, another, clashes) in [
        ("CC-BY-SA-4.0", "ODbL-1.0", true),
        ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", true),
        ("CC-BY-SA-4.0", "GPL-3.0-only", false),
        ("CC-BY-SA-4.0", "AGPL-3.0-only", true),
        ("CC-BY-SA-3.0", "CC-BY-SA-4.0", false),
        ("CC-BY-SA-1.0", "CC-BY-SA-4.0", true),
        ("GPL-3.0-or-later", "AGPL-3.0-only", false),
        ("MPL-2.0", "GPL-3.0-only", false),
        ("CDLA-Sharing-1.0", "CC-BY-SA-4.0", true),
        ("CC-BY-SA-4.0", "CC-BY-4.0", false),
    ] {
        assert_eq!(clash(one, another, ""), clashes, "{one} and {another}");
        assert_eq!(clash(another, one, ""), clashes, "{another} and {one}");
    }
}

#[test]
fn what_was_made_from_share_alike_works_is_offered_under_the_same_or_a_compatible_licence() {
    let offered = |own: &str| {
        let lineage = made_from(NodeKind::Dataset, own, &[(NodeKind::Dataset, "CC-BY-SA-4.0", Activity::Annotate)]);
        conflicts(&lineage, &Circumstances::default())
            .into_iter()
            .find(|conflict| matches!(conflict.other, Opposite::Fact(Fact::OfferedUnder(_))))
    };
    assert!(offered("MIT").is_some_and(|conflict| conflict.certainty == Certainty::Settled));
    assert!(offered("CC-BY-SA-4.0").is_none() && offered("GPL-3.0-or-later").is_none() && offered("").is_none());
    let trained = made_from(NodeKind::Model, "MIT", &[(NodeKind::Dataset, "CC-BY-SA-4.0", Activity::Train)]);
    let found = conflicts(&trained, &Circumstances::default());
    assert!(found.iter().all(|conflict| conflict.certainty == Certainty::Uncertain) && found.len() == 1);
    let sharing = made_from(NodeKind::Model, "MIT", &[(NodeKind::Dataset, "CDLA-Sharing-1.0", Activity::Train)]);
    assert_eq!(conflicts(&sharing, &Circumstances::default()), [], "3.5 frees results");
}

#[test]
fn names_notices_texts_and_users_are_held_against_what_llama_asks() {
    let lineage = made_from(
        NodeKind::Model,
        "LicenseRef-Llama-3.1",
        &[(NodeKind::Model, "LicenseRef-Llama-3.1", Activity::Finetune)],
    );
    let kinds = |circumstances: &Circumstances| {
        conflicts(&lineage, circumstances).into_iter().map(|conflict| conflict.kind).collect::<BTreeSet<_>>()
    };
    assert!(kinds(&Circumstances::default()).is_empty(), "what is not known makes no conflict");
    let bad = Circumstances {
        name: Some("acme/tuned".to_owned()),
        files: Some(vec!["README.md".to_owned()]),
        displayed: Some(Vec::new()),
        monthly_users: Some(700_000_001),
        ..Circumstances::default()
    };
    use ConflictKind as Kind;
    assert_eq!(kinds(&bad), BTreeSet::from([Kind::Naming, Kind::Notice, Kind::Display, Kind::UserThreshold]));
    let good = Circumstances {
        name: Some("acme/llama-tuned".to_owned()),
        files: Some(vec!["docs/NOTICE.txt".to_owned()]),
        displayed: Some(vec!["Built with Llama, tuned by Acme".to_owned()]),
        monthly_users: Some(700_000_000),
        ..Circumstances::default()
    };
    assert!(kinds(&good).is_empty());
}

#[test]
fn an_output_ban_is_a_conflict_with_what_was_done_or_is_asked() {
    let distilled = made_from(NodeKind::Model, "MIT", &[(NodeKind::Model, "LicenseRef-Llama-2", Activity::Distil)]);
    let facts = |lineage| {
        let found = conflicts(lineage, &Circumstances::default()).into_iter();
        let banned = found.filter(|conflict| conflict.kind == ConflictKind::OutputTraining);
        banned.map(|conflict| conflict.other).collect::<Vec<_>>()
    };
    assert!(facts(&distilled).contains(&Opposite::Fact(Fact::Made(Activity::Distil))));
    let tuned = made_from(NodeKind::Model, "MIT", &[(NodeKind::Model, "LicenseRef-Llama-2", Activity::Finetune)]);
    assert!(facts(&tuned).contains(&Opposite::Fact(Fact::Asked(Right::Distil))));
}

#[test]
fn what_was_done_with_data_was_not_done_with_the_model_that_wrote_them() {
    let nodes = [
        node("root", NodeKind::Dataset, ""),
        node("written", NodeKind::Dataset, "CC0-1.0"),
        node("writer", NodeKind::Model, "LicenseRef-Llama-2"),
        node("learned", NodeKind::Model, "MIT"),
    ];
    let merged = [edge("root", "written", Activity::Merge), edge("written", "writer", Activity::Generate)];
    let rights = |edges: &[LineageEdge]| {
        let lineage = Lineage::new(nodes.clone(), edges.iter().cloned()).unwrap();
        let found = cell(&lineage, Right::Redistribute, Form::Raw, &[]).causes.into_iter();
        found.filter(|cause| cause.node == id("writer")).map(|cause| (cause.right, cause.form)).collect::<BTreeSet<_>>()
    };
    let [generate, redistribute, distil] = [Right::Generate, Right::Redistribute, Right::Distil];
    let asked = BTreeSet::from([(generate, Form::Output), (redistribute, Form::Output)]);
    assert_eq!(rights(&merged), asked, "the model is asked about outputs and not about merging");
    let learned = [
        edge("root", "learned", Activity::Generate),
        edge("learned", "written", Activity::Train),
        edge("written", "writer", Activity::Generate),
    ];
    assert!(rights(&learned).contains(&(distil, Form::Output)), "a model learned from its outputs in between");
}

const LICENCES: [&str; 17] = [
    "",
    "MIT",
    "Apache-2.0",
    "CC0-1.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-ND-4.0",
    "CC-BY-ND-3.0",
    "GPL-3.0-only",
    "ODbL-1.0",
    "CDLA-Sharing-1.0",
    "LicenseRef-Llama-2",
    "LicenseRef-Gemma",
    "LicenseRef-Unheard-Of",
    "CC-BY-NC-4.0 OR OpenMDW-1.0",
    "CC-BY-SA-4.0 AND LicenseRef-Llama-3.1",
];

/// Up to five things behind `root`, which is a model or a data set; edges only from earlier to later ones.
fn lineages() -> impl Strategy<Value = (Vec<LineageNode>, Vec<LineageEdge>)> {
    let licence = prop::sample::select(&LICENCES[..]);
    let kind = || prop::sample::select(&[NodeKind::Model, NodeKind::Dataset][..]);
    let activity = prop::sample::select(Activity::ALL);
    let things = prop::collection::vec((licence.clone(), kind()), 1..6);
    let links = prop::collection::vec((0_usize..6, 1_usize..6, activity), 0..10);
    (kind(), licence, things, links).prop_map(|(kind, own, things, links)| {
        let name = |index: usize| if index == 0 { "root".to_owned() } else { format!("n{index}") };
        let mut nodes = vec![node("root", kind, own)];
        nodes.extend(things.iter().enumerate().map(|(index, (licence, kind))| node(&name(index + 1), *kind, licence)));
        let links = links.into_iter().map(|(child, parent, activity)| (child.min(parent - 1), parent, activity));
        let edges = links.filter(|(_, parent, _)| *parent <= things.len());
        (nodes, edges.map(|(child, parent, activity)| edge(&name(child), &name(parent), activity)).collect())
    })
}

fn uses() -> impl Strategy<Value = IntendedUse> {
    let (right, form) = (prop::sample::select(Right::ALL), prop::sample::select(Form::ALL));
    (right, form, any::<bool>()).prop_map(|(right, form, commercial)| IntendedUse { right, form, commercial })
}

fn positions() -> impl Strategy<Value = Vec<Position>> {
    let scope = (
        prop::sample::subsequence(Right::ALL, 0..4),
        prop::sample::subsequence(&LICENCES[1..14], 0..4),
        prop::sample::select(Stand::ALL),
        prop::sample::select(&[500_i64, 1_500, 2_000][..]),
    );
    let named = scope.prop_map(|(rights, licences, stand, expires)| {
        let id = format!("{stand} {} {} {expires}", rights.len(), licences.join(" "));
        Position { expires: UnixMillis::new(expires), ..position(&id, stand, &rights, &licences) }
    });
    prop::collection::vec(named, 0..3)
}

fn of(lineage: &Lineage, intended: IntendedUse, positions: &[Position]) -> TableCell {
    TableCell::of(lineage, &id("root"), intended, &standpoint(positions)).unwrap()
}

fn conflicts_of(lineage: &Lineage, intended: IntendedUse, circumstances: &Circumstances) -> Vec<Conflict> {
    crate::licensing::conflicts_of(lineage, &id("root"), intended, &standpoint(&[]), circumstances).unwrap()
}

fn known() -> Circumstances {
    Circumstances {
        name: Some("acme/other".to_owned()),
        files: Some(Vec::new()),
        displayed: Some(Vec::new()),
        monthly_users: Some(900_000_000),
        ..Circumstances::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn another_parent_never_widens_a_cell(
        (nodes, edges) in lineages(), intended in uses(), positions in positions(), kept in 0_usize..10,
    ) {
        let fewer = Lineage::new(nodes.clone(), edges.iter().take(kept).cloned()).unwrap();
        let all = Lineage::new(nodes, edges).unwrap();
        prop_assert!(of(&fewer, intended, &positions).finer <= of(&all, intended, &positions).finer);
    }

    #[test]
    fn order_and_repetition_change_neither_cells_nor_conflicts((nodes, edges) in lineages(), intended in uses()) {
        let forward = Lineage::new(nodes.clone(), edges.clone()).unwrap();
        let backward = Lineage::new(nodes.into_iter().rev(), edges.iter().rev().chain(&edges).cloned()).unwrap();
        prop_assert_eq!(of(&forward, intended, &[]), of(&backward, intended, &[]));
        let known = known();
        prop_assert_eq!(conflicts_of(&forward, intended, &known), conflicts_of(&backward, intended, &known));
    }

    #[test]
    fn another_parent_takes_no_conflict_away((nodes, edges) in lineages(), intended in uses(), kept in 0_usize..10) {
        let single = |edge: &LineageEdge| !nodes.iter().any(|node| {
            node.id == edge.parent && node.licence.as_ref().is_some_and(|licence| licence.as_str().contains(" OR "))
        });
        // Which licence of several is chosen can change with what is needed of it, and with it the conflict.
        let edges: Vec<_> = edges.iter().filter(|edge| single(edge)).cloned().collect();
        let sides = |lineage: &Lineage| {
            let found = conflicts_of(lineage, intended, &known()).into_iter();
            found.map(|found| (found.kind, found.this.licence, found.this.node)).collect::<BTreeSet<_>>()
        };
        let fewer = Lineage::new(nodes.clone(), edges.iter().take(kept).cloned()).unwrap();
        let all = Lineage::new(nodes, edges).unwrap();
        prop_assert!(sides(&fewer).is_subset(&sides(&all)));
    }

    #[test]
    fn silence_becomes_allowed_only_by_a_position_in_force(
        (nodes, edges) in lineages(), intended in uses(), positions in positions(),
    ) {
        let lineage = Lineage::new(nodes, edges).unwrap();
        let (without, with) = (of(&lineage, intended, &[]), of(&lineage, intended, &positions));
        let is_answered = |allowed: bool| positions.iter().any(|position| {
            position.is_in_force(NOW) && (position.stand == Stand::Allowed) == allowed
        });
        prop_assert!(without.positions.is_empty() && without.basis == Basis::Licence);
        if with.finer < without.finer {
            prop_assert_eq!(without.finer, Verdict::Silent);
            prop_assert!(!with.positions.is_empty() && is_answered(true));
        }
        if with.finer > without.finer {
            prop_assert!(with.basis == Basis::Position && is_answered(false));
        }
        if !is_answered(true) && !is_answered(false) {
            prop_assert_eq!(&without, &with);
        }
    }

    #[test]
    fn what_decided_is_named_and_a_cell_says_no_more_than_its_causes((nodes, edges) in lineages(), intended in uses()) {
        let cell = of(&Lineage::new(nodes, edges).unwrap(), intended, &[]);
        prop_assert_eq!(cell.deciding().count() == 0, cell.verdict == Outcome::Allowed);
        let asks_or_forbids = |cause: &&Cause| matches!(cause.effect, Verdict::Conditional | Verdict::Forbidden);
        prop_assert!(cell.causes.iter().filter(asks_or_forbids).all(|cause| cause.clause.is_some()));
    }
}
