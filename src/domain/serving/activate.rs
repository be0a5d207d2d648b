//! Rules in force: one row says which, for every process and across restarts. Every set that ever was in force is kept by its
//! digest, so that each decision can be made again and each set brought back.
//!
//! Texts that an operator activated stay in force however servers are started. As long as none did, the texts that a server
//! is started with come into force with it.

use std::{collections::BTreeMap, sync::Arc};

use chancery_base::{
    db::{AnyConnection, Tx},
    idempotency::{Done, Once},
    logs::{self, NewLeaf},
    problem::{Problem, ProblemKind},
    values::{PartyId, Sha256Digest, UnixMillis},
};
use serde_json::{Value, json};

use super::{
    desk::Desk,
    draft::{CheckedRules, RulesDraft, carried_over, subject},
    rows::{self, Activation, Origin},
    rulebook::Rulebook,
};
use crate::{
    approvals::{self, ProposalKind},
    parties::{self, Caller, Permission},
    policy::{PolicySources, RuleMode, RuleSet},
};

/// Held while the row is compared and changed, so that of two processes that start together one writes. The number is ours
/// and arbitrary.
const ACTIVATION_LOCK: i64 = 0x4348_414e_0301;

impl Desk {
    /// Looks a draft over and puts it in force, from the next decision on, in every process.
    ///
    /// Errors: the caller may not operate; those of [`Desk::check_rules`] and [`Desk::activate`].
    pub fn change_rules(&self, caller: &Caller, once: &Once, draft: RulesDraft) -> Result<Rulebook, Problem> {
        let subject = subject(&draft);
        let changed = self.try_change_rules(caller, once, draft);
        self.recorder().recorded(caller, "activate-policies", &subject, changed)
    }

    fn try_change_rules(&self, caller: &Caller, once: &Once, draft: RulesDraft) -> Result<Rulebook, Problem> {
        caller.require(Permission::Operate)?;
        // What was done before cannot be drafted again: the rule is in shadow by now.
        let number = match self.database.read(|connection| once.remembered(connection))? {
            Some(number) => number,
            None => self.activate(caller, once, self.check_rules(draft)?)?,
        };
        self.rulebook_at(number)
    }

    /// Puts rules in force that were looked over; the number of the activation.
    ///
    /// Errors: the caller's party wants two people for this; the same rules are in force already; other rules came into force
    /// since these were drafted or proposed.
    pub fn activate(&self, caller: &Caller, once: &Once, checked: CheckedRules) -> Result<u64, Problem> {
        let leaf = self.recorder().leaf("policy-activated", caller, &[], &about(&checked))?;
        let coming = Coming::of(&checked, Some(caller.party.id), leaf)?;
        let (once, by, now) = (once.clone(), caller.clone(), self.clock.now());
        let done = self.database.act(move |tx| {
            tx.lock_exclusively(ACTIVATION_LOCK)?;
            once.run(tx, now, |tx| {
                let agreed = approvals::require(tx, &by, ProposalKind::PolicyChange, now, |rules| rules.policies)?;
                let latest = rows::latest_activation(tx)?;
                // What two people looked at is what happens: a proposal is about the rules that were in force when it was made.
                let is_stale = agreed
                    .zip(latest.as_ref())
                    .is_some_and(|(proposal, latest)| latest.activated_at > proposal.created_at);
                if is_stale || latest.as_ref().map(|latest| latest.number) != coming.after {
                    let detail = "other rules came into force meanwhile; look at `chancery policy list` and try again";
                    return Err(Problem::new(ProblemKind::Conflict, detail));
                }
                if latest.is_some_and(|latest| (latest.digest, latest.origin) == (coming.digest, coming.origin)) {
                    let detail = "these rules are in force already, so nothing was changed; see `chancery policy list`";
                    return Err(Problem::new(ProblemKind::Conflict, detail));
                }
                coming.write(tx, now)
            })
        })?;
        if let Done::Now(_) = done {
            self.put_in_force(checked.rules);
        }
        Ok(done.into_inner())
    }

