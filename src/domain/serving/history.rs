//! The decisions of a party, newest first: those it asked for, and those about its models.
//!
//! What no index finds is looked for in a bounded number of decisions at a time, so that a page costs the same however many there
//! are; a page says how far back it looked.

use std::collections::HashMap;

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{DecisionId, Localized, ModelId, ModelName, PartyId, Slug, UnixMillis},
};

use super::{
    desk::Desk,
    rows::{self, Along, DecisionHead, Stretch},
};
use crate::{
    artifacts,
    documents::codes,
    granting::Names,
    parties::{Caller, RecordSight},
    policy::Decision,
};

/// Decisions read at once, and most that are looked at for one page.
const READ_AT_ONCE: u32 = 500;
const MOST_LOOKED_AT: u32 = 2_000;

codes! {
    /// On which side of a decision a party is.
    Side {
        /// It asked.
        Caller = "caller",
        /// It owns the model.
        Owner = "owner",
    }
}

/// Which decisions to list.
#[derive(Debug, Clone)]
pub struct DecisionQuery {
    /// On which side the party is.
    pub side: Side,
    /// Only those that allow, or only those that refuse.
    pub allowed: Option<bool>,
    /// Only those that this rule decided.
    pub rule: Option<String>,
    /// Only those about this model.
    pub model: Option<ModelName>,
    /// Not before.
    pub from: Option<UnixMillis>,
    /// Before.
    pub until: Option<UnixMillis>,
    /// The last decision of the page before.
    pub before: Option<DecisionId>,
    /// Most decisions to list.
    pub limit: usize,
}

impl DecisionQuery {
    /// The newest decisions of one side.
    #[must_use]
    pub const fn newest(side: Side, limit: usize) -> Self {
        Self { side, allowed: None, rule: None, model: None, from: None, until: None, before: None, limit }
    }
}

/// A decision as a list shows it.
#[derive(Debug, Clone)]
pub struct ListedDecision {
    /// Its identifier.
    pub id: DecisionId,
    /// Who asked.
    pub caller: Slug,
    /// The model.
    pub model: ModelName,
    /// Whether it allows the use.
    pub is_allowed: bool,
    /// The rule that decided a refusal.
    pub rule: Option<String>,
    /// What that rule says; `None` where this program cannot read it.
    pub message: Option<Localized>,
    /// When.
    pub decided_at: UnixMillis,
}

/// A page of decisions.
#[derive(Debug, Clone)]
pub struct DecisionPage {
    /// Newest first.
    pub decisions: Vec<ListedDecision>,
    /// Where to go on; `None` where there are no more.
    pub next: Option<DecisionId>,
    /// How far back was looked, where that was the limit rather than the length of the page.
    pub looked_back_to: Option<UnixMillis>,
}

impl Desk {
    /// A page of the decisions that the caller's party asked for, or that are about its models.
    ///
    /// Errors: the caller may not list; the database cannot be read.
    pub fn decisions(&self, caller: &Caller, query: &DecisionQuery) -> Result<DecisionPage, Problem> {
        self.database.read(|connection| {
            let sight = RecordSight::of_reader(connection, caller)?.within(query.from, query.until);
            let model = match &query.model {
                None => None,
                Some(name) => match artifacts::find_model(connection, name)? {
                    Some(model) => Some((model.id, model.owner)),
                    None => return Ok(DecisionPage { decisions: Vec::new(), next: None, looked_back_to: None }),
                },
            };
            let search = Search { sight, query, model: model.map(|(id, _)| id) };
            let (heads, next, looked_back_to) = search.run(connection, model)?;
            Ok(DecisionPage { decisions: listed(connection, heads)?, next, looked_back_to })
        })
    }
}

/// One search for a page.
struct Search<'query> {
    sight: RecordSight,
    query: &'query DecisionQuery,
    model: Option<ModelId>,
}

type Found = (Vec<DecisionHead>, Option<DecisionId>, Option<UnixMillis>);

impl Search<'_> {
    fn run(&self, connection: &mut AnyConnection, model: Option<(ModelId, PartyId)>) -> Result<Found, Problem> {
        let mut stretch = self.stretch(model);
        let (mut found, mut looked_at) = (Vec::new(), 0);
        while looked_at < MOST_LOOKED_AT {
            let heads = rows::newest_decisions(connection, &stretch, READ_AT_ONCE)?;
            let (is_last, last) = (heads.len() < READ_AT_ONCE as usize, heads.last().cloned());
            for head in heads.into_iter().filter(|head| self.is_looked_for(head)) {
                found.push(head);
                if found.len() >= self.query.limit {
                    let next = found.last().map(|head| head.id);
                    return Ok((found, next, None));
                }
            }
            let Some(last) = last.filter(|_| !is_last) else { return Ok((found, None, None)) };
            (stretch.until, looked_at) = (last.id, looked_at + READ_AT_ONCE);
            if looked_at >= MOST_LOOKED_AT {
                return Ok((found, Some(last.id), Some(last.decided_at)));
            }
        }
        Ok((found, None, None))
    }

    /// The shortest stretch of an index that holds all that is looked for.
    fn stretch(&self, model: Option<(ModelId, PartyId)>) -> Stretch {
        let party = self.sight.party;
        let along = match (self.query.side, model) {
            (Side::Owner, Some((model, owner))) if owner == party => Along::Model(model),
            (Side::Owner, _) => Along::Owner(party),
            (Side::Caller, _) => Along::Caller(party),
        };
        let end = DecisionId::first_at(self.sight.until);
        Stretch {
            along,
            from: DecisionId::first_at(self.sight.from),
            until: self.query.before.map_or(end, |before| before.min(end)),
            only_refused: !matches!(along, Along::Model(_))
                && (self.query.allowed == Some(false) || self.query.rule.is_some()),
        }
    }

    fn is_looked_for(&self, head: &DecisionHead) -> bool {
        let DecisionQuery { allowed, rule, .. } = self.query;
        allowed.is_none_or(|allowed| allowed == head.is_allowed)
            && rule.as_ref().is_none_or(|rule| head.deciding_rule.as_ref() == Some(rule))
            && self.model.is_none_or(|model| model == head.model)
            && self.sight.covers(head.decided_at, &[head.caller, head.owner])
    }
}

fn listed(connection: &mut AnyConnection, heads: Vec<DecisionHead>) -> Result<Vec<ListedDecision>, Problem> {
    let refused: Vec<DecisionId> = heads.iter().filter(|head| !head.is_allowed).map(|head| head.id).collect();
    let texts = rows::decision_texts(connection, &refused)?;
    let message = |(id, text): (DecisionId, String)| {
        let decision: Decision = serde_json::from_str(&text).ok()?;
        Some((id, decision.deciding()?.message.clone()))
    };
    let mut messages: HashMap<DecisionId, Localized> = texts.into_iter().filter_map(message).collect();
    let mut names = Names::default();
    heads
        .into_iter()
        .map(|head| {
            Ok(ListedDecision {
                id: head.id,
                caller: names.party(connection, head.caller)?,
                model: names.model(connection, head.model)?,
                is_allowed: head.is_allowed,
                rule: head.deciding_rule,
                message: messages.remove(&head.id),
                decided_at: head.decided_at,
            })
        })
        .collect()
}
