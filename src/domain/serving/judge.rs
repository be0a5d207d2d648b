//! Asking and judging: finds what is asked for, gathers the facts, and lets the rules decide.

use std::sync::Arc;

use chancery_base::{
    problem::Problem,
    values::{GrantId, ModelReference, Purpose, Territory, TokenCount},
};

use super::{desk::Desk, walk::UseRequest};
use crate::{
    artifacts::{Model, Version},
    licensing::Grant,
    parties::Caller,
    policy::{Claims, Decision, Facts, Gathered, Judgement, Question, Quota, RuleSet, decide_best, gather},
    registration,
};

/// A question about one use, with what it is about.
pub(super) struct Asked {
    pub caller: Caller,
    pub model: Model,
    pub version: Version,
    pub purpose: Option<Purpose>,
    pub territory: Option<Territory>,
    pub tokens: TokenCount,
    pub claims: Arc<Claims>,
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
    /// Finds model, version and claims.
    ///
    /// Errors: a model that does not exist and one that the caller may not know of answer alike.
    pub(super) fn ask(&self, request: &UseRequest) -> Result<Asked, Problem> {
        let (model, version) = self.find_visible(&request.caller, &request.model)?;
        Ok(Asked {
            caller: request.caller.clone(),
            claims: self.claims.of(&self.database, &version)?,
            model,
            version,
            purpose: request.purpose.clone(),
            territory: request.territory.clone(),
            tokens: TokenCount::default(),
        })
    }

    /// The model and version a reference means, if the caller may know of them.
    ///
    /// Errors: what does not exist and what is not for the caller answer alike.
    pub fn find_visible(&self, caller: &Caller, reference: &ModelReference) -> Result<(Model, Version), Problem> {
        self.database.read(|connection| registration::find_visible(connection, caller.party.id, reference))
    }

    /// What the papers of a version claim together with those of its ancestors.
    pub fn claims_of(&self, version: &Version) -> Result<Arc<Claims>, Problem> {
        self.claims.of(&self.database, version)
    }

    /// Gathers the facts and decides.
    pub(super) fn judge(&self, asked: &Asked) -> Result<Judged, Problem> {
        let in_hand = |grant: &Grant| self.quota.in_hand(grant.id);
        let gathered =
            self.database.read(|connection| gather(connection, &asked.question(self), &asked.claims, in_hand))?;
        Ok(self.decide(gathered))
    }

    fn decide(&self, gathered: Gathered) -> Judged {
        let rules = self.rules();
        let candidates: Vec<_> = gathered.grants.iter().map(|(facts, _)| facts.clone()).collect();
        let Judgement { facts, decision } = decide_best(&rules, gathered.facts, &candidates);
        let judged = facts.grant.as_ref().map(|grant| grant.id);
        let epoch = gathered.grants.iter().find(|(facts, _)| Some(facts.id) == judged).map(|(_, epoch)| *epoch);
        Judged { decision, facts, rules, grant_epoch: epoch }
    }
}

impl Asked {
    fn question(&self, desk: &Desk) -> Question<'_> {
        Question {
            caller: &self.caller,
            model: &self.model,
            version: &self.version,
            purpose: self.purpose.clone(),
            territory: self.territory.clone(),
            tokens: self.tokens,
            now: desk.clock.now(),
        }
    }
}