    /// Puts the rules this server was started with in force, unless they are already, or an operator activated others. Which
    /// of them run in another mode than their text says was decided before and stays so.
    ///
    /// Errors: the database cannot be read or written.
    pub fn adopt_rules(&self) -> Result<(), Problem> {
        loop {
            let (latest, rules, operators) = self.database.read(|connection| {
                let latest = rows::latest_activation(connection)?;
                let rules = carried_over(connection, &self.started_with, &[])?;
                Ok::<_, Problem>((latest, Arc::new(rules), parties::operators(connection)?))
            })?;
            match &latest {
                Some(latest) if latest.origin == Origin::Operator => {
                    self.keep_to(latest.digest, &rules);
                    return Ok(());
                }
                Some(latest) if latest.digest == rules.digest() => {
                    self.put_in_force(rules);
                    return Ok(());
                }
                _ => {}
            }
            let after = latest.map(|latest| latest.number);
            let checked = CheckedRules { rules, origin: Origin::Server, after };
            if self.adopt(&checked, operators)? {
                self.put_in_force(checked.rules);
                return Ok(());
            }
        }
    }

    /// Goes on with the rules that an operator activated. Where this program cannot use them nothing is decided, but the
    /// server runs, so that others can be activated.
    fn keep_to(&self, digest: Sha256Digest, started_with: &RuleSet) {
        if digest != started_with.digest() {
            tracing::info!(
                policy.digest = %digest, policy.started_with = %started_with.digest(),
                "the rules an operator activated are in force, not those the server is started with"
            );
        }
        if let Ok(rules) = self.database.read(|connection| kept_rules(connection, digest)) {
            self.put_in_force(rules);
        }
    }

    /// Puts what a server is started with in force; `false` when another process was faster.
    fn adopt(&self, checked: &CheckedRules, readers: Vec<PartyId>) -> Result<bool, Problem> {
        let leaf = self.recorder().own_leaf("policy-activated", readers, &about(checked))?;
        let (coming, now) = (Coming::of(checked, None, leaf)?, self.clock.now());
        self.database.act(move |tx| {
            tx.lock_exclusively(ACTIVATION_LOCK)?;
            if rows::latest_activation(tx)?.map(|latest| latest.number) != coming.after {
                return Ok(false);
            }
            coming.write(tx, now).map(|_| true)
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

/// Rules about to come into force.
struct Coming {
    digest: Sha256Digest,
    sources: String,
    modes: BTreeMap<String, RuleMode>,
    origin: Origin,
    by: Option<PartyId>,
    after: Option<u64>,
    leaf: NewLeaf,
}

impl Coming {
    fn of(checked: &CheckedRules, by: Option<PartyId>, leaf: NewLeaf) -> Result<Self, Problem> {
        let CheckedRules { rules, origin, after } = checked;
        let sources = rules.sources().canonical_json().map_err(Problem::internal)?;
        let modes = rules.listing().into_iter().map(|rule| (rule.id, rule.mode)).collect();
        Ok(Self { digest: rules.digest(), sources, modes, origin: *origin, by, after: *after, leaf })
    }

    /// Writes it all, and answers the number.
    fn write(&self, tx: &mut Tx<'_>, now: UnixMillis) -> Result<u64, Problem> {
        let activation = Activation {
            number: self.after.unwrap_or_default().saturating_add(1),
            digest: self.digest,
            origin: self.origin,
            by: self.by,
            leaf: self.leaf.id(),
            activated_at: now,
        };
        rows::keep_policy_set(tx, self.digest, &self.sources, now)?;
        rows::put_policy_in_force(tx, self.digest)?;
        rows::insert_activation(tx, &activation, &self.modes)?;
        logs::append(tx, &self.leaf);
        Ok(activation.number)
    }
}

/// What the log says of an activation.
fn about(checked: &CheckedRules) -> Value {
    let listing = checked.rules.listing();
    let named = |mode: RuleMode| -> Vec<&str> {
        listing.iter().filter(|rule| rule.mode == mode).map(|rule| rule.id.as_str()).collect()
    };
    json!({
        "policy_digest": checked.rules.digest(),
        "origin": checked.origin.name(),
        "shadow": named(RuleMode::Shadow),
        "dropped": named(RuleMode::Dropped),
    })
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

/// The texts that are kept under `digest`.
pub(super) fn sources(connection: &mut AnyConnection, digest: Sha256Digest) -> Result<PolicySources, Problem> {
    let sources = rows::find_policy_set(connection, digest)?;
    let sources = sources.ok_or_else(|| Problem::internal(format_args!("policy set {digest} is not kept")))?;
    serde_json::from_str(&sources).map_err(Problem::internal)
}
