//! Problems as pages.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use askama::Template;
use chancery_base::problem::{Problem, ProblemKind};

use super::{frame::Frame, sentence::Sentence, visit::recognised};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    status: u16,
    slug: &'static str,
    /// What is wrong; `None` where the page says it in words of its own.
    detail: Option<Sentence>,
}

/// The page for `problem`, as an answer to `request`, with the frame of whoever is signed in.
pub async fn problem_page(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    let kind = problem.kind;
    let frame = recognised(request, kind.status() < 500).await;
    // These details are about keys and routes, which people know nothing of.
    let is_about_programs = matches!(kind, ProblemKind::NotFound | ProblemKind::MethodNotAllowed);
    let detail = (!is_about_programs).then(|| Sentence::of(&problem.detail));
    let page = ErrorPage { frame, status: kind.status(), slug: kind.slug(), detail };
    let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match page.render() {
        Ok(body) => HttpResponse::build(status)
            .insert_header(("Cache-Control", "no-store"))
            .content_type("text/html; charset=utf-8")
            .body(body),
        Err(error) => {
            tracing::error!(error.cause = %error, "an error page could not be rendered");
            HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(problem.detail.clone())
        }
    }
}
