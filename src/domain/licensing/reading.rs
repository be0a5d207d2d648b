//! One licence expression read for the rights that are needed: AND takes the worst of both, OR lets the licensee pick.

use std::collections::BTreeSet;

use super::{
    form::Form,
    licence::{Cell, Duty, Licence, Limits},
    position::{Reliance, Silence, Stand},
    standpoint::Standpoint,
    verdict::Verdict,
};
use crate::passport::{
    Activity, Right,
    lineage::{LineageNode, NodeId},
};

/// A right that is needed of a thing: because something was done with it, or because of the intended use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Demand {
    /// The right.
    pub right: Right,
    /// In which form it is exercised.
    pub form: Form,
    /// What was done, if the right was already exercised.
    pub activity: Option<Activity>,
    /// Whether what is passed on is an altered form of the thing.
    pub altered: bool,
    /// Whether it is about a model that was made with the thing, and not about the thing.
    pub of_results: bool,
}

impl Demand {
    /// Whether a text has to answer it only if it speaks of models made with its data. Commercial use is for every text.
    pub fn is_only_of_results(&self) -> bool {
        self.of_results && self.right != Right::Commercial
    }
}

/// What one licence says to one demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The demand.
    pub demand: Demand,
    /// The licence; absent when there is none.
    pub licence: Option<String>,
    /// What it says, or what a position makes of its silence.
    pub verdict: Verdict,
    /// The position, where the text is silent and one answers.
    pub reliance: Option<Reliance>,
    /// The catalogue's cell, if the licence is in the catalogue.
    pub cell: Option<Cell>,
}

/// A duty that one licence imposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imposed {
    /// The licence.
    pub licence: String,
    /// The duty.
    pub duty: Duty,
    /// The clause.
    pub clause: String,
    /// Where the text stands.
    pub source: String,
}

/// What an expression says to all demands, after picking the best branch of every OR.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The licences that were picked; all of them apply.
    pub licences: BTreeSet<String>,
    /// One finding per licence and demand.
    pub findings: Vec<Finding>,
    /// The duties of the licences that were picked.
    pub duties: Vec<Imposed>,
    /// What the licences that were picked take out, by licence.
    pub limits: Vec<(String, Limits)>,
}

impl Reading {
    /// Reads the licence of `node` for `demands`; without one every demand is [`Verdict::Missing`].
    pub fn of(node: &LineageNode, demands: &[Demand], standpoint: &Standpoint<'_>) -> Self {
        let Some(expression) = &node.licence else { return Self::missing(demands) };
        // INVARIANT: a licence expression is valid by its type, so neither parsing nor the stack below can fail; were they
        // to, the licence would read as missing, which permits nothing.
        let Ok(parsed) = spdx::Expression::parse(expression.as_str()) else { return Self::missing(demands) };
        let mut stack: Vec<Self> = Vec::new();
        for part in parsed.iter() {
            let reading = match part {
                spdx::expression::ExprNode::Req(requirement) => {
                    let id = requirement.req.license.to_string();
                    Some(Self::of_licence(id.trim_end_matches('+'), &node.id, demands, standpoint))
                }
                spdx::expression::ExprNode::Op(operator) => match (operator, stack.pop(), stack.pop()) {
                    (spdx::expression::Operator::And, Some(right), Some(left)) => Some(left.and(right)),
                    (spdx::expression::Operator::Or, Some(right), Some(left)) => Some(left.or(right)),
                    _ => None,
                },
            };
            stack.extend(reading);
        }
        stack.pop().unwrap_or_else(|| Self::missing(demands))
    }

    /// The worst verdict on any demand.
    pub fn worst(&self) -> Verdict {
        self.findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Permitted)
    }

    fn missing(demands: &[Demand]) -> Self {
        Self { findings: without_text(None, Verdict::Missing, demands), ..Self::default() }
    }

    fn of_licence(id: &str, node: &NodeId, demands: &[Demand], standpoint: &Standpoint<'_>) -> Self {
        let licences = BTreeSet::from([id.to_owned()]);
        let Some(licence) = standpoint.catalogue.licence(id) else {
            return Self { licences, findings: without_text(Some(id), Verdict::Unread, demands), ..Self::default() };
        };
        let finding = |demand: &Demand| {
            let cell = cell(licence, demand)?;
            let silence = Silence { node, licence, right: demand.right, form: demand.form };
            let position = standpoint.answer(&silence).filter(|_| cell.verdict == Verdict::Silent);
            let verdict = match position.map(|position| position.stand) {
                Some(Stand::Allowed) => Verdict::Permitted,
                Some(Stand::Refused) => Verdict::Forbidden,
                None => cell.verdict,
            };
            let reliance = position.map(Reliance::from);
            Some(Finding { demand: *demand, licence: Some(id.to_owned()), verdict, reliance, cell: Some(cell) })
        };
        let imposed = |duty: &Duty| {
            let clause = licence.duty(*duty)?.clause.clone();
            Some(Imposed { licence: id.to_owned(), duty: *duty, clause, source: licence.source.clone() })
        };
        Self {
            licences,
            findings: demands.iter().filter_map(finding).collect(),
            duties: Duty::ALL.iter().filter_map(imposed).collect(),
            limits: vec![(id.to_owned(), licence.limits.clone())],
        }
    }

    /// Both apply.
    fn and(mut self, other: Self) -> Self {
        self.licences.extend(other.licences);
        self.findings.extend(other.findings);
        self.duties.extend(other.duties);
        self.limits.extend(other.limits);
        self
    }

    /// The better of the two for a licensee; equal ones are told apart by name, so that the choice never depends on order.
    /// Nobody can choose a text that was not read while there is another.
    fn or(self, other: Self) -> Self {
        let is_unread = |reading: &Self| reading.findings.iter().any(|finding| finding.verdict == Verdict::Unread);
        let rank =
            |reading: &Self| (is_unread(reading), reading.worst(), reading.duties.len(), reading.licences.clone());
        if rank(&other) < rank(&self) { other } else { self }
    }
}

