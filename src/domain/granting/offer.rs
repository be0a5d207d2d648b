//! Offering: a licensor proposes terms for a model of its own to another party.

use chancery_base::{
    db::Tx,
    idempotency::Once,
    problem::{Problem, ProblemKind},
    values::{AccessRequestId, ArtifactKind, GrantId, ModelReference, Slug, TokenCount, UnixMillis},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Changed, Registrar};
use crate::{
    approvals::{self, ProposalKind},
    artifacts::{self, Model},
    licensing::{AccessRequest, Grant, GrantStatus, HeldGrant, RequestState, Terms},
    parties::{self, Caller, Party, Permission},
};

/// For how long what was used under a grant that ended counts towards what needs two people.
const COUNTED_DAYS: i64 = 365;

/// An offer asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOffer {
    /// The model; grants cover the model, their terms say which versions.
    pub model: String,
    /// The licensee's name.
    pub licensee: Slug,
    /// The terms.
    pub terms: Terms,
    /// The licensee's request for access that this answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<AccessRequestId>,
}

impl Registrar {
    /// Offers a grant on a model of the caller's party.
    ///
    /// Errors: the caller may not administer; a model that is not its party's; an unknown licensee; its own party; a request
    /// that is not open, or is another party's or for another model; an offer that needs a second person.
    pub fn offer(&self, caller: &Caller, once: &Once, new: NewOffer) -> Result<Changed, Problem> {
        let subject = json!({"model": new.model, "licensee": new.licensee});
        let offered = self.try_offer(caller, once, new);
        self.recorder().recorded(caller, "offer-grant", &subject, offered)
    }

    /// The model of the caller's party that an offer is for, and whom it would be made to.
    ///
    /// Errors: the caller may not administer; a model that is not its party's; an unknown licensee; its own party.
    pub fn between(&self, caller: &Caller, model: &str, licensee: &Slug) -> Result<(Model, Party), Problem> {
        caller.require(Permission::Administer)?;
        let reference: ModelReference = model.parse().map_err(|invalid| Problem::from(invalid).at("model"))?;
        let (model, licensee) = self.database.read(|connection| {
            let model = artifacts::find_model(connection, &reference.model)?;
            let ours = |model: &Model| model.kind == ArtifactKind::Model && model.owner == caller.party.id;
            let model = model.filter(ours);
            let model = model.ok_or_else(|| Problem::not_found("model").at("model"))?;
            let licensee = parties::find_party_by_slug(connection, licensee)?;
            Ok::<_, Problem>((model, licensee.ok_or_else(|| Problem::not_found("party").at("licensee"))?))
        })?;
        if licensee.id == caller.party.id {
            let detail = "an owner needs no grant on its own model; name another party";
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("licensee"));
        }
        Ok((model, licensee))
    }

    fn try_offer(&self, caller: &Caller, once: &Once, new: NewOffer) -> Result<Changed, Problem> {
        let (model, licensee) = self.between(caller, &new.model, &new.licensee)?;
        if let Some(request) = new.answers {
            let request =
                self.database.read(|connection| AccessRequest::find_for(connection, request, caller.party.id));
            let request = request.map_err(|problem| problem.at("answers"))?;
            if request.requester != licensee.id || request.model != model.id {
                let detail =
                    "this request is another party's or for another model; leave it out, or answer what it asks for";
                return Err(Problem::new(ProblemKind::Unprocessable, detail).at("answers"));
            }
        }
        let now = self.clock.now();
        if new.terms.term.end.is_some_and(|end| end <= now) {
            let detail = "this term has ended before it is offered; give a later end, or none";
            return Err(Problem::new(ProblemKind::Unprocessable, detail).at("terms.term.end"));
        }
        let grant = Grant {
            id: GrantId::generate(&*self.entropy, now),
            model: model.id,
            licensor: caller.party.id,
            licensee: licensee.id,
            terms_digest: new.terms.digest().map_err(Problem::internal)?,
            terms: new.terms,
            status: GrantStatus::Offered,
            acceptance: None,
            offered_at: now,
            accepted_at: None,
            revoked_at: None,
            revocation_reason: None,
            epoch: 0,
        };
        let details = json!({
            "grant": grant.id, "terms_digest": grant.terms_digest, "model": model.name, "licensee": licensee.slug,
            "answers": new.answers,
        });
        let (by, answers) = (caller.clone(), new.answers);
        self.write(caller, once, "grant-offered", &grant, &details, move |tx, grant| {
            parties::lock_party(tx, grant.licensor)?;
            let quota = held_with(tx, grant, now)?;
            approvals::require(tx, &by, ProposalKind::GrantOffer, now, |rules| rules.covers_grant(quota))?;
            Grant::offer(tx, grant)?;
            answers.map_or(Ok(()), |id| AccessRequest::close(tx, id, RequestState::Answered, Some(grant.id), None, now))
        })
    }
}

/// The tokens that the licensee would hold of the model with `offered`, over all offers and grants that stand at `now`, and what it used
/// within a year under those that ended: to revoke and to offer again is no way around. `None` for as many as it wants.
fn held_with(tx: &mut Tx<'_>, offered: &Grant, now: UnixMillis) -> Result<Option<TokenCount>, Problem> {
    let since = now.plus_days(-COUNTED_DAYS);
    let counted = |HeldGrant { grant, quota, .. }: &HeldGrant| {
        let ended = grant.revoked_at.into_iter().chain(grant.terms.term.end).min().filter(|end| *end <= now);
        match ended {
            None => Some(grant.terms.quota_tokens),
            Some(end) if end > since => Some(Some(quota.map_or(TokenCount(0), |quota| quota.settled))),
            Some(_) => None,
        }
    };
    let held = Grant::held(tx, offered.licensee, offered.model)?;
    Ok(held.iter().filter_map(counted).chain([offered.terms.quota_tokens]).sum())
}
