//! Tests of judgement that need the whole of it.

mod activation;
mod deciding;
mod explaining;
mod properties;

use std::path::{Path, PathBuf};

use super::{Facts, PolicySources, RuleSet, examples::Examples};

/// Where the rules stand in the tree.
fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

/// An ordinary use that is allowed: the facts that worked examples start from.
fn ordinary() -> Facts {
    toml::from_str(include_str!("../../../../policies/tests/base.toml")).unwrap()
}

/// The rules compiled in.
fn builtin() -> RuleSet {
    RuleSet::builtin().unwrap()
}

#[test]
fn worked_examples_hold_and_show_every_rule() {
    let report = Examples::read(&policies().join("tests")).unwrap().run(&PolicySources::builtin()).unwrap();
    assert!(report.failed.is_empty(), "{:#?}", report.failed);
    assert!(report.passed.len() >= 25, "{}", report.passed.len());
    assert!(report.is_complete(), "{:?}", report.unshown);
}

#[test]
fn the_directory_holds_what_is_compiled_in() {
    assert_eq!(PolicySources::read(&policies()).unwrap(), PolicySources::builtin());
}
