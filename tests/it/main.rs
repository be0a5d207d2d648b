//! What Chancery promises, driven through its doors: a real server, a real database, real clients.
//!
//! `app` starts the server and holds the papers, `process` runs the program itself; every other module is one use of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod app;
mod calls;
mod client;
mod commands;
mod crash;
mod exports;
mod fixtures;
mod floors;
mod gates;
mod licensing;
mod logs;
mod oracles;
mod policies;
mod process;
mod registration;
mod replicas;
mod story;
