//! What Chancery promises, driven through its doors: a real server, a real database, real clients.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

mod crash;
mod floors;
mod process;
