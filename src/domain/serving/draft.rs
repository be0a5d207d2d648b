//! A draft of rules: texts that were sent, a set that was in force once, the set a server is started with, or the set in force
//! with one rule in another mode. It is looked over as a whole before anything is done with it.

use std::{collections::BTreeMap, sync::Arc};

use chancery_base::{
    db::AnyConnection,
    problem::{Problem, ProblemKind},
    values::Sha256Digest,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    activate::sources,
    desk::Desk,
    rows::{self, Origin},
};
use crate::policy::{ModeError, PolicyError, PolicySources, RuleMode, RuleSet};

/// What somebody wants to be in force, as it is sent and can be kept until somebody else agrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "rules are given as `schema` and `files` (with a list `shadow` or without), as `digest`, as `origin: \"server\"`, or \
                 as `rule` and `mode` (enforced, shadow or dropped)"
)]
pub enum RulesDraft {
    /// These texts. What was decided about rules before (in shadow, dropped, promoted) goes on for those that are still there.
    Texts {
        /// The schema.
        schema: String,
        /// Rule files: name and text.
        files: BTreeMap<String, String>,
        /// Rules to be tried in shadow first.
        #[serde(default)]
        shadow: Vec<String>,
    },
    /// The set of this digest, as it was in force before.
    Kept {
        /// The digest.
        digest: Sha256Digest,
    },
    /// The texts that a server is started with, to be followed from now on.
    OfServer {
        /// Says so.
        origin: ServerOrigin,
    },
    /// The set in force with one rule in another mode.
    Mode {
        /// The rule.
        rule: String,
        /// Its new mode.
        mode: RuleMode,
    },
}

/// The one origin that can be asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerOrigin {
    /// The texts that a server is started with.
    Server,
}

/// Rules that passed every check, and what they were drafted against.
///
/// Whoever puts them in force hands over this value; it is refused if other rules came into force meanwhile, so what was
/// looked at, by however many people, is what happens.
#[derive(Debug, Clone)]
pub struct CheckedRules {
    /// The rules.
    pub rules: Arc<RuleSet>,
    /// Whose texts they are.
    pub origin: Origin,
    /// Number of the activation that was in force; `None` before the first.
    pub(super) after: Option<u64>,
}

impl Desk {
    /// Looks a draft over. Nothing is changed.
    ///
    /// Errors: a digest under which no set is kept; a set with a fault; a rule that does not exist, or that cannot go into the
    /// mode asked for.
    pub fn check_rules(&self, draft: RulesDraft) -> Result<CheckedRules, Problem> {
        self.database.read(|connection| {
            let latest = rows::latest_activation(connection)?;
            let (rules, origin) = match draft {
                RulesDraft::Texts { schema, files, shadow } => {
                    let sent = checked(PolicySources::new(schema, files))?;
                    (carried_over(connection, &sent, &shadow)?, Origin::Operator)
                }
                RulesDraft::Kept { digest } => (kept_set(connection, digest)?, Origin::Operator),
                RulesDraft::OfServer { .. } => (carried_over(connection, &self.started_with, &[])?, Origin::Server),
                RulesDraft::Mode { rule, mode } => {
                    let origin = latest.as_ref().map_or(Origin::Server, |latest| latest.origin);
                    let moved = self
                        .rules_in_force(connection)?
                        .with_mode(&rule, mode)
                        .map_err(|error| mode_refused(&error))?;
                    (checked(moved)?, origin)
                }
            };
            Ok(CheckedRules { rules: Arc::new(rules), origin, after: latest.map(|latest| latest.number) })
        })
    }
}

/// What the log says of an attempt.
pub(super) fn subject(draft: &RulesDraft) -> Value {
    match draft {
        RulesDraft::Texts { files, shadow, .. } => json!({"files": files.keys().collect::<Vec<_>>(), "shadow": shadow}),
        RulesDraft::Kept { digest } => json!({"digest": digest}),
        RulesDraft::OfServer { origin } => json!({"origin": origin}),
        RulesDraft::Mode { rule, mode } => json!({"rule": rule, "mode": mode}),
    }
}

/// The same texts with the modes that rules have in the set in force.
pub(super) fn carried_over(
    connection: &mut AnyConnection,
    rules: &RuleSet,
    tried: &[String],
) -> Result<RuleSet, Problem> {
    let kept = match rows::policy_in_force(connection)? {
        Some(digest) => sources(connection, digest)?,
        None => rules.sources().clone(),
    };
    let carried = rules.carrying_over(&kept, tried).map_err(|error| mode_refused(&error))?;
    checked(carried)
}

fn checked(sources: PolicySources) -> Result<RuleSet, Problem> {
    RuleSet::from_sources(sources).map_err(|fault| faulty(&fault))
}

fn kept_set(connection: &mut AnyConnection, digest: Sha256Digest) -> Result<RuleSet, Problem> {
    if rows::find_policy_set(connection, digest)?.is_none() {
        return Err(Problem::new(
            ProblemKind::NotFound,
            "no policy set of this digest was ever in force here; take one from `chancery policy history`",
        )
        .at("digest"));
    }
    checked(sources(connection, digest)?)
}

fn faulty(fault: &PolicyError) -> Problem {
    let kind = match fault {
        PolicyError::TooLarge { .. } | PolicyError::TooManyRules { .. } => ProblemKind::TooLarge,
        _ => ProblemKind::Unprocessable,
    };
    Problem::new(kind, fault.to_string()).at("policies")
}

fn mode_refused(error: &ModeError) -> Problem {
    let kind = match error {
        ModeError::Unknown { .. } => ProblemKind::Unprocessable,
        ModeError::Already { .. } | ModeError::StillEnforced { .. } => ProblemKind::Conflict,
    };
    Problem::new(kind, error.to_string()).at("rule")
}
