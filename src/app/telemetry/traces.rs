//! Traces: the spans of a request, sent to an OpenTelemetry collector as OTLP over HTTP, and the caller's own trace they belong to.
//!
//! W3C Trace Context carries a trace from caller to callee in the header `traceparent`. Without a collector no span is ever made.

use std::time::Duration;

use opentelemetry::{
    Context, KeyValue,
    propagation::{Extractor, TextMapPropagator},
    trace::{TraceContextExt, TracerProvider},
};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use super::{TelemetryError, collector::Collector};

/// Name of this program in traces.
const SERVICE: &str = "chancery";
/// Where a collector takes traces (OTLP 1.0, "OTLP/HTTP request").
const TRACES_PATH: &str = "/v1/traces";
/// How long a collector may take for a batch.
const COLLECTOR_TIMEOUT: Duration = Duration::from_secs(10);

/// What makes and sends spans; settled further by the `OTEL_…` variables of the specification, such as `OTEL_TRACES_SAMPLER`.
pub(super) fn provider(address: &str) -> Result<SdkTracerProvider, TelemetryError> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Collector::new(COLLECTOR_TIMEOUT))
        .with_protocol(Protocol::HttpJson)
        .with_timeout(COLLECTOR_TIMEOUT)
        .with_endpoint(format!("{}{TRACES_PATH}", address.trim_end_matches('/')))
        .build()
        .map_err(|cause| TelemetryError::Collector { address: address.to_owned(), cause })?;
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder().with_service_name(SERVICE).with_attribute(version).build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// What turns our spans into those of `provider`; other people's spans and all events are left out.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(SERVICE))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_level(false)
        .with_tracked_inactivity(false);
    layer.with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with(SERVICE)))
}

/// The trace that a caller says its request belongs to.
pub struct Caller(Context);

/// Reads the caller's trace; `header` gives the text of a header. What is not well formed is no trace.
#[must_use]
pub fn accept<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Caller {
    let headers = Headers { traceparent: header("traceparent"), tracestate: header("tracestate") };
    Caller(TraceContextPropagator::new().extract_with_context(&Context::new(), &headers))
}

impl Caller {
    /// Makes `span` part of the caller's trace and answers what the trace and, where traces are made, the span is called.
    pub fn adopt(self, span: &Span) -> Option<Traced> {
        if span.is_disabled() {
            return Traced::of(&self.0);
        }
        // Fails only for a span that began already, which ours has not.
        let _ = span.set_parent(self.0);
        Traced::of(&span.context())
    }
}

/// What a request is called in traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced {
    /// The trace, 32 hexadecimal digits.
    pub trace: String,
    /// Trace and span as `traceparent` writes them.
    pub parent: String,
}

impl Traced {
    fn of(context: &Context) -> Option<Self> {
        let span = context.span();
        let span = span.span_context();
        let parent = || format!("00-{}-{}-{:02x}", span.trace_id(), span.span_id(), span.trace_flags());
        span.is_valid().then(|| Self { trace: span.trace_id().to_string(), parent: parent() })
    }
}

/// The two headers of Trace Context.
struct Headers<'a> {
    traceparent: Option<&'a str>,
    tracestate: Option<&'a str>,
}

impl Extractor for Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        match name {
            "traceparent" => self.traceparent,
            "tracestate" => self.tracestate,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(traceparent: &'static str) -> Option<Traced> {
        accept(|name| (name == "traceparent").then_some(traceparent)).adopt(&Span::none())
    }

    #[test]
    fn a_callers_trace_is_taken_where_it_is_one() {
        const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
        let traced = accepted("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
        assert_eq!(traced.trace, TRACE);
        for refused in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-<script>alert(1)</script>aaaaaaaa-00f067aa0ba902b7-01",
        ] {
            assert_eq!(accepted(refused), None, "{refused}");
        }
    }
}
