//! How good findings are against labels: precision and recall for each class.

use std::collections::BTreeMap;

use super::{
    class::{Class, Finding},
    corpus::{Item, Label},
};

/// Findings of a class against the labels of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Labels that were found.
    pub found: u64,
    /// Labels that were not.
    pub missed: u64,
    /// Findings that no label bears out.
    pub wrong: u64,
}

impl Score {
    /// The share of findings that are right; 1 without any.
    pub fn precision(self) -> f64 {
        share(self.found, self.found + self.wrong)
    }

    /// The share of labels that were found; 1 without any.
    pub fn recall(self) -> f64 {
        share(self.found, self.found + self.missed)
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// Scores what a scanner finds in these items.
///
/// A finding bears out a label of its class where what they share is at least half of what they cover together.
pub fn evaluate(items: &[Item], scan: impl Fn(&str) -> Vec<Finding>) -> BTreeMap<Class, Score> {
    let mut scores: BTreeMap<Class, Score> = BTreeMap::new();
    for item in items {
        let mut findings = scan(&item.text);
        for label in &item.labels {
            let score = scores.entry(label.class).or_default();
            match findings.iter().position(|finding| bears_out(finding, label)) {
                Some(at) => {
                    findings.swap_remove(at);
                    score.found += 1;
                }
                None => score.missed += 1,
            }
        }
        for finding in findings {
            scores.entry(finding.class).or_default().wrong += 1;
        }
    }
    scores
}

fn bears_out(finding: &Finding, label: &Label) -> bool {
    let shared = finding.end.min(label.end).saturating_sub(finding.start.max(label.start));
    let together = finding.end.max(label.end) - finding.start.min(label.start);
    finding.class == label.class && shared * 2 >= together
}
