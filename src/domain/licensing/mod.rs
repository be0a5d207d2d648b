//! Licences: what they say, what is left of them over a lineage, and the terms of the grants made here.
//!
//! Two questions, kept apart. What does a licence text say about a use ([`Catalogue`])? And what do the licences of
//! everything a thing came from leave of every use ([`Table`]), or of one ([`effective_licence`])? Both are pure: the
//! lineage arrives as a value. A verdict is never "allowed" where nobody has read the text ([`Verdict::Unread`]), nor where
//! it does not address a use ([`Verdict::Silent`]), unless somebody answers for a [`Position`]. What cannot be had together
//! is a [`Conflict`]. Whether a use is within the terms of a grant is for `policy`, clause by clause.
//!
//! Kept here, too, are the grants themselves ([`Grant`]), the requests for them ([`AccessRequest`]) and the tokens spent under
//! them ([`QuotaDesk`]).

mod acceptance;
mod access_request;
#[cfg(test)]
mod cases;
mod catalogue;
mod cause;
mod cells;
mod clash;
mod clauses;
mod conflict;
mod effective;
mod explanation;
mod form;
mod grant;
mod legal_text;
mod licence;
mod low_rows;
mod origins;
mod position;
mod quota;
mod reading;
mod request_rows;
mod rows;
#[cfg(test)]
mod sample;
mod search;
mod search_rows;
mod standpoint;
mod starter;
mod table;
mod terms;
mod verdict;

pub use acceptance::{Acceptance, AcceptanceError, PAYLOAD_TYPE};
pub use access_request::{AccessRequest, RequestSearch, RequestState};
pub use catalogue::{Catalogue, UnknownLicence};
pub use cause::{Attribution, Cause, DutyOwed, LimitMet, PermissionUsed, PositionUsed};
pub use clauses::{Clause, ClauseNumber};
pub use conflict::{Conflict, ConflictKind, Fact, Opposite, Side, conflicts_of};
pub use effective::{Action, EffectiveLicence, ModelUse, effective_licence};
pub use form::Form;
pub use grant::{Grant, GrantStatus, HeldGrant};
pub use legal_text::LegalText;
pub use licence::{Cell, Duty, Licence, Limit, Limits, Obligation, UserThreshold};
pub use position::{Position, PositionScope, Reliance, Stand};
pub use quota::{QuotaDesk, QuotaState, Reservation, Settlement, mark_low_told, quota_of, reclaim_all};
pub use search::{GrantSearch, GrantSide, GrantState, Named};
pub use standpoint::{Circumstances, IntendedUse, Standpoint};
pub use starter::StarterPosition;
pub use table::{Table, TableCell};
pub use terms::{Price, PriceModel, Term, Terms, TerritoryScope};
pub use verdict::{Basis, Certainty, Outcome, Verdict};
