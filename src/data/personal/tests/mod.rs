//! The scanner and the redactor from outside.
#![allow(clippy::string_slice, reason = "places that are wrong fail the test")]

mod cases;
mod corpus;
mod flags;
mod redaction;
mod report;
mod speed;
