//! Floors 7 and 8 of Chancery: the assembly and the doors.
//!
//! The order of the module groups below is the order of the floors; a module imports only from groups above it in this
//! file (lower floors), never from its own group. A test in the root package holds this.

/// Decision 12.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// floor 7: assembly
pub mod app;

// floor 7: what the doors say to people
pub mod words;

// floor 8: doors
pub mod cli;
pub mod web;

// floor 9: a story told through all of it
pub mod demo;
