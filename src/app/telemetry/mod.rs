//! What operators see of a running server: lines on standard error, traces where a collector is named, and measures.
//!
//! None of the three ever holds a secret, an input, an output or a name: route patterns instead of paths, ids instead of people.

mod collector;
mod lines;
mod measures;
mod process;
mod traces;

use tracing_subscriber::{Layer, layer::SubscriberExt, util::SubscriberInitExt};

pub use lines::LineFormat;
pub use measures::Measures;
pub(super) use measures::count;
pub use traces::accept;

/// What is told, and to whom.
#[derive(Debug, Clone, Default)]
pub struct TelemetrySettings {
    /// How a line is written.
    pub format: LineFormat,
    /// Which lines are written: a level, or directives of `tracing_subscriber`'s filter.
    pub filter: Option<String>,
    /// Address of an OpenTelemetry collector, without `/v1/traces`.
    pub collector: Option<String>,
}

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A filter that is none.
    #[error(
        "`{filter}` does not say which lines to log: {cause}; give a level such as info or debug, or directives such as \
             warn,chancery=debug"
    )]
    Filter {
        /// As it was given.
        filter: String,
        /// Why.
        cause: tracing_subscriber::filter::ParseError,
    },
    /// A collector that is none.
    #[error(
        "traces cannot be sent to `{address}`: {cause}; give the address of an OpenTelemetry collector such as \
             http://localhost:4318"
    )]
    Collector {
        /// As it was given.
        address: String,
        /// Why.
        cause: opentelemetry_otlp::ExporterBuildError,
    },
    /// Somebody else tells already.
    #[error("logging was set up twice: {0}; this is a defect, please report it")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// What is told while this lives; what is still to be sent is sent when it is dropped.
#[derive(Debug)]
pub struct Telemetry {
    traces: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

impl Telemetry {
    /// Starts to tell. Once for a process.
    ///
    /// # Errors
    /// Each [`TelemetryError`].
    pub fn start(settings: &TelemetrySettings) -> Result<Self, TelemetryError> {
        let traces = settings.collector.as_deref().map(traces::provider).transpose()?;
        // A layer that is absent as `None` would take interest in every span; one that is not in the list takes none.
        let mut layers = vec![lines::layer(settings)?];
        layers.extend(traces.as_ref().map(|provider| traces::layer(provider).boxed()));
        tracing_subscriber::registry().with(layers).try_init()?;
        Ok(Self { traces })
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces {
            // A collector that is gone must not keep the server from ending; it was told of when it went.
            let _ = traces.shutdown();
        }
    }
}
