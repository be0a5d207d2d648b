//! Measures in Prometheus' text format. What happens is counted where it happens, through the `metrics` facade, which costs nothing
//! until somebody asks; what is only so at a moment is looked up when asked.
//!
//! `docs/operations.md` lists them all; a test holds it to that.

use std::{io, sync::OnceLock};

use chancery_base::{
    logs::{self, LogName, Progress},
    values::UnixMillis,
};
use chancery_domain::serving::Outcome;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::process;
use crate::app::App;

/// Bounds of how long things take, in seconds: from a commit on a fast disk to the longest a caller waits.
const SECONDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];
/// Bounds of how many acts share a commit; the most there may be is the last.
const ACTS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// What counts in this process, from the first time it is asked for on.
#[derive(Clone)]
pub struct Measures(PrometheusHandle);

impl Measures {
    /// Starts to count, once for a process.
    ///
    /// # Errors
    /// Something else counts already; a defect of ours.
    pub fn start() -> io::Result<Self> {
        static STARTED: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
        let begin = || -> Result<PrometheusHandle, BuildError> {
            let handle = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
                .set_buckets_for_metric(Matcher::Suffix("_acts".to_owned()), &ACTS)?
                .install_recorder()?;
            describe();
            Ok(handle)
        };
        let started = STARTED.get_or_init(|| begin().map_err(|error| error.to_string()));
        started.clone().map(Self).map_err(io::Error::other)
    }

    /// Puts what was counted since the last time where it belongs; who is never asked would otherwise keep every single value.
    pub fn tidy(&self) {
        self.0.run_upkeep();
    }

    /// Looks everything up and writes it down.
    #[must_use]
    pub fn of(&self, app: &App) -> String {
        sample(app);
        process::sample();
        self.0.render()
    }
}

/// Counts how a use ended. One that was answered before, and is told again, was counted then.
pub(in crate::app) fn count(outcome: &Outcome) {
    let (name, rule, tokens) = match outcome {
        Outcome::Answered(answered) if answered.content_key.is_none() => return,
        Outcome::Answered(answered) => {
            ("allowed", None, answered.token_counts.iter().map(|count| u64::from(*count)).sum())
        }
        Outcome::Refused(recorded) => {
            ("refused", recorded.decision.deciding().map(|reason| reason.rule.to_string()), 0)
        }
    };
    counter!("chancery_decisions_total", "outcome" => name, "rule" => rule.unwrap_or_default()).increment(1);
    counter!("chancery_tokens_total", "direction" => "input").increment(tokens);
}

fn describe() {
    describe_histogram!(
        "chancery_http_request_duration_seconds",
        Unit::Seconds,
        "From the head of a request to the head of its answer, by route pattern and status"
    );
    describe_counter!("chancery_limited_requests_total", "Requests refused for coming too often, by limit");
    describe_counter!(
        "chancery_decisions_total",
        "Decisions about uses that were recorded, by outcome and deciding rule"
    );
    describe_counter!("chancery_tokens_total", "Tokens that models were run on, by direction");
    describe_gauge!("chancery_waiting", "What waits in a queue, by queue");
    describe_gauge!("chancery_uses_in_progress", "Uses of models under way");
    describe_gauge!("chancery_uploads_in_progress", "Files on their way in");
    describe_counter!(
        "chancery_engine_busy_seconds_total",
        Unit::Seconds,
        "How long the engine has been running models"
    );
    describe_histogram!("chancery_commit_batch_acts", "Acts that were committed together");
    describe_histogram!(
        "chancery_commit_duration_seconds",
        Unit::Seconds,
        "From the first act of a batch to the end of its commit"
    );
    describe_counter!(
        "chancery_failed_commits_total",
        "Batches that could not be committed; each of their acts was refused"
    );
    describe_gauge!("chancery_log_leaves", "Leaves in their place in a log");
    describe_gauge!("chancery_log_unsequenced_leaves", "Leaves that wait for their place in a log");
    describe_gauge!("chancery_log_checkpoint_leaves", "Leaves that the last checkpoint of a log covers");
    describe_gauge!(
        "chancery_log_checkpoint_age_seconds",
        Unit::Seconds,
        "Since the last checkpoint of a log was signed; it grows while nothing is recorded"
    );
    describe_gauge!("chancery_ready", "1 while records can be made durable and the logs advance");
    describe_gauge!("chancery_build_info", "1, with the version of this program");
    process::describe();
}

fn sample(app: &App) {
    gauge!("chancery_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    gauge!("chancery_waiting", "queue" => "acts").set(app.database.waiting_acts() as f64);
    let effort = app.engine.effort();
    gauge!("chancery_waiting", "queue" => "engine").set(effort.waiting as f64);
    counter!("chancery_engine_busy_seconds_total").absolute(effort.busy.as_secs());
    gauge!("chancery_uses_in_progress").set(app.desk.under_way() as f64);
    gauge!("chancery_uploads_in_progress").set(app.archive.receiving() as f64);
    gauge!("chancery_ready").set(f64::from(u8::from(app.is_ready())));
    let now = app.clock.now();
    for log in LogName::ALL {
        sample_log(log, app.database.read(|connection| logs::progress(connection, log)), now);
    }
}

/// A database that does not answer leaves what is not known as what is not a number.
fn sample_log(log: LogName, found: Result<Progress, logs::LogError>, now: UnixMillis) {
    let progress = found.ok();
    let set =
        |name: &'static str, value: Option<f64>| gauge!(name, "log" => log.as_str()).set(value.unwrap_or(f64::NAN));
    set("chancery_log_leaves", progress.as_ref().map(|progress| progress.placed as f64));
    set("chancery_log_unsequenced_leaves", progress.as_ref().map(|progress| progress.waiting as f64));
    let signed = progress.and_then(|progress| progress.signed);
    set("chancery_log_checkpoint_leaves", signed.map(|(leaves, _)| leaves as f64));
    let age = signed.map(|(_, at)| (now.as_millis() - at.as_millis()) as f64 / UnixMillis::PER_SECOND as f64);
    set("chancery_log_checkpoint_age_seconds", age);
}
