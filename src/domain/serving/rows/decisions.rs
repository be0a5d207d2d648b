//! Rows of decisions.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{DecisionId, GrantId, LeafId, ModelId, PartyId, Sha256Digest, UnixMillis, VersionId},
};
use diesel::prelude::*;

diesel::table! {
    decisions (id) {
        id -> Text,
        caller_id -> Text,
        owner_id -> Text,
        model_id -> Text,
        version_id -> Text,
        grant_id -> Nullable<Text>,
        outcome -> Text,
        deciding_rule -> Nullable<Text>,
        policy_digest -> Text,
        facts -> Text,
        decision -> Text,
        leaf_id -> Text,
        decided_at -> BigInt,
    }
}

/// A decision as it is kept.
#[derive(Debug, Clone)]
pub struct RecordedDecision {
    /// Its identifier.
    pub id: DecisionId,
    /// Who asked.
    pub caller: PartyId,
    /// Who owns the model.
    pub owner: PartyId,
    /// The model.
    pub model: ModelId,
    /// The version.
    pub version: VersionId,
    /// The grant it was decided under, where the caller holds one.
    pub grant: Option<GrantId>,
    /// Whether it allows the use.
    pub is_allowed: bool,
    /// The rule that decided a refusal.
    pub deciding_rule: Option<String>,
    /// Digest of the policy set.
    pub policy_digest: Sha256Digest,
    /// The facts, as canonical JSON.
    pub facts: String,
    /// The decision, as JSON.
    pub decision: String,
    /// Its leaf in the audit log.
    pub leaf: LeafId,
    /// When.
    pub decided_at: UnixMillis,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions)]
struct DecisionRow {
    id: String,
    caller_id: String,
    owner_id: String,
    model_id: String,
    version_id: String,
    grant_id: Option<String>,
    outcome: String,
    deciding_rule: Option<String>,
    policy_digest: String,
    facts: String,
    decision: String,
    leaf_id: String,
    decided_at: i64,
}

pub(super) const ALLOWED: &str = "allowed";
const REFUSED: &str = "refused";

impl TryFrom<DecisionRow> for RecordedDecision {
    type Error = Error;

    fn try_from(row: DecisionRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.parse()?,
            caller: row.caller_id.parse()?,
            owner: row.owner_id.parse()?,
            model: row.model_id.parse()?,
            version: row.version_id.parse()?,
            grant: row.grant_id.as_deref().map(str::parse).transpose()?,
            is_allowed: row.outcome == ALLOWED,
            deciding_rule: row.deciding_rule,
            policy_digest: row.policy_digest.parse()?,
            facts: row.facts,
            decision: row.decision,
            leaf: row.leaf_id.parse()?,
            decided_at: UnixMillis::new(row.decided_at),
        })
    }
}

pub(in crate::serving) fn insert_decision(tx: &mut Tx<'_>, decision: &RecordedDecision) -> Result<(), Error> {
    let row = DecisionRow {
        id: decision.id.to_string(),
        caller_id: decision.caller.to_string(),
        owner_id: decision.owner.to_string(),
        model_id: decision.model.to_string(),
        version_id: decision.version.to_string(),
        grant_id: decision.grant.map(|grant| grant.to_string()),
        outcome: if decision.is_allowed { ALLOWED } else { REFUSED }.to_owned(),
        deciding_rule: decision.deciding_rule.clone(),
        policy_digest: decision.policy_digest.to_string(),
        facts: decision.facts.clone(),
        decision: decision.decision.clone(),
        leaf_id: decision.leaf.to_string(),
        decided_at: decision.decided_at.as_millis(),
    };
    diesel::insert_into(decisions::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// Where the identifiers of decisions made at `at` or later begin, as text: they begin with their time (RFC 9562, section
/// 5.7), in 48 bits.
pub(in crate::serving) fn first_decision_at(at: UnixMillis) -> String {
    const LATEST: i64 = (1 << 48) - 1;
    format!("{}_{:012x}", DecisionId::PREFIX, at.as_millis().clamp(0, LATEST))
}

/// A page of the decisions made from `from` on and before `to`, oldest first, after the one named `after`.
pub(in crate::serving) fn decisions_between(
    connection: &mut AnyConnection,
    (from, to): (UnixMillis, UnixMillis),
    after: Option<DecisionId>,
    most: u32,
) -> Result<Vec<RecordedDecision>, Error> {
    let first = first_decision_at(from);
    // What begins with a time sorts after that time alone, so that no decision equals the bound.
    let after = after.map_or_else(|| first.clone(), |after| first.clone().max(after.to_string()));
    let found = decisions::table.filter(decisions::id.gt(after)).filter(decisions::id.lt(first_decision_at(to)));
    let rows = found.order(decisions::id).limit(i64::from(most)).select(DecisionRow::as_select()).load(connection)?;
    rows.into_iter().map(RecordedDecision::try_from).collect()
}

/// A decision that `party` asked for or whose model it owns.
pub(in crate::serving) fn find_decision(
    connection: &mut AnyConnection,
    id: DecisionId,
    party: PartyId,
) -> Result<Option<RecordedDecision>, Error> {
    let party = party.to_string();
    let row = decisions::table
        .find(id.to_string())
        .filter(decisions::caller_id.eq(&party).or(decisions::owner_id.eq(&party)))
        .select(DecisionRow::as_select())
        .first(connection)
        .optional()?;
    row.map(RecordedDecision::try_from).transpose()
}
