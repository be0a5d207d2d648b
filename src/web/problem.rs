//! Problems as answers: `application/problem+json` (RFC 9457), with OpenAI's `error` object beside it under `/v1`.

use std::fmt;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError, http::StatusCode};
use chancery_base::problem::{Problem, ProblemKind};
use serde_json::{Value, json};

/// The clients a route speaks to, by the prefix of its path; each family has its own shape of error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `/api`, `/log` and probes: problem documents.
    Api,
    /// `/v1`: OpenAI's clients.
    OpenAi,
    /// Everything else: people, who get a page.
    Page,
}

/// Where programs ask; all else is pages.
const PROGRAMS: [&str; 4] = ["/api/", "/log/", "/healthz", "/readyz"];

impl Family {
    /// The family of whoever sent `request`: what does not ask for pages gets none.
    #[must_use]
    pub fn of_request(request: &HttpRequest) -> Self {
        let accepted = request.headers().get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
        match Self::of(request.path()) {
            // What explains problems is a page for whoever asks.
            Self::Page if !accepted.contains("text/html") && !request.path().starts_with("/problems") => Self::Api,
            family => family,
        }
    }

    /// The family that the route at `path` belongs to.
    #[must_use]
    pub fn of(path: &str) -> Self {
        if path.starts_with("/v1/") {
            Self::OpenAi
        } else if PROGRAMS.iter().any(|prefix| path.starts_with(prefix)) {
            Self::Api
        } else {
            Self::Page
        }
    }
}

/// A problem on its way to the caller.
#[derive(Debug)]
pub struct ProblemAnswer(pub Problem);

impl fmt::Display for ProblemAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<T: Into<Problem>> From<T> for ProblemAnswer {
    fn from(problem: T) -> Self {
        Self(problem.into())
    }
}

impl ResponseError for ProblemAnswer {
    fn status_code(&self) -> StatusCode {
        status(self.0.kind)
    }

    fn error_response(&self) -> HttpResponse {
        render(&self.0, Family::Api)
    }
}

/// Where a kind of problem is explained: the `type` of its documents.
pub fn page(kind: ProblemKind) -> String {
    format!("/problems/{}", kind.slug())
}

fn status(kind: ProblemKind) -> StatusCode {
    StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Renders `problem` for the clients of `family`.
pub fn render(problem: &Problem, family: Family) -> HttpResponse {
    let mut document = json!({
        "type": page(problem.kind),
        "title": problem.kind.title(),
        "status": problem.kind.status(),
        "detail": problem.detail,
    });
    if let Some(field) = &problem.field {
        set(&mut document, "field", json!(field));
    }
    if family == Family::OpenAi {
        let error = json!({
            "message": problem.detail,
            "type": openai_type(problem.kind),
            "code": problem.kind.slug().replace('-', "_"),
            "param": problem.field,
        });
        set(&mut document, "error", error);
    }
    let mut answer = HttpResponse::build(status(problem.kind));
    headers(&mut answer, problem.kind);
    answer.content_type("application/problem+json").body(document.to_string())
}

/// Adds a member to a JSON object.
pub fn set(document: &mut Value, member: &str, value: Value) {
    if let Some(object) = document.as_object_mut() {
        object.insert(member.to_owned(), value);
    }
}

fn openai_type(kind: ProblemKind) -> &'static str {
    match kind.status() {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "invalid_request_error",
    }
}

/// Seconds after which an overloaded or unavailable server may be asked again.
const RETRY_AFTER_SECONDS: &str = "1";

fn headers(answer: &mut HttpResponseBuilder, kind: ProblemKind) {
    match kind {
        ProblemKind::Unauthenticated => {
            answer.insert_header(("WWW-Authenticate", "Bearer"));
        }
        ProblemKind::Overloaded
        | ProblemKind::LogUnavailable
        | ProblemKind::PolicyUnavailable
        | ProblemKind::ProviderUnavailable => {
            answer.insert_header(("Retry-After", RETRY_AFTER_SECONDS));
        }
        // OpenAI's clients repeat a 409 by themselves unless told not to.
        ProblemKind::Conflict => {
            answer.insert_header(("x-should-retry", "false"));
        }
        _ => {}
    }
}
