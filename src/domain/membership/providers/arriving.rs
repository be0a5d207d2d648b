//! A browser comes back from a provider. What it brings counts once, in the browser that was sent, for what it was sent for.

use chancery_base::{
    crypto::{Bearer, TokenHash},
    logs,
    openid::{Identity, OpenIdError, Returned},
    problem::Problem,
    values::{Email, FlowId, InvitationId, PersonId, SessionId, Sha256Digest, UnixMillis},
};
use serde_json::json;

use super::{Provider, departing::secrets};
use crate::{
    documents::codes,
    membership::{
        Office,
        people::{Beginning, Entered, refuse_alone, take_invitation, taken},
    },
    parties::{self, Actor, Caller, Flow, FlowPurpose, Label, LinkedIdentity, Party, Person, Session, SignInFacts},
};

/// What a browser comes back with.
pub struct Return {
    /// From which provider, as the address says.
    pub provider: String,
    /// What it kept meanwhile.
    pub bearer: Option<Bearer<FlowId>>,
    /// The state in the address.
    pub state: String,
    /// The code in the address.
    pub code: Option<String>,
    /// The issuer in the address (RFC 9207).
    pub issuer: Option<String>,
    /// The session that it has beside this, and whose.
    pub signed_in: Option<(Session, Caller)>,
    /// What it calls itself.
    pub agent: String,
}

/// What came of it.
pub enum Arrived {
    /// Somebody signed in; the session is not complete where a second factor is due.
    Entered {
        /// The session.
        entered: Box<Entered>,
        /// Where they wanted to go.
        next: String,
    },
    /// The caller can sign in so from now on.
    Linked,
    /// Nobody may enter so.
    Refused(Refusal),
}

codes! {
    /// Why nobody may enter so.
    Refusal {
        /// Nobody was sent from this browser for this answer, or it came before, or too long ago.
        Stale = "stale",
        /// The provider did not sign anybody in, or whoever was to sign in did not want to.
        Declined = "declined",
        /// The answer is not the provider's, not for this registry, or not for this journey.
        NotGenuine = "not-genuine",
        /// The provider does not tell an address.
        NoAddress = "no-address",
        /// The provider did not make sure of the address.
        Unverified = "unverified",
        /// The provider may not speak for addresses of this domain.
        ForeignDomain = "foreign-domain",
        /// Nobody here is linked to this identity.
        Unknown = "unknown",
        /// Whoever is linked was taken out, or their membership has ended.
        Ended = "ended",
        /// The invitation is for another address.
        OtherAddress = "other-address",
        /// The invitation was taken or withdrawn, or has run out.
        InvitationGone = "invitation-gone",
        /// Somebody with this address belongs to the organisation already.
        MemberAlready = "member-already",
        /// The identity is somebody else's here.
        LinkedElsewhere = "linked-elsewhere",
        /// The caller has another identity of this provider.
        LinkedAlready = "linked-already",
    }
}

/// Either a reason to refuse, which is an outcome, or what cannot be an outcome.
enum Stopped {
    Refused(Refusal, Option<PersonId>),
    Failed(Problem),
}

impl<T: Into<Problem>> From<T> for Stopped {
    fn from(problem: T) -> Self {
        Self::Failed(problem.into())
    }
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal, None)
    }
}

/// Takes in a browser that comes back from a provider.
///
/// Errors: no such provider; it cannot be used. A refusal is an outcome; where an answer belongs to a journey from here, it is in the
/// audit log.
pub fn arrive(office: &Office, back: Return) -> Result<Arrived, Problem> {
    let provider = office.providers.find(&back.provider)?;
    let party = office.party_of(provider)?;
    let Some((flow, bearer)) = office.flow_of(&back)? else {
        tracing::info!(provider = %provider.id, "an answer came that belongs to no journey from this browser");
        return Ok(Arrived::Refused(Refusal::Stale));
    };
    match office.enter(provider, &party, &flow, &bearer, &back) {
        Ok(arrived) => Ok(arrived),
        Err(Stopped::Failed(problem)) => Err(problem),
        Err(Stopped::Refused(refusal, person)) => {
            let details = json!({"issuer": provider.issuer(), "reason": refusal.code(), "person": person});
            let leaf = office.recorder().own_leaf("sign-in-refused", vec![party.id], &details)?;
            office.database.act(move |tx| Ok(logs::append(tx, &leaf)))?;
            Ok(Arrived::Refused(refusal))
        }
    }
}

