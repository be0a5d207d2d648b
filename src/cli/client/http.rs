//! The HTTP client of the programs' API (`docs/api.md`): blocking, one connection pool, answers limited in size.
//!
//! Unsafe requests carry an `Idempotency-Key`, so sending one again after a broken connection cannot do the thing twice;
//! those that cannot be repeated (an upload of a spent stream, an answer with a secret) are sent once without. The API key is
//! sent to the server asked for and nowhere else: redirects are not followed.

use std::{io::Read, path::Path, time::Duration};

use chancery_base::values::{Entropy, Language, encode_hex};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use ureq::{
    Agent, Body, SendBody,
    http::{HeaderValue, Method, Request, Response, header, request},
};

use super::{ServerAddress, Token, authority::trusting};
use crate::{
    app::SystemEntropy,
    cli::{
        error::{CliError, Exit},
        message::{Message, say},
        problem::ProblemDocument,
    },
};

/// Largest answer that is held in memory, in bytes; exports are streamed instead.
const LARGEST_ANSWER: u64 = 64 << 20;
/// Largest problem document that is read, in bytes.
const LARGEST_PROBLEM: u64 = 1 << 20;
/// How long a connection may take, in seconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a server may think before it answers: committing a large upload inspects every byte.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(10);
/// Variable in which programs hand the trace they belong to on to those they start (OpenTelemetry, "Environment Variables as
/// Context Propagation Carriers").
const TRACE_VARIABLE: &str = "TRACEPARENT";
/// How often a request is sent before a broken connection counts as failure.
const ATTEMPTS: u32 = 3;
/// How long to wait before the next attempt; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// What the server answered: as it came, and as far as this program understands it.
#[derive(Debug)]
pub struct Answer<T> {
    /// The document as it came, for `--json`.
    pub document: Value,
    /// The parts a person is told.
    pub view: T,
}

/// Talks to one server with one API key.
pub struct Client {
    pub(super) agent: Agent,
    pub(super) server: ServerAddress,
    pub(super) token: Option<Token>,
    /// The cookie of a person who signed in.
    pub(super) session: Option<HeaderValue>,
    language: Language,
    /// The trace that requests belong to, where whoever started this program said so.
    trace: Option<HeaderValue>,
    entropy: SystemEntropy,
}

impl Client {
    /// A client of `server`; nothing is sent yet.
    ///
    /// # Errors
    /// [`CliError::Local`] if `server` is no address, `token` cannot be an API key or `authority` is no file of certificates.
    pub fn new(
        server: &str,
        token: Option<&Token>,
        language: Language,
        authority: Option<&Path>,
        entropy: SystemEntropy,
    ) -> Result<Self, CliError> {
        let server = server.parse()?;
        let token = token.filter(|token| !token.is_empty()).map(Token::checked).transpose()?;
        let configuration = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("chancery/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_recv_response(Some(ANSWER_TIMEOUT))
            .tls_config(trusting(authority)?)
            .build();
        let trace = std::env::var(TRACE_VARIABLE).ok().and_then(|trace| trace.parse().ok());
        let agent = Agent::new_with_config(configuration);
        Ok(Self { agent, server, token, session: None, language, trace, entropy })
    }

    /// The server's address.
    #[must_use]
    pub const fn server(&self) -> &ServerAddress {
        &self.server
    }

    /// What the person should know before the API key is sent.
    #[must_use]
    pub fn warning(&self) -> Option<Message> {
        let exposed = self.token.is_some() && self.server.is_exposed();
        exposed.then(|| say!("token-in-clear", server = self.server))
    }

    /// Reads a document.
    ///
    /// # Errors
    /// [`CliError::Problem`] as the server answers, [`CliError::Local`] if it cannot be reached or understood.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, CliError> {
        self.read(path, self.send(Method::GET, path, None)?)
    }

