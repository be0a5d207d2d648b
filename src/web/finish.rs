//! The last hand on every answer: safe headers, and errors in the shape of the route's clients.

use actix_web::{
    HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{ALLOW, CACHE_CONTROL, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use chancery_base::problem::{Problem, ProblemKind};

use super::{
    arrival::Arrival,
    problem::{Family, ProblemAnswer, render},
    ui::problem_page,
};

/// Headers that hold for everything this server answers. Nothing here is to be framed or sniffed by others.
const HEADERS: [(&str, &str); 3] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// What documents may load: nothing, unless they are our pages, which load from here and run no text as code or style.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";
const OUR_OWN: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// For how long a browser that reached this server under `https` refuses to do so otherwise: a year, in seconds (RFC 6797).
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// Who may keep answers that say nothing of it: nobody. Most tell one caller what is not for others.
const KEPT_BY_NOBODY: &str = "no-store";

/// Runs the rest, then finishes its answer.
pub async fn finish<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let family = Family::of_request(request.request());
    let is_https = Arrival::of(request.request()).is_https;
    let answer = next.call(request).await?;
    let mut answer = match problem_in(&answer) {
        Some(problem) => {
            let rendered = match family {
                Family::Page => problem_page(answer.request(), &problem).await,
                Family::Api | Family::OpenAi => render(&problem, family),
            };
            let allowed = answer.headers().get(ALLOW).cloned();
            let mut answer = answer.into_response(rendered).map_into_right_body();
            // What a resource does answer to belongs to every 405 (RFC 9110, 15.5.6).
            allowed.map(|allowed| answer.headers_mut().insert(ALLOW, allowed));
            answer
        }
        None => answer.map_into_left_body(),
    };
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
    if !answer.headers().contains_key(CACHE_CONTROL) {
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(KEPT_BY_NOBODY));
    }
    let kind = answer.headers().get("content-type").map_or(&[][..], HeaderValue::as_bytes);
    let policy = if kind.starts_with(b"text/html") { OUR_OWN } else { NOTHING };
    let policy = HeaderValue::from_static(policy);
    answer.headers_mut().insert(HeaderName::from_static("content-security-policy"), policy);
    if is_https {
        let value = HeaderValue::from_static(STRICT_TRANSPORT);
        answer.headers_mut().insert(HeaderName::from_static("strict-transport-security"), value);
    }
    Ok(answer)
}

/// The problem that an answer stands for: a handler's own, or the router's bare 404 and 405.
fn problem_in<B>(answer: &ServiceResponse<B>) -> Option<Problem> {
    if let Some(error) = answer.response().error() {
        return Some(error.as_error::<ProblemAnswer>().map_or_else(|| foreign(error), |answer| answer.0.clone()));
    }
    let is_bare = answer.response().headers().get("content-type").is_none();
    match answer.status() {
        StatusCode::NOT_FOUND if is_bare => Some(Problem::not_found("route")),
        StatusCode::METHOD_NOT_ALLOWED if is_bare => Some(Problem::new(
            ProblemKind::MethodNotAllowed,
            "this route does not answer to this method; see the API document",
        )),
        _ => None,
    }
}

/// An error of the framework: a request it could not read.
fn foreign(error: &actix_web::Error) -> Problem {
    let status = error.as_response_error().status_code();
    if status.is_client_error() {
        Problem::new(ProblemKind::BadRequest, "the request could not be read; check path, headers and body")
    } else {
        Problem::internal(error)
    }
}

/// What no route answers to.
pub async fn not_found() -> Result<HttpResponse<BoxBody>, ProblemAnswer> {
    Err(Problem::not_found("route").into())
}
