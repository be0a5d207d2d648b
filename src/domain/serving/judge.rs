//! Asking and judging: finds what is asked for, gathers the facts, and lets the rules decide.

use std::sync::Arc;

use chancery_base::{
    problem::Problem,
    values::{ArtifactKind, GrantId, ModelReference, Purpose, Territory, TokenCount},
};
use tracing::info_span;

use super::{desk::Desk, shelf::Shelved};
use crate::{
    artifacts::{self, Model, Version},
    parties::Caller,
    policy::{Decision, Facts, Gathered, Judgement, Question, Quota, RuleSet, decide_best, gather},
    registration,
};

/// A question about one use, with what it is about.
pub(super) struct Asked {
    pub caller: Caller,
    pub model: Model,
    pub shelved: Arc<Shelved>,
    pub purpose: Option<Purpose>,
    pub territory: Option<Territory>,
    pub tokens: TokenCount,
}

/// A decision, the facts it was made from, and the rules that made it.
#[derive(Clone)]
pub(super) struct Judged {
    pub decision: Decision,
    pub facts: Facts,
    pub rules: Arc<RuleSet>,
    /// Epoch of the grant that was judged, as it was read.
    pub grant_epoch: Option<i64>,
}

impl Judged {
    /// The grant it was decided under.
    pub(super) fn grant(&self) -> Option<GrantId> {
        self.facts.grant.as_ref().map(|grant| grant.id)
    }

    /// The grant whose quota the use is metered against.
    pub(super) fn metered_grant(&self) -> Option<GrantId> {
        let grant = self.facts.grant.as_ref()?;
        matches!(grant.quota, Quota::Remaining(_)).then_some(grant.id)
    }
}

impl Desk {
    /// Finds model and version.
    ///
    /// Errors: a model that does not exist and one that the caller may not know of answer alike.
    pub(super) fn find(&self, caller: &Caller, reference: &ModelReference) -> Result<(Model, Arc<Shelved>), Problem> {
        self.find_of_kind(caller, ArtifactKind::Model, reference)
    }

    /// Finds a model or data set, and the version.
    ///
    /// Errors: what does not exist, what is something else and what the caller may not know of answer alike.
    pub(super) fn find_of_kind(
        &self,
        caller: &Caller,
        kind: ArtifactKind,
        reference: &ModelReference,
    ) -> Result<(Model, Arc<Shelved>), Problem> {
        self.database.read(|connection| {
            let model = registration::find_visible_of_kind(connection, kind, caller.party.id, &reference.model)?;
            let head = artifacts::find_version_head(connection, model.id, &reference.selector)?;
            let (id, epoch) = head.ok_or_else(|| Problem::not_found("model version"))?;
            Ok((model, self.shelf.of(connection, id, epoch)?))
        })
    }

    /// Gathers the facts and decides, under the rules that are in force now.
    pub(super) fn judge(&self, asked: &Asked) -> Result<Judged, Problem> {
        let gathering = info_span!("gather");
        let (rules, gathered) = gathering.in_scope(|| {
            self.database.read(|connection| {
                let rules = self.rules_in_force(connection)?;
                let claims = asked.shelved.claims_for(connection, asked.caller.party.id)?;
                Ok::<_, Problem>((rules, gather(connection, &asked.question(self), &claims, &self.accepted)?))
            })
        })?;
        Ok(info_span!("decide").in_scope(|| decide(rules, gathered)))
    }
}

fn decide(rules: Arc<RuleSet>, gathered: Gathered) -> Judged {
    let candidates: Vec<_> = gathered.grants.iter().map(|(facts, _)| facts.clone()).collect();
    let Judgement { facts, decision } = decide_best(&rules, gathered.facts, &candidates);
    let judged = facts.grant.as_ref().map(|grant| grant.id);
    let epoch = gathered.grants.iter().find(|(facts, _)| Some(facts.id) == judged).map(|(_, epoch)| *epoch);
    Judged { decision, facts, rules, grant_epoch: epoch }
}

impl Asked {
    pub(super) fn version(&self) -> &Version {
        &self.shelved.version
    }

    fn question(&self, desk: &Desk) -> Question<'_> {
        Question {
            caller: &self.caller,
            model: &self.model,
            version: self.version(),
            purpose: self.purpose.clone(),
            territory: self.territory.clone(),
            tokens: self.tokens,
            now: desk.clock.now(),
        }
    }
}
