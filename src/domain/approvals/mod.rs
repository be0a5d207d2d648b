//! Two people: which acts of a party need a second one, and what one proposed to the others.
//!
//! An act that needs two people is proposed by one of them and carried out when another agrees, with the authority of the
//! first, in one transaction with the mark that it was approved. Keys neither propose nor agree: who holds them is not known. Once
//! anything needs two people, so does becoming one of those who can agree: nobody makes their own second person.

mod proposal;
mod rows;
mod rules;

pub use proposal::{Proposal, ProposalKind, ProposalStanding, ProposalState};
pub use rows::{ProposalSearch, decide_proposal, find_proposal, insert_proposal, proposals_of, rules_of, set_rules};
pub use rules::{ApprovalRules, PROPOSED, require};