impl Office {
    /// The journey that `back` is the end of; it cannot end again.
    fn flow_of(&self, back: &Return) -> Result<Option<(Flow, Bearer<FlowId>)>, Problem> {
        let Some(bearer) = &back.bearer else { return Ok(None) };
        let (expected, shown) = (secrets(bearer).state.parse::<Sha256Digest>(), back.state.parse::<Sha256Digest>());
        let (Ok(expected), Ok(shown)) = (expected, shown) else { return Ok(None) };
        if !TokenHash::new(expected).matches(&TokenHash::new(shown)) {
            return Ok(None);
        }
        let (id, hash, now) = (bearer.id, bearer.hash(), self.clock.now());
        let taken = self.database.act(move |tx| Ok::<_, Problem>(parties::take_flow(tx, id, &hash)?))?;
        let taken = taken.filter(|flow| flow.is_open(now) && flow.provider.as_str() == back.provider);
        Ok(taken.zip(Bearer::parse(&bearer.expose())))
    }

    fn enter(
        &self,
        provider: &Provider,
        party: &Party,
        flow: &Flow,
        bearer: &Bearer<FlowId>,
        back: &Return,
    ) -> Result<Arrived, Stopped> {
        let identity = self.identity(provider, bearer, back)?;
        let email = provider.address_of(&identity)?;
        match &flow.purpose {
            FlowPurpose::SignIn(next) => {
                let entered = self.sign_in_as(provider, party, &identity, &back.agent)?;
                Ok(Arrived::Entered { entered: Box::new(entered), next: next.clone() })
            }
            FlowPurpose::Join(invitation) => {
                let entered = self.join_as(party, *invitation, &identity, email, &back.agent)?;
                Ok(Arrived::Entered { entered: Box::new(entered), next: "/".to_owned() })
            }
            FlowPurpose::Link(person, session) => {
                let caller = back.signed_in.as_ref().and_then(|found| same(found, *person, *session));
                self.link(caller.ok_or(Refusal::Stale)?, &identity, email)?;
                Ok(Arrived::Linked)
            }
        }
    }

    /// Who the provider says came back.
    fn identity(&self, provider: &Provider, bearer: &Bearer<FlowId>, back: &Return) -> Result<Identity, Stopped> {
        let (now, issuer) = (self.clock.now(), back.issuer.as_deref());
        let redirect = self.providers.redirect(provider);
        let found = provider.talking.run(|| match &back.code {
            Some(code) => {
                provider.client.identify(&redirect, &Returned { code, issuer }, &secrets(bearer), now).map(Some)
            }
            None => provider.client.require_issuer(issuer, now).map(|()| None),
        })?;
        match found {
            Ok(Some(identity)) => Ok(identity),
            Ok(None) => Err(Refusal::Declined.into()),
            Err(error @ (OpenIdError::CodeRefused(_) | OpenIdError::NotGenuine(_))) => {
                tracing::warn!(provider = %provider.id, error.cause = %error, "an answer from a provider was refused");
                Err(Refusal::NotGenuine.into())
            }
            Err(error) => Err(self.failed(provider, &error).into()),
        }
    }

    fn sign_in_as(
        &self,
        provider: &Provider,
        party: &Party,
        identity: &Identity,
        agent: &str,
    ) -> Result<Entered, Stopped> {
        let facts = self.database.read(|connection| {
            let found = parties::find_identity(connection, party.id, &identity.issuer, &identity.subject)?;
            let facts = found.map(|linked| parties::sign_in_facts_of(connection, linked.person)).transpose()?;
            Ok::<_, Problem>(facts.flatten())
        })?;
        let facts = facts.ok_or(Refusal::Unknown)?;
        if !facts.person.is_active(self.clock.now()) {
            return Err(Stopped::Refused(Refusal::Ended, Some(facts.person.id)));
        }
        let is_trusted = provider.trusts_second_factor && identity.has_several_factors;
        let beginning = Beginning {
            is_complete: facts.authenticator.is_none() || is_trusted,
            has_shown_second_factor: false,
            issuer: Some(identity.issuer.clone()),
            agent: agent.to_owned(),
        };
        Ok(self.begin_session(party, &facts, beginning, |_| Ok(()))?)
    }

