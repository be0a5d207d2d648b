//! A set of rules in force: parsed, checked and prepared once, then shared.
//!
//! Everything that could go wrong with a rule is looked for here, at activation, because at decision time Cedar skips a
//! rule that errs. What strict validation leaves over (integer overflow) makes the decision itself refuse.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    str::FromStr,
};

use cedar_policy::{Authorizer, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use chancery_base::values::Sha256Digest;
use serde::{Deserialize, Serialize};

use super::{
    builtin,
    error::PolicyError,
    projection::Projection,
    rule::{Condition, ListedRule, Restriction, Rule},
};

/// How many entities a rule may pass through to reach an attribute: principal, resource and `context.grant` are one step.
const DEREFERENCE_LEVEL: u32 = 1;
/// File name of the schema.
const SCHEMA_FILE: &str = "schema.cedarschema";
/// Extension of rule files.
const RULES_EXTENSION: &str = "cedar";

/// The texts a rule set is made from; their canonical JSON is stored under its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySources {
    /// The schema.
    pub schema: String,
    /// Rule files: name and text.
    pub files: BTreeMap<String, String>,
    /// Rules that run in shadow, besides those that say so themselves.
    pub shadow: BTreeSet<String>,
}

impl PolicySources {
    /// The texts compiled in.
    #[must_use]
    pub fn builtin() -> Self {
        builtin::sources()
    }

    /// Reads `schema.cedarschema` and every `*.cedar` of a directory.
    ///
    /// Errors when a file cannot be read or is not UTF-8.
    pub fn read(directory: &Path) -> Result<Self, PolicyError> {
        let unreadable = |path: &Path, cause: std::io::Error| PolicyError::Unreadable {
            path: path.display().to_string(),
            cause: cause.to_string(),
        };
        let text = |path: &Path| std::fs::read_to_string(path).map_err(|cause| unreadable(path, cause));
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(directory).map_err(|cause| unreadable(directory, cause))? {
            let path = entry.map_err(|cause| unreadable(directory, cause))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            if let (Some(name), true) = (name, path.extension().is_some_and(|found| found == RULES_EXTENSION)) {
                files.insert(name, text(&path)?);
            }
        }
        Ok(Self { schema: text(&directory.join(SCHEMA_FILE))?, files, shadow: BTreeSet::new() })
    }

    /// The texts with these rules in shadow as well.
    #[must_use]
    pub fn with_shadow(mut self, rules: impl IntoIterator<Item = String>) -> Self {
        self.shadow.extend(rules);
        self
    }

    /// The texts as canonical JSON: what is stored, and what the digest is the SHA-256 of.
    ///
    /// Errors only where JSON cannot be written at all.
    pub fn canonical_json(&self) -> Result<String, PolicyError> {
        serde_json_canonicalizer::to_string(self).map_err(|cause| PolicyError::Unprepared { cause: cause.to_string() })
    }
}

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
    /// Errors with the first fault found: syntax, a missing, unknown or wrong annotation, a name used twice, an obligation
    /// nobody implements, not exactly one base permit, or a rule that does not fit the schema.
    pub fn from_sources(sources: PolicySources) -> Result<Self, PolicyError> {
        let digest = Sha256Digest::of(sources.canonical_json()?.as_bytes());
        let schema = Schema::from_str(&sources.schema);
        let schema = schema.map_err(|cause| PolicyError::Schema { cause: cause.to_string() })?;
        let mut collected = Collected::default();
        for (file, text) in &sources.files {
            collected.read_file(file, text)?;
        }
        collected.move_to_shadow(&sources.shadow)?;
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

    /// Names of the rules that refuse, in the order in which they are looked at; the Boolean tells those in shadow.
    #[must_use]
    pub fn restrictions(&self) -> Vec<(&str, bool)> {
        self.in_order().into_iter().map(|restriction| (restriction.id.as_str(), restriction.is_shadow)).collect()
    }

    /// Every restriction with what it says about itself, in the order in which they are looked at.
    #[must_use]
    pub fn listing(&self) -> Vec<ListedRule> {
        self.in_order().into_iter().map(|restriction| restriction.listed()).collect()
    }

    /// The same rules with exactly `shadow` recorded only.
    ///
    /// Errors: a rule that does not exist.
    pub fn in_shadow(&self, shadow: Vec<String>) -> Result<Self, PolicyError> {
        let mut sources = self.sources.clone();
        sources.shadow = shadow.into_iter().collect();
        Self::from_sources(sources)
    }

    /// The rules that refuse, in the order in which they are looked at.
    pub(super) fn in_order(&self) -> Vec<&Restriction> {
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

    fn move_to_shadow(&mut self, rules: &BTreeSet<String>) -> Result<(), PolicyError> {
        for rule in rules {
            let restriction = self.restrictions.get_mut(&PolicyId::new(rule));
            restriction.ok_or_else(|| PolicyError::UnknownShadow { rule: rule.clone() })?.is_shadow = true;
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
        let is_shadow = |id: &PolicyId| self.restrictions.get(id).is_some_and(|restriction| restriction.is_shadow);
        let (shadow, enforced): (Vec<_>, Vec<_>) =
            self.policies.values().cloned().partition(|policy| is_shadow(policy.id()));
        let enforced = PolicySet::from_policies(enforced).map_err(|cause| unprepared(&cause))?;
        let admission = enforced.policy(base).cloned().filter(|_| !shadow.is_empty());
        let shadow =
            PolicySet::from_policies(shadow.into_iter().chain(admission)).map_err(|cause| unprepared(&cause))?;
        Ok((enforced, shadow))
    }
}

fn unprepared(cause: &impl ToString) -> PolicyError {
    PolicyError::Unprepared { cause: cause.to_string() }
}
