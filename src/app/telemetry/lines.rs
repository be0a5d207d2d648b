//! Lines on standard error: one an event, for people or as JSON for programs.

use std::str::FromStr;

use chancery_base::values::Invalid;
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    registry::LookupSpan,
};

use super::{TelemetryError, TelemetrySettings};

/// The variable that chooses lines where the command line does not.
const FILTER_VARIABLE: &str = "RUST_LOG";
/// The level of our own lines unless told otherwise; of other people's code, warnings.
const USUAL_LEVEL: &str = "info";

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl FromStr for LineFormat {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(Invalid::new(text, "a format of log lines: text or json")),
        }
    }
}

/// What writes the lines. Spans are for traces: a line stands alone.
pub(super) fn layer<S>(settings: &TelemetrySettings) -> Result<Box<dyn Layer<S> + Send + Sync>, TelemetryError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let filter = filter(settings.filter.as_deref())?.and(filter_fn(|metadata| metadata.is_event()));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    Ok(match settings.format {
        LineFormat::Text => lines.with_filter(filter).boxed(),
        LineFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    })
}

fn filter(given: Option<&str>) -> Result<EnvFilter, TelemetryError> {
    let given = given.map(str::to_owned).or_else(|| std::env::var(FILTER_VARIABLE).ok());
    let given = given.filter(|filter| !filter.trim().is_empty()).unwrap_or_else(|| USUAL_LEVEL.to_owned());
    // A level alone is meant for what this program says; that of its libraries would drown it.
    let directives = match given.parse::<LevelFilter>() {
        Ok(level) => format!("warn,chancery={level}"),
        Err(_) => given.clone(),
    };
    EnvFilter::try_new(directives).map_err(|cause| TelemetryError::Filter { filter: given, cause })
}
