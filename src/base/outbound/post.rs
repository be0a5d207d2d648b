//! Sending: one request to one address that was looked up and vetted.

use std::{fmt, time::Duration};

use ureq::{
    Agent, Body, Error,
    config::Config,
    http::{Method, Request, Response, Uri},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use super::{Reach, TargetUrl};

/// How long a request may take as a whole, from looking up the name to the head of the answer.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest head of an answer, in bytes; the body is read only by [`Outbound::exchange`].
const LARGEST_HEAD: usize = 8 << 10;

/// Why no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The name leads nowhere, or nowhere that may be called. One answer for both: what names mean inside our network is nobody's
    /// business.
    #[error("the host has no address that may be called")]
    NoPublicAddress,
    /// Not answered within [`TIMEOUT`].
    #[error("no answer came in time")]
    TimedOut,
    /// No connection, or one that broke.
    #[error("the connection was refused or broke")]
    Disconnected,
    /// The server's certificate is not good for its name.
    #[error("no trusted encrypted connection could be made")]
    Untrusted,
    /// An answer that is not HTTP, or too long.
    #[error("the answer was not understood")]
    NotUnderstood,
}

impl Failure {
    /// Stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoPublicAddress => "no-public-address",
            Self::TimedOut => "timed-out",
            Self::Disconnected => "disconnected",
            Self::Untrusted => "untrusted",
            Self::NotUnderstood => "not-understood",
        }
    }
}

/// Sends to addresses that strangers chose.
#[derive(Debug, Clone)]
pub struct Outbound {
    agent: Agent,
    reach: Reach,
}

impl Outbound {
    /// Reaches as far as `reach`, and looks names up as the system does. Servers are trusted by the certificate authorities of the
    /// Mozilla programme, whatever this machine trusts.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        Self::looking_up_with(reach, DefaultResolver::default())
    }

    fn looking_up_with(reach: Reach, names: impl Resolver) -> Self {
        let configuration = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .max_idle_connections(0)
            .max_response_header_size(LARGEST_HEAD)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("chancery/", env!("CARGO_PKG_VERSION")))
            .build();
        let vetted = Vetted { names, reach };
        Self { agent: Agent::with_parts(configuration, DefaultConnector::default(), vetted), reach }
    }

    /// How far it reaches.
    #[must_use]
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// Posts `body` as JSON and answers the status, whatever it is.
    ///
    /// # Errors
    /// [`Failure`]: nothing is known of whether the server took it in.
    pub fn post(&self, url: &TargetUrl, headers: &[(&str, String)], body: &str) -> Result<u16, Failure> {
        let mut request = Request::post(url.as_str()).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(body).map_err(|_| Failure::NotUnderstood)?;
        self.agent.run(request).map(|answer| answer.status().as_u16()).map_err(|error| failure(&error))
    }

    /// Sends `request` as it is and reads an answer of at most `largest` bytes, whatever its status.
    ///
    /// # Errors
    /// [`Failure`]; an address that may not be called is one that leads nowhere.
    pub fn exchange(&self, request: Request<Vec<u8>>, largest: u64) -> Result<Response<Vec<u8>>, Failure> {
        TargetUrl::parse(&request.uri().to_string(), self.reach).map_err(|_| Failure::NoPublicAddress)?;
        let (head, body) = request.into_parts();
        let answer = match head.method {
            Method::GET => self.agent.run(Request::from_parts(head, ())),
            _ => self.agent.run(Request::from_parts(head, body)),
        };
        let (head, body): (_, Body) = answer.map_err(|error| failure(&error))?.into_parts();
        let body = body.into_with_config().limit(largest).read_to_vec().map_err(|error| failure(&error))?;
        Ok(Response::from_parts(head, body))
    }
}

fn failure(error: &Error) -> Failure {
    match error {
        Error::HostNotFound => Failure::NoPublicAddress,
        Error::Timeout(_) => Failure::TimedOut,
        Error::Tls(_) | Error::Rustls(_) => Failure::Untrusted,
        // What goes wrong in the middle of a handshake comes as invalid data.
        Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => Failure::Untrusted,
        Error::Io(_) | Error::ConnectionFailed => Failure::Disconnected,
        _ => Failure::NotUnderstood,
    }
}

/// Looks a name up once for each request and hands on the addresses that may be called; the connection is made to one of them.
struct Vetted<R> {
    names: R,
    reach: Reach,
}

impl<R: Resolver> Resolver for Vetted<R> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.names.resolve(uri, config, timeout).map_err(|error| match error {
            Error::Io(_) => Error::HostNotFound,
            other => other,
        })?;
        let mut allowed = self.empty();
        found.iter().filter(|address| self.reach.covers(address.ip())).for_each(|address| allowed.push(*address));
        if allowed.is_empty() { Err(Error::HostNotFound) } else { Ok(allowed) }
    }
}

impl<R> fmt::Debug for Vetted<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Vetted").field("reach", &self.reach).finish()
    }
}

#[cfg(test)]
#[path = "post_tests.rs"]
mod tests;
