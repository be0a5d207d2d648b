//! What every handler starts from: who calls, in which language, with which body. Our own extractor, so that each rejection
//! is a problem document.

use std::{future::Future, pin::Pin, str::FromStr, time::Duration};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, rt::time::timeout, web};
use chancery_base::{
    idempotency::{IdempotencyKey, Once},
    problem::{Problem, ProblemKind},
    values::{Invalid, Language, Purpose, Sha256Digest, Territory},
};
use chancery_domain::parties::Caller;
use serde::de::DeserializeOwned;

use super::{incoming::Incoming, problem::ProblemAnswer};
use crate::app::App;

/// Largest body of a request that is read into memory; files are streamed and have no such limit.
pub const BODY_LIMIT_BYTES: usize = 4 << 20;

/// How long a body that is read into memory may take as a whole.
const BODY_DEADLINE: Duration = Duration::from_secs(120);

/// Headers in which a request says what it is for, and where.
const PURPOSE: &str = "chancery-purpose";
const TERRITORY: &str = "chancery-territory";

/// What a handler answers.
pub type Answer = Result<actix_web::HttpResponse, ProblemAnswer>;

/// How long it took to find the caller: part of what a request may wait for the database. Left by the middleware.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waited(pub Duration);

/// An authenticated request with its body.
pub struct Call {
    /// The program, opened.
    pub app: web::Data<App>,
    /// Who calls.
    pub caller: Caller,
    /// The language the caller prefers.
    pub language: Language,
    /// How to do this request once.
    pub once: Once,
    /// How long the database took to find the caller.
    pub waited: Duration,
    body: web::Bytes,
}

impl Call {
    /// Reads the body as `T`.
    ///
    /// Errors: what is wrong with the JSON, and where.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        parse(&self.body)
    }

    /// The body as it came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }
}

/// Reads JSON; nesting beyond 128 levels is refused by the parser.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::new(
            ProblemKind::BadRequest,
            format!("the body is not the JSON expected here: {error}; see the API document"),
        )
    })
}

impl FromRequest for Call {
    type Error = ProblemAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ProblemAnswer>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let incoming = Incoming::new(payload.take());
        Box::pin(async move {
            let (app, caller) = authenticated(&request)?;
            let body = read_within(incoming, BODY_LIMIT_BYTES).await?;
            let once = Once {
                party: caller.party.id,
                key: idempotency_key(&request)?,
                request: request_digest(&request, &caller, &body),
            };
            let Waited(waited) = request.extensions().get().copied().unwrap_or_default();
            Ok(Self { app, language: language(&request), once, waited, caller, body })
        })
    }
}

/// The program and the caller that the authentication middleware found.
pub fn authenticated(request: &HttpRequest) -> Result<(web::Data<App>, Caller), Problem> {
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(|| Problem::internal("no application data"))?;
    let caller = request.extensions().get::<Caller>().cloned();
    // INVARIANT: every route of a gated scope runs behind the middleware; without a caller nothing is extracted.
    let caller = caller.ok_or_else(|| Problem::internal("a gated route was reached without authentication"))?;
    Ok((app, caller))
}

/// Header text, or nothing when absent.
pub fn header<'a>(request: &'a HttpRequest, name: &str) -> Result<Option<&'a str>, Problem> {
    request.headers().get(name).map(|value| value.to_str()).transpose().map_err(|_| {
        Problem::new(ProblemKind::BadRequest, format!("the header `{name}` is not visible ASCII; correct it")).at(name)
    })
}

/// What the request itself says it is for and where, in headers; it may only narrow what its key says.
pub fn narrowed(request: &HttpRequest) -> Result<(Option<Purpose>, Option<Territory>), Problem> {
    Ok((parsed_header(request, PURPOSE)?, parsed_header(request, TERRITORY)?))
}

fn parsed_header<T: FromStr<Err = Invalid>>(request: &HttpRequest, name: &str) -> Result<Option<T>, Problem> {
    let text = header(request, name)?;
    text.map(|text| text.parse().map_err(|invalid: Invalid| Problem::from(invalid).at(name))).transpose()
}

fn idempotency_key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    parsed_header(request, "idempotency-key")
}

/// The language that whoever asks prefers.
pub fn language(request: &HttpRequest) -> Language {
    let accepted = request.headers().get("accept-language").and_then(|value| value.to_str().ok());
    Language::negotiate(accepted.unwrap_or_default())
}

/// All that makes a request this one: method, path, API key, the headers that matter, and body.
fn request_digest(request: &HttpRequest, caller: &Caller, body: &[u8]) -> Sha256Digest {
    let (key, path) = (caller.actor().to_string(), request.path());
    let header = |name| request.headers().get(name).map_or(&[][..], |value| value.as_bytes());
    let (purpose, territory) = (header(PURPOSE), header(TERRITORY));
    let method = request.method().as_str().as_bytes();
    Sha256Digest::of_parts([method, path.as_bytes(), key.as_bytes(), purpose, territory, body])
}

fn endless() -> Problem {
    let seconds = BODY_DEADLINE.as_secs();
    Problem::new(
        ProblemKind::BadRequest,
        format!("the body took longer than {seconds} seconds; send it faster, or less"),
    )
}

/// Reads a body of at most `limit` bytes into memory.
///
/// Errors: it is longer, breaks off, or takes too long.
pub async fn read_within(incoming: Incoming, limit: usize) -> Result<web::Bytes, Problem> {
    timeout(BODY_DEADLINE, read_body(incoming, limit)).await.map_err(|_| endless())?
}

async fn read_body(mut incoming: Incoming, limit: usize) -> Result<web::Bytes, Problem> {
    let mut body = web::BytesMut::new();
    while let Some(chunk) = incoming.next().await {
        let chunk = chunk?;
        if body.len() + chunk.len() > limit {
            return Err(Problem::new(
                ProblemKind::TooLarge,
                format!("the body is larger than {limit} bytes; send less at once"),
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
