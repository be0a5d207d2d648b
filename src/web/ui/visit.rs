//! What every page starts from: who looks, in which language, and what their form says. Our own extractors, so that each
//! rejection is a page.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    body::{EitherBody, MessageBody},
    cookie::Cookie,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::StatusCode,
    middleware::Next,
    web,
};
use askama::Template;
use chancery_base::{
    idempotency::Once,
    problem::{Problem, ProblemKind},
    values::{Sha256Digest, encode_hex},
};
use chancery_domain::parties::Caller;

use super::{error::problem_page, fields::Fields, frame::Frame};
use crate::{
    app::App,
    web::{
        call::{Answer, read_within},
        incoming::Incoming,
        limits::Limits,
        problem::{Family, ProblemAnswer, render},
        session::{self, SignedIn},
    },
};

/// Largest form in bytes; files do not travel in forms.
const FORM_LIMIT_BYTES: usize = 256 << 10;
/// Names of the fields that every form carries.
const FORM_TOKEN: &str = "form_token";
const ONCE: &str = "once";
/// Bytes of randomness in what makes a form count once.
const ONCE_BYTES: usize = 16;

/// A page asked for, or a form sent, by somebody who signed in.
pub struct Visit {
    /// The program, opened.
    pub app: web::Data<App>,
    /// Who.
    pub caller: Caller,
    /// In which browser.
    pub signed_in: SignedIn,
    /// What the page has around it.
    pub frame: Frame,
    /// What the form says, or the address where there is none.
    pub fields: Fields,
    /// How to do what the form asks for once.
    pub once: Once,
}

/// A page asked for, or a form sent, by anybody.
pub struct Guest {
    /// The program, opened.
    pub app: web::Data<App>,
    /// What the page has around it.
    pub frame: Frame,
    /// What the form says, or the address where there is none.
    pub fields: Fields,
    /// The request itself.
    pub request: HttpRequest,
}

/// Lets through who signed in; everybody else is asked to, and comes back.
pub async fn gate<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let found = match (application(request.request()), session::require_own_page(request.request())) {
        (Ok(app), Ok(())) => session::signed_in(request.request(), &app).await,
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    };
    let answer = match found {
        Ok(Some(signed_in)) if signed_in.session.is_complete => {
            match request.app_data::<web::Data<Limits>>().map(|limits| limits.count(&signed_in.caller)) {
                Some(Err(exceeded)) => exceeded.answer(Family::Page),
                _ => {
                    request.extensions_mut().insert(signed_in);
                    return Ok(next.call(request).await?.map_into_left_body());
                }
            }
        }
        Ok(_) if Family::of_request(request.request()) == Family::Page => {
            see_other(&format!("/sign-in?{}", encoded("next", &back(request.request()))))
        }
        Ok(_) => render(&not_for_programs(), Family::Api),
        Err(problem) => render_for(request.request(), &problem).await,
    };
    Ok(request.into_response(answer).map_into_right_body())
}

/// A problem as a page, or as a document for what asks for no pages.
async fn render_for(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    match Family::of_request(request) {
        Family::Page => problem_page(request, problem).await,
        family => render(problem, family),
    }
}

fn not_for_programs() -> Problem {
    Problem::new(
        ProblemKind::Unauthenticated,
        "this page is for people who signed in with a browser; programs ask below /api/v1 with a key",
    )
}

/// Where to come back to after signing in: the page itself, never a form that was sent.
fn back(request: &HttpRequest) -> String {
    if request.method().is_safe() { request.uri().to_string() } else { "/".to_owned() }
}

/// `name=value`, encoded for an address.
pub fn encoded(name: &str, value: &str) -> String {
    serde_urlencoded::to_string([(name, value)]).unwrap_or_default()
}

impl Visit {
    /// Shows a page.
    ///
    /// Errors: it cannot be rendered, a defect of ours.
    pub fn show(page: &impl Template) -> Answer {
        shown(&mut HttpResponse::Ok(), page)
    }

    /// Shows a form again that was refused, or hands on a problem that is not about what was typed.
    ///
    /// Errors: the problem itself, where there is no form to mend.
    pub fn show_again(problem: Problem, page: impl FnOnce(Problem) -> Answer) -> Answer {
        match problem.kind.status() {
            404 | 500.. => Err(problem.into()),
            status => Self::with_status(page(problem)?, status),
        }
    }

    /// A page with the status of what is wrong on it.
    ///
    /// Errors: none.
    pub fn with_status(mut page: HttpResponse, status: u16) -> Answer {
        *page.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
        Ok(page)
    }
}

/// A page as an answer: never kept by anybody but whom it was made for.
fn shown(answer: &mut HttpResponseBuilder, page: &impl Template) -> Answer {
    let body = page.render().map_err(Problem::internal)?;
    Ok(answer
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Vary", "Cookie, Accept-Language"))
        .content_type("text/html; charset=utf-8")
        .body(body))
}

/// Sends the browser on to `place`, which it asks for with GET.
pub fn see_other(place: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", place)).insert_header(("Cache-Control", "no-store")).finish()
}

