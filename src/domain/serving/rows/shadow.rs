//! Rows of what rules in shadow would have refused, counted by the database along the table's key.

use std::{collections::BTreeSet, fmt, str::FromStr};

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{DecisionId, Invalid, ModelId, ModelName, PartyId, Slug, UnixMillis},
};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};

use super::{RecordedDecision, decisions::first_decision_at};

diesel::table! {
    shadow_refusals (rule, owner_id, model_id, caller_id, decision_id) {
        rule -> Text,
        owner_id -> Text,
        model_id -> Text,
        caller_id -> Text,
        decision_id -> Text,
        was_allowed -> Integer,
    }
}

/// Sorts after every identifier.
const AFTER_ALL: &str = "~";

/// What is asked about one rule.
#[derive(Debug, Clone)]
pub(in crate::serving) struct ShadowQuery<'rule> {
    pub rule: &'rule str,
    pub from: UnixMillis,
    /// The first moment after the period.
    pub to: UnixMillis,
    /// Whose models; `None` for everybody's.
    pub owner: Option<PartyId>,
    /// Who called; `None` for anybody, and nobody where the list is empty.
    pub callers: Option<Vec<PartyId>>,
}

impl ShadowQuery<'_> {
    /// The least and the greatest owner that is asked about, and the same of decisions.
    fn bounds(&self) -> [String; 4] {
        let (least, greatest) = match self.owner {
            Some(owner) => (owner.to_string(), owner.to_string()),
            None => (String::new(), AFTER_ALL.to_owned()),
        };
        [least, greatest, first_decision_at(self.from), first_decision_at(self.to)]
    }

    /// The callers as one text that holds the identifier of each, since neither database takes a list; empty for anybody.
    fn callers(&self) -> String {
        let listed = |callers: &Vec<PartyId>| callers.iter().fold("of:".to_owned(), |all, id| format!("{all} {id}"));
        self.callers.as_ref().map(listed).unwrap_or_default()
    }
}

/// How many decisions a rule would have changed, had it been enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShadowCount {
    /// Uses that were allowed and that it would have refused.
    pub would_refuse: u64,
    /// Uses that were refused by others and that it would have refused as well.
    pub refused_anyway: u64,
}

/// What a rule would have refused of one licensee on one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowGroup {
    /// Its place in the order of groups.
    pub place: ShadowPlace,
    /// The model.
    pub model: ModelName,
    /// Who called.
    pub licensee: Slug,
    /// How many decisions.
    pub count: ShadowCount,
    /// The first of them.
    pub first: DecisionId,
    /// The last of them.
    pub last: DecisionId,
}

/// Where a group stands: owner, model and caller within its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShadowPlace {
    owner: PartyId,
    model: ModelId,
    caller: PartyId,
}

impl fmt::Display for ShadowPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.owner, self.model, self.caller)
    }
}

impl FromStr for ShadowPlace {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.split(' ').collect::<Vec<_>>().as_slice() {
            [owner, model, caller] => {
                Ok(Self { owner: owner.parse()?, model: model.parse()?, caller: caller.parse()? })
            }
            _ => Err(Invalid::new(text, "the identifiers of an owner, a model and a caller")),
        }
    }
}

