//! Signing in through an identity provider: the way there, the way back, and the links that people have.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::StatusCode,
    web,
};
use askama::Template;
use chancery_base::{
    crypto::{Bearer, Password},
    problem::{Problem, ProblemKind},
    values::{FlowId, Slug},
};
use chancery_domain::{
    membership::{self, Arrived, Departure, Office, Refusal, Return},
    parties::{Flow, LinkedIdentity, Party},
};

use super::{
    fields::Fields,
    frame::Frame,
    settings,
    sign_in::enter,
    visit::{Guest, Visit, local, see_other, see_other_with},
};
use crate::web::{arrival::Arrival, blocking, call::Answer, limits::Limits, problem::Family, session};

/// Name of the cookie that a browser keeps while it is at a provider. It comes back with a navigation from another site, which a
/// strict cookie would not.
const COOKIE: &str = "__Host-chancery-flow";

/// A provider as pages offer it.
pub struct Offered {
    /// Its name in addresses.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// Its own name.
    pub issuer: String,
}

impl Offered {
    /// All that `office` offers, or those for people of one organisation.
    pub fn list(office: &Office, organisation: Option<&Slug>) -> Vec<Self> {
        let is_theirs = |of: &Slug| organisation.is_none_or(|organisation| organisation == of);
        let offered = office.providers.all().filter(|provider| is_theirs(&provider.organisation));
        let offered = offered.map(|provider| Self {
            id: provider.id.to_string(),
            label: provider.label.to_string(),
            issuer: provider.issuer().to_owned(),
        });
        offered.collect()
    }
}

/// What people call the provider of `identity`: its label, or its own name where the operator names it no more.
pub fn label<'a>(offered: &'a [Offered], identity: &'a LinkedIdentity) -> &'a str {
    let named = offered.iter().find(|provider| provider.issuer == identity.issuer);
    named.map_or(identity.issuer.as_str(), |provider| provider.label.as_str())
}

#[derive(Template)]
#[template(path = "provider_refused.html")]
struct RefusedPage {
    frame: Frame,
    code: &'static str,
    label: String,
    is_signed_in: bool,
}

#[derive(Template)]
#[template(path = "provider_continue.html")]
struct ContinuePage {
    frame: Frame,
    label: String,
    place: String,
}

/// `GET /sign-in/with/{provider}`
pub async fn depart(guest: Guest, provider: web::Path<String>, limits: web::Data<Limits>) -> Answer {
    if let Err(exceeded) = limits.count_sign_in(Arrival::of(&guest.request).client) {
        return Ok(exceeded.answer(Family::Page));
    }
    let (app, next) = (guest.app.clone(), local(guest.fields.text("next")).to_owned());
    let departure = blocking::work(move || membership::depart(&app.office, &provider, &next)).await?;
    Ok(see_other_with(&departure.place, [kept(&departure.bearer)]))
}

/// `GET /join/{invitation}/with/{provider}`
pub async fn depart_to_join(guest: Guest, path: web::Path<(String, String)>, limits: web::Data<Limits>) -> Answer {
    require_own_link(&guest.request)?;
    if let Err(exceeded) = limits.count_sign_in(Arrival::of(&guest.request).client) {
        return Ok(exceeded.answer(Family::Page));
    }
    let (app, (secret, provider)) = (guest.app.clone(), path.into_inner());
    let departure = blocking::work(move || membership::depart_to_join(&app.office, &provider, &secret)).await?;
    Ok(see_other_with(&departure.place, [kept(&departure.bearer)]))
}

/// `GET /sign-in/with/{provider}/return`
pub async fn arrive(guest: Guest, provider: web::Path<String>, limits: web::Data<Limits>) -> Answer {
    if let Err(exceeded) = limits.count_sign_in(Arrival::of(&guest.request).client) {
        return Ok(exceeded.answer(Family::Page));
    }
    let provider = provider.into_inner();
    let label = guest.app.office.providers.find(&provider)?.label.to_string();
    let signed_in = session::signed_in(&guest.request, &guest.app).await?;
    let is_signed_in = signed_in.is_some();
    let back = Return {
        provider,
        bearer: guest.request.cookie(COOKIE).and_then(|cookie| Bearer::parse(cookie.value())),
        state: guest.fields.raw("state").to_owned(),
        code: said(&guest.fields, "code"),
        issuer: said(&guest.fields, "iss"),
        signed_in: signed_in.map(|found| (found.session, found.caller)),
        agent: guest.agent(),
    };
    let app = guest.app.clone();
    let arrived = blocking::work(move || membership::arrive(&app.office, back)).await?;
    let answer = match arrived {
        Arrived::Entered { entered, next } => enter(&guest, &entered, local(&next)).await,
        Arrived::Linked => see_other("/settings?said=linked"),
        Arrived::Refused(refusal) => refused(guest, refusal, label, is_signed_in)?,
    };
    Ok(without_flow(answer))
}

