//! Judgement: facts in, decision out. Nothing in this module reads a clock, a database or the network.
//!
//! Rules are Cedar texts in `policies/`; see [`facts`] for what they may look at.

pub mod facts;
mod licence_facts;
