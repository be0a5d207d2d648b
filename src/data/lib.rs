//! Chancery's data package: reads data sets as streams of rows, prepares them step by step, and finds personal data in them.
//!
//! It knows nothing of licences, keys, databases or files on disk: bytes come in through a reader and leave through a writer, so that
//! whoever calls it can keep both sealed. Memory does not grow with the length of the data.

// Floors, lowest first: each imports from those above it only.
pub mod personal;

pub mod table;

pub mod prepare;
