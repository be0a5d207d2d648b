//! Licences: what they say, what is left of them over a lineage, and the terms of the grants made here.
//!
//! Two questions, kept apart. What does a licence text say about a use ([`Catalogue`])? And what do the licences of
//! everything a model came from leave of a use ([`effective_licence`])? Both are pure: the lineage arrives as a value. A
//! verdict is never "allowed" where the text does not address a use ([`Verdict::Silent`]) or where nobody has read it
//! ([`Verdict::Unread`]). Whether a use is within the terms of a grant is for `policy`, clause by clause.
//!
//! Kept here, too, are the grants themselves ([`Grant`]), the requests for them ([`AccessRequest`]) and the tokens spent under
//! them ([`QuotaDesk`]).

mod acceptance;
mod access_request;
mod catalogue;
mod clauses;
mod effective;
mod grant;
mod legal_text;
mod low_rows;
mod quota;
mod reading;
mod request_rows;
mod rows;
#[cfg(test)]
mod sample;
mod search;
mod search_rows;
mod terms;

pub use acceptance::{Acceptance, AcceptanceError, PAYLOAD_TYPE};
pub use access_request::{AccessRequest, RequestSearch, RequestState};
pub use catalogue::{Catalogue, Cell, Duty, Licence, Limit, Limits, Verdict};
pub use clauses::{Clause, ClauseNumber};
pub use effective::{
    Action, Attribution, Cause, DutyOwed, EffectiveLicence, LimitMet, ModelUse, PermissionUsed, effective_licence,
};
pub use grant::{Grant, GrantStatus, HeldGrant};
pub use legal_text::LegalText;
pub use quota::{QuotaDesk, QuotaState, Reservation, Settlement, mark_low_told, quota_of, reclaim_all};
pub use search::{GrantSearch, GrantSide, GrantState, Named};
pub use terms::{Price, PriceModel, Term, Terms, TerritoryScope};
