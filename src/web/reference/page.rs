//! What pages for people have in common: the language they are in, and how they are sent.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web};
use askama::Template;
use chancery_base::{problem::Problem, values::Language};
use serde::Deserialize;

use crate::web::{call, problem::ProblemAnswer};

/// Who reads: in the language that `?lang=` says, else in that of `Accept-Language`.
#[derive(Debug, Clone, Copy)]
pub struct Reader(pub Language);

#[derive(Deserialize)]
struct LanguageQuery {
    lang: Option<String>,
}

impl FromRequest for Reader {
    type Error = ProblemAnswer;
    type Future = Ready<Result<Self, ProblemAnswer>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = web::Query::<LanguageQuery>::from_query(request.query_string()).ok();
        let chosen = query.and_then(|query| query.into_inner().lang?.parse().ok());
        ready(Ok(Self(chosen.unwrap_or_else(|| call::language(request)))))
    }
}

impl Reader {
    /// The one of two texts that this reader reads.
    pub const fn pick(self, en: &'static str, zh: &'static str) -> &'static str {
        match self.0 {
            Language::English => en,
            Language::Chinese => zh,
        }
    }

    /// The other language, as a link to it says it.
    pub const fn other(self) -> (&'static str, &'static str) {
        match self.0 {
            Language::English => ("zh", "中文"),
            Language::Chinese => ("en", "English"),
        }
    }
}

/// Writes a page.
///
/// Errors: it cannot be written, which is our fault.
pub fn render(page: &impl Template) -> Result<String, Problem> {
    page.render().map_err(Problem::internal)
}

/// Sends a page that was written.
pub fn send(page: String) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)
}
