//! The effective licence: worked cases, and the laws it keeps on random lineages.

use std::sync::LazyLock;

use chancery_base::values::Standing;
use proptest::prelude::*;

use super::*;
use crate::passport::{
    Activity, Permission,
    lineage::{LineageEdge, LineageNode, NodeKind},
};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::embedded().unwrap());

const PAID_CALL: ModelUse = ModelUse { action: Action::Infer, commercial: true };
const FREE_CALL: ModelUse = ModelUse { action: Action::Infer, commercial: false };

fn node(id: &str, kind: NodeKind, licence: &str) -> LineageNode {
    let licence = (!licence.is_empty()).then(|| licence.parse().unwrap());
    LineageNode { id: NodeId(id.to_owned()), kind, title: format!("the {id}"), licence, attribution: None }
}

fn edge(child: &str, parent: &str, activity: Activity) -> LineageEdge {
    let (child, parent) = (NodeId(child.to_owned()), NodeId(parent.to_owned()));
    LineageEdge { child, parent, activity, standing: Standing::Declared, permission: None }
}

/// `model` fine-tuned from `base`, which was trained on `data`.
fn chain(base: &str, data: &str) -> Lineage {
    let nodes = [
        node("model", NodeKind::Model, "MIT"),
        node("base", NodeKind::Model, base),
        node("data", NodeKind::Dataset, data),
    ];
    Lineage::new(nodes, [edge("model", "base", Activity::Finetune), edge("base", "data", Activity::Train)]).unwrap()
}

fn effective(lineage: &Lineage, intended: ModelUse) -> EffectiveLicence {
    effective_licence(lineage, &NodeId("model".to_owned()), intended, &CATALOGUE).unwrap()
}

#[test]
fn non_commercial_data_forbid_a_paid_call_and_the_cause_says_where() {
    let lineage = chain("OpenMDW-1.0", "CC-BY-NC-4.0");
    let paid = effective(&lineage, PAID_CALL);
    assert_eq!(paid.verdict, Verdict::Forbidden);
    let cause = paid.causes.first().unwrap();
    assert_eq!((cause.title.as_str(), cause.right, cause.effect), ("the data", Right::Commercial, Verdict::Forbidden));
    assert_eq!(cause.clause.as_deref(), Some("2(a)(1) and 1(i)"));
    assert_eq!(cause.path, ["model", "base", "data"].map(|id| NodeId(id.to_owned())));
    let free = effective(&lineage, FREE_CALL);
    assert_eq!(free.verdict, Verdict::Silent, "the text does not address training");
    assert_eq!(free.attributions.last().unwrap().text, "the data (CC-BY-NC-4.0)");
}

#[test]
fn worked_cases() {
    for (base, data, intended, verdict) in [
        ("OpenMDW-1.0", "CDLA-Permissive-2.0", PAID_CALL, Verdict::Permitted),
        ("OpenMDW-1.0", "CC-BY-NC-4.0 OR CDLA-Permissive-2.0", PAID_CALL, Verdict::Permitted),
        ("OpenMDW-1.0", "CC-BY-NC-4.0 AND CDLA-Permissive-2.0", PAID_CALL, Verdict::Forbidden),
        ("OpenMDW-1.0", "", PAID_CALL, Verdict::Missing),
        ("OpenMDW-1.0", "LicenseRef-Handwritten", PAID_CALL, Verdict::Unread),
        ("OpenMDW-1.0", "LicenseRef-Handwritten", FREE_CALL, Verdict::Unread),
        ("OpenMDW-1.0", "CC-BY-NC-3.0", PAID_CALL, Verdict::Forbidden),
        ("OpenMDW-1.0", "PolyForm-Noncommercial-1.0.0", PAID_CALL, Verdict::Forbidden),
        ("OpenMDW-1.0", "CC-BY-NC-4.0 OR LicenseRef-Handwritten", PAID_CALL, Verdict::Forbidden),
        ("LicenseRef-Proprietary", "CC0-1.0", FREE_CALL, Verdict::Reserved),
        ("CC-BY-NC-4.0", "", PAID_CALL, Verdict::Forbidden),
        ("LicenseRef-Llama-3.1", "CDLA-Permissive-2.0", PAID_CALL, Verdict::Conditional),
        ("AGPL-3.0-only", "CDLA-Permissive-2.0", FREE_CALL, Verdict::Silent),
        ("CC-BY-ND-4.0", "CC0-1.0", ModelUse { action: Action::Fetch, commercial: false }, Verdict::Forbidden),
        ("LicenseRef-Llama-2", "CC0-1.0", ModelUse { action: Action::Distil, commercial: false }, Verdict::Forbidden),
    ] {
        assert_eq!(effective(&chain(base, data), intended).verdict, verdict, "{base}; {data}; {intended:?}");
    }
}

