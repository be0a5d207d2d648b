//! Floors 3 to 6 of Chancery: things, claims, judgement and acts.
//!
//! The order of the module groups below is the order of the floors; a module imports only from groups above it in this
//! file (lower floors), never from its own group.

// floor 5: judgement
pub mod policy;
