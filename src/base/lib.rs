//! Floors 0 to 2 of Chancery: words, means and memory.
//!
//! The order of the module groups below is the order of the floors; a module imports only from groups above it in this
//! file (lower floors), never from its own group. A test in the root package holds this.

// floor 0: words
pub mod values;

// floor 0: words for what went wrong
pub mod problem;

// floor 0: what tests need from outside
#[cfg(test)]
#[path = "../../tests/support/postgres.rs"]
mod postgres;
#[cfg(test)]
#[path = "../../tests/support/required.rs"]
mod required;

// floor 1: means
pub mod crypto;
pub mod db;
pub mod outbound;
pub mod store;

// floor 1: means that stand on other means
pub mod openid;

// floor 1: a database for tests
#[cfg(test)]
mod test_database;

// floor 2: memory
pub mod idempotency;
pub mod intake;
pub mod logs;
