//! Pages of listings: `?after=CURSOR` asks for the next one, at most `?limit=` items long. The cursor is nobody's business but ours.

use std::{
    future::{Ready, ready},
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chancery_base::{
    problem::{Problem, ProblemKind},
    values::PAGE_ITEMS,
};
use serde::{Deserialize, de::DeserializeOwned};

use super::problem::ProblemAnswer;

/// Where to go on, and how far.
#[derive(Debug, Deserialize)]
pub struct PageQuery {
    after: Option<String>,
    limit: Option<u32>,
}

/// A page on its way to the caller.
pub struct Page<T> {
    /// What stands on it.
    pub items: Vec<T>,
    /// What to give as `after` for the page behind it, if there is one.
    pub next: Option<String>,
}

/// What an address asks beside the page: `?name=value`, once each.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Asked<T> {
    type Error = ProblemAnswer;
    type Future = Ready<Result<Self, ProblemAnswer>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = web::Query::<T>::from_query(request.query_string());
        ready(query.map(|query| Self(query.into_inner())).map_err(|error| {
            let detail = format!("the query cannot be read: {error}; see the API document");
            Problem::new(ProblemKind::BadRequest, detail).into()
        }))
    }
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

    /// Cuts a page of [`PAGE_ITEMS`] items, or of the fewer there are, to the length asked for; `name` is what the cursor says of
    /// an item.
    pub fn cut<T>(&self, mut items: Vec<T>, name: impl FnOnce(&T) -> String) -> Page<T> {
        let limit = self.limit();
        let is_full = items.len() >= limit;
        items.truncate(limit);
        let next = items.last().filter(|_| is_full).map(|last| cursor(&name(last)));
        Page { items, next }
    }

    /// How many items the page has at most.
    pub fn limit(&self) -> usize {
        let limit = self.limit.unwrap_or(PAGE_ITEMS).min(PAGE_ITEMS);
        usize::try_from(limit).unwrap_or(usize::MAX)
    }
}

impl FromRequest for PageQuery {
    type Error = ProblemAnswer;
    type Future = Ready<Result<Self, ProblemAnswer>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let refused = |detail: String| Problem::new(ProblemKind::BadRequest, detail);
        let read = || {
            let query = web::Query::<Self>::from_query(request.query_string());
            let query = query.map_err(|_| {
                refused(
                    "the query cannot be read; give `after` and `limit` once or not at all, `limit` as a number"
                        .to_owned(),
                )
            })?;
            if query.limit.is_some_and(|limit| !(1..=PAGE_ITEMS).contains(&limit)) {
                return Err(refused(format!("a page has 1 to {PAGE_ITEMS} items; correct `limit`")).at("limit"));
            }
            Ok(query.into_inner())
        };
        ready(read().map_err(ProblemAnswer))
    }
}

/// The cursor of the page after the item named `last`.
pub fn cursor(last: &impl ToString) -> String {
    URL_SAFE_NO_PAD.encode(last.to_string())
}
