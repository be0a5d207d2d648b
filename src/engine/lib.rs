//! The engine.

pub mod inspect;
