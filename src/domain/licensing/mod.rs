//! Licences: what they say, what is left of them over a lineage, and the terms of the grants made here.
//!
//! Three questions, kept apart. What does a licence text say about a use ([`Catalogue`])? What do the licences of everything
//! a model came from leave of a use ([`effective_licence`])? And is a use within the numbered terms of a grant
//! ([`check_clauses`])? All of that is pure: lineage, time and settled tokens arrive as values. A verdict is never "allowed"
//! where the text does not address a use; it is [`Verdict::Silent`], for a person to decide.
//!
//! Kept here, too, are the grants themselves ([`Grant`]) and the tokens spent under them ([`QuotaDesk`]).

mod acceptance;
mod catalogue;
mod check;
mod clauses;
mod effective;
mod explain;
mod grant;
mod quota;
mod reading;
mod rows;
#[cfg(test)]
mod sample;
mod terms;

pub use acceptance::{Acceptance, AcceptanceError, PAYLOAD_TYPE};
pub use catalogue::{Catalogue, Cell, Duty, Licence, Right, Verdict};
pub use check::{ClauseResult, IntendedUse, check_clauses};
pub use clauses::{Clause, ClauseNumber};
pub use effective::{Action, Attribution, Cause, DutyOwed, EffectiveLicence, ModelUse, effective_licence};
pub use grant::{Grant, GrantStatus};
pub use quota::{QuotaDesk, QuotaState, Reservation, Settlement, quota_of, reclaim_all};
pub use terms::{Price, PriceModel, Term, Terms, TerritoryScope};
