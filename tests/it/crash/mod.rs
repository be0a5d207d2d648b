//! What a crash must not do: lose what was acknowledged, show half of anything, break a log, or serve without a record.

mod audit;
mod kill_loop;
mod refusals;
pub mod registry;
mod unwritable;
