//! Judgement: facts in, decision out. [`gather`] reads the facts from the database and hands them on as a plain snapshot;
//! everything else here is pure, and nothing reads a clock or the network.
//!
//! Rules are Cedar texts (`policies/` at the top of the tree, compiled in and replaceable by a directory). Every
//! restriction is an annotated `forbid`, so that a refusal names its rule, clause and source and says what to do next.
//! Where something cannot be judged, because a rule errs or a fact is missing, the answer is a refusal.

mod about;
mod accepted;
mod builtin;
mod claims;
mod contrast;
mod decide;
mod decision;
mod error;
pub mod examples;
mod explain;
mod extent;
pub mod facts;
mod gather;
mod grant_facts;
mod licence_facts;
mod licence_table;
mod mode;
mod projection;
mod repairs;
mod replay;
mod rule;
mod rules;
mod sources;
mod specimen;
mod template;

pub use accepted::AcceptedGrants;
pub use claims::{Claims, Paper, catalogue, lineage};
pub use contrast::{Change, Contrast, contrast};
pub use decide::{Judgement, NOT_ADMITTED, decide, decide_best};
pub use decision::{
    Decision, Notice, Obligation, ObligationKind, Outcome, POLICY_ERROR, Reason, RefusalCode, Stage, Subject,
    SubjectKind,
};
pub use error::PolicyError;
pub use explain::{ExplainedRule, Explanation, explain};
pub use facts::{Facts, Quota};
pub use gather::{Gathered, Question, gather, grant_facts};
pub use licence_table::LicenceTable;
pub use mode::{ModeError, RuleMode};
pub use repairs::Repair;
pub use replay::{Difference, NotReplayable, Replay, replay};
pub use rule::ListedRule;
pub use rules::RuleSet;
pub use sources::PolicySources;
pub use template::TemplateError;

#[cfg(test)]
mod tests;
