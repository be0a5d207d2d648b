//! Rows of proposals and of what needs them.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{PartyId, PersonId, ProposalId, TokenCount, UnixMillis},
};
use diesel::prelude::*;

use super::{ApprovalRules, Proposal, ProposalStanding, ProposalState};
use crate::parties::RecordSight;

diesel::table! {
    approval_rules (party_id) {
        party_id -> Text,
        grants_above_tokens -> Nullable<BigInt>,
        covers_policies -> Bool,
        covers_key_destruction -> Bool,
        covers_log_rotation -> Bool,
    }
}

diesel::table! {
    proposals (id) {
        id -> Text,
        party_id -> Text,
        kind -> Text,
        subject -> Text,
        proposed_by -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        state -> Text,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        with_party_id -> Nullable<Text>,
        leaf_id -> Nullable<Text>,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = proposals)]
struct ProposalRow {
    id: String,
    party_id: String,
    kind: String,
    subject: String,
    proposed_by: String,
    created_at: i64,
    expires_at: i64,
    state: String,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    reason: Option<String>,
    with_party_id: Option<String>,
    leaf_id: Option<String>,
}

impl TryFrom<ProposalRow> for Proposal {
    type Error = Error;

    fn try_from(row: ProposalRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.parse()?,
            party: row.party_id.parse()?,
            kind: row.kind.parse()?,
            subject: serde_json::from_str(&row.subject).map_err(|_| Error::Corrupt("a proposal".to_owned()))?,
            with: row.with_party_id.map(TryInto::try_into).transpose()?,
            proposed_by: row.proposed_by.parse()?,
            created_at: UnixMillis::new(row.created_at),
            expires_at: UnixMillis::new(row.expires_at),
            state: row.state.parse()?,
            decided_by: row.decided_by.map(TryInto::try_into).transpose()?,
            decided_at: row.decided_at.map(UnixMillis::new),
            reason: row.reason,
            leaf: row.leaf_id.map(TryInto::try_into).transpose()?,
        })
    }
}

/// Writes a new proposal.
pub fn insert_proposal(tx: &mut Tx<'_>, proposal: &Proposal) -> Result<(), Error> {
    let row = ProposalRow {
        id: proposal.id.to_string(),
        party_id: proposal.party.to_string(),
        kind: proposal.kind.to_string(),
        subject: proposal.subject.to_string(),
        proposed_by: proposal.proposed_by.to_string(),
        created_at: proposal.created_at.as_millis(),
        expires_at: proposal.expires_at.as_millis(),
        state: proposal.state.to_string(),
        decided_by: proposal.decided_by.map(|person| person.to_string()),
        decided_at: proposal.decided_at.map(UnixMillis::as_millis),
        reason: proposal.reason.clone(),
        with_party_id: proposal.with.map(|party| party.to_string()),
        leaf_id: proposal.leaf.map(|leaf| leaf.to_string()),
    };
    diesel::insert_into(proposals::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// The proposal `id` of `party`.
pub fn find_proposal(
    connection: &mut AnyConnection,
    party: PartyId,
    id: ProposalId,
) -> Result<Option<Proposal>, Error> {
    let found = proposals::table.find(id.to_string()).filter(proposals::party_id.eq(party.to_string()));
    let row = found.select(ProposalRow::as_select()).first(connection).optional()?;
    row.map(Proposal::try_from).transpose()
}

/// Which proposals a listing shows.
pub struct ProposalSearch {
    /// What the reader may see.
    pub sight: RecordSight,
    /// How they stand; all where nothing is said.
    pub standing: Option<ProposalStanding>,
    /// The time.
    pub now: UnixMillis,
    /// Older than this one.
    pub before: Option<ProposalId>,
    /// How many at most.
    pub limit: u32,
}

/// The proposals that `search` asks for, newest first.
pub fn proposals_of(connection: &mut AnyConnection, search: &ProposalSearch) -> Result<Vec<Proposal>, Error> {
    let (sight, now) = (&search.sight, search.now.as_millis());
    let mut query = proposals::table
        .filter(proposals::party_id.eq(sight.party.to_string()))
        .filter(proposals::created_at.ge(sight.from.as_millis()))
        .filter(proposals::created_at.lt(sight.until.as_millis()))
        .into_boxed();
    if let Some(with) = &sight.with {
        query = query.filter(proposals::with_party_id.eq_any(with.iter().map(ToString::to_string)));
    }
    if let Some(before) = search.before {
        query = query.filter(proposals::id.lt(before.to_string()));
    }
    if let Some(standing) = search.standing {
        query = match standing {
            ProposalStanding::Open => {
                query.filter(proposals::state.eq(ProposalState::Open.code())).filter(proposals::expires_at.gt(now))
            }
            ProposalStanding::Lapsed => {
                query.filter(proposals::state.eq(ProposalState::Open.code())).filter(proposals::expires_at.le(now))
            }
            // What is decided is called the same, however late it is.
            decided => query.filter(proposals::state.eq(decided.code())),
        };
    }
    let page = query.order(proposals::id.desc()).limit(search.limit.into());
    let rows = page.select(ProposalRow::as_select()).load(connection)?;
    rows.into_iter().map(Proposal::try_from).collect()
}

/// Decides an open proposal; `false` when it was decided before.
pub fn decide_proposal(
    tx: &mut Tx<'_>,
    id: ProposalId,
    state: ProposalState,
    by: PersonId,
    reason: Option<&str>,
    now: UnixMillis,
) -> Result<bool, Error> {
    let open = proposals::table.find(id.to_string()).filter(proposals::state.eq(ProposalState::Open.code()));
    let decided = (
        proposals::state.eq(state.code()),
        proposals::decided_by.eq(by.to_string()),
        proposals::decided_at.eq(now.as_millis()),
        proposals::reason.eq(reason),
    );
    Ok(diesel::update(open).set(decided).execute(&mut **tx)? == 1)
}

/// What needs two people at `party`.
pub fn rules_of(connection: &mut AnyConnection, party: PartyId) -> Result<ApprovalRules, Error> {
    let set = approval_rules::table.find(party.to_string());
    let columns = (
        approval_rules::grants_above_tokens,
        approval_rules::covers_policies,
        approval_rules::covers_key_destruction,
        approval_rules::covers_log_rotation,
    );
    let found: Option<(Option<i64>, bool, bool, bool)> = set.select(columns).first(connection).optional()?;
    let (tokens, policies, key_destruction, log_rotation) = found.unwrap_or_default();
    let tokens = tokens.map(u64::try_from).transpose().map_err(|_| Error::Corrupt("a limit of tokens".to_owned()))?;
    Ok(ApprovalRules { grants_above_tokens: tokens.map(TokenCount), policies, key_destruction, log_rotation })
}

/// Sets what needs two people at `party`.
pub fn set_rules(tx: &mut Tx<'_>, party: PartyId, rules: &ApprovalRules) -> Result<(), Error> {
    diesel::delete(approval_rules::table.find(party.to_string())).execute(&mut **tx)?;
    let tokens = rules.grants_above_tokens.map(|tokens| i64::try_from(tokens.0).unwrap_or(i64::MAX));
    let row = (
        approval_rules::party_id.eq(party.to_string()),
        approval_rules::grants_above_tokens.eq(tokens),
        approval_rules::covers_policies.eq(rules.policies),
        approval_rules::covers_key_destruction.eq(rules.key_destruction),
        approval_rules::covers_log_rotation.eq(rules.log_rotation),
    );
    diesel::insert_into(approval_rules::table).values(row).execute(&mut **tx)?;
    Ok(())
}
