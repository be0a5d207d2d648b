//! Rows of decisions as lists and counts look for them: by ranges of indexes, never over the table.

use chancery_base::{
    db::{AnyConnection, Error},
    values::{DecisionId, ModelId, PartyId, UnixMillis},
};
use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::decisions::{ALLOWED, decisions};

/// Whose decisions: the index that is gone along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::serving) enum Along {
    /// Those that a party asked for.
    Caller(PartyId),
    /// Those about a party's models.
    Owner(PartyId),
    /// Those about one model.
    Model(ModelId),
}

/// A stretch of an index.
#[derive(Debug, Clone, Copy)]
pub(in crate::serving) struct Stretch {
    pub along: Along,
    /// First decision, inclusive.
    pub from: DecisionId,
    /// Last decision, exclusive.
    pub until: DecisionId,
    /// Whether only refusals are looked at; not along a model.
    pub only_refused: bool,
}

/// What is read of a decision to see whether it is looked for.
#[derive(Debug, Clone)]
pub(in crate::serving) struct DecisionHead {
    pub id: DecisionId,
    pub caller: PartyId,
    pub owner: PartyId,
    pub model: ModelId,
    pub is_allowed: bool,
    pub deciding_rule: Option<String>,
    pub decided_at: UnixMillis,
}

type HeadRow = (String, String, String, String, String, Option<String>, i64);

/// What the partial indexes of refusals are made for; bound values do not lead to those.
const IS_REFUSED: &str = "outcome = 'refused'";

impl Stretch {
    /// The decisions in it.
    fn rows<'query>(&self) -> decisions::BoxedQuery<'query, <AnyConnection as Connection>::Backend> {
        let in_period = decisions::table
            .filter(decisions::id.ge(self.from.to_string()).and(decisions::id.lt(self.until.to_string())));
        let rows = match self.along {
            Along::Caller(party) => in_period.filter(decisions::caller_id.eq(party.to_string())).into_boxed(),
            Along::Owner(party) => in_period.filter(decisions::owner_id.eq(party.to_string())).into_boxed(),
            Along::Model(model) => in_period.filter(decisions::model_id.eq(model.to_string())).into_boxed(),
        };
        if self.only_refused { rows.filter(sql::<Bool>(IS_REFUSED)) } else { rows }
    }
}

/// At most `limit` decisions of a stretch, newest first.
pub(in crate::serving) fn newest_decisions(
    connection: &mut AnyConnection,
    stretch: &Stretch,
    limit: u32,
) -> Result<Vec<DecisionHead>, Error> {
    let rows: Vec<HeadRow> = stretch
        .rows()
        .order(decisions::id.desc())
        .limit(limit.into())
        .select((
            decisions::id,
            decisions::caller_id,
            decisions::owner_id,
            decisions::model_id,
            decisions::outcome,
            decisions::deciding_rule,
            decisions::decided_at,
        ))
        .load(connection)?;
    rows.into_iter().map(head).collect()
}

fn head((id, caller, owner, model, outcome, deciding_rule, decided_at): HeadRow) -> Result<DecisionHead, Error> {
    Ok(DecisionHead {
        id: id.parse()?,
        caller: caller.parse()?,
        owner: owner.parse()?,
        model: model.parse()?,
        is_allowed: outcome == ALLOWED,
        deciding_rule,
        decided_at: UnixMillis::new(decided_at),
    })
}

/// The oldest decision of a stretch.
pub(in crate::serving) fn oldest_decision(
    connection: &mut AnyConnection,
    stretch: &Stretch,
) -> Result<Option<DecisionId>, Error> {
    let id: Option<String> = stretch.rows().order(decisions::id).select(decisions::id).first(connection).optional()?;
    Ok(id.map(|id| id.parse()).transpose()?)
}

/// How many decisions a stretch holds.
pub(in crate::serving) fn count_decisions(connection: &mut AnyConnection, stretch: &Stretch) -> Result<u64, Error> {
    let count: i64 = stretch.rows().count().get_result(connection)?;
    u64::try_from(count).map_err(|_| Error::Corrupt("a negative count of decisions".to_owned()))
}

/// Decisions as they are stored, for those of `ids` that are there.
pub(in crate::serving) fn decision_texts(
    connection: &mut AnyConnection,
    ids: &[DecisionId],
) -> Result<Vec<(DecisionId, String)>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let rows: Vec<(String, String)> = decisions::table
        .filter(decisions::id.eq_any(ids))
        .select((decisions::id, decisions::decision))
        .load(connection)?;
    rows.into_iter().map(|(id, text)| Ok((id.parse()?, text))).collect()
}
