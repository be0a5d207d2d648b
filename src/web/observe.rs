//! What is told of each request: an id to its caller, a line in the log, a span where traces are made, and measures.
//!
//! Routes are told as patterns and callers as parties. Paths, queries, headers and bodies are told to nobody; an address only of who
//! came without a good key or too often, because that is whom an operator shuts out.

use std::time::{Duration, Instant};

use actix_web::{
    HttpMessage, HttpRequest,
    body::{BodySize, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{CONTENT_LENGTH, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use chancery_base::values::{PartyId, encode_hex};
use chancery_domain::parties::Caller;
use metrics::histogram;
use tracing::{Instrument, field::Empty};

use super::{arrival::Arrival, session::SignedIn};
use crate::app::{App, accept};

/// Bytes of randomness in a request id.
const REQUEST_ID_BYTES: usize = 12;
/// The route of what no route answers.
const NO_ROUTE: &str = "none";
/// Methods that are told by name; whatever else somebody makes up is one more.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Runs the rest and tells of it.
pub async fn observe<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let began = Instant::now();
    let id = request_id(&request);
    let method = method(request.method());
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        otel.status_code = Empty,
        http.method = method,
        http.route = Empty,
        http.status = Empty,
        request.id = id
    );
    let traced = accept(|name| request.headers().get(name)?.to_str().ok()).adopt(&span);
    let mut answer = next.call(request).instrument(span.clone()).await?;

    let (route, status) = (route(answer.request()), answer.status());
    span.record("http.route", &route).record("http.status", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let told = Told {
        id: &id,
        method,
        route: &route,
        status,
        took: began.elapsed(),
        trace: traced.as_ref().map(|traced| &*traced.trace),
    };
    told.write(&answer);
    told.measure();
    set(&mut answer, "x-request-id", &id);
    if let (false, Some(traced)) = (span.is_disabled(), &traced) {
        set(&mut answer, "traceresponse", &traced.parent);
    }
    Ok(answer)
}

/// What is told of one request.
struct Told<'a> {
    id: &'a str,
    method: &'static str,
    route: &'a str,
    status: StatusCode,
    took: Duration,
    trace: Option<&'a str>,
}

impl Told<'_> {
    fn write<B: MessageBody>(&self, answer: &ServiceResponse<B>) {
        let request = answer.request();
        let party = party(request);
        let received =
            request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let sent = match answer.response().body().size() {
            BodySize::None => Some(0),
            BodySize::Sized(length) => Some(length),
            BodySize::Stream => None,
        };
        let is_unwelcome = matches!(self.status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS);
        let address = is_unwelcome.then(|| Arrival::of(request).client).flatten();
        tracing::info!(
            http.method = self.method,
            http.route = self.route,
            http.status = self.status.as_u16(),
            duration_ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            request.id = self.id,
            party.id = party.map(display),
            request.bytes = received,
            answer.bytes = sent,
            trace.id = self.trace,
            client.address = address.map(display),
            "answered"
        );
    }

    fn measure(&self) {
        let labels = [
            ("method", self.method.to_owned()),
            ("route", self.route.to_owned()),
            ("status", self.status.as_str().to_owned()),
        ];
        histogram!("chancery_http_request_duration_seconds", &labels).record(self.took);
    }
}

/// The party that asked, with a key or in a browser.
fn party(request: &HttpRequest) -> Option<PartyId> {
    let extensions = request.extensions();
    let person = || extensions.get::<SignedIn>().map(|signed_in| &signed_in.caller);
    extensions.get::<Caller>().or_else(person).map(|caller| caller.party.id)
}

fn request_id(request: &ServiceRequest) -> String {
    let mut bytes = [0; REQUEST_ID_BYTES];
    if let Some(app) = request.app_data::<web::Data<App>>() {
        app.entropy.fill(&mut bytes);
    }
    format!("req_{}", encode_hex(&bytes))
}

fn method(method: &Method) -> &'static str {
    METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

fn route(request: &HttpRequest) -> String {
    request.match_pattern().unwrap_or_else(|| NO_ROUTE.to_owned())
}

fn set<B>(answer: &mut ServiceResponse<B>, name: &'static str, value: &str) {
    // INVARIANT: ids are visible ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
}