#[test]
fn the_models_own_licence_is_not_weighed() {
    let lineage = Lineage::new([node("model", NodeKind::Model, "CC-BY-NC-4.0")], []).unwrap();
    assert_eq!(effective(&lineage, PAID_CALL).verdict, Verdict::Permitted);
}

#[test]
fn an_intermediate_does_not_launder_what_was_done_with_its_parent() {
    let nodes = [
        node("model", NodeKind::Model, "MIT"),
        node("quantised", NodeKind::Model, "MIT"),
        node("llama", NodeKind::Model, "LicenseRef-Llama-2"),
    ];
    let edges = [edge("model", "quantised", Activity::Distil), edge("quantised", "llama", Activity::Quantise)];
    let free = effective(&Lineage::new(nodes, edges).unwrap(), FREE_CALL);
    assert_eq!(free.verdict, Verdict::Forbidden);
    let cause = free.causes.first().unwrap();
    assert_eq!(
        (cause.title.as_str(), cause.right, cause.clause.as_deref()),
        ("the llama", Right::Distil, Some("1.b.v"))
    );
}

#[test]
fn a_declared_permission_lifts_what_it_covers_and_nothing_else() {
    let permitted = |licence: &str, rights: &[Right]| {
        let permission =
            Permission { holder: "D".to_owned(), evidence: "contract 7".to_owned(), rights: rights.to_vec() };
        let edges = [LineageEdge { permission: Some(permission), ..edge("model", "data", Activity::Train) }];
        let nodes = [node("model", NodeKind::Model, "MIT"), node("data", NodeKind::Dataset, licence)];
        effective(&Lineage::new(nodes, edges).unwrap(), PAID_CALL)
    };
    let whole = permitted("LicenseRef-Handwritten", &[Right::Train, Right::Commercial]);
    assert_eq!((whole.verdict, whole.causes.len(), whole.permissions.len()), (Verdict::Permitted, 0, 2));
    assert_eq!(permitted("LicenseRef-Handwritten", &[Right::Train]).verdict, Verdict::Unread);
    assert_eq!(permitted("LicenseRef-Proprietary", &[Right::Commercial]).verdict, Verdict::Reserved);
    let bought = permitted("CC-BY-NC-4.0", &[Right::Commercial]);
    assert_eq!(bought.verdict, Verdict::Silent, "training is still for the text");
    assert_eq!(bought.attributions.len(), 1, "its duties stay");
}

#[test]
fn a_model_that_is_not_there_has_no_effective_licence() {
    let stranger = NodeId("stranger".to_owned());
    let answer = effective_licence(&chain("MIT", "MIT"), &stranger, PAID_CALL, &CATALOGUE);
    assert_eq!(answer, Err(LineageError::UnknownNode(stranger)));
}

#[test]
fn silence_never_hides_a_prohibition() {
    let paid = effective(&chain("LicenseRef-Unheard-Of", "CC-BY-NC-4.0"), PAID_CALL);
    assert_eq!(paid.verdict, Verdict::Forbidden);
    assert!(paid.causes.iter().any(|cause| cause.effect == Verdict::Unread && cause.source.is_none()));
    assert_eq!(paid.causes.first().unwrap().effect, Verdict::Forbidden);
}

