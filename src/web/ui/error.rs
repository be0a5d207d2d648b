//! Problems as pages.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use askama::Template;
use chancery_base::problem::Problem;

use super::frame::Frame;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    status: u16,
    slug: &'static str,
    detail: &'a str,
}

/// The page for `problem`, as an answer to `request`.
pub fn problem_page(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    let kind = problem.kind;
    let frame = Frame::of(request, String::new());
    let page = ErrorPage { frame, status: kind.status(), slug: kind.slug(), detail: &problem.detail };
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
