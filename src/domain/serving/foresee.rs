//! Foreseeing: what would be decided under terms that nobody accepted yet, so that a licensor sees what its offer would not
//! allow before it makes it. The same facts and the same rules as for a use, without one and without a record.

use chancery_base::{
    problem::{Problem, ProblemKind},
    values::{GrantId, ModelName, ModelReference, Purpose, Selector, Slug, Territory, TokenCount},
};

use super::desk::Desk;
use crate::{
    licensing::{Grant, GrantStatus, QuotaState, Terms},
    parties::{self, Caller, Permission},
    policy::{
        Decision, Facts, Question, decide,
        facts::{CallerFacts, LicenceEffect},
        gather, grant_facts,
    },
};

/// Most questions that are asked about one set of terms: each purpose in one place, each place for one purpose.
const QUESTIONS: usize = 300;

/// Where terms for everywhere are asked first: under the law of the European Union, of the United States and of China.
const SAMPLES: [&str; 3] = ["DE", "US", "CN"];

/// An offer that is thought about.
#[derive(Debug, Clone)]
pub struct Prospect {
    /// The model; the newest of the versions that the terms cover is looked at.
    pub model: ModelName,
    /// Who would hold the grant.
    pub licensee: Slug,
    /// On which terms.
    pub terms: Terms,
}

/// What would be decided about one use.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// What for.
    pub purpose: Purpose,
    /// Where; `None` where terms for everywhere exclude each place that is asked about.
    pub territory: Option<Territory>,
    /// The decision.
    pub decision: Decision,
}

impl Desk {
    /// What would be decided about uses under `prospect`, if its licensee accepted it: each purpose in the first place, then each
    /// further place for the first purpose. A term that has not begun is looked at from its beginning.
    ///
    /// Errors: the caller may not administer; a model that is not its party's, or has no such version; an unknown licensee.
    pub fn foresee(&self, caller: &Caller, prospect: &Prospect) -> Result<Vec<Foreseen>, Problem> {
        caller.require(Permission::Administer)?;
        let Prospect { terms, .. } = prospect;
        let newest = terms.versions.iter().next_back().copied();
        let selector = newest.map_or(Selector::Latest, Selector::Number);
        let reference = ModelReference { model: prospect.model.clone(), selector };
        let (model, shelved) = self.find(caller, &reference).map_err(|problem| problem.at("model"))?;
        if model.owner != caller.party.id {
            let detail = "only the owner of a model offers licences for it; ask for access instead";
            return Err(Problem::new(ProblemKind::Forbidden, detail).at("model"));
        }
        let now = self.clock.now().max(terms.term.start);
        let (rules, facts, licensee) = self.database.read(|connection| {
            let licensee = parties::find_party_by_slug(connection, &prospect.licensee)?;
            let licensee = licensee.ok_or_else(|| Problem::not_found("party").at("licensee"))?;
            let rules = self.rules_in_force(connection)?;
            let claims = shelved.claims_for(connection, caller.party.id)?;
            let question = Question {
                caller,
                model: &model,
                version: &shelved.version,
                purpose: None,
                territory: None,
                tokens: TokenCount(1),
                now,
            };
            let gathered = gather(connection, &question, &claims, &self.accepted)?;
            Ok::<_, Problem>((rules, gathered.facts, licensee))
        })?;
        let grant = Grant {
            id: GrantId::generate(&*self.entropy, now),
            model: model.id,
            licensor: model.owner,
            licensee: licensee.id,
            terms_digest: terms.digest().map_err(Problem::internal)?,
            terms: terms.clone(),
            status: GrantStatus::Accepted,
            acceptance: None,
            offered_at: now,
            accepted_at: Some(now),
            revoked_at: None,
            revocation_reason: None,
            epoch: 0,
        };
        let unused = |quota| QuotaState { quota, settled: TokenCount(0), leased: TokenCount(0) };
        let quota = terms.quota_tokens.map(unused);
        let about = |(purpose, territory): (Purpose, Option<Territory>)| {
            let mut facts: Facts = facts.clone();
            facts.caller = CallerFacts { is_owner: false, party: licensee.slug.clone() };
            facts.grant = Some(grant_facts(&grant, &model.name.owner, territory.as_ref(), quota));
            facts.request.purpose = Some(purpose.clone());
            facts.request.territory.clone_from(&territory);
            Foreseen { decision: decide(&rules, &facts), purpose, territory }
        };
        Ok(questions(terms, &facts).into_iter().map(about).collect())
    }
}

/// Each purpose in the first place, then each further place for the first purpose. Terms for everywhere are asked in each place that
/// a licence behind the model excludes, and in each of [`SAMPLES`].
fn questions(terms: &Terms, facts: &Facts) -> Vec<(Purpose, Option<Territory>)> {
    let mut places = terms.territory.included.clone();
    if places.is_empty() {
        places.extend(SAMPLES.iter().filter_map(|code| code.parse().ok()));
        places.extend(excluded_by_licences(facts));
    }
    places.retain(|place| !terms.territory.excluded.contains(place));
    let first = terms.purposes.first();
    let each_purpose = terms.purposes.iter().map(|purpose| (purpose.clone(), places.first().cloned()));
    let each_place =
        places.iter().skip(1).flat_map(|place| first.map(|purpose| (purpose.clone(), Some(place.clone()))));
    each_purpose.chain(each_place).take(QUESTIONS).collect()
}

fn excluded_by_licences(facts: &Facts) -> impl Iterator<Item = Territory> {
    let causes = facts.licence.iter().flat_map(|licence| &licence.causes);
    causes.filter_map(|cause| match &cause.effect {
        LicenceEffect::TerritoryForbidden(territory) => Some(territory.clone()),
        _ => None,
    })
}
