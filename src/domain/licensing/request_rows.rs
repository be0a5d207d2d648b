//! Rows of requests for access.

use std::collections::BTreeSet;

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{AccessRequestId, GrantId, ModelId, PartyId, TokenCount, UnixMillis},
};
use diesel::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    access_request::{AccessRequest, RequestSearch, RequestState},
    search::GrantSide,
};
use crate::parties::RecordSight;

diesel::table! {
    access_requests (id) {
        id -> Text,
        model_id -> Text,
        owner_id -> Text,
        requester_id -> Text,
        purposes -> Text,
        territories -> Text,
        expected_tokens -> Nullable<BigInt>,
        message -> Text,
        state -> Text,
        grant_id -> Nullable<Text>,
        reason -> Nullable<Text>,
        created_at -> BigInt,
        closed_at -> Nullable<BigInt>,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = access_requests)]
struct RequestRow {
    id: String,
    model_id: String,
    owner_id: String,
    requester_id: String,
    purposes: String,
    territories: String,
    expected_tokens: Option<i64>,
    message: String,
    state: String,
    grant_id: Option<String>,
    reason: Option<String>,
    created_at: i64,
    closed_at: Option<i64>,
}

impl TryFrom<RequestRow> for AccessRequest {
    type Error = Error;

    fn try_from(row: RequestRow) -> Result<Self, Error> {
        let tokens = row.expected_tokens.map(u64::try_from).transpose();
        Ok(Self {
            id: row.id.parse()?,
            model: row.model_id.parse()?,
            owner: row.owner_id.parse()?,
            requester: row.requester_id.parse()?,
            purposes: read_codes(&row.purposes)?,
            territories: read_codes(&row.territories)?,
            expected_tokens: tokens.map_err(|_| Error::Corrupt("negative token count".to_owned()))?.map(TokenCount),
            message: row.message,
            state: row.state.parse()?,
            grant: row.grant_id.as_deref().map(str::parse).transpose()?,
            reason: row.reason,
            created_at: UnixMillis::new(row.created_at),
            closed_at: row.closed_at.map(UnixMillis::new),
        })
    }
}

/// Adds an open request; a second one for the same model is [`Error::Unique`].
pub(super) fn insert(tx: &mut Tx<'_>, request: &AccessRequest) -> Result<(), Error> {
    let tokens = request.expected_tokens.map(|TokenCount(tokens)| i64::try_from(tokens)).transpose();
    let row = RequestRow {
        id: request.id.to_string(),
        model_id: request.model.to_string(),
        owner_id: request.owner.to_string(),
        requester_id: request.requester.to_string(),
        purposes: write_codes(&request.purposes)?,
        territories: write_codes(&request.territories)?,
        expected_tokens: tokens.map_err(|_| Error::Other("token count beyond what the database holds".to_owned()))?,
        message: request.message.clone(),
        state: request.state.to_string(),
        grant_id: None,
        reason: None,
        created_at: request.created_at.as_millis(),
        closed_at: None,
    };
    diesel::insert_into(access_requests::table).values(row).execute(&mut **tx)?;
    Ok(())
}

/// One request, whoever made it: the caller checks who may see it.
pub(super) fn find(connection: &mut AnyConnection, id: AccessRequestId) -> Result<Option<AccessRequest>, Error> {
    let found = access_requests::table.find(id.to_string()).select(RequestRow::as_select());
    found.first(connection).optional()?.map(AccessRequest::try_from).transpose()
}

/// The request that a party has open for a model.
pub(super) fn find_open(
    connection: &mut AnyConnection,
    requester: PartyId,
    model: ModelId,
) -> Result<Option<AccessRequest>, Error> {
    let open = access_requests::table
        .filter(access_requests::requester_id.eq(requester.to_string()))
        .filter(access_requests::model_id.eq(model.to_string()))
        .filter(access_requests::state.eq(RequestState::Open.code()));
    let row = open.select(RequestRow::as_select()).first(connection).optional()?;
    row.map(AccessRequest::try_from).transpose()
}

/// A page of requests, newest first.
pub(super) fn search(connection: &mut AnyConnection, search: &RequestSearch) -> Result<Vec<AccessRequest>, Error> {
    let RecordSight { party, from, until, with } = &search.sight;
    let others = with.as_ref().filter(|with| !with.contains(party));
    let party = party.to_string();
    let mut page = access_requests::table.select(RequestRow::as_select()).limit(search.limit.into()).into_boxed();
    page = match search.side {
        GrantSide::Given => page.filter(access_requests::owner_id.eq(party)),
        GrantSide::Held => page.filter(access_requests::requester_id.eq(party)),
    };
    if let Some(others) = others {
        let others: Vec<String> = others.iter().map(ToString::to_string).collect();
        page = match search.side {
            GrantSide::Given => page.filter(access_requests::requester_id.eq_any(others)),
            GrantSide::Held => page.filter(access_requests::owner_id.eq_any(others)),
        };
    }
    if search.sight.is_limited() {
        page = page
            .filter(access_requests::created_at.ge(from.as_millis()))
            .filter(access_requests::created_at.lt(until.as_millis()));
    }
    if let Some(state) = search.state {
        page = page.filter(access_requests::state.eq(state.code()));
    }
    if let Some(after) = search.after {
        page = page.filter(access_requests::id.lt(after.to_string()));
    }
    let rows: Vec<RequestRow> = page.order(access_requests::id.desc()).load(connection)?;
    rows.into_iter().map(AccessRequest::try_from).collect()
}

/// Ends an open request; `false` when it is not open.
pub(super) fn close(
    tx: &mut Tx<'_>,
    id: AccessRequestId,
    state: RequestState,
    grant: Option<GrantId>,
    reason: Option<&str>,
    now: UnixMillis,
) -> Result<bool, Error> {
    let open = access_requests::table
        .filter(access_requests::id.eq(id.to_string()))
        .filter(access_requests::state.eq(RequestState::Open.code()));
    let changed = diesel::update(open)
        .set((
            access_requests::state.eq(state.code()),
            access_requests::grant_id.eq(grant.map(|grant| grant.to_string())),
            access_requests::reason.eq(reason),
            access_requests::closed_at.eq(now.as_millis()),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

fn write_codes<T: Serialize>(codes: &BTreeSet<T>) -> Result<String, Error> {
    serde_json::to_string(codes).map_err(|error| Error::Other(error.to_string()))
}

fn read_codes<T: DeserializeOwned + Ord>(text: &str) -> Result<BTreeSet<T>, Error> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt(error.to_string()))
}
