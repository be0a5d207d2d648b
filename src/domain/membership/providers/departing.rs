//! Sending a browser to a provider. What the journey is kept together by is derived from a secret that only the browser keeps, so
//! that nothing in the database helps anybody to answer in its place.

use chancery_base::{
    crypto::{Bearer, Password},
    openid::FlowSecrets,
    problem::{Problem, ProblemKind},
    values::{FlowId, Slug},
};
use serde_json::json;
use zeroize::Zeroizing;

use super::Provider;
use crate::{
    membership::{Office, find_invitation},
    parties::{self, Caller, Flow, FlowPurpose, Session},
};

/// What state, nonce and verifier are derived for.
const STATE: &str = "chancery/sign-in-flow/state/v1";
const NONCE: &str = "chancery/sign-in-flow/nonce/v1";
const VERIFIER: &str = "chancery/sign-in-flow/verifier/v1";

/// Where a browser goes, and what it keeps until it is back.
pub struct Departure {
    /// The address at the provider.
    pub place: String,
    /// What the browser keeps.
    pub bearer: Bearer<FlowId>,
}

/// Sends somebody to `provider` who wants to sign in and then see `next`, a path of this server.
///
/// Errors: no such provider; it cannot be used.
pub fn depart(office: &Office, provider: &str, next: &str) -> Result<Departure, Problem> {
    let provider = office.providers.find(provider)?;
    office.party_of(provider)?;
    office.depart(provider, FlowPurpose::SignIn(next.to_owned()), None)
}

/// Sends somebody to `provider` who wants to take the invitation that `secret` belongs to.
///
/// Errors: as [`depart`]; no such invitation; a provider of another organisation.
pub fn depart_to_join(office: &Office, provider: &str, secret: &str) -> Result<Departure, Problem> {
    let (invitation, party) = find_invitation(office, secret)?;
    let provider = office.providers.find(provider)?;
    require_own(provider, &party.slug)?;
    office.depart(provider, FlowPurpose::Join(invitation.id), Some(invitation.email.as_str()))
}

/// Sends the caller to `provider`, so that they can sign in through it from then on; they show again what they sign in with.
///
/// Errors: as [`depart`]; a program calls; a provider of another organisation; password or code are wrong. The last two are in the
/// audit log.
pub fn depart_to_link(
    office: &Office,
    caller: &Caller,
    session: &Session,
    provider: &str,
    password: &Password,
    code: &str,
) -> Result<Departure, Problem> {
    let found = office.providers.find(provider)?;
    let shown = require_own(found, &caller.party.slug)
        .and_then(|()| office.shown_with_second_factor(caller, session, password, code));
    office.recorder().recorded(caller, "link-identity", &json!({"provider": provider}), shown)?;
    office.depart(found, FlowPurpose::Link(caller.person()?.id, session.id), None)
}

impl Office {
    fn depart(&self, provider: &Provider, purpose: FlowPurpose, email: Option<&str>) -> Result<Departure, Problem> {
        let now = self.clock.now();
        let bearer = Bearer::generate(FlowId::generate(&*self.entropy, now), &*self.entropy);
        let redirect = self.providers.redirect(provider);
        let place = provider
            .talking
            .run(|| provider.client.departure(&redirect, &secrets(&bearer), email, now))?
            .map_err(|error| self.failed(provider, &error))?;
        let flow = Flow { id: bearer.id, hash: bearer.hash(), provider: provider.id.clone(), purpose, created_at: now };
        self.database.act(move |tx| Ok(parties::insert_flow(tx, &flow)?))?;
        Ok(Departure { place, bearer })
    }
}

/// What the journey of the browser that keeps `bearer` is held together by.
pub(super) fn secrets(bearer: &Bearer<FlowId>) -> FlowSecrets {
    FlowSecrets {
        state: bearer.derived(STATE).to_string(),
        nonce: bearer.derived(NONCE).to_string(),
        verifier: Zeroizing::new(bearer.derived(VERIFIER).to_string()),
    }
}

/// Refuses a provider that signs in people of another organisation.
pub(super) fn require_own(provider: &Provider, organisation: &Slug) -> Result<(), Problem> {
    if provider.organisation == *organisation {
        return Ok(());
    }
    let detail = "this way to sign in is for another organisation; choose one of those that are offered";
    Err(Problem::new(ProblemKind::Forbidden, detail))
}