/// Writes down that `rules` would have refused `decision`.
pub(in crate::serving) fn insert_shadow_refusals(
    tx: &mut Tx<'_>,
    rules: &BTreeSet<String>,
    decision: &RecordedDecision,
) -> Result<(), Error> {
    for rule in rules {
        diesel::insert_into(shadow_refusals::table)
            .values((
                shadow_refusals::rule.eq(rule),
                shadow_refusals::owner_id.eq(decision.owner.to_string()),
                shadow_refusals::model_id.eq(decision.model.to_string()),
                shadow_refusals::caller_id.eq(decision.caller.to_string()),
                shadow_refusals::decision_id.eq(decision.id.to_string()),
                shadow_refusals::was_allowed.eq(i32::from(decision.is_allowed)),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    would_refuse: i64,
    #[diesel(sql_type = BigInt)]
    refused_anyway: i64,
}

impl TryFrom<CountRow> for ShadowCount {
    type Error = Error;

    fn try_from(row: CountRow) -> Result<Self, Error> {
        let read = |count: i64| u64::try_from(count).map_err(|_| Error::Other("a count is negative".to_owned()));
        Ok(Self { would_refuse: read(row.would_refuse)?, refused_anyway: read(row.refused_anyway)? })
    }
}

/// How many decisions `query` finds.
pub(in crate::serving) fn count_shadow(
    connection: &mut AnyConnection,
    query: &ShadowQuery<'_>,
) -> Result<ShadowCount, Error> {
    let [least, greatest, from, to] = query.bounds();
    let row: CountRow = diesel::sql_query(
        "SELECT COUNT(CASE WHEN was_allowed = 1 THEN 1 END) AS would_refuse, \
         COUNT(CASE WHEN was_allowed = 0 THEN 1 END) AS refused_anyway FROM shadow_refusals \
         WHERE rule = $1 AND owner_id >= $2 AND owner_id <= $3 AND decision_id > $4 AND decision_id < $5 \
         AND ($6 = '' OR $6 LIKE '%' || caller_id || '%')",
    )
    .bind::<Text, _>(query.rule)
    .bind::<Text, _>(least)
    .bind::<Text, _>(greatest)
    .bind::<Text, _>(from)
    .bind::<Text, _>(to)
    .bind::<Text, _>(query.callers())
    .get_result(connection)?;
    row.try_into()
}

#[derive(QueryableByName)]
struct GroupRow {
    #[diesel(sql_type = Text)]
    owner_id: String,
    #[diesel(sql_type = Text)]
    model_id: String,
    #[diesel(sql_type = Text)]
    caller_id: String,
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    model: String,
    #[diesel(sql_type = Text)]
    licensee: String,
    #[diesel(embed)]
    count: CountRow,
    #[diesel(sql_type = Text)]
    first: String,
    #[diesel(sql_type = Text)]
    last: String,
}

impl TryFrom<GroupRow> for ShadowGroup {
    type Error = Error;

    fn try_from(row: GroupRow) -> Result<Self, Error> {
        Ok(Self {
            place: ShadowPlace {
                owner: row.owner_id.parse()?,
                model: row.model_id.parse()?,
                caller: row.caller_id.parse()?,
            },
            model: ModelName { owner: row.owner.parse()?, name: row.model.parse()? },
            licensee: row.licensee.parse()?,
            count: row.count.try_into()?,
            first: row.first.parse()?,
            last: row.last.parse()?,
        })
    }
}

/// At most `most` groups of what `query` finds, in order of their places, after the one at `after`.
pub(in crate::serving) fn group_shadow(
    connection: &mut AnyConnection,
    query: &ShadowQuery<'_>,
    after: Option<&ShadowPlace>,
    most: usize,
) -> Result<Vec<ShadowGroup>, Error> {
    let [least, greatest, from, to] = query.bounds();
    let [owner, model, caller] = after.map_or_else(
        || [least.clone(), String::new(), String::new()],
        |after| [after.owner.to_string(), after.model.to_string(), after.caller.to_string()],
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows: Vec<GroupRow> = diesel::sql_query(
        "SELECT g.*, m.owner_slug AS owner, m.name AS model, p.slug AS licensee FROM ( \
             SELECT owner_id, model_id, caller_id, COUNT(CASE WHEN was_allowed = 1 THEN 1 END) AS would_refuse, \
             COUNT(CASE WHEN was_allowed = 0 THEN 1 END) AS refused_anyway, \
             MIN(decision_id) AS first, MAX(decision_id) AS last FROM shadow_refusals \
             WHERE rule = $1 AND (owner_id, model_id, caller_id) > ($2, $3, $4) AND owner_id >= $5 AND owner_id <= $6 \
             AND decision_id > $7 AND decision_id < $8 AND ($9 = '' OR $9 LIKE '%' || caller_id || '%') \
             GROUP BY owner_id, model_id, caller_id ORDER BY owner_id, model_id, caller_id LIMIT $10 \
         ) g JOIN models m ON m.id = g.model_id JOIN parties p ON p.id = g.caller_id \
         ORDER BY g.owner_id, g.model_id, g.caller_id",
    )
    .bind::<Text, _>(query.rule)
    .bind::<Text, _>(owner)
    .bind::<Text, _>(model)
    .bind::<Text, _>(caller)
    .bind::<Text, _>(least)
    .bind::<Text, _>(greatest)
    .bind::<Text, _>(from)
    .bind::<Text, _>(to)
    .bind::<Text, _>(query.callers())
    .bind::<BigInt, _>(most)
    .load(connection)?;
    rows.into_iter().map(ShadowGroup::try_from).collect()
}
