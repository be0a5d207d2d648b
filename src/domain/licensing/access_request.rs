//! Requests for access: a party that may see a model says what it would use it for, and the model's owner answers with an
//! offer or declines.

use std::collections::BTreeSet;

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    problem::{Problem, ProblemKind},
    values::{AccessRequestId, GrantId, ModelId, PartyId, Purpose, Territory, TokenCount, UnixMillis},
};

use super::{GrantSide, request_rows};
use crate::{documents::codes, parties::RecordSight};

codes! {
    /// How a request stands.
    RequestState {
        /// The owner has not decided.
        Open = "open",
        /// The owner offered a grant.
        Answered = "answered",
        /// The owner said no, with a reason.
        Declined = "declined",
        /// Who asked took it back.
        Withdrawn = "withdrawn",
    }
}

/// One request for access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRequest {
    /// Its identity.
    pub id: AccessRequestId,
    /// The model.
    pub model: ModelId,
    /// Who owns the model, and decides.
    pub owner: PartyId,
    /// Who asks.
    pub requester: PartyId,
    /// What for; never empty.
    pub purposes: BTreeSet<Purpose>,
    /// Where; empty means everywhere.
    pub territories: BTreeSet<Territory>,
    /// How many tokens in all; without one, nobody said.
    pub expected_tokens: Option<TokenCount>,
    /// In the requester's words.
    pub message: String,
    /// How it stands.
    pub state: RequestState,
    /// The grant it was answered with.
    pub grant: Option<GrantId>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was answered, declined or withdrawn.
    pub closed_at: Option<UnixMillis>,
}

/// Which requests are looked for.
#[derive(Debug, Clone)]
pub struct RequestSearch {
    /// Whose, and what of them may be seen.
    pub sight: RecordSight,
    /// Given stands for what others ask of the party, held for what it asks of others.
    pub side: GrantSide,
    /// How they stand.
    pub state: Option<RequestState>,
    /// The request that the page before ended with.
    pub after: Option<AccessRequestId>,
    /// Most requests on a page.
    pub limit: u32,
}

impl AccessRequest {
    /// Stores a new request.
    ///
    /// Errors: the party asked for the model already and has no answer yet.
    pub fn open(tx: &mut Tx<'_>, request: &Self) -> Result<(), Problem> {
        request_rows::insert(tx, request).map_err(|error| match error {
            Error::Unique { .. } => {
                let detail = "you asked for this model already; wait for the answer, or withdraw that request first";
                Problem::new(ProblemKind::Conflict, detail).at("model")
            }
            other => other.into(),
        })
    }

    /// The request `id`, if `party` made it or owns its model.
    ///
    /// Errors: not there, or not the party's to see.
    pub fn find_for(connection: &mut AnyConnection, id: AccessRequestId, party: PartyId) -> Result<Self, Problem> {
        request_rows::find(connection, id)?
            .filter(|request| request.owner == party || request.requester == party)
            .ok_or_else(|| Problem::not_found("request for access"))
    }

    /// A page of requests, newest first.
    ///
    /// Errors: the database cannot be read.
    pub fn search(connection: &mut AnyConnection, search: &RequestSearch) -> Result<Vec<Self>, Problem> {
        Ok(request_rows::search(connection, search)?)
    }

    /// The request that `requester` has open for `model`.
    ///
    /// Errors: the database cannot be read.
    pub fn find_open(
        connection: &mut AnyConnection,
        requester: PartyId,
        model: ModelId,
    ) -> Result<Option<Self>, Problem> {
        Ok(request_rows::find_open(connection, requester, model)?)
    }

    /// Ends an open request: answered by `grant`, declined for `reason`, or withdrawn.
    ///
    /// Errors: it is not open any more.
    pub fn close(
        tx: &mut Tx<'_>,
        id: AccessRequestId,
        state: RequestState,
        grant: Option<GrantId>,
        reason: Option<&str>,
        now: UnixMillis,
    ) -> Result<(), Problem> {
        if request_rows::close(tx, id, state, grant, reason, now)? {
            return Ok(());
        }
        let detail = "this request is not open any more; look at it to see what became of it";
        Err(Problem::new(ProblemKind::Conflict, detail))
    }
}
