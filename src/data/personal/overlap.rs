//! Where findings overlap, one of them stays.

use std::cmp::Reverse;

use super::class::Finding;

/// Keeps the more certain, then the longer, then the class that stands first, then the one that begins first; ordered by place.
pub(super) fn resolve(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| {
        (Reverse(finding.confidence), Reverse(finding.end - finding.start), finding.class, finding.start)
    });
    let mut kept: std::collections::BTreeMap<usize, Finding> = std::collections::BTreeMap::new();
    for finding in findings {
        // Those kept do not overlap, so that only the last that begins before the end can reach into this one.
        let overlaps = kept.range(..finding.end).next_back().is_some_and(|(_, other)| other.end > finding.start);
        if !overlaps && finding.start < finding.end {
            kept.insert(finding.start, finding);
        }
    }
    kept.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::personal::class::{Class, Confidence};

    #[test]
    fn the_surer_then_the_longer_stays() {
        let finding = |class, start, end, confidence| Finding { class, start, end, confidence, reason: "" };
        let kept = resolve(vec![
            finding(Class::Phone, 0, 20, Confidence::Likely),
            finding(Class::Card, 2, 18, Confidence::Certain),
            finding(Class::Phone, 30, 40, Confidence::Likely),
            finding(Class::Passport, 30, 41, Confidence::Likely),
            finding(Class::Phone, 41, 50, Confidence::Likely),
        ]);
        let classes: Vec<_> = kept.iter().map(|finding| (finding.class, finding.start)).collect();
        assert_eq!(classes, [(Class::Card, 2), (Class::Passport, 30), (Class::Phone, 41)]);
    }
}
