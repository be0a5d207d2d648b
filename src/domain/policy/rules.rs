//! A set of rules in force: parsed, checked and prepared once, then shared.
//!
//! Everything that could go wrong with a rule is looked for here, at activation, because at decision time Cedar skips a
//! rule that errs. What strict validation leaves over (integer overflow) makes the decision itself refuse.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    str::FromStr,
};

use cedar_policy::{Authorizer, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use chancery_base::values::{Invalid, Sha256Digest};

use super::{
    error::PolicyError,
    mode::{ModeError, RuleMode},
    projection::Projection,
    rule::{Condition, ListedRule, Restriction, Rule},
    sources::PolicySources,
};
use crate::documents::nearest;

/// How many entities a rule may pass through to reach an attribute: principal, resource and `context.grant` are one step.
const DEREFERENCE_LEVEL: u32 = 1;
/// Rules that a set may hold: every use is held against each of them, at 1.8 µs a rule (measured on Cedar 4.14).
const MOST_RULES: usize = 1_000;
/// Longest name of a rule, in bytes.
const NAME_BYTES: usize = 64;
/// Rules in force. Costly to make, cheap to share: hold it in an `Arc` and swap the `Arc`.
#[derive(Debug)]
pub struct RuleSet {
    sources: PolicySources,
    digest: Sha256Digest,
    pub(super) authorizer: Authorizer,
    pub(super) projection: Projection,
    pub(super) base: PolicyId,
    pub(super) enforced: PolicySet,
    /// The base permit and the rules in shadow; empty when there are none.
    pub(super) shadow: PolicySet,
    pub(super) restrictions: HashMap<PolicyId, Restriction>,
    pub(super) conditions: HashMap<PolicyId, Condition>,
}

impl RuleSet {
    /// The rules compiled in.
    ///
    /// Errors only when the program was built with faulty rules, which its tests exclude.
    pub fn builtin() -> Result<Self, PolicyError> {
        Self::from_sources(PolicySources::builtin())
    }

    /// The rules of a directory.
    ///
    /// Errors when it cannot be read, or a rule is faulty.
    pub fn load(directory: &Path) -> Result<Self, PolicyError> {
        Self::from_sources(PolicySources::read(directory)?)
    }

    /// Parses, checks and prepares rules.
    ///
    /// Errors with the first fault found: more text or rules than a set may hold, syntax, a missing, unknown or wrong
    /// annotation, a name used twice, an obligation nobody implements, not exactly one base permit, or a rule that does not
    /// fit the schema.
    pub fn from_sources(sources: PolicySources) -> Result<Self, PolicyError> {
        sources.check_extent()?;
        let digest = Sha256Digest::of(sources.canonical_json()?.as_bytes());
        let schema = Schema::from_str(&sources.schema);
        let schema = schema.map_err(|cause| PolicyError::Schema { cause: cause.to_string() })?;
        let mut collected = Collected::default();
        for (file, text) in &sources.files {
            collected.read_file(file, text)?;
        }
        collected.take_modes(&sources)?;
        let base = collected.base()?;
        collected.validate(&schema)?;
        let (enforced, shadow) = collected.split(&base)?;
        let projection = Projection::new(&schema).map_err(|cause| PolicyError::Schema { cause: cause.to_string() })?;
        Ok(Self {
            sources,
            digest,
            authorizer: Authorizer::new(),
            projection,
            base,
            enforced,
            shadow,
            restrictions: collected.restrictions,
            conditions: collected.conditions,
        })
    }

    /// SHA-256 of the sources' canonical JSON.
    #[must_use]
    pub const fn digest(&self) -> Sha256Digest {
        self.digest
    }

    /// The texts the set was made from.
    #[must_use]
    pub const fn sources(&self) -> &PolicySources {
        &self.sources
    }

    /// Names of the rules that are looked at, in that order; the Boolean tells those in shadow.
    #[must_use]
    pub fn restrictions(&self) -> Vec<(&str, bool)> {
        let told = |restriction: &'_ Restriction| restriction.mode == RuleMode::Shadow;
        self.in_order().into_iter().map(|restriction| (restriction.id.as_str(), told(restriction))).collect()
    }

    /// Every restriction with what it says about itself, in the order in which they are looked at; dropped ones as well.
    #[must_use]
    pub fn listing(&self) -> Vec<ListedRule> {
        self.sorted().into_iter().map(Restriction::listed).collect()
    }

    /// The same texts with `rule` in `mode`.
    ///
    /// Errors: no restriction of that name, or one that is in the mode already or may not go there from where it is.
    pub fn with_mode(&self, rule: &str, mode: RuleMode) -> Result<PolicySources, ModeError> {
        let restriction = self.find(rule)?;
        let rule = restriction.id.clone();
        match (restriction.mode, mode) {
            (from, to) if from == to => Err(ModeError::Already { rule, mode }),
            (RuleMode::Enforced, RuleMode::Dropped) => Err(ModeError::StillEnforced { rule }),
            _ => Ok(self.sources.clone().with_mode(rule, mode, restriction.own_mode)),
        }
    }

    /// The same texts, with the rules that `kept` moved out of the mode of their text moved likewise, as far as they exist
    /// here, and then those named `tried` in shadow.
    ///
    /// Errors: a rule to be tried that does not exist.
    pub fn carrying_over(&self, kept: &PolicySources, tried: &[String]) -> Result<PolicySources, ModeError> {
        let mut sources = self.sources.clone();
        for (rule, mode) in kept.moved() {
            if let Ok(restriction) = self.find(rule) {
                sources = sources.with_mode(restriction.id.clone(), mode, restriction.own_mode);
            }
        }
        for rule in tried {
            let restriction = self.find(rule)?;
            sources = sources.with_mode(restriction.id.clone(), RuleMode::Shadow, restriction.own_mode);
        }
        Ok(sources)
    }

    fn find(&self, rule: &str) -> Result<&Restriction, ModeError> {
        self.restrictions.get(&PolicyId::new(rule)).ok_or_else(|| {
            let names = self.restrictions.values().map(|restriction| restriction.id.as_str());
            // What is longer than any name was not mistyped.
            let nearest = if rule.len() > NAME_BYTES { None } else { nearest(rule, names) };
            ModeError::Unknown {
                rule: Invalid::new(rule, "the name of a rule").input,
                nearest: nearest.map(str::to_owned),
            }
        })
    }

    /// The rules that are looked at, in that order.
    pub(super) fn in_order(&self) -> Vec<&Restriction> {
        let mut restrictions = self.sorted();
        restrictions.retain(|restriction| restriction.mode != RuleMode::Dropped);
        restrictions
    }

    fn sorted(&self) -> Vec<&Restriction> {
        let mut restrictions: Vec<_> = self.restrictions.values().collect();
        restrictions.sort_by_key(|restriction| (restriction.stage, &restriction.id));
        restrictions
    }
}

/// Rules read so far.
#[derive(Default)]
struct Collected {
    policies: BTreeMap<String, Policy>,
    bases: Vec<PolicyId>,
    restrictions: HashMap<PolicyId, Restriction>,
    conditions: HashMap<PolicyId, Condition>,
}

impl Collected {
    fn read_file(&mut self, file: &str, text: &str) -> Result<(), PolicyError> {
        let parsed = PolicySet::from_str(text);
        let parsed = parsed.map_err(|cause| PolicyError::Syntax { file: file.to_owned(), cause: cause.to_string() })?;
        if parsed.num_of_templates() > 0 {
            return Err(PolicyError::Slots { file: file.to_owned() });
        }
        // Cedar hands policies out in no order: sort them by text, so that the first fault reported is always the same.
        let mut policies: Vec<_> = parsed.policies().collect();
        policies.sort_by_cached_key(|policy| policy.to_string());
        policies.into_iter().try_for_each(|policy| self.read_rule(file, policy))
    }

    /// Takes one rule under the name its `@id` gives it; Cedar itself only numbers them.
    fn read_rule(&mut self, file: &str, policy: &Policy) -> Result<(), PolicyError> {
        let name = policy.annotation("id").filter(|name| !name.trim().is_empty());
        let name = name.ok_or_else(|| PolicyError::Unnamed { file: file.to_owned() })?;
        check_name(file, name)?;
        if self.policies.len() >= MOST_RULES {
            return Err(PolicyError::TooManyRules { most: MOST_RULES });
        }
        let id = PolicyId::new(name);
        match Rule::read(file, name, policy)? {
            Rule::Base => self.bases.push(id.clone()),
            Rule::Restriction(restriction) => drop(self.restrictions.insert(id.clone(), *restriction)),
            Rule::Condition(condition) => drop(self.conditions.insert(id.clone(), *condition)),
        }
        match self.policies.insert(name.to_owned(), policy.new_id(id)) {
            Some(_) => Err(PolicyError::Duplicate { file: file.to_owned(), rule: name.to_owned() }),
            None => Ok(()),
        }
    }

    fn take_modes(&mut self, sources: &PolicySources) -> Result<(), PolicyError> {
        for (rule, mode) in sources.moved() {
            let restriction = self.restrictions.get_mut(&PolicyId::new(rule));
            restriction.ok_or_else(|| PolicyError::UnknownMoved { rule: rule.to_owned(), mode })?.mode = mode;
        }
        Ok(())
    }

    fn base(&self) -> Result<PolicyId, PolicyError> {
        match self.bases.as_slice() {
            [base] => Ok(base.clone()),
            bases => Err(PolicyError::BasePermit { found: bases.len() }),
        }
    }

    /// Strict validation, with what the projection loads as the limit of what a rule may reach. A warning counts as a
    /// fault: it tells of a rule that can never apply, or of text that deceives the eye.
    fn validate(&self, schema: &Schema) -> Result<(), PolicyError> {
        let all = PolicySet::from_policies(self.policies.values().cloned()).map_err(|cause| unprepared(&cause))?;
        let validator = Validator::new(schema.clone());
        let found = validator.validate_with_level(&all, ValidationMode::Strict, DEREFERENCE_LEVEL);
        let errors = found.validation_errors().map(|error| (error.policy_id().to_string(), error.to_string()));
        let warnings =
            found.validation_warnings().map(|warning| (warning.policy_id().to_string(), warning.to_string()));
        match errors.chain(warnings).min() {
            Some((rule, cause)) => Err(PolicyError::Invalid { rule, cause }),
            None => Ok(()),
        }
    }

    /// The set that decides, and the set that is only recorded.
    fn split(&self, base: &PolicyId) -> Result<(PolicySet, PolicySet), PolicyError> {
        let mode = |policy: &&Policy| self.restrictions.get(policy.id()).map(|restriction| restriction.mode);
        let is_enforced = |policy: &&Policy| mode(policy).is_none_or(|mode| mode == RuleMode::Enforced);
        let is_shadow = |policy: &&Policy| mode(policy) == Some(RuleMode::Shadow);
        let enforced = PolicySet::from_policies(self.policies.values().filter(is_enforced).cloned());
        let enforced = enforced.map_err(|cause| unprepared(&cause))?;
        let mut shadow: Vec<_> = self.policies.values().filter(is_shadow).cloned().collect();
        if !shadow.is_empty() {
            shadow.extend(enforced.policy(base).cloned());
        }
        let shadow = PolicySet::from_policies(shadow).map_err(|cause| unprepared(&cause))?;
        Ok((enforced, shadow))
    }
}

fn check_name(file: &str, name: &str) -> Result<(), PolicyError> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.len() <= NAME_BYTES && name.bytes().all(is_plain) {
        return Ok(());
    }
    let Invalid { input, expected } = Invalid::new(name, "at most 64 lower-case letters, digits and hyphens");
    let (file, value, expected) = (file.to_owned(), input.clone(), expected.to_owned());
    Err(PolicyError::BadAnnotation { file, rule: input, annotation: "id", value, expected })
}

fn unprepared(cause: &impl ToString) -> PolicyError {
    PolicyError::Unprepared { cause: cause.to_string() }
}
