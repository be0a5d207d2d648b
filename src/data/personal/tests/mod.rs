//! The scanner and the redactor from outside.

mod cases;
mod corpus;
mod flags;
mod redaction;
mod report;
mod speed;
