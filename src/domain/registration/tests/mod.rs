//! Registration on every database: what works, and that every refusal leaves nothing behind but its entry in the log.

mod checks;
mod keys;
mod refusals;
mod uploads;
pub mod world;
