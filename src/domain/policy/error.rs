//! Why a policy set is not activated. Nothing of a faulty set is used: the set in force stays in force.

use super::template::TemplateError;

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
    /// A shadow list that names no forbid.
    #[error("`{rule}` is to run in shadow but is not a forbid of this set; correct the list")]
    UnknownShadow {
        /// The rule.
        rule: String,
    },
    /// A set that Cedar does not put together, or that cannot be written as JSON.
    #[error("policy set cannot be prepared: {cause}; report this as a defect")]
    Unprepared {
        /// What went wrong.
        cause: String,
    },
}
