//! What Chancery promises, driven through its doors: a real server, a real database, real clients.
//!
//! `app` serves in this process and `process` runs the program itself; `client`, `organisation`, `fixtures` and `database` are what
//! the uses are written with; every other module is one use.

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
mod approvals;
mod backups;
mod browser;
mod calls;
mod catalogue;
mod chromium;
mod client;
mod commands;
mod contract;
mod crash;
mod database;
mod datasets;
mod destroying;
mod doctor;
mod encryption;
mod exchange;
mod exports;
mod fixtures;
mod floors;
mod gates;
mod generated;
mod heavy;
mod liar;
mod licensing;
mod limits;
mod logs;
#[path = "../support/manifests.rs"]
mod manifests;
mod oidc;
mod oracles;
mod organisation;
mod pages;
mod papers;
mod people;
mod policies;
#[path = "../support/postgres.rs"]
mod postgres;
mod preparing;
mod process;
mod proxies;
mod pushing;
mod receiver;
mod records;
mod reference;
mod registration;
mod repeating;
mod replicas;
#[path = "../support/required.rs"]
mod required;
mod roles;
mod rotating;
mod shell;
mod starting;
mod stopping;
mod story;
mod telemetry;
mod tenants;
mod terminal;
mod trials;
mod verifiers;
mod webhooks;
mod words;