const LICENCES: [&str; 9] = [
    "",
    "MIT",
    "CC0-1.0",
    "CC-BY-NC-4.0",
    "OpenMDW-1.0",
    "LicenseRef-Unheard-Of",
    "CC-BY-NC-4.0 OR OpenMDW-1.0",
    "CC-BY-SA-4.0 AND LicenseRef-Llama-2",
    "CC-BY-ND-4.0",
];

/// Up to seven nodes besides the model; edges only from earlier to later ones, so that there is no cycle.
fn lineages() -> impl Strategy<Value = (Vec<LineageNode>, Vec<LineageEdge>)> {
    let licence = prop::sample::select(&LICENCES[..]);
    let kind = prop::sample::select(&[NodeKind::Model, NodeKind::Dataset][..]);
    let activity = prop::sample::select(Activity::ALL);
    let things = prop::collection::vec((licence, kind), 1..8);
    let links = prop::collection::vec((0_usize..8, 1_usize..8, activity), 0..16);
    (things, links).prop_map(|(things, links)| {
        let name = |index: usize| if index == 0 { "model".to_owned() } else { format!("n{index}") };
        let mut nodes = vec![node("model", NodeKind::Model, "MIT")];
        nodes.extend(things.iter().enumerate().map(|(index, (licence, kind))| node(&name(index + 1), *kind, licence)));
        let links = links.into_iter().map(|(child, parent, activity)| (child.min(parent - 1), parent, activity));
        let edges = links.filter(|(_, parent, _)| *parent <= things.len());
        let edges = edges.map(|(child, parent, activity)| edge(&name(child), &name(parent), activity)).collect();
        (nodes, edges)
    })
}

fn uses() -> impl Strategy<Value = ModelUse> {
    (prop::sample::select(Action::ALL), any::<bool>()).prop_map(|(action, commercial)| ModelUse { action, commercial })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn another_ancestor_never_loosens((nodes, edges) in lineages(), intended in uses()) {
        let mut before = None;
        for count in 0..=edges.len() {
            let lineage = Lineage::new(nodes.clone(), edges.iter().take(count).cloned()).unwrap();
            let after = effective(&lineage, intended);
            if let Some(before) = before.replace(after.verdict) {
                prop_assert!(before <= after.verdict);
            }
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter((nodes, edges) in lineages(), intended in uses()) {
        let forward = Lineage::new(nodes.clone(), edges.clone()).unwrap();
        let backward = Lineage::new(nodes.into_iter().rev(), edges.iter().rev().chain(&edges).cloned()).unwrap();
        prop_assert_eq!(effective(&forward, intended), effective(&backward, intended));
    }

    #[test]
    fn the_verdict_is_the_worst_cause_and_every_cause_has_a_way((nodes, edges) in lineages(), intended in uses()) {
        let lineage = Lineage::new(nodes, edges).unwrap();
        let effective = effective(&lineage, intended);
        let worst = effective.causes.iter().map(|cause| cause.effect).max().unwrap_or(Verdict::Permitted);
        prop_assert_eq!(effective.verdict, worst);
        for cause in &effective.causes {
            prop_assert_eq!(cause.path.first().map(|id| id.0.as_str()), Some("model"));
            prop_assert_eq!(cause.path.last(), Some(&cause.node));
            for step in cause.path.windows(2) {
                prop_assert!(lineage.edges().any(|edge| edge.child == step[0] && edge.parent == step[1]));
            }
        }
    }

    #[test]
    fn a_commercial_use_is_never_freer_than_the_same_use_for_nothing((nodes, edges) in lineages(), intended in uses()) {
        let lineage = Lineage::new(nodes, edges).unwrap();
        let free = effective(&lineage, ModelUse { commercial: false, ..intended });
        let paid = effective(&lineage, ModelUse { commercial: true, ..intended });
        prop_assert!(free.verdict <= paid.verdict);
    }
}
