//! Whether a corpus passes: what the inspection of a sample found, against the numbers of TC260-003.

use std::collections::BTreeMap;

use serde::Serialize;

use super::sampling::BAD_SOURCE_PERCENT;
use super::{LabelError, SamplingPlan};

/// What was found in one row of the sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The row, from 1.
    pub row: u64,
    /// Where it came from.
    pub source: String,
    /// The class of what is wrong with it, if something is.
    pub fault: Option<String>,
}

/// What was found in the sampled rows of one source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SourceCount {
    /// Rows inspected.
    pub inspected: u64,
    /// Rows with a fault.
    pub bad: u64,
    /// Whether the source must be left out whole.
    pub excluded: bool,
}

/// Whether a corpus passes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acceptance {
    /// Which rows were inspected.
    pub plan: SamplingPlan,
    /// Rows inspected.
    pub inspected: u64,
    /// Rows with a fault.
    pub bad: u64,
    /// Per cent of the sample that must be without fault.
    pub required_percent: u64,
    /// Whether they are. Sources that are excluded must be left out all the same.
    pub passes: bool,
    /// How often which fault was found.
    pub faults: BTreeMap<String, u64>,
    /// What was found in each source.
    pub sources: BTreeMap<String, SourceCount>,
}

/// Counts the results of an inspection; there must be exactly one for each row of the plan, in any order.
///
/// # Errors
/// [`LabelError::NotSampled`] and [`LabelError::NotInspected`]: a sample from which rows can be left out proves nothing.
pub fn accept(plan: SamplingPlan, results: impl IntoIterator<Item = Inspected>) -> Result<Acceptance, LabelError> {
    let mut due: std::collections::BTreeSet<u64> = plan.rows().collect();
    let required_percent = plan.inspection().pass_percent();
    let (faults, sources) = (BTreeMap::new(), BTreeMap::new());
    let mut report = Acceptance { plan, inspected: 0, bad: 0, required_percent, passes: false, faults, sources };
    for Inspected { row, source, fault } in results {
        if !due.remove(&row) {
            return Err(LabelError::NotSampled { row });
        }
        let count = report.sources.entry(source).or_default();
        count.inspected += 1;
        report.inspected += 1;
        if let Some(fault) = fault {
            count.bad += 1;
            report.bad += 1;
            *report.faults.entry(fault).or_default() += 1;
        }
    }
    if let Some(first) = due.first() {
        return Err(LabelError::NotInspected { missing: due.len() as u64, first: *first });
    }
    for count in report.sources.values_mut() {
        count.excluded = count.bad * 100 > count.inspected * BAD_SOURCE_PERCENT;
    }
    report.passes = (report.inspected - report.bad) * 100 >= report.inspected * required_percent;
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::labels::Inspection;

    fn results(plan: &SamplingPlan, bad: usize) -> Vec<Inspected> {
        let result = |(number, row)| Inspected {
            row,
            source: if number < 100 { "small" } else { "large" }.to_owned(),
            fault: (number < bad).then(|| "hate".to_owned()),
        };
        plan.rows().enumerate().map(result).collect()
    }

    #[test]
    fn the_limits_are_exact() {
        let manual = SamplingPlan::new(Inspection::Manual, 10_000, 9).unwrap();
        let technical = SamplingPlan::new(Inspection::Technical, 10_000, 9).unwrap();
        for (plan, bad, passes) in
            [(manual, 160, true), (manual, 161, false), (technical, 20, true), (technical, 21, false)]
        {
            let report = accept(plan, results(&plan, bad)).unwrap();
            assert_eq!((report.passes, report.bad, report.faults["hate"]), (passes, bad as u64, bad as u64));
        }
        for (bad, excluded) in [(5, false), (6, true)] {
            assert_eq!(accept(manual, results(&manual, bad)).unwrap().sources["small"].excluded, excluded);
        }
    }

    #[test]
    fn every_row_of_the_sample_needs_one_result() {
        let plan = SamplingPlan::new(Inspection::Technical, 100, 9).unwrap();
        let mut some = results(&plan, 0);
        let last = some.pop().unwrap();
        assert_eq!(accept(plan, some.clone()), Err(LabelError::NotInspected { missing: 1, first: last.row }));
        some.push(some[0].clone());
        assert_eq!(accept(plan, some.clone()), Err(LabelError::NotSampled { row: some[0].row }));
    }
}
