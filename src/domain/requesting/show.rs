//! Showing requests to the two parties they are between, with the names of what they refer to.

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{AccessRequestId, ModelName, PAGE_ITEMS, Slug},
};

use crate::{
    artifacts,
    granting::{Names, Registrar},
    licensing::{AccessRequest, GrantSide, RequestSearch, RequestState},
    parties::{Caller, RecordSight},
};

/// A request as its two parties see it.
#[derive(Debug, Clone)]
pub struct ShownRequest {
    /// The request.
    pub request: AccessRequest,
    /// The model.
    pub model: ModelName,
    /// Who owns it.
    pub owner: Slug,
    /// Who asks.
    pub requester: Slug,
}

/// Which requests a listing shows.
#[derive(Debug, Clone)]
pub struct RequestQuery {
    /// Given stands for what others ask of the party, held for what it asks of others.
    pub side: GrantSide,
    /// How they stand.
    pub state: Option<RequestState>,
    /// The request that the page before ended with.
    pub after: Option<AccessRequestId>,
}

/// A request that the caller's party made, or for a model it owns.
///
/// Errors: not there, or not the party's to see.
pub fn show(registrar: &Registrar, caller: &Caller, id: AccessRequestId) -> Result<ShownRequest, Problem> {
    registrar.database.read(|connection| {
        let request = AccessRequest::find_for(connection, id, caller.party.id)?;
        let sight = RecordSight::of(connection, caller)?;
        if !sight.covers(request.created_at, &[request.owner, request.requester]) {
            return Err(Problem::not_found("request for access"));
        }
        named(connection, &mut Names::default(), request)
    })
}

/// A page of requests, newest first; shorter than [`PAGE_ITEMS`] when it is the last.
///
/// Errors: the database cannot be read.
pub fn list(registrar: &Registrar, caller: &Caller, query: &RequestQuery) -> Result<Vec<ShownRequest>, Problem> {
    page(registrar, caller, query, PAGE_ITEMS)
}

/// The newest requests, `limit` at most, that wait for the caller's party to decide.
///
/// Errors: the database cannot be read.
pub fn open_requests(registrar: &Registrar, caller: &Caller, limit: u32) -> Result<Vec<ShownRequest>, Problem> {
    let open = RequestQuery { side: GrantSide::Given, state: Some(RequestState::Open), after: None };
    page(registrar, caller, &open, limit)
}

/// The request that the caller's party has open for `model`.
///
/// Errors: the database cannot be read.
pub fn open_of(registrar: &Registrar, caller: &Caller, model: &ModelName) -> Result<Option<AccessRequest>, Problem> {
    registrar.database.read(|connection| match artifacts::find_model(connection, model)? {
        Some(model) => AccessRequest::find_open(connection, caller.party.id, model.id),
        None => Ok(None),
    })
}

fn page(
    registrar: &Registrar,
    caller: &Caller,
    query: &RequestQuery,
    limit: u32,
) -> Result<Vec<ShownRequest>, Problem> {
    registrar.database.read(|connection| {
        let search = RequestSearch {
            sight: RecordSight::of(connection, caller)?,
            side: query.side,
            state: query.state,
            after: query.after,
            limit,
        };
        let mut names = Names::default();
        let requests = AccessRequest::search(connection, &search)?;
        requests.into_iter().map(|request| named(connection, &mut names, request)).collect()
    })
}

fn named(connection: &mut AnyConnection, names: &mut Names, request: AccessRequest) -> Result<ShownRequest, Problem> {
    Ok(ShownRequest {
        model: names.model(connection, request.model)?,
        owner: names.party(connection, request.owner)?,
        requester: names.party(connection, request.requester)?,
        request,
    })
}
