//! Pages of listings: `?after=CURSOR` asks for the next one, and the cursor is nobody's business but ours.

use std::{
    future::{Ready, ready},
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chancery_base::problem::{Problem, ProblemKind};
use serde::Deserialize;

use super::problem::ProblemAnswer;

/// Where to go on.
#[derive(Debug, Deserialize)]
pub struct PageQuery {
    after: Option<String>,
}

impl PageQuery {
    /// What the page before ended with.
    ///
    /// Errors: a cursor that was not given out here.
    pub fn after<T: FromStr>(&self) -> Result<Option<T>, Problem> {
        let read = |cursor: &String| {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            String::from_utf8(bytes).ok()?.parse().ok()
        };
        let refused = || {
            let detail = "this is not a cursor of this listing; take `next` of the page before, or leave it out";
            Problem::new(ProblemKind::BadRequest, detail).at("after")
        };
        self.after.as_ref().map(|cursor| read(cursor).ok_or_else(refused)).transpose()
    }
}

impl FromRequest for PageQuery {
    type Error = ProblemAnswer;
    type Future = Ready<Result<Self, ProblemAnswer>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = web::Query::<Self>::from_query(request.query_string());
        ready(query.map(web::Query::into_inner).map_err(|_| {
            Problem::new(ProblemKind::BadRequest, "the query cannot be read; give `after` once or not at all").into()
        }))
    }
}

/// The cursor of the page after `items`, if they fill one.
pub fn next_page<T>(items: &[T], page: u32, name: impl FnOnce(&T) -> String) -> Option<String> {
    let is_full = u32::try_from(items.len()).is_ok_and(|length| length >= page);
    items.last().filter(|_| is_full).map(|last| URL_SAFE_NO_PAD.encode(name(last)))
}