    /// Sends `body` as JSON and reads the answer.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<Answer<T>, CliError> {
        let body = serde_json::to_string(body).map_err(|error| self.not_understood(path, &error))?;
        self.read(path, self.send(Method::POST, path, Some(&body))?)
    }

    /// Sends `body` where the answer holds a secret, which no server can give twice: without an idempotency key, once.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn post_for_secret<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Answer<T>, CliError> {
        let body = serde_json::to_string(body).map_err(|error| self.not_understood(path, &error))?;
        let request = self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/json").body(body);
        let request = request.map_err(|error| self.not_understood(path, &error))?;
        let answer = self.agent.run(request).map_err(|error| self.unreachable(&error))?;
        self.read(path, self.accept(answer)?)
    }

    /// Sends a document that is JSON already, such as a signed envelope.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn post_text<T: DeserializeOwned>(&self, path: &str, body: &str) -> Result<Answer<T>, CliError> {
        self.read(path, self.send(Method::POST, path, Some(body))?)
    }

    /// Sends `body` as JSON; the answer has no content.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn put(&self, path: &str, body: &impl Serialize) -> Result<(), CliError> {
        let body = serde_json::to_string(body).map_err(|error| self.not_understood(path, &error))?;
        self.send(Method::PUT, path, Some(&body)).map(drop)
    }

    /// Changes what `path` names by `body`, with PATCH or PUT, and reads the answer.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Answer<T>, CliError> {
        let body = serde_json::to_string(body).map_err(|error| self.not_understood(path, &error))?;
        self.read(path, self.send(method, path, Some(&body))?)
    }

    /// Removes what `path` names.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn delete(&self, path: &str) -> Result<(), CliError> {
        self.send(Method::DELETE, path, None).map(drop)
    }

    /// Deletes what stands at `path` and reads what the server says came of it.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn delete_and_read<T: DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, CliError> {
        self.read(path, self.send(Method::DELETE, path, None)?)
    }

    /// Reads the bytes at `path`, at most `limit`.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn bytes(&self, path: &str, limit: u64) -> Result<Vec<u8>, CliError> {
        let mut answer = self.send(Method::GET, path, None)?;
        let read = answer.body_mut().with_config().limit(limit).read_to_vec();
        read.map_err(|error| self.unreachable(&error))
    }

    /// Opens the bytes at `path` as a stream of any length.
    ///
    /// # Errors
    /// As [`Self::get`]; reading may fail later.
    pub fn stream(&self, path: &str) -> Result<impl Read + use<>, CliError> {
        let answer = self.send(Method::GET, path, None)?;
        Ok(answer.into_body().into_with_config().limit(u64::MAX).reader())
    }

    /// Sends `length` bytes from `source` in one go, holding one buffer of them; not repeated, because the source is spent.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn upload(&self, path: &str, source: &mut dyn Read, length: u64) -> Result<(), CliError> {
        let request = self
            .request(Method::PUT, path)
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_LENGTH, length)
            .body(SendBody::from_reader(source));
        let request = request.map_err(|error| self.not_understood(path, &error))?;
        let answer = self.agent.run(request).map_err(|error| self.unreachable(&error))?;
        self.accept(answer).map(drop)
    }

    fn read<T: DeserializeOwned>(&self, path: &str, mut answer: Response<Body>) -> Result<Answer<T>, CliError> {
        let body = answer.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec();
        let body = body.map_err(|error| self.unreachable(&error))?;
        let document: Value = serde_json::from_slice(&body).map_err(|error| self.not_understood(path, &error))?;
        let view = T::deserialize(&document).map_err(|error| self.not_understood(path, &error))?;
        Ok(Answer { document, view })
    }

    fn send(&self, method: Method, path: &str, body: Option<&str>) -> Result<Response<Body>, CliError> {
        let mut builder = self.request(method.clone(), path);
        if method != Method::GET {
            builder = builder.header("idempotency-key", self.idempotency_key());
        }
        if body.is_some() {
            builder = builder.header(header::CONTENT_TYPE, "application/json");
        }
        let request = builder.body(()).map_err(|error| self.not_understood(path, &error))?;
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            let answer = match body {
                Some(body) => self.agent.run(request.clone().map(|()| body)),
                None => self.agent.run(request.clone()),
            };
            match answer {
                Ok(answer) => return self.accept(answer),
                Err(error) if attempt < ATTEMPTS && is_worth_repeating(&error) => {
                    std::thread::sleep(pause);
                    (attempt, pause) = (attempt + 1, pause * 2);
                }
                Err(error) => return Err(self.unreachable(&error)),
            }
        }
    }

    fn request(&self, method: Method, path: &str) -> request::Builder {
        let mut builder = Request::builder()
            .method(method)
            .uri(self.server.join(path))
            .header(header::ACCEPT_LANGUAGE, self.language.to_string());
        if let Some(trace) = &self.trace {
            builder = builder.header("traceparent", trace);
        }
        if let Some(token) = &self.token {
            builder = builder.header(header::AUTHORIZATION, token.authorization());
        }
        if let Some(session) = &self.session {
            builder = builder.header(header::COOKIE, session).header(header::ORIGIN, self.server.origin());
        }
        builder
    }

    fn idempotency_key(&self) -> String {
        let mut random = [0; 16];
        self.entropy.fill(&mut random);
        encode_hex(&random)
    }

    fn accept(&self, mut answer: Response<Body>) -> Result<Response<Body>, CliError> {
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let body = answer.body_mut().with_config().limit(LARGEST_PROBLEM).read_to_vec().unwrap_or_default();
        let problem = ProblemDocument::read(status.as_u16(), &body);
        if status.as_u16() == 401 && self.token.is_none() && self.session.is_none() {
            return Err(CliError::Local(Exit::Unauthenticated, say!("token-missing", server = self.server)));
        }
        Err(CliError::Problem(Box::new(problem)))
    }

    pub(super) fn unreachable(&self, error: &ureq::Error) -> CliError {
        CliError::failure(say!("server-unreachable", server = self.server, cause = error))
    }

    pub(super) fn not_understood(&self, path: &str, cause: &dyn std::fmt::Display) -> CliError {
        CliError::failure(say!("answer-not-understood", server = self.server, path = path, cause = cause))
    }
}

/// A connection that broke may be whole the next time; one that was refused will not be.
fn is_worth_repeating(error: &ureq::Error) -> bool {
    use std::io::ErrorKind;
    match error {
        ureq::Error::Io(error) => !matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound),
        ureq::Error::Timeout(_) => true,
        _ => false,
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
