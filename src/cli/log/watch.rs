//! `chancery log watch`: each checkpoint must continue the last one seen; a fork is found and its evidence kept.

use std::{path::PathBuf, thread, time::Duration};

use chancery_base::logs::{
    Checkpoint, LogName, LogSource, SignedCheckpoint, SourceError, Trust, VerifyError, follow_log,
};
use clap::Args;
use serde_json::json;

use super::{
    or_both,
    remembered::Remembered,
    source::{HttpSource, Meaning, meaning},
};
use crate::cli::{
    client::Client,
    context::Context,
    error::{CliError, Exit},
    message::say,
    trust,
};

/// What is watched, and how often.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery log watch --once
  chancery log watch --interval 60 --json")]
pub struct Arguments {
    /// Which log: audit or liability [default: both]
    #[arg(long)]
    log: Option<LogName>,
    /// Look once instead of on and on
    #[arg(long)]
    once: bool,
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    interval: u64,
    /// Pinned keys [default: trust.txt in the configuration folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// Watches until something is wrong, or once.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, CliError> {
    let trust = trust::load(arguments.trust.as_deref(), context)?;
    let client = context.client()?;
    loop {
        for log in or_both(arguments.log) {
            look(&client, log, &trust, context)?;
        }
        if arguments.once {
            return Ok(Exit::Success);
        }
        thread::sleep(Duration::from_secs(arguments.interval));
    }
}

/// Looks at one log: what is new must contain what was seen.
fn look(client: &Client, log: LogName, trust: &Trust, context: &Context) -> Result<(), CliError> {
    let source = HttpSource::new(client, log, &|_| ());
    let seen = open(&source, trust).map_err(|error| failed(log, &error))?;
    let remembered = Remembered::of(&seen.checkpoint().origin, &context.directories.state);
    let last = remembered.last()?;
    let seen = match &last {
        None => seen,
        Some(last) => match follow_log(&source, &trust.log_keys(), last) {
            Ok(seen) => seen,
            Err(error @ VerifyError::NotContinued { .. }) => return Err(fork(log, &error, &source, &remembered)?),
            Err(error) => return Err(failed(log, &error)),
        },
    };
    remembered.remember(&source.last_checkpoint())?;
    report(log, seen.checkpoint(), last.map(|last| last.size), context)
}

fn open(source: &HttpSource<'_>, trust: &Trust) -> Result<SignedCheckpoint, VerifyError> {
    let note = source.fetch("checkpoint")?.ok_or_else(|| SourceError("there is no checkpoint yet".to_owned()))?;
    Ok(SignedCheckpoint::open(&note, &trust.log_keys())?)
}

/// A fork: both checkpoints are signed and cannot both be true, so both are kept.
fn fork(
    log: LogName,
    error: &VerifyError,
    source: &HttpSource<'_>,
    remembered: &Remembered,
) -> Result<CliError, CliError> {
    let evidence = remembered.keep_evidence(&source.last_checkpoint())?;
    let message = say!("watch-fork", log = log, cause = error, evidence = evidence.display());
    Ok(CliError::Local(Exit::Invalid, message))
}

fn failed(log: LogName, error: &VerifyError) -> CliError {
    match meaning(log, error) {
        Meaning::Invalid(message) => CliError::Local(Exit::Invalid, message),
        Meaning::Unknown(message) => CliError::unverifiable(message),
    }
}

fn report(log: LogName, now: &Checkpoint, before: Option<u64>, context: &Context) -> Result<(), CliError> {
    let document = json!({
        "log": log,
        "origin": now.origin.to_string(),
        "size": now.size,
        "root": now.root.to_string(),
        "previous_size": before,
        "verdict": "consistent",
    });
    context.output.result(&document, |words| match before {
        None => words.say(&say!("watch-first", log = log, size = now.size)),
        Some(old) => words.say(&say!("watch-consistent", log = log, old = old, size = now.size)),
    })
}
