//! The engine.
pub mod bert;
pub mod error;
pub mod inspect;
pub mod model;
