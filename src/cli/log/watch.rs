//! `chancery log watch`: each checkpoint must continue the last one seen; what contradicts it is kept as evidence.
//!
//! A server that cannot be reached is asked again; a log that is found wrong, or that nothing can be held against, ends the
//! watch once every log was looked at.

use std::{path::PathBuf, thread, time::Duration};

use chancery_base::logs::{
    Checkpoint, CheckpointError, LogName, NoteError, SignedCheckpoint, Trust, VerifyError, follow_log,
    latest_checkpoint,
};
use clap::Args;
use serde_json::{Value, json};

use super::{
    or_both,
    remembered::Remembered,
    source::{HttpSource, Meaning, meaning},
};
use crate::cli::{
    client::Client,
    context::Context,
    error::{CliError, Exit},
    message::{Message, say},
    trust,
    verdict::Verdict,
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
        let mut worst = Verdict::Valid;
        for log in or_both(arguments.log) {
            let seen = look(&client, log, &trust, context)?;
            context.output.result(&seen.document(log), |words| words.say(&seen.message))?;
            if arguments.once || !seen.may_pass {
                worst = worst.max(seen.verdict);
            }
        }
        if arguments.once || worst != Verdict::Valid {
            return Ok(worst.exit());
        }
        thread::sleep(Duration::from_secs(arguments.interval));
    }
}

/// What one look at one log came to.
struct Seen {
    verdict: Verdict,
    message: Message,
    /// Further facts for programs.
    facts: Value,
    /// Whether the next look may well come out better.
    may_pass: bool,
}

impl Seen {
    fn document(&self, log: LogName) -> Value {
        let mut document = json!({ "log": log, "verdict": self.verdict });
        if let (Some(document), Value::Object(facts)) = (document.as_object_mut(), &self.facts) {
            document.extend(facts.clone());
        }
        document
    }
}

/// Looks at one log: what is new must contain what was seen.
fn look(client: &Client, log: LogName, trust: &Trust, context: &Context) -> Result<Seen, CliError> {
    let remembered = Remembered::of(client.server(), log, &context.directories.state);
    let last = match remembered.last() {
        Ok(last) => last,
        Err(CliError::Local(_, message)) => return Ok(unchecked(message, false, context)),
        Err(error) => return Err(error),
    };
    let source = HttpSource::new(client, log, &|_| ());
    match follow(&source, trust, last.as_ref()) {
        Ok(signed) => {
            remembered.remember(&source.last_checkpoint(), signed.checkpoint().size)?;
            Ok(consistent(log, signed.checkpoint(), last.map(|last| last.size)))
        }
        Err(error) => match meaning(log, &error) {
            Meaning::Invalid(_) => {
                let (message, evidence) = remembered.accuse(log, &error, &source.last_checkpoint())?;
                let facts = json!({ "detail": error.to_string(), "evidence": evidence });
                Ok(Seen { verdict: Verdict::Invalid, message, facts, may_pass: false })
            }
            Meaning::Unknown(message) => Ok(unchecked(message, !is_unpinned(&error), context)),
        },
    }
}

fn follow(source: &HttpSource<'_>, trust: &Trust, last: Option<&Checkpoint>) -> Result<SignedCheckpoint, VerifyError> {
    match last {
        None => latest_checkpoint(source, &trust.log_keys()),
        Some(last) => follow_log(source, &trust.log_keys(), last),
    }
}

/// Keys are pinned before the watch begins, so asking again does not help.
const fn is_unpinned(error: &VerifyError) -> bool {
    matches!(error, VerifyError::Checkpoint(CheckpointError::Note(NoteError::Unsigned)))
}

fn unchecked(message: Message, may_pass: bool, context: &Context) -> Seen {
    let facts = json!({ "detail": context.output.words().say(&message) });
    Seen { verdict: Verdict::Unchecked, message, facts, may_pass }
}

fn consistent(log: LogName, now: &Checkpoint, before: Option<u64>) -> Seen {
    let message = match before {
        None => say!("watch-first", log = log, size = now.size),
        Some(old) => say!("watch-consistent", log = log, old = old, size = now.size),
    };
    let (origin, root) = (now.origin.to_string(), now.root.to_string());
    let facts = json!({ "origin": origin, "size": now.size, "root": root, "previous_size": before });
    Seen { verdict: Verdict::Valid, message, facts, may_pass: true }
}
