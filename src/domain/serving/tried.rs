//! What rules in shadow would have refused: exact numbers by rule, model and licensee, counted from what was written with each
//! decision. An operator sees everybody's, an owner those on its own models.

use chancery_base::{
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::{PAGE_ITEMS, PartyId, Slug, UnixMillis},
};

use super::{
    desk::Desk,
    rows::{self, ShadowCount, ShadowGroup, ShadowPlace, ShadowQuery},
    rulebook::Rulebook,
};
use crate::{
    parties::{Caller, Permission, RecordSight},
    policy::RuleMode,
};

/// What is asked of the report.
#[derive(Debug, Clone)]
pub struct ShadowQuestion {
    /// One rule; `None` for all that ever were in shadow.
    pub rule: Option<String>,
    /// First moment of the period.
    pub from: UnixMillis,
    /// First moment after it.
    pub to: UnixMillis,
    /// The last group of the page before.
    pub after: Option<(String, ShadowPlace)>,
}

/// What rules in shadow would have refused.
#[derive(Debug, Clone)]
pub struct ShadowReport {
    /// Each rule, with its number over all groups; on the first page only, since every record is counted for it.
    pub rules: Vec<TriedRule>,
    /// A page of groups, in order of rules and places; shorter than [`PAGE_ITEMS`] when it is the last.
    pub groups: Vec<(String, ShadowGroup)>,
}

/// A rule that is or was in shadow.
#[derive(Debug, Clone)]
pub struct TriedRule {
    /// Its name.
    pub rule: String,
    /// The mode it runs in now; `None` when it is no longer part of the rules.
    pub mode: Option<RuleMode>,
    /// Since when.
    pub since: Option<UnixMillis>,
    /// Who put it there.
    pub by: Option<Slug>,
    /// How many decisions.
    pub count: ShadowCount,
}

impl Desk {
    /// What rules in shadow would have refused in a period.
    ///
    /// Errors: the caller may neither operate nor export what its party may see; an empty period; a rule that never was in
    /// shadow.
    pub fn shadow_report(&self, caller: &Caller, question: &ShadowQuestion) -> Result<ShadowReport, Problem> {
        check_period(question.from, question.to)?;
        let book = self.rulebook()?;
        self.database.read(|connection| {
            let (sight, owner) = sees(connection, caller)?;
            let sight = sight.within(Some(question.from), Some(question.to));
            // Every record of a party's own models has the party's part in it.
            let is_with_owner = owner.is_some_and(|owner| sight.is_with(&[owner]));
            let callers = sight.with.filter(|_| !is_with_owner);
            let mut tried = rows::rules_ever_in_shadow(connection)?;
            if let Some(rule) = &question.rule {
                tried.retain(|tried| tried == rule);
                if tried.is_empty() {
                    return Err(self.never_tried(connection, rule));
                }
            }
            let page = usize::try_from(PAGE_ITEMS).unwrap_or(usize::MAX);
            let mut report = ShadowReport { rules: Vec::new(), groups: Vec::new() };
            for rule in &tried {
                let query = ShadowQuery { rule, from: sight.from, to: sight.until, owner, callers: callers.clone() };
                let after = match &question.after {
                    None => {
                        report.rules.push(told(&book, rule, rows::count_shadow(connection, &query)?));
                        None
                    }
                    Some((passed, _)) if rule < passed => continue,
                    Some((last, place)) => Some(place).filter(|_| rule == last),
                };
                let most = page.saturating_sub(report.groups.len());
                let groups = rows::group_shadow(connection, &query, after, most)?;
                report.groups.extend(groups.into_iter().map(|group| (rule.clone(), group)));
            }
            Ok(report)
        })
    }

    fn never_tried(&self, connection: &mut AnyConnection, rule: &str) -> Problem {
        let detail = match self.rules_in_force(connection).map(|rules| rules.with_mode(rule, RuleMode::Shadow)) {
            Ok(Ok(_)) => {
                format!("rule `{rule}` was never in shadow; put it there with `chancery policy shadow {rule}`")
            }
            Ok(Err(error)) => error.to_string(),
            Err(problem) => return problem,
        };
        Problem::new(ProblemKind::Unprocessable, detail).at("rule")
    }
}

fn told(book: &Rulebook, rule: &str, count: ShadowCount) -> TriedRule {
    let standing = book.rules.iter().find(|standing| standing.rule.id == rule);
    TriedRule {
        rule: rule.to_owned(),
        mode: standing.map(|standing| standing.rule.mode),
        since: standing.and_then(|standing| standing.since),
        by: standing.and_then(|standing| standing.by.clone()),
        count,
    }
}

/// Refuses a period that ends before it begins.
pub(super) fn check_period(from: UnixMillis, to: UnixMillis) -> Result<(), Problem> {
    if from < to {
        return Ok(());
    }
    let detail = format!("the period from {from} to {to} is empty; let `to` be later than `from`");
    Err(Problem::new(ProblemKind::Unprocessable, detail).at("to"))
}

/// What the caller may see of it, and whose models; `None` for everybody's. An auditor sees what it was invited to.
fn sees(connection: &mut AnyConnection, caller: &Caller) -> Result<(RecordSight, Option<PartyId>), Problem> {
    let sight = RecordSight::of(connection, caller)?;
    if caller.require(Permission::Operate).is_ok() {
        return Ok((sight, None));
    }
    caller.require(Permission::Export).map(|()| (sight, Some(caller.party.id)))
}
