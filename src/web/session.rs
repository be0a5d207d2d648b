//! Sessions of browsers: the cookie, whom it stands for, and whether a request that changes something comes from our own pages.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, CookieBuilder, SameSite, time::Duration},
    http::header,
    web,
};
use chancery_base::{
    crypto::Bearer,
    problem::{Problem, ProblemKind},
    values::{SessionId, Sha256Digest},
};
use chancery_domain::{
    membership::{self, Entered},
    parties::{Caller, Session},
};

use super::{arrival::Arrival, blocking};
use crate::app::App;

/// Name of the cookie; the prefix makes browsers refuse it from anywhere but this very host, over anything but a secure
/// channel (RFC 6265bis, section 4.1.3.2). Loopback addresses count as secure.
const COOKIE: &str = "__Host-chancery";
/// Name of the cookie that a browser keeps when its session ended: it shows that somebody signed in with it before.
const KNOWN_COOKIE: &str = "__Host-chancery-known";
/// How long it does. Whoever was away for longer waits like a stranger when strangers have tried too often.
const KNOWN_DAYS: i64 = 90;
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

/// By which this browser is known, if somebody signed in with it before.
pub fn known(request: &HttpRequest) -> Option<Bearer<SessionId>> {
    request.cookie(KNOWN_COOKIE).and_then(|cookie| Bearer::parse(cookie.value()))
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

/// What a browser keeps of a session that was begun: its secret for as long as the browser runs, while the server decides how long it
/// counts; and by what it is known again, which opens nothing.
pub fn cookies(entered: &Entered) -> Vec<Cookie<'static>> {
    let known = entered.known.as_ref().map(|known| cookie(KNOWN_COOKIE, known).max_age(Duration::days(KNOWN_DAYS)));
    [cookie(COOKIE, &entered.bearer)].into_iter().chain(known).map(CookieBuilder::finish).collect()
}

fn cookie(name: &'static str, bearer: &Bearer<SessionId>) -> CookieBuilder<'static> {
    let cookie = Cookie::build(name, bearer.expose().to_string());
    cookie.path("/").secure(true).http_only(true).same_site(SameSite::Lax)
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
        None => text(header::ORIGIN.as_str())
            .is_some_and(|origin| Arrival::of(request).origin().is_some_and(|own| own.eq_ignore_ascii_case(origin))),
    };
    if is_own {
        return Ok(());
    }
    let detail = "this came from another site's page, so nothing was done; open the page here and try again";
    Err(Problem::new(ProblemKind::Forbidden, detail))
}
