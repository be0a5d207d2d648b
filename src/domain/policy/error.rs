//! Why a policy set is not activated. Nothing of a faulty set is used: the set in force stays in force.

use super::{mode::RuleMode, template::TemplateError};

/// A fault in a policy set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A file or directory that cannot be read.
    #[error("cannot read `{path}`: {cause}; check the path and its permissions")]
    Unreadable {
        /// The file or directory.
        path: String,
        /// What the operating system said.
        cause: String,
    },
    /// The schema does not parse, or does not fit the facts that the program projects onto it.
    #[error("schema: {cause}; correct `schema.cedarschema`")]
    Schema {
        /// What Cedar said.
        cause: String,
    },
    /// A file that does not parse.
    #[error("{file}: {cause}; correct the file")]
    Syntax {
        /// The file.
        file: String,
        /// What Cedar said.
        cause: String,
    },
    /// A template, which this registry does not use.
    #[error("{file}: templates with slots are not supported; write the rule out")]
    Slots {
        /// The file.
        file: String,
    },
    /// A rule without a name.
    #[error("{file}: a rule has no `@id`; give every rule one")]
    Unnamed {
        /// The file.
        file: String,
    },
    /// Two rules of one name.
    #[error("{file}: rule `{rule}` is defined twice; give each rule its own `@id`")]
    Duplicate {
        /// The file in which it appears again.
        file: String,
        /// The rule.
        rule: String,
    },
    /// A rule that lacks an annotation it needs.
    #[error("{file}: rule `{rule}` has no `@{annotation}`; add it")]
    MissingAnnotation {
        /// The file.
        file: String,
        /// The rule.
        rule: String,
        /// The annotation.
        annotation: &'static str,
    },
    /// An annotation that means nothing for this kind of rule, most likely misspelt.
    #[error("{file}: rule `{rule}` has `@{annotation}`, which means nothing here; correct its spelling or remove it")]
    UnknownAnnotation {
        /// The file.
        file: String,
        /// The rule.
        rule: String,
        /// The annotation.
        annotation: String,
    },
    /// An annotation whose value is not one of those it can have.
    #[error("{file}: rule `{rule}` has `@{annotation}(\"{value}\")`; expected {expected}")]
    BadAnnotation {
        /// The file.
        file: String,
        /// The rule.
        rule: String,
        /// The annotation.
        annotation: &'static str,
        /// Its value.
        value: String,
        /// What it could have been.
        expected: String,
    },
    /// A text that cannot be filled in.
    #[error("{file}: rule `{rule}`, `@{annotation}`: {cause}; correct the text")]
    Text {
        /// The file.
        file: String,
        /// The rule.
        rule: String,
        /// The annotation.
        annotation: &'static str,
        /// What is wrong with it.
        cause: TemplateError,
    },
    /// A text with a placeholder that has no value where the rule fires.
    #[error("{file}: rule `{rule}`, `@{annotation}`: {placeholder} has no value for this `@subject`; correct the text")]
    Misplaced {
        /// The file.
        file: String,
        /// The rule.
        rule: String,
        /// The annotation.
        annotation: &'static str,
        /// The placeholder.
        placeholder: String,
    },
    /// An obligation that no code enforces.
    #[error(
        "{file}: rule `{rule}` imposes obligation `{obligation}`, which is not implemented; use one of: {implemented}"
    )]
    UnknownObligation {
        /// The file.
        file: String,
        /// The rule.
        rule: String,
        /// The obligation.
        obligation: String,
        /// Those that are implemented.
        implemented: String,
    },
    /// Not exactly one permit that admits.
    #[error("{found} permits carry neither `@obligation` nor `@notice`; exactly one, the base permit, must")]
    BasePermit {
        /// How many there are.
        found: usize,
    },
    /// A base permit with a condition, which would refuse without naming a rule.
    #[error("base permit `{rule}` has a condition; write every restriction as a forbid")]
    ConditionalBase {
        /// The rule.
        rule: String,
    },
    /// A rule that the schema does not admit.
    #[error("rule `{rule}` does not fit the schema: {cause}; correct the rule")]
    Invalid {
        /// The rule.
        rule: String,
        /// What Cedar's validator said.
        cause: String,
    },
    /// A list of modes that names no forbid.
    #[error("`{rule}` is to be {mode} but is not a forbid of this set; correct the list")]
    UnknownMoved {
        /// The rule.
        rule: String,
        /// The mode it was to have.
        mode: RuleMode,
    },
    /// More text than a set may hold.
    #[error("the policy set holds more than {most} bytes of text; shorten its files")]
    TooLarge {
        /// How much it may hold.
        most: usize,
    },
    /// A statement that is longer, or nests deeper, than can safely be parsed.
    #[error(
        "{file}: a statement has more than 1024 bytes of code, 16 brackets in each other or 8 `if`; split it into several rules"
    )]
    TooDeep {
        /// The file.
        file: String,
    },
    /// More rules than a set may hold.
    #[error("the policy set holds more than {most} rules; every use is held against each, so join some")]
    TooManyRules {
        /// How many it may hold.
        most: usize,
    },
    /// A directory without a file of rules.
    #[error("`{path}` holds no `*.cedar` file; name the folder of the rules")]
    NoRules {
        /// The directory.
        path: String,
    },
    /// A set that Cedar does not put together, or that cannot be written as JSON.
    #[error("policy set cannot be prepared: {cause}; report this as a defect")]
    Unprepared {
        /// What went wrong.
        cause: String,
    },
}