/// Sends the browser on and has it keep `cookies`.
pub fn see_other_with(place: &str, cookies: impl IntoIterator<Item = Cookie<'static>>) -> HttpResponse {
    let mut answer = see_other(place);
    for cookie in cookies {
        // INVARIANT: our cookies are made of visible ASCII.
        let _ = answer.add_cookie(&cookie);
    }
    answer
}

/// `place`, if it is a path of this server; the first page otherwise.
#[must_use]
pub fn local(place: &str) -> &str {
    let is_path = place.starts_with('/') && !place.starts_with("//") && !place.contains('\\');
    if is_path && place.bytes().all(|byte| byte.is_ascii_graphic()) { place } else { "/" }
}

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, ProblemAnswer>>>>;

impl FromRequest for Visit {
    type Error = ProblemAnswer;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let incoming = Incoming::new(payload.take());
        Box::pin(async move {
            let app = application(&request)?;
            let signed_in = request.extensions().get::<SignedIn>().cloned();
            // INVARIANT: every page of a gated scope runs behind the gate; without a session nothing is extracted.
            let signed_in = signed_in.ok_or_else(|| Problem::internal("a gated page was reached without a session"))?;
            let fields = fields(&request, incoming).await?;
            let token = signed_in.form_token.to_string();
            if !request.method().is_safe() && fields.raw(FORM_TOKEN) != token {
                let detail = "this form was opened before you signed in; open the page again and send it anew";
                return Err(Problem::new(ProblemKind::Forbidden, detail).into());
            }
            let once = Once {
                party: signed_in.caller.party.id,
                key: fields.optional(ONCE)?,
                request: Sha256Digest::of_parts([request.path().as_bytes(), fields.digest().as_bytes()]),
            };
            let frame = frame(&request, &app).for_viewer(&signed_in.caller, token);
            Ok(Self { app, caller: signed_in.caller.clone(), signed_in, frame, fields, once })
        })
    }
}

impl FromRequest for Guest {
    type Error = ProblemAnswer;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let incoming = Incoming::new(payload.take());
        Box::pin(async move {
            let app = application(&request)?;
            session::require_own_page(&request)?;
            let fields = fields(&request, incoming).await?;
            Ok(Self { frame: frame(&request, &app), app, fields, request })
        })
    }
}

impl Guest {
    /// Shows a page.
    ///
    /// Errors: it cannot be rendered, a defect of ours.
    pub fn show(page: &impl Template) -> Answer {
        Visit::show(page)
    }

    /// The frame of a page that anybody may read: that of whoever signed in with this browser, where somebody did.
    ///
    /// Errors: those of the database.
    pub async fn recognised(self) -> Result<Frame, Problem> {
        let signed_in = session::signed_in(&self.request, &self.app).await?;
        Ok(around(self.frame, signed_in))
    }

    /// What the browser calls itself.
    #[must_use]
    pub fn agent(&self) -> String {
        let agent = self.request.headers().get("user-agent").and_then(|value| value.to_str().ok());
        agent.unwrap_or_default().to_owned()
    }
}

/// The frame of a page about a problem: that of whoever is known to be signed in, and of whoever turns out to be if it `may_look`
/// for them.
pub(super) async fn recognised(request: &HttpRequest, may_look: bool) -> Frame {
    let mut signed_in = request.extensions().get::<SignedIn>().cloned();
    if signed_in.is_none()
        && may_look
        && let Ok(app) = application(request)
    {
        // Whether they can be found is not what the page is about.
        signed_in = session::signed_in(request, &app).await.unwrap_or_default();
    }
    around(Frame::of(request, String::new()), signed_in)
}

fn around(frame: Frame, signed_in: Option<SignedIn>) -> Frame {
    match signed_in.filter(|signed_in| signed_in.session.is_complete) {
        Some(signed_in) => frame.for_viewer(&signed_in.caller, signed_in.form_token.to_string()),
        None => frame,
    }
}

async fn fields(request: &HttpRequest, incoming: Incoming) -> Result<Fields, Problem> {
    if request.method().is_safe() {
        return Fields::parse(request.query_string().as_bytes());
    }
    Fields::parse(&read_within(incoming, FORM_LIMIT_BYTES).await?)
}

fn frame(request: &HttpRequest, app: &App) -> Frame {
    let mut once = [0; ONCE_BYTES];
    app.entropy.fill(&mut once);
    Frame::of(request, encode_hex(&once))
}

fn application(request: &HttpRequest) -> Result<web::Data<App>, Problem> {
    request.app_data::<web::Data<App>>().cloned().ok_or_else(|| Problem::internal("no application data"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_gone_back_to() {
        for place in ["/", "/models/acme/x?after=1", "/a#b"] {
            assert_eq!(local(place), place);
        }
        for place in
            ["", "models", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/词", "javascript:x"]
        {
            assert_eq!(local(place), "/", "{place}");
        }
        assert_eq!(encoded("next", "/a?b=c&d"), "next=%2Fa%3Fb%3Dc%26d");
    }
}
