//! Sessions of browsers: the cookie, whom it stands for, and whether a request that changes something comes from our own pages.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
    http::header,
    web,
};
use chancery_base::{
    crypto::Bearer,
    problem::{Problem, ProblemKind},
    values::{SessionId, Sha256Digest},
};
use chancery_domain::{
    membership,
    parties::{Caller, Session},
};

use super::{arrival::Arrival, blocking};
use crate::app::App;

/// Name of the cookie; the prefix makes browsers refuse it from anywhere but this very host, over anything but a secure
/// channel (RFC 6265bis, section 4.1.3.2). Loopback addresses count as secure.
const COOKIE: &str = "__Host-chancery";
/// What forms carry, so that no other site can have them sent.
const FORM_TOKEN: &str = "chancery/form-token/v1";

/// A browser in which somebody signed in, at least half.
#[derive(Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Who.
    pub caller: Caller,
    /// What each form of this session carries.
    pub form_token: Sha256Digest,
}

/// What the browser shows, if it is a session's.
pub fn bearer(request: &HttpRequest) -> Option<Bearer<SessionId>> {
    request.cookie(COOKIE).and_then(|cookie| Bearer::parse(cookie.value()))
}

/// Who signed in with this browser; `None` where nobody did, or the session counts no more.
///
/// Errors: those of the database.
pub async fn signed_in(request: &HttpRequest, app: &web::Data<App>) -> Result<Option<SignedIn>, Problem> {
    let Some(bearer) = bearer(request) else { return Ok(None) };
    let app = app.clone();
    blocking::record(move || {
        let form_token = bearer.derived(FORM_TOKEN);
        let found = membership::signed_in(&app.office, &bearer)?;
        Ok(found.map(|(session, caller)| SignedIn { session, caller, form_token }))
    })
    .await
}

/// The cookie that a browser keeps for as long as it runs; the server decides how long it counts.
pub fn kept(bearer: &Bearer<SessionId>) -> Cookie<'static> {
    let cookie = Cookie::build(COOKIE, bearer.expose().to_string());
    cookie.path("/").secure(true).http_only(true).same_site(SameSite::Lax).finish()
}

/// The cookie that takes a kept one away.
pub fn forgotten() -> Cookie<'static> {
    let mut cookie = Cookie::build(COOKIE, "").path("/").secure(true).http_only(true).finish();
    cookie.make_removal();
    cookie
}

/// Refuses requests that would change something and come from another site's page. Browsers say where they come from
/// (`Sec-Fetch-Site`, or `Origin`); what says neither is no browser's and carries no cookie of ours.
///
/// Errors: [`ProblemKind::Forbidden`].
pub fn require_own_page(request: &HttpRequest) -> Result<(), Problem> {
    if request.method().is_safe() {
        return Ok(());
    }
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let is_own = match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text(header::ORIGIN.as_str()).is_some_and(|origin| {
            let host = Arrival::of(request).host;
            origin
                .split_once("://")
                .is_some_and(|(_, of_origin)| host.is_some_and(|host| of_origin.eq_ignore_ascii_case(&host)))
        }),
    };
    if is_own {
        return Ok(());
    }
    let detail = "this came from another site's page, so nothing was done; open the page here and try again";
    Err(Problem::new(ProblemKind::Forbidden, detail))
}
