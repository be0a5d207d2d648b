//! Why: one decision with its clause, every rule that was looked at, the facts, what would have changed the answer, and its proof.

use actix_web::web;
use askama::Template;
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{DecisionId, Localized},
};
use chancery_domain::{
    policy::{ExplainedRule, Explanation, NotReplayable, Reason, Repair, Replay},
    serving::RecalledDecision,
};

use super::{facts::ShownFact, frame::Frame, sentence::Sentence, visit::Visit};
use crate::web::{blocking, call::Answer};

#[derive(Template)]
#[template(path = "why.html")]
struct WhyPage {
    frame: Frame,
    recalled: RecalledDecision,
    facts: Vec<ShownFact>,
    /// Its place in the audit log, once it has one.
    index: Option<u64>,
    /// What deciding again gave: the end of a text's name.
    replay: &'static str,
    /// What differs, or why it could not be decided again.
    replay_detail: Option<String>,
}

/// `GET /decisions/{id}`
pub async fn why(visit: Visit, id: web::Path<String>) -> Answer {
    let id: DecisionId = id.parse().map_err(|_| Problem::not_found("decision"))?;
    let Visit { app, caller, frame, .. } = visit;
    let (recalled, index) = blocking::record(move || {
        let recalled = app.desk.recall(&caller, id)?;
        let index = match app.reporter.record(&caller, recalled.record.leaf) {
            Ok(record) => record.index,
            // What it says was erased; the decision stands without it.
            Err(problem) if problem.kind == ProblemKind::NotFound => None,
            Err(problem) => return Err(problem),
        };
        Ok((recalled, index))
    })
    .await?;
    let facts = recalled.facts.as_ref().map(|facts| ShownFact::all(&frame, facts)).unwrap_or_default();
    let (replay, replay_detail) = match &recalled.replay {
        Replay::Equal => ("equal", None),
        Replay::Different(difference) => ("different", Some(difference.parts.join(", "))),
        Replay::NotReplayable(reason) => (not_replayable(reason), None),
    };
    Visit::show(&WhyPage { frame, recalled, facts, index, replay, replay_detail })
}

/// The name of the text that says why.
const fn not_replayable(reason: &NotReplayable) -> &'static str {
    match reason {
        NotReplayable::FactsErased => "facts-erased",
        NotReplayable::FactsAltered { .. } => "facts-altered",
        NotReplayable::FactsUnreadable { .. } => "facts-unreadable",
        NotReplayable::OtherRules { .. } => "other-rules",
    }
}

impl WhyPage {
    fn deciding(&self) -> Option<&Reason> {
        self.recalled.decision.deciding()
    }

    fn is_allowed(&self) -> bool {
        self.recalled.decision.is_allowed()
    }

    fn explanation(&self) -> Option<&Explanation> {
        self.recalled.explanation.as_ref()
    }

    fn repairs(&self) -> &[Repair] {
        self.explanation().map_or(&[], |explanation| &explanation.what_would_change_it)
    }

    /// The rules that found something, or those that did not, each with its place in the order.
    fn rules(&self, found_something: bool) -> Vec<(usize, &ExplainedRule)> {
        let rules = self.explanation().map_or(&[][..], |explanation| &explanation.rules);
        let numbered = (1..).zip(rules);
        numbered.filter(|(_, rule)| rule.reasons.is_empty() != found_something).collect()
    }

    /// How a rule's finding looks, and what it is called.
    fn verdict(&self, rule: &ExplainedRule) -> (&'static str, &'static str) {
        match (rule.reasons.is_empty(), rule.in_shadow) {
            (true, _) => ("allowed", "passed"),
            (false, true) => ("shadow", "would-refuse"),
            (false, false) if self.is_deciding(rule) => ("refused", "decided"),
            (false, false) => ("refused", "refuses"),
        }
    }

    fn is_deciding(&self, rule: &ExplainedRule) -> bool {
        self.deciding().is_some_and(|reason| reason.rule == rule.rule)
    }

    /// How to keep the proof and check it without this server.
    fn commands(&self) -> String {
        let leaf = self.recalled.record.leaf;
        format!("chancery receipt get {leaf} --out use.receipt\nchancery receipt verify use.receipt")
    }

    fn said(&self, text: &Localized) -> Sentence {
        Sentence::within(text.in_language(self.frame.language()))
    }
}
