//! Rules in force: one row says which, for every process and across restarts. Every set that ever was in force is kept by its
//! digest, so that each decision can be made again.

use std::sync::Arc;

use chancery_base::{
    db::{AnyConnection, Tx},
    idempotency::{Done, Once},
    logs::{self, NewLeaf},
    problem::{Problem, ProblemKind},
    values::Sha256Digest,
};
use serde_json::{Value, json};

use super::{desk::Desk, rows};
use crate::{
    parties::{self, Caller, Permission},
    policy::{PolicySources, RuleSet},
};

/// Held while the row is compared and changed, so that of two processes that start together one writes. The number is ours
/// and arbitrary.
const ACTIVATION_LOCK: i64 = 0x4348_414e_0301;

impl Desk {
    /// The rules in force, which another process may have changed.
    ///
    /// Errors: the database cannot be read; rules that this program cannot use, and then nothing is decided.
    pub fn current_rules(&self) -> Result<Arc<RuleSet>, Problem> {
        self.database.read(|connection| self.rules_in_force(connection))
    }

    /// Lets exactly these rules run in shadow, from the next decision on, in every process.
    ///
    /// Errors: the caller may not operate; a rule that does not exist.
    pub fn shadow(&self, caller: &Caller, once: &Once, shadow: Vec<String>) -> Result<Arc<RuleSet>, Problem> {
        let subject = json!({"shadow": shadow});
        let changed = self.try_shadow(caller, once, shadow);
        self.recorder().recorded(caller, "activate-policies", &subject, changed)
    }

    fn try_shadow(&self, caller: &Caller, once: &Once, shadow: Vec<String>) -> Result<Arc<RuleSet>, Problem> {
        caller.require(Permission::Operate)?;
        let rules = self.current_rules()?.in_shadow(shadow);
        let rules = rules.map_err(|error| Problem::new(ProblemKind::Unprocessable, error.to_string()).at("rules"))?;
        let rules = Arc::new(rules);
        let leaf = self.recorder().leaf("policy-activated", caller, &[], &about(&rules))?;
        let activation = Activation::of(&rules, leaf)?;
        let (once, now) = (once.clone(), self.clock.now());
        let done = self.database.act(move |tx| {
            tx.lock_exclusively(ACTIVATION_LOCK)?;
            once.run(tx, now, |tx| activation.write(tx, now))
        })?;
        match done {
            Done::Now(_) => {
                self.put_in_force(Arc::clone(&rules));
                Ok(rules)
            }
            Done::Before(digest) => self.database.read(|connection| kept_rules(connection, digest)),
        }
    }

    /// Puts the rules this server was started with in force, unless they are already. Which of them run in shadow was decided
    /// before and stays so.
    ///
    /// Errors: the database cannot be read or written.
    pub fn adopt_rules(&self) -> Result<(), Problem> {
        let started_with = self.rules();
        loop {
            let (before, kept, operators) = self.database.read(|connection| {
                let before = rows::policy_in_force(connection)?;
                let kept = before.map(|digest| sources(connection, digest)).transpose()?;
                Ok::<_, Problem>((before, kept, parties::operators(connection)?))
            })?;
            let rules = kept.map_or_else(|| Ok(Arc::clone(&started_with)), |kept| carry_over(&started_with, &kept))?;
            if before == Some(rules.digest()) || self.adopt(before, &rules, operators)? {
                self.put_in_force(rules);
                return Ok(());
            }
        }
    }

    /// Puts `rules` in force in place of `before`; `false` when another process was faster.
    fn adopt(
        &self,
        before: Option<Sha256Digest>,
        rules: &RuleSet,
        readers: Vec<chancery_base::values::PartyId>,
    ) -> Result<bool, Problem> {
        let leaf = self.recorder().own_leaf("policy-activated", readers, &about(rules))?;
        let (activation, now) = (Activation::of(rules, leaf)?, self.clock.now());
        self.database.act(move |tx| {
            tx.lock_exclusively(ACTIVATION_LOCK)?;
            if rows::policy_in_force(tx)? != before {
                return Ok(false);
            }
            activation.write(tx, now).map(|_| true)
        })
    }

    /// The rules in force, read again where another process changed them.
    pub(super) fn rules_in_force(&self, connection: &mut AnyConnection) -> Result<Arc<RuleSet>, Problem> {
        let known = self.rules();
        match rows::policy_in_force(connection)? {
            Some(digest) if digest == known.digest() => Ok(known),
            Some(digest) => {
                let rules = kept_rules(connection, digest)?;
                self.put_in_force(Arc::clone(&rules));
                Ok(rules)
            }
            None => Err(Problem::internal("no policy set is in force")),
        }
    }
}

/// A set of rules about to come into force.
struct Activation {
    digest: Sha256Digest,
    sources: String,
    leaf: NewLeaf,
}

impl Activation {
    fn of(rules: &RuleSet, leaf: NewLeaf) -> Result<Self, Problem> {
        let sources = rules.sources().canonical_json().map_err(Problem::internal)?;
        Ok(Self { digest: rules.digest(), sources, leaf })
    }

    fn write(&self, tx: &mut Tx<'_>, now: chancery_base::values::UnixMillis) -> Result<Sha256Digest, Problem> {
        rows::keep_policy_set(tx, self.digest, &self.sources, now)?;
        rows::put_policy_in_force(tx, self.digest)?;
        logs::append(tx, &self.leaf);
        Ok(self.digest)
    }
}

fn about(rules: &RuleSet) -> Value {
    let shadow: Vec<&str> =
        rules.restrictions().into_iter().filter(|(_, is_shadow)| *is_shadow).map(|(id, _)| id).collect();
    json!({"policy_digest": rules.digest(), "shadow": shadow})
}

/// The rules this server was started with, with what was put in shadow of them before.
fn carry_over(started_with: &Arc<RuleSet>, kept: &PolicySources) -> Result<Arc<RuleSet>, Problem> {
    let known = started_with.restrictions();
    let shadow: Vec<String> =
        kept.shadow.iter().filter(|rule| known.iter().any(|(id, _)| id == rule)).cloned().collect();
    if shadow.is_empty() {
        return Ok(Arc::clone(started_with));
    }
    started_with.in_shadow(shadow).map(Arc::new).map_err(Problem::internal)
}

/// The rules that are kept under `digest`.
pub(super) fn kept_rules(connection: &mut AnyConnection, digest: Sha256Digest) -> Result<Arc<RuleSet>, Problem> {
    RuleSet::from_sources(sources(connection, digest)?).map(Arc::new).map_err(|error| {
        tracing::error!(policy.digest = %digest, error.cause = %error, "rules in force cannot be used");
        Problem::new(
            ProblemKind::PolicyUnavailable,
            "the rules in force cannot be used by this server, so nothing is decided; tell the operator",
        )
    })
}

fn sources(connection: &mut AnyConnection, digest: Sha256Digest) -> Result<PolicySources, Problem> {
    let sources = rows::find_policy_set(connection, digest)?;
    let sources = sources.ok_or_else(|| Problem::internal(format_args!("policy set {digest} is not kept")))?;
    serde_json::from_str(&sources).map_err(Problem::internal)
}
