//! The reference: what programs can ask for, as an OpenAPI document and as pages for people, and a page for every type of problem.
//! None of it needs a key; none of it says anything about what the registry holds.

mod browse;
mod document;
mod fragment;
mod problems;
mod schema;
mod texts;

pub use browse::browse;
pub use document::{document, show};
pub use problems::{list as list_problems, show as show_problem};
