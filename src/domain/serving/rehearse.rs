//! A rehearsal: recorded decisions of a period made again under rules that are not in force, page by page. What the caller
//! learns are numbers, names and identifiers; the facts stay here.

use std::collections::{BTreeMap, HashMap};

use chancery_base::{
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::{DecisionId, ModelId, ModelName, PartyId, Sha256Digest, Slug, UnixMillis},
};

use super::{
    desk::Desk,
    draft::{RulesDraft, subject},
    rows::{self, RecordedDecision},
    tried::check_period,
};
use crate::{
    artifacts,
    parties::{self, Caller, Permission},
    policy::{Change, Contrast, Decision, RuleSet, contrast},
};

/// Most decisions that one page makes again: some 3 MB of facts and a fraction of a second under the built-in rules.
pub const REHEARSAL_PAGE: u32 = 1_000;

/// What is to be rehearsed.
#[derive(Debug, Clone)]
pub struct RehearsalRequest {
    /// The rules to try.
    pub draft: RulesDraft,
    /// First moment of the period.
    pub from: UnixMillis,
    /// First moment after it.
    pub to: UnixMillis,
    /// The last decision of the page before.
    pub after: Option<DecisionId>,
    /// How many decisions at most.
    pub most: u32,
}

/// What came of one page.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// The rules that were tried.
    pub digest: Sha256Digest,
    /// How many decisions were made again.
    pub decisions: u64,
    /// How many of them stay as they are.
    pub equal: u64,
    /// What would change, in order of change, cause, model and licensee.
    pub groups: Vec<RehearsedGroup>,
    /// The last decision of the page, when there may be more after it.
    pub next: Option<DecisionId>,
}

/// Decisions that would change in the same way, for the same cause, on one model, of one licensee.
#[derive(Debug, Clone)]
pub struct RehearsedGroup {
    /// What would change.
    pub change: Change,
    /// The rule that makes the difference, or why a decision cannot be made again.
    pub cause: String,
    /// The model.
    pub model: ModelName,
    /// Who called.
    pub licensee: Slug,
    /// How many decisions.
    pub decisions: u64,
    /// The first of them.
    pub first: DecisionId,
    /// The last of them.
    pub last: DecisionId,
}

impl Desk {
    /// Makes a page of recorded decisions again under other rules.
    ///
    /// Errors: the caller may not operate; an empty period; a page without decisions or of too many; those of
    /// [`Desk::check_rules`].
    pub fn rehearse(&self, caller: &Caller, request: RehearsalRequest) -> Result<Rehearsal, Problem> {
        let subject = subject(&request.draft);
        let rehearsed = self.try_rehearse(caller, request);
        self.recorder().recorded(caller, "diff-policies", &subject, rehearsed)
    }

    fn try_rehearse(&self, caller: &Caller, request: RehearsalRequest) -> Result<Rehearsal, Problem> {
        caller.require(Permission::Operate)?;
        check_period(request.from, request.to)?;
        let RehearsalRequest { draft, from, to, after, most } = request;
        if !(1..=REHEARSAL_PAGE).contains(&most) {
            let detail = format!("a page is of 1 to {REHEARSAL_PAGE} decisions; correct `decisions`");
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("decisions"));
        }
        let rules = self.check_rules(draft)?.rules;
        let decisions =
            self.database.read(|connection| rows::decisions_between(connection, (from, to), after, most))?;
        let is_full = u32::try_from(decisions.len()).is_ok_and(|found| found >= most);
        let next = decisions.last().map(|last| last.id).filter(|_| is_full);
        let tally = Tally::of(&rules, &decisions);
        let groups = self.database.read(|connection| tally.named(connection))?;
        let count = u64::try_from(decisions.len()).map_err(Problem::internal)?;
        Ok(Rehearsal { digest: rules.digest(), decisions: count, equal: tally.equal, groups, next })
    }
}

/// Numbers by change, cause, model and caller.
#[derive(Default)]
struct Tally {
    equal: u64,
    groups: BTreeMap<(Change, String, ModelId, PartyId), Seen>,
}

struct Seen {
    decisions: u64,
    first: DecisionId,
    last: DecisionId,
}

impl Tally {
    fn of(rules: &RuleSet, decisions: &[RecordedDecision]) -> Self {
        let mut tally = Self::default();
        for record in decisions {
            let Contrast { change, cause } = made_again(rules, record);
            if change == Change::Equal {
                tally.equal = tally.equal.saturating_add(1);
                continue;
            }
            let group = (change, cause.unwrap_or_default(), record.model, record.caller);
            let seen = tally.groups.entry(group).or_insert(Seen { decisions: 0, first: record.id, last: record.id });
            seen.decisions = seen.decisions.saturating_add(1);
            seen.last = record.id;
        }
        tally
    }

    fn named(&self, connection: &mut AnyConnection) -> Result<Vec<RehearsedGroup>, Problem> {
        let (mut models, mut callers) = (HashMap::new(), HashMap::new());
        let mut groups = Vec::with_capacity(self.groups.len());
        for ((change, cause, model, caller), seen) in &self.groups {
            groups.push(RehearsedGroup {
                change: *change,
                cause: cause.clone(),
                model: name(&mut models, *model, || {
                    let found = artifacts::find_model_by_id(connection, *model)?;
                    Ok(found.ok_or_else(|| Problem::internal("the model of a decision is missing"))?.name)
                })?,
                licensee: name(&mut callers, *caller, || {
                    let found = parties::find_party(connection, *caller)?;
                    Ok(found.ok_or_else(|| Problem::internal("the caller of a decision is missing"))?.slug)
                })?,
                decisions: seen.decisions,
                first: seen.first,
                last: seen.last,
            });
        }
        Ok(groups)
    }
}

/// A record that was damaged spoils no page: it is counted as what it is.
fn made_again(rules: &RuleSet, record: &RecordedDecision) -> Contrast {
    match serde_json::from_str::<Decision>(&record.decision) {
        Ok(decision) => contrast(rules, Some(&record.facts), &decision),
        Err(_) => Contrast { change: Change::NotReplayable, cause: Some("record-unreadable".to_owned()) },
    }
}

/// The name of `id`, looked up once.
fn name<Id: std::hash::Hash + Eq, Name: Clone>(
    known: &mut HashMap<Id, Name>,
    id: Id,
    find: impl FnOnce() -> Result<Name, Problem>,
) -> Result<Name, Problem> {
    if let Some(name) = known.get(&id) {
        return Ok(name.clone());
    }
    let name = find()?;
    known.insert(id, name.clone());
    Ok(name)
}