/// What the text says to a demand; nothing where it is asked of models made with its data and does not speak of them.
fn cell(licence: &Licence, demand: &Demand) -> Option<Cell> {
    let Demand { right, form, altered, of_results, .. } = *demand;
    if of_results {
        let spoken = licence.of_results(right).cloned();
        return spoken.or_else(|| (right == Right::Commercial).then(|| licence.cell(right, form)));
    }
    let no_derivatives = licence.duty(Duty::NoDerivatives).filter(|_| altered && right == Right::Redistribute);
    Some(no_derivatives.map_or_else(
        || licence.cell(right, form),
        |duty| Cell {
            verdict: Verdict::Forbidden,
            clause: Some(duty.clause.clone()),
            condition: None,
            doubt: None,
            source: licence.source.clone(),
        },
    ))
}

/// One verdict on all demands, where there is no text to answer them.
fn without_text(licence: Option<&str>, verdict: Verdict, demands: &[Demand]) -> Vec<Finding> {
    let finding = |demand: &Demand| Finding {
        demand: *demand,
        licence: licence.map(str::to_owned),
        verdict,
        reliance: None,
        cell: None,
    };
    demands.iter().filter(|demand| !demand.is_only_of_results()).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{licensing::Catalogue, passport::lineage::NodeKind};

    fn worst(expression: &str) -> (Verdict, Vec<String>) {
        let demands = [Demand {
            right: Right::Commercial,
            form: Form::Service,
            activity: None,
            altered: false,
            of_results: false,
        }];
        let node = LineageNode {
            id: NodeId("n".to_owned()),
            kind: NodeKind::Dataset,
            title: "n".to_owned(),
            licence: Some(expression.parse().unwrap()),
            attribution: None,
        };
        let reading = Reading::of(&node, &demands, &Standpoint::of(&Catalogue::embedded().unwrap()));
        (reading.worst(), reading.licences.into_iter().collect())
    }

    #[test]
    fn and_takes_the_worst_and_or_the_best() {
        for (expression, verdict, licences) in [
            ("CC-BY-NC-4.0", Verdict::Forbidden, vec!["CC-BY-NC-4.0"]),
            ("CC-BY-NC-4.0 AND MIT", Verdict::Forbidden, vec!["CC-BY-NC-4.0", "MIT"]),
            ("CC-BY-NC-4.0 OR MIT", Verdict::Permitted, vec!["MIT"]),
            ("MIT OR CC-BY-NC-4.0", Verdict::Permitted, vec!["MIT"]),
            ("CC-BY-NC-4.0 OR LicenseRef-Commercial", Verdict::Forbidden, vec!["CC-BY-NC-4.0"]),
            ("LicenseRef-Commercial OR MIT", Verdict::Permitted, vec!["MIT"]),
            ("LicenseRef-Commercial", Verdict::Unread, vec!["LicenseRef-Commercial"]),
            ("LicenseRef-Grok", Verdict::Unread, vec!["LicenseRef-Grok"]),
            ("CC-BY-NC-SA-3.0-IGO", Verdict::Forbidden, vec!["CC-BY-NC-SA-3.0-IGO"]),
            ("(MIT OR CC-BY-NC-4.0) AND LicenseRef-Llama-2", Verdict::Conditional, vec!["LicenseRef-Llama-2", "MIT"]),
            ("GPL-3.0-or-later", Verdict::Permitted, vec!["GPL-3.0-or-later"]),
            ("Apache-2.0+", Verdict::Permitted, vec!["Apache-2.0"]),
        ] {
            assert_eq!(worst(expression), (verdict, licences.into_iter().map(str::to_owned).collect()), "{expression}");
        }
    }
}