    fn join_as(
        &self,
        party: &Party,
        invitation: InvitationId,
        identity: &Identity,
        email: Email,
        agent: &str,
    ) -> Result<Entered, Stopped> {
        let now = self.clock.now();
        let (found, linked, member) = self.database.read(|connection| {
            Ok::<_, Problem>((
                parties::find_invitation(connection, invitation)?,
                parties::find_identity(connection, party.id, &identity.issuer, &identity.subject)?,
                parties::sign_in_facts(connection, party.id, &email)?,
            ))
        })?;
        let found = found.filter(|(invitation, into)| invitation.is_open(now) && into.id == party.id);
        let (invitation, _) = found.ok_or(Refusal::InvitationGone)?;
        if invitation.email != email {
            return Err(Refusal::OtherAddress.into());
        }
        if linked.is_some() {
            return Err(Refusal::LinkedElsewhere.into());
        }
        if member.is_some() {
            return Err(Refusal::MemberAlready.into());
        }
        let person = self.person(party, name_of(identity, &email), email.clone(), invitation.role);
        let person = Person { scope: invitation.scope.clone(), expires_at: invitation.membership_ends_at, ..person };
        let joined = Caller { party: party.clone(), by: Actor::Person(person.clone()) };
        let details = json!({
            "person": person.id, "role": person.role, "invitation": invitation.id, "scope": person.scope,
            "issuer": identity.issuer,
        });
        let leaf = self.recorder().leaf("person-joined", &joined, &[], &details)?;
        let link = linked_to(&person, identity, email, now);
        let row = person.clone();
        let beginning = Beginning {
            is_complete: true,
            has_shown_second_factor: false,
            issuer: Some(identity.issuer.clone()),
            agent: agent.to_owned(),
        };
        let entered = self.begin_session(party, &SignInFacts::without_any(person), beginning, move |tx| {
            refuse_alone(tx, &row)?;
            parties::insert_person(tx, &row, None).map_err(taken)?;
            parties::insert_identity(tx, &link)?;
            take_invitation(tx, invitation.id, row.id, now)?;
            logs::append(tx, &leaf);
            Ok(())
        })?;
        Ok(entered)
    }

    fn link(&self, caller: &Caller, identity: &Identity, email: Email) -> Result<(), Stopped> {
        let person = caller.person()?;
        let refused = |refusal| Err(Stopped::Refused(refusal, Some(person.id)));
        let (known, own) = self.database.read(|connection| {
            let known = parties::find_identity(connection, caller.party.id, &identity.issuer, &identity.subject)?;
            let mut all = parties::identities_of(connection, caller.party.id)?;
            all.retain(|linked| linked.person == person.id && linked.issuer == identity.issuer);
            Ok::<_, Problem>((known, all))
        })?;
        match known {
            Some(known) if known.person == person.id => return Ok(()),
            Some(_) => return refused(Refusal::LinkedElsewhere),
            None if !own.is_empty() => return refused(Refusal::LinkedAlready),
            None => {}
        }
        let link = linked_to(person, identity, email, self.clock.now());
        let details = json!({"person": person.id, "issuer": identity.issuer});
        let leaf = self.recorder().leaf("identity-linked", caller, &[], &details)?;
        self.database.act(move |tx| {
            parties::insert_identity(tx, &link)?;
            logs::append(tx, &leaf);
            Ok::<_, Problem>(())
        })?;
        Ok(())
    }
}

/// The caller, if they are who was sent, in the session in which they were.
fn same((session, caller): &(Session, Caller), person: PersonId, sent: SessionId) -> Option<&Caller> {
    (session.is_complete && session.id == sent && session.person == person).then_some(caller)
}

fn linked_to(person: &Person, identity: &Identity, email: Email, linked_at: UnixMillis) -> LinkedIdentity {
    LinkedIdentity {
        party: person.party,
        person: person.id,
        issuer: identity.issuer.clone(),
        subject: identity.subject.clone(),
        email,
        linked_at,
    }
}

/// What somebody is called at first: by the provider, or after their address.
fn name_of(identity: &Identity, email: &Email) -> Label {
    let local = email.as_str().split('@').next().unwrap_or_default();
    let named = identity.name.as_deref().and_then(|name| name.trim().parse().ok());
    named.or_else(|| local.parse().ok()).unwrap_or_else(Label::nameless)
}
