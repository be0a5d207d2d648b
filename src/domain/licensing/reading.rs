//! One licence expression read for the rights that are needed: AND takes the worst of both, OR lets the licensee pick.

use std::collections::BTreeSet;

use super::catalogue::{Catalogue, Cell, Duty, Limits, Verdict};
use crate::passport::{Activity, LicenceExpression, Right};

/// A right that is needed of a thing: because something was done with it, or because of the intended use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Demand {
    /// The right.
    pub right: Right,
    /// What was done, if the right was already exercised.
    pub activity: Option<Activity>,
    /// Whether what is passed on is an altered form of the thing.
    pub altered: bool,
}

/// What one licence says to one demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The demand.
    pub demand: Demand,
    /// The licence; absent when there is none.
    pub licence: Option<String>,
    /// What it says; no source when there is no text to point at.
    pub verdict: Verdict,
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
    /// Reads `expression` for `demands`; without an expression every demand is [`Verdict::Missing`].
    pub fn of(expression: Option<&LicenceExpression>, demands: &[Demand], catalogue: &Catalogue) -> Self {
        let Some(expression) = expression else { return Self::missing(demands) };
        // INVARIANT: a licence expression is valid by its type, so neither parsing nor the stack below can fail; were they
        // to, the licence would read as missing, which permits nothing.
        let Ok(parsed) = spdx::Expression::parse(expression.as_str()) else { return Self::missing(demands) };
        let mut stack: Vec<Self> = Vec::new();
        for node in parsed.iter() {
            let reading = match node {
                spdx::expression::ExprNode::Req(requirement) => {
                    let id = requirement.req.license.to_string();
                    Some(Self::of_licence(id.trim_end_matches('+'), demands, catalogue))
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
        let finding =
            |demand: &Demand| Finding { demand: *demand, licence: None, verdict: Verdict::Missing, cell: None };
        Self { findings: demands.iter().map(finding).collect(), ..Self::default() }
    }

    fn of_licence(id: &str, demands: &[Demand], catalogue: &Catalogue) -> Self {
        let licences = BTreeSet::from([id.to_owned()]);
        let Some(licence) = catalogue.licence(id) else {
            let unknown = |demand: &Demand| Finding {
                demand: *demand,
                licence: Some(id.to_owned()),
                verdict: Verdict::Unread,
                cell: None,
            };
            return Self { licences, findings: demands.iter().map(unknown).collect(), ..Self::default() };
        };
        let finding = |demand: &Demand| {
            let no_derivatives = licence.duty(Duty::NoDerivatives).filter(|_| demand.altered);
            let cell = match no_derivatives {
                Some(clause) if demand.right == Right::Redistribute => {
                    let clause = Some(clause.to_owned());
                    Cell { verdict: Verdict::Forbidden, clause, condition: None, source: licence.source.clone() }
                }
                _ => licence.right(demand.right),
            };
            Finding { demand: *demand, licence: Some(id.to_owned()), verdict: cell.verdict, cell: Some(cell) }
        };
        let imposed = |duty: &Duty| {
            let (licence, source, clause) = (id.to_owned(), licence.source.clone(), licence.duty(*duty)?.to_owned());
            Some(Imposed { licence, duty: *duty, clause, source })
        };
        Self {
            licences,
            findings: demands.iter().map(finding).collect(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn worst(expression: &str) -> (Verdict, Vec<String>) {
        let demands = [Demand { right: Right::Commercial, activity: None, altered: false }];
        let expression = expression.parse().unwrap();
        let reading = Reading::of(Some(&expression), &demands, &Catalogue::embedded().unwrap());
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
            ("LicenseRef-Gemma", Verdict::Unread, vec!["LicenseRef-Gemma"]),
            ("CC-BY-NC-SA-3.0-IGO", Verdict::Forbidden, vec!["CC-BY-NC-SA-3.0-IGO"]),
            ("(MIT OR CC-BY-NC-4.0) AND LicenseRef-Llama-2", Verdict::Conditional, vec!["LicenseRef-Llama-2", "MIT"]),
            ("GPL-3.0-or-later", Verdict::Permitted, vec!["GPL-3.0-or-later"]),
            ("Apache-2.0+", Verdict::Permitted, vec!["Apache-2.0"]),
        ] {
            assert_eq!(worst(expression), (verdict, licences.into_iter().map(str::to_owned).collect()), "{expression}");
        }
    }
}
