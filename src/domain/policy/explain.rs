//! A decision laid open: every rule in the order it is looked at, what each found, and what would have changed the answer.

use std::fmt::Write;

use chancery_base::values::{Language, Localized, Sha256Digest};
use serde::{Deserialize, Serialize};

use super::{
    decision::{Decision, Notice, Obligation, Outcome, Reason, Stage},
    facts::Facts,
    mode::RuleMode,
    repairs::{Repair, repairs},
    rules::RuleSet,
};

/// A decision, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// Whether the use was allowed.
    pub allowed: bool,
    /// The rule whose reason is shown first; `None` when the use was allowed.
    pub deciding_rule: Option<String>,
    /// Every restriction, in the order in which they are looked at.
    pub rules: Vec<ExplainedRule>,
    /// Reasons that come from evaluation itself.
    pub evaluation: Vec<Reason>,
    /// What the answer had to carry.
    pub obligations: Vec<Obligation>,
    /// What was recorded because no licence addresses it.
    pub notices: Vec<Notice>,
    /// Single changes that would have allowed the use, or brought it further.
    pub what_would_change_it: Vec<Repair>,
    /// Digest of the policy set.
    pub policy_digest: Sha256Digest,
    /// Digest of the facts.
    pub facts_digest: Sha256Digest,
}

/// One restriction and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainedRule {
    /// Its name.
    pub rule: String,
    /// When it is looked at.
    pub stage: Stage,
    /// Whether it is recorded only.
    pub in_shadow: bool,
    /// Its reasons, one for each fact at fault; empty when it found nothing.
    pub reasons: Vec<Reason>,
}

/// Explains `decision`, which was made from `facts` under `rules`.
#[must_use]
pub fn explain(rules: &RuleSet, facts: &Facts, decision: &Decision) -> Explanation {
    let explained = rules.in_order().into_iter().map(|restriction| {
        let in_shadow = restriction.mode == RuleMode::Shadow;
        let found = if in_shadow { &decision.shadow } else { &decision.reasons };
        let reasons = found.iter().filter(|reason| reason.rule == restriction.id).cloned().collect();
        ExplainedRule { rule: restriction.id.clone(), stage: restriction.stage, in_shadow, reasons }
    });
    let (obligations, notices) = match &decision.outcome {
        Outcome::Allowed { obligations, notices } => (obligations.clone(), notices.clone()),
        Outcome::Refused => (Vec::new(), Vec::new()),
    };
    let is_of_evaluation = |reason: &&Reason| !rules.restrictions().iter().any(|(rule, _)| *rule == reason.rule);
    Explanation {
        allowed: decision.is_allowed(),
        deciding_rule: decision.deciding().map(|reason| reason.rule.clone()),
        rules: explained.collect(),
        evaluation: decision.reasons.iter().chain(&decision.shadow).filter(is_of_evaluation).cloned().collect(),
        obligations,
        notices,
        what_would_change_it: repairs(rules, facts, decision),
        policy_digest: decision.policy_digest,
        facts_digest: decision.facts_digest,
    }
}

impl Explanation {
    /// The explanation as lines of text.
    #[must_use]
    pub fn to_text(&self, language: Language) -> String {
        let mut text = String::new();
        // Writing to a `String` cannot fail; the result only stops the writing early.
        let _complete = self.write(&mut Pen { text: &mut text, language });
        text
    }

    fn write(&self, pen: &mut Pen<'_>) -> std::fmt::Result {
        match &self.deciding_rule {
            None => pen.line(0, pen.pick("allowed", "允许"))?,
            Some(rule) => pen.line(0, &format!("{}: {rule}", pen.pick("refused", "拒绝")))?,
        }
        self.evaluation.iter().try_for_each(|reason| pen.reason(reason))?;
        for stage in Stage::ALL {
            let rules: Vec<_> = self.rules.iter().filter(|rule| rule.stage == stage).collect();
            if !rules.is_empty() {
                pen.line(0, &format!("{} {}", stage.number(), stage.title(pen.language)))?;
                rules.into_iter().try_for_each(|rule| pen.rule(rule))?;
            }
        }
        let obligations = self.obligations.iter().map(|obligation| &obligation.message);
        pen.list(("obligations", "义务"), obligations)?;
        pen.list(("notices", "提示"), self.notices.iter().map(|notice| &notice.message))?;
        self.write_repairs(pen)?;
        pen.line(0, &format!("{} sha256:{}", pen.pick("policy set", "规则集"), self.policy_digest))?;
        pen.line(0, &format!("{} sha256:{}", pen.pick("facts", "事实"), self.facts_digest))
    }

    fn write_repairs(&self, pen: &mut Pen<'_>) -> std::fmt::Result {
        if self.what_would_change_it.is_empty() {
            return Ok(());
        }
        pen.line(0, pen.pick("what would have changed the answer", "何种变化会改变结果"))?;
        for repair in &self.what_would_change_it {
            let then = match &repair.then_refused_by {
                None => pen.pick("allowed", "允许").to_owned(),
                Some(rule) => format!("{}: {rule}", pen.pick("then refused by", "随后被拒绝")),
            };
            pen.line(1, &format!("{} → {then}", repair.change.in_language(pen.language)))?;
        }
        Ok(())
    }
}

/// Writes lines in one language.
struct Pen<'text> {
    text: &'text mut String,
    language: Language,
}

impl Pen<'_> {
    const fn pick(&self, en: &'static str, zh: &'static str) -> &'static str {
        match self.language {
            Language::English => en,
            Language::Chinese => zh,
        }
    }

    fn line(&mut self, depth: usize, line: &str) -> std::fmt::Result {
        writeln!(self.text, "{:indent$}{line}", "", indent = depth * 2)
    }

    fn rule(&mut self, rule: &ExplainedRule) -> std::fmt::Result {
        let verdict = match (rule.reasons.is_empty(), rule.in_shadow) {
            (true, _) => self.pick("nothing found", "未发现问题"),
            (false, false) => self.pick("refuses", "拒绝"),
            (false, true) => self.pick("would refuse (in shadow, not enforced)", "本应拒绝（影子模式，不执行）"),
        };
        self.line(1, &format!("{}: {verdict}", rule.rule))?;
        rule.reasons.iter().try_for_each(|reason| self.reason(reason))
    }

    fn reason(&mut self, reason: &Reason) -> std::fmt::Result {
        let (clause, next) = (self.pick("clause", "条款"), self.pick("next step", "下一步"));
        self.line(2, reason.message.in_language(self.language))?;
        self.line(2, &format!("{clause}: {} ({})", reason.clause, reason.source))?;
        self.line(2, &format!("{next}: {}", reason.next_step.in_language(self.language)))
    }

    fn list<'a>(
        &mut self,
        (en, zh): (&'static str, &'static str),
        mut messages: impl Iterator<Item = &'a Localized>,
    ) -> std::fmt::Result {
        let mut heading = Some(self.pick(en, zh));
        messages.try_for_each(|message| {
            if let Some(heading) = heading.take() {
                self.line(0, heading)?;
            }
            self.line(1, message.in_language(self.language))
        })
    }
}