/// `POST /settings/identities/{provider}`
pub async fn link(visit: Visit, request: HttpRequest, id: web::Path<String>, limits: web::Data<Limits>) -> Answer {
    if let Err(exceeded) = limits.count_sign_in(Arrival::of(&request).client) {
        return Ok(exceeded.answer(Family::Page));
    }
    let provider = id.into_inner();
    let label = visit.app.office.providers.find(&provider)?.label.to_string();
    let (app, caller, fields) = (visit.app.clone(), visit.caller.clone(), visit.fields.clone());
    let session = visit.signed_in.session.clone();
    let departure = blocking::work(move || {
        let password = Password::typed(fields.raw("password").to_owned());
        let code = fields.text("code");
        membership::depart_to_link(&app.office, &caller, &session, &provider, &password, code)
    });
    match departure.await {
        Ok(Departure { place, bearer }) => {
            // Not a redirection: a form of ours leads nowhere but here (`form-action` of the content security policy).
            let mut answer = Visit::show(&ContinuePage { frame: visit.frame, label, place })?;
            // INVARIANT: our cookies are made of visible ASCII.
            let _ = answer.add_cookie(&kept(&bearer));
            Ok(answer)
        }
        Err(problem) => settings::beside(visit, problem).await,
    }
}

/// `POST /settings/identities/remove`
pub async fn unlink(visit: Visit) -> Answer {
    let (app, caller, fields) = (visit.app.clone(), visit.caller.clone(), visit.fields.clone());
    let session = visit.signed_in.session.clone();
    let removed = blocking::work(move || {
        let password = Password::typed(fields.raw("password").to_owned());
        membership::unlink(&app.office, &caller, &session, fields.text("issuer"), &password)
    });
    match removed.await {
        Ok(()) => Ok(see_other("/settings?said=unlinked")),
        Err(problem) => settings::beside(visit, problem).await,
    }
}

/// The providers that people of `party` may sign in with.
pub fn offered_to(office: &Office, party: &Party) -> Vec<Offered> {
    Offered::list(office, Some(&party.slug))
}

fn refused(guest: Guest, refusal: Refusal, label: String, is_signed_in: bool) -> Answer {
    let page = RefusedPage { frame: guest.frame, code: refusal.code(), label, is_signed_in };
    Visit::with_status(Guest::show(&page)?, StatusCode::UNAUTHORIZED.as_u16())
}

fn said(fields: &Fields, name: &str) -> Option<String> {
    Some(fields.raw(name).to_owned()).filter(|text| !text.is_empty())
}

/// Refuses a link on another site's page: an invitation is taken by whoever looks at it here.
fn require_own_link(request: &HttpRequest) -> Result<(), Problem> {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if matches!(site, None | Some("same-origin" | "none")) {
        return Ok(());
    }
    let detail = "this came from another site's page, so nothing was done; open the invitation here and choose again";
    Err(Problem::new(ProblemKind::Forbidden, detail))
}

/// The cookie that a browser keeps while it is away.
fn kept(bearer: &Bearer<FlowId>) -> Cookie<'static> {
    let cookie = Cookie::build(COOKIE, bearer.expose().to_string()).path("/").secure(true).http_only(true);
    cookie.same_site(SameSite::Lax).max_age(Duration::milliseconds(Flow::LIFETIME_MS)).finish()
}

/// Takes the cookie away again.
fn without_flow(mut answer: HttpResponse) -> HttpResponse {
    let mut cookie = Cookie::build(COOKIE, "").path("/").secure(true).http_only(true).finish();
    cookie.make_removal();
    // INVARIANT: our cookies are made of visible ASCII.
    let _ = answer.add_cookie(&cookie);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::TEXTS;

    #[test]
    fn every_refusal_is_explained_in_both_languages() {
        for source in [TEXTS.english, TEXTS.chinese] {
            for refusal in Refusal::ALL {
                let name = format!("\nrefusal-{} = ", refusal.code());
                assert!(source.contains(&name), "{name}");
            }
        }
    }
}
