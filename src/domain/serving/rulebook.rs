//! The rulebook: which rules are in force, in which mode each runs, since when and by whom, and what was in force before.

use std::{collections::BTreeMap, sync::Arc};

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{PAGE_ITEMS, Slug, UnixMillis},
};

use super::{
    activate::kept_rules,
    desk::Desk,
    rows::{self, Activation, StandingMode},
};
use crate::{
    parties::{Caller, Permission},
    policy::{ListedRule, RuleMode, RuleSet},
};

/// The rules of one activation.
#[derive(Debug, Clone)]
pub struct Rulebook {
    /// The activation.
    pub activation: Activation,
    /// Who activated them; `None` for a server that started.
    pub by: Option<Slug>,
    /// Every rule that refuses, in the order in which they are looked at; dropped ones as well.
    pub rules: Vec<RuleInBook>,
}

/// A rule, and what gave it its mode.
#[derive(Debug, Clone)]
pub struct RuleInBook {
    /// The rule.
    pub rule: ListedRule,
    /// Since when it runs in its mode; `None` where that is not known.
    pub since: Option<UnixMillis>,
    /// Who put it there; `None` for a server that started.
    pub by: Option<Slug>,
}

/// An activation as the history tells it.
#[derive(Debug, Clone)]
pub struct PastActivation {
    /// The activation.
    pub activation: Activation,
    /// Who; `None` for a server that started.
    pub by: Option<Slug>,
    /// The rules whose mode it changed; `None` for one that it took away.
    pub changes: BTreeMap<String, Option<RuleMode>>,
}

impl Desk {
    /// The rules in force.
    ///
    /// Errors: the database cannot be read; rules that this program cannot use, and then nothing is decided.
    pub fn rulebook(&self) -> Result<Rulebook, Problem> {
        self.database.read(|connection| {
            let rules = self.rules_in_force(connection)?;
            let latest = rows::latest_activation(connection)?;
            let latest = latest.ok_or_else(|| Problem::internal("rules are in force that nobody activated"))?;
            book(connection, latest, &rules)
        })
    }

    /// The rules as activation `number` left them.
    pub(super) fn rulebook_at(&self, number: u64) -> Result<Rulebook, Problem> {
        self.database.read(|connection| {
            let activation = rows::find_activation(connection, number)?;
            let activation = activation.ok_or_else(|| Problem::internal("a remembered activation is missing"))?;
            let rules = kept_rules(connection, activation.digest)?;
            book(connection, activation, &rules)
        })
    }

    /// A page of what came into force before activation `before`, latest first; from the latest on without it. Shorter than
    /// [`PAGE_ITEMS`] when it is the last.
    ///
    /// Errors: the caller may not operate; the database cannot be read.
    pub fn policy_history(&self, caller: &Caller, before: Option<u64>) -> Result<Vec<PastActivation>, Problem> {
        caller.require(Permission::Operate)?;
        self.database.read(|connection| {
            let past = rows::activations_before(connection, before, PAGE_ITEMS)?;
            let told = |activation: Activation| {
                let by = rows::activated_by(connection, &activation)?;
                let changes = rows::changed_modes(connection, activation.number)?;
                Ok(PastActivation { activation, by, changes })
            };
            past.into_iter().map(told).collect()
        })
    }
}

fn book(connection: &mut AnyConnection, activation: Activation, rules: &Arc<RuleSet>) -> Result<Rulebook, Problem> {
    let mut modes = rows::standing_modes(connection, activation.number)?;
    let told = |rule: ListedRule| {
        let standing = modes.remove(&rule.id).filter(|standing| standing.mode == Some(rule.mode));
        let (since, by) = standing.map(|StandingMode { since, by, .. }| (since, by)).unzip();
        RuleInBook { rule, since, by: by.flatten() }
    };
    let rules = rules.listing().into_iter().map(told).collect();
    Ok(Rulebook { by: rows::activated_by(connection, &activation)?, activation, rules })
}
